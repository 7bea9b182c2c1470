import { isMap, isScalar, isSeq, parseDocument, type Document, type YAMLMap } from 'yaml'
import { failure } from './codes.ts'
import { emitEntry } from './scalar.ts'

/** What a .dvc file says of its data. */
export interface DvcOut {
  /** The hash, with `.dir` at the end for a directory; absent where DVC was told not to hash. */
  readonly md5?: string
  /** Bytes of the file, or of all files of the directory. */
  readonly size?: number
  /** Files in the directory; directories only. */
  readonly nfiles?: number
  /** Whether the file may be executed by anyone; never for directories. */
  readonly isexec?: boolean
  /** Relative to the .dvc file, POSIX. */
  readonly path: string
}

/** What updates change; the rest of an entry belongs to the user. */
const CHANGING = ['md5', 'size', 'nfiles', 'isexec'] as const

/** Keys of an entry whose data this version cannot write back as DVC would. */
const UNSUPPORTED = ['etag', 'checksum', 'version_id', 'cloud', 'files', 'fs_config']

/**
 * The text of a new .dvc file, byte for byte as `dvc add` writes it.
 *
 * @example
 * writeDvcFile({ md5: 'd41d8cd98f00b204e9800998ecf8427e', size: 0, path: 'empty' })
 * // outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 0\n  hash: md5\n  path: empty\n
 */
export function writeDvcFile(out: DvcOut): string {
  const values = CHANGING.map((key) => [key, valueOf(out, key)] as const).filter(([, value]) => value !== undefined)
  const entries = [...values, ['hash', 'md5'] as const, ['path', out.path] as const]
  const lines = entries.map(([key, value]) =>
    key === 'md5' || key === 'path' ? emitEntry(key, value as string, 2) : `${key}: ${value}`,
  )
  return `outs:\n- ${lines.join('\n  ')}\n`
}

/**
 * Reads the one output of a .dvc file that `dvc add` made.
 *
 * @param where the file's name, for errors
 * @throws DS_DVC_FILE_MALFORMED, and DS_DVC_FILE_UNSUPPORTED for imports, several outputs, DVC 2, frozen and cloud entries
 */
export function readDvcFile(text: string, where: string): DvcOut {
  return outOf(entryOf(parse(text, where), where), where)
}

/**
 * Puts new values into a .dvc file's text. Comments, the order of keys, annotations and keys that nobody knows stay as
 * they are; a new key goes to the end of the entry, as DVC puts it.
 *
 * @throws as {@link readDvcFile}, and DS_DVC_FILE_UNSUPPORTED where a line would have to go into a flow mapping
 */
export function updateDvcFile(text: string, out: DvcOut, where: string): string {
  const entry = entryOf(parse(text, where), where)
  outOf(entry, where)
  const pairs = entry.items.map((pair) => placeOf(pair, where))
  const edits: Edit[] = []
  const added: string[] = []
  for (const key of CHANGING) {
    const place = pairs.find((pair) => pair.key === key)
    const value = valueOf(out, key)
    if (place && value === undefined) edits.push(removal(text, place, pairs, entry, where))
    else if (place && value !== undefined && place.value !== value) {
      edits.push({ start: place.valueStart, end: place.valueEnd, text: inline(value) })
    } else if (!place && value !== undefined) added.push(`${key}: ${inline(value)}`)
  }
  if (added.length > 0) edits.push(addition(text, pairs.at(-1) as Place, added, entry, where))
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((whole, edit) => whole.slice(0, edit.start) + edit.text + whole.slice(edit.end), text)
}

/**
 * The paths of all outputs that a .dvc file names, of whatever kind it is; relative to the .dvc file.
 *
 * @throws DS_DVC_FILE_MALFORMED
 */
export function outPathsOf(text: string, where: string): string[] {
  const { contents } = parse(text, where)
  if (!isMap(contents)) throw malformed(where, 'it is not a mapping')
  const folder = stringAt(contents, 'wdir')
  const outs = contents.get('outs', true)
  if (!isSeq(outs)) return []
  return outs.items.flatMap((out) => {
    const path = isMap(out) ? stringAt(out, 'path') : undefined
    return path === undefined ? [] : [folder === undefined ? path : `${folder}/${path}`]
  })
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A key and its value, with their offsets in the text. */
interface Place {
  readonly key: string
  readonly keyStart: number
  readonly value: string | undefined
  readonly valueStart: number
  readonly valueEnd: number
}

/** The failsafe schema leaves every scalar a string: a hash of digits only is not rounded to a number. */
function parse(text: string, where: string): Document.Parsed {
  const document = parseDocument(text, { schema: 'failsafe' })
  const [error] = document.errors
  if (error) throw malformed(where, error.message.split('\n', 1)[0] as string)
  return document
}

function entryOf({ contents }: Document.Parsed, where: string): YAMLMap {
  if (!isMap(contents)) throw malformed(where, 'it is not a mapping')
  if (contents.has('deps')) throw unsupported(where, 'is an import')
  if (contents.has('cmd')) throw unsupported(where, 'is a pipeline stage')
  if (stringAt(contents, 'frozen') === 'true') throw unsupported(where, 'is frozen')
  if ((stringAt(contents, 'wdir') ?? '.') !== '.') throw unsupported(where, 'has a wdir')
  const outs = contents.get('outs', true)
  if (!isSeq(outs) || outs.items.length === 0) throw malformed(where, 'it has no outs')
  if (outs.items.length > 1) throw unsupported(where, `has ${outs.items.length} outs`)
  const [entry] = outs.items
  if (!isMap(entry)) throw malformed(where, 'its output is not a mapping')
  return entry
}

function outOf(entry: YAMLMap, where: string): DvcOut {
  for (const key of UNSUPPORTED) if (entry.has(key)) throw unsupported(where, `has the key ${key}`)
  if (stringAt(entry, 'hash') !== 'md5') throw unsupported(where, 'was written by DVC 2')
  if (stringAt(entry, 'cache') === 'false') throw unsupported(where, 'says that its data is not to be cached')
  const path = stringAt(entry, 'path')
  if (path === undefined) throw malformed(where, 'its output has no path')
  const md5 = stringAt(entry, 'md5')?.toLowerCase()
  if (md5 !== undefined && !/^[0-9a-f]{32}(?:\.dir)?$/.test(md5)) throw malformed(where, `'${md5}' is no md5`)
  const size = numberAt(entry, 'size', where)
  const nfiles = numberAt(entry, 'nfiles', where)
  const isexec = stringAt(entry, 'isexec') === 'true'
  return {
    ...(md5 === undefined ? {} : { md5 }),
    ...(size === undefined ? {} : { size }),
    ...(nfiles === undefined ? {} : { nfiles }),
    ...(isexec ? { isexec } : {}),
    path,
  }
}

function stringAt(map: YAMLMap, key: string): string | undefined {
  const node = map.get(key, true)
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined
}

function numberAt(map: YAMLMap, key: string, where: string): number | undefined {
  const text = stringAt(map, key)
  if (text === undefined) return undefined
  if (!/^[0-9]+$/.test(text)) throw malformed(where, `its ${key} is '${text}'`)
  return Number(text)
}

function valueOf(out: DvcOut, key: (typeof CHANGING)[number]): string | undefined {
  const value = out[key]
  return value === undefined || value === false ? undefined : String(value)
}

/** A value as it stands after a key; 32 hex digits, a number or `true` never need to be broken. */
function inline(value: string): string {
  const isHash = /^[0-9a-f]{32}/.test(value)
  return isHash ? emitEntry('md5', value, 0).slice('md5: '.length) : value
}

function placeOf(pair: YAMLMap['items'][number], where: string): Place {
  const { key, value } = pair
  if (!isScalar(key) || typeof key.value !== 'string' || !key.range) throw unsupported(where, 'uses aliases')
  const range = (value as { range?: readonly [number, number, number] | null } | null)?.range ?? key.range
  const text = isScalar(value) && value.anchor === undefined ? value.value : undefined
  if (text === undefined && (CHANGING as readonly string[]).includes(key.value))
    throw unsupported(where, 'uses aliases')
  return {
    key: key.value,
    keyStart: key.range[0],
    value: typeof text === 'string' ? text : undefined,
    valueStart: range[0],
    valueEnd: range[1],
  }
}

function removal(text: string, place: Place, pairs: readonly Place[], entry: YAMLMap, where: string): Edit {
  if (entry.flow) throw unsupported(where, 'is written in one line')
  const lineStart = text.lastIndexOf('\n', place.keyStart) + 1
  const next = pairs[pairs.indexOf(place) + 1]
  if (text.slice(lineStart, place.keyStart).trim() === '') {
    return { start: lineStart, end: lineEnd(text, place.valueEnd), text: '' }
  }
  // The entry's first key stands beside the dash; the next one takes its place there.
  if (!next || text.slice(place.valueEnd, next.keyStart).trim() !== '') {
    throw unsupported(where, `has a comment at ${place.key}, which goes`)
  }
  return { start: place.keyStart, end: next.keyStart, text: '' }
}

function addition(text: string, last: Place, added: readonly string[], entry: YAMLMap, where: string): Edit {
  if (entry.flow) throw unsupported(where, 'is written in one line')
  const column = last.keyStart - (text.lastIndexOf('\n', last.keyStart) + 1)
  const valueEnd = text.slice(0, last.valueEnd).trimEnd().length
  const end = lineEnd(text, valueEnd)
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = added.map((line) => `${' '.repeat(column)}${line}${lineBreak}`).join('')
  return { start: end, end, text: text[end - 1] === '\n' ? lines : lineBreak + lines }
}

/** The offset after the line break that follows. */
function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from)
  return at < 0 ? text.length : at + 1
}

function malformed(where: string, reason: string): Error {
  return failure('DS_DVC_FILE_MALFORMED', `${where} is no .dvc file: ${reason}`, { where })
}

function unsupported(where: string, reason: string): Error {
  return failure('DS_DVC_FILE_UNSUPPORTED', `${where} ${reason}; this version does not write such .dvc files`, {
    where,
  })
}
