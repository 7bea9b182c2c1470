import type { Document, Node as YamlNode, Scalar as YamlScalar } from 'yaml'
import { failure } from '../codes.ts'
import { columns, emitKey, emitScalar, emitSpelling, isTooLong, NOT_A_STRING } from './scalar.ts'
import { isList, isMapping, parseYaml, type YamlMapping, type YamlValue } from './yaml.ts'
import { yaml } from './yaml-library.ts'

/** After this column a list or mapping within brackets goes on in the next line. */
const WIDTH = 80

/** A comment and all up to the next token, with the column where it stood; without a comment, blank lines only. */
interface Comment {
  readonly text: string
  readonly column: number
}

interface Scalar {
  readonly kind: 'scalar'
  readonly value: YamlValue
  /** How it is spelt in the file, where that stays: numbers, dates, aliases. */
  readonly spelling?: string
  /** The header and the lines of a block scalar, without their indent. */
  readonly block?: { readonly header: string; readonly lines: readonly string[] }
}

interface Entry {
  readonly key: string
  /** The key as it is written. */
  readonly name: string
  /** What stands between the colon and a collection. */
  readonly before?: Comment | undefined
  readonly node: Layout
}

interface Mapping {
  readonly kind: 'mapping'
  readonly flow: boolean
  readonly entries: readonly Entry[]
}

interface Sequence {
  readonly kind: 'sequence'
  readonly flow: boolean
  readonly items: readonly Layout[]
}

/** A value, and what a rewrite keeps of its looks. */
type Layout = (Scalar | Mapping | Sequence) & {
  readonly anchor?: string | undefined
  readonly after?: Comment | undefined
}

/**
 * Writes a mapping as DVC does, byte for byte.
 *
 * @example writeYaml({ outs: [{ size: 2, path: '1' }] }) // "outs:\n- size: 2\n  path: '1'\n"
 */
export function writeYaml(value: YamlMapping): string {
  return emitDocument('', layoutOf(value))
}

/**
 * Puts new values into a YAML text as DVC does: changed values in their place, new keys at the end of their mapping, keys
 * that are gone with the comments after them, lists of another length whole. All other comments stay; quotes, indents
 * and line ends become DVC's own, whatever they were.
 *
 * @throws DS_DVC_FILE_MALFORMED, and DS_DVC_FILE_UNSUPPORTED for YAML whose looks cannot be kept: tags, merged keys,
 *   comments within brackets, block scalars of an indent of their own
 * @example rewriteYaml('a: "1" # one\n', { a: '2', b: true }, 'x.dvc') // "a: '2' # one\nb: true\n"
 */
export function rewriteYaml(text: string, value: YamlMapping, where: string): string {
  const source = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n')
  const document = parseYaml(source, where)
  const { contents } = document
  if (!yaml().isMap(contents)) return writeYaml(value)
  if (document.directives.docStart === true && source.search(/^%/m) >= 0) throw unsupported(where, 'has directives')
  const head = headOf(source, contents.range[0])
  const [root, tail] = withoutTail(read(contents, { source, where, document, flow: false }))
  return emitDocument(head, applied(root, value), tail)
}

/** Lines after a closing bracket at the end belong to the whole, so that new keys go before them. */
function withoutTail(node: Layout): readonly [Layout, Comment | undefined] {
  if (node.kind === 'scalar') return [node, undefined]
  if (node.flow)
    return node.after?.text.startsWith('\n') === true ? [{ ...node, after: undefined }, node.after] : [node, undefined]
  if (node.kind === 'sequence') {
    const last = node.items.at(-1)
    if (!last) return [node, undefined]
    const [item, tail] = withoutTail(last)
    return [{ ...node, items: [...node.items.slice(0, -1), item] }, tail]
  }
  const last = node.entries.at(-1)
  if (!last) return [node, undefined]
  const [value, tail] = withoutTail(last.node)
  return [{ ...node, entries: [...node.entries.slice(0, -1), { ...last, node: value }] }, tail]
}

interface Reading {
  readonly source: string
  readonly where: string
  readonly document: Document.Parsed
  readonly flow: boolean
}

function read(node: YamlNode | null, reading: Reading): Layout {
  const { where, document } = reading
  if (node === null || !node.range) return { kind: 'scalar', value: null }
  const anchor = yaml().isAlias(node) || !isUsed(node, document) ? undefined : node.anchor
  const end = node.range[1]
  if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:value')
    throw unsupported(where, `has the tag ${node.tag}`)
  if (yaml().isAlias(node)) {
    const value = node.toJS(document) as YamlValue
    return { kind: 'scalar', value, spelling: `*${node.source}`, after: commentAt(end, reading) }
  }
  if (yaml().isScalar(node)) return { ...readScalar(node, reading), anchor, after: commentAt(end, reading) }
  const flow = node.flow === true
  const quoted = /"(?:\\.|[^"\\])*"|'(?:''|[^'])*'/gs
  if (flow && /\s#/.test(reading.source.slice(node.range[0], end).replaceAll(quoted, ''))) {
    throw unsupported(where, 'has comments within brackets')
  }
  const inside = { ...reading, flow: reading.flow || flow }
  const after = flow ? commentAt(end, reading) : undefined
  if (yaml().isSeq<YamlNode | null>(node)) {
    return { kind: 'sequence', flow, items: node.items.map((item) => read(item, inside)), anchor, after }
  }
  if (!yaml().isMap<YamlNode, YamlNode | null>(node)) throw unsupported(where, 'is of an unknown kind')
  const entries = node.items.map(({ key, value }): Entry => {
    if (!yaml().isScalar(key) || !key.range || key.anchor !== undefined)
      throw unsupported(where, 'has keys that are no words')
    if (key.source === '<<' && key.type === 'PLAIN') throw unsupported(where, 'merges keys')
    const plain = key.type === 'PLAIN' && typeof key.value !== 'string'
    const name = plain ? (key.source ?? '') : emitKey(String(key.value), inside.flow)
    const colon = reading.source.indexOf(':', key.range[1]) + 1
    const lead = /^[ \t]*&\S+/.exec(reading.source.slice(colon))?.[0].length ?? 0
    const isBlock = value !== null && !yaml().isScalar(value) && !yaml().isAlias(value) && value.flow !== true
    return {
      key: plain ? (key.source ?? '') : String(key.value),
      name,
      before: isBlock ? commentAt(colon + lead, reading) : undefined,
      node: value === null ? { kind: 'scalar', value: null, after: commentAt(colon, inside) } : read(value, inside),
    }
  })
  return { kind: 'mapping', flow, entries, anchor, after }
}

/** An anchor of a collection goes where nothing refers to it. */
function isUsed(node: YamlNode, document: Document.Parsed): boolean {
  let used = yaml().isScalar(node)
  yaml().visit(document, {
    Alias(_, alias) {
      used ||= alias.resolve(document) === node
    },
  })
  return used
}

function readScalar(node: YamlScalar, { source, where }: Reading): Scalar {
  const value = node.value as YamlValue
  if (node.type === 'PLAIN') {
    const spelling = node.source ?? ''
    if (value === null) return { kind: 'scalar', value, spelling: '' }
    if (typeof value === 'boolean') return { kind: 'scalar', value, spelling: String(value) }
    return NOT_A_STRING.test(spelling) ? { kind: 'scalar', value, spelling } : { kind: 'scalar', value }
  }
  if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return { kind: 'scalar', value }
  const [header = '', ...lines] = source.slice(node.range?.[0], node.range?.[1]).replace(/\n$/, '').split('\n')
  if (!/^[|>][-+]?$/.test(header)) throw unsupported(where, 'has a block scalar with an indent or a comment of its own')
  const indent = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/[^ ]/)))
  return { kind: 'scalar', value, block: { header, lines: lines.map((line) => line.slice(indent)) } }
}

/** The comment after a token: the rest of its line, and all lines before the next token. */
function commentAt(from: number, { source, flow }: Reading): Comment | undefined {
  if (flow) return undefined
  const [gap = ''] = /^[ \t]*(?:#[^\n]*)?(?:\n[ \t]*(?:#[^\n]*)?)*/.exec(source.slice(from)) ?? []
  const lines = gap.split('\n')
  // What stands before the next token is its indent.
  if (from + gap.length < source.length || lines.at(-1)?.trim() === '') lines.pop()
  const [first = '', ...rest] = lines.map((line) => (line.trim() === '' ? '' : line))
  // A block scalar ends with its line; elsewhere the line's own end is no comment.
  const isLineStart = source[from - 1] === '\n'
  if (first === '' && rest.length === 0 && !(isLineStart && lines.length > 0)) return undefined
  const before = source.slice(source.lastIndexOf('\n', from - 1) + 1, from)
  const column = columns(before) + first.search(/#/)
  return { text: `${[first.trimStart(), ...rest].join('\n')}\n`, column }
}

function headOf(source: string, start: number): string {
  const lines = source.slice(0, start).split('\n').slice(0, -1)
  return lines
    .filter((line) => !/^---\s*$/.test(line))
    .map((line) => `${line.trim() === '' ? '' : line}\n`)
    .join('')
}

/** The layout with new values; what is equal keeps its looks. */
function applied(old: Layout, value: YamlValue): Layout {
  if (old.kind === 'mapping' && isMapping(value)) {
    const kept = old.entries.filter(({ key }) => Object.hasOwn(value, key) && value[key] !== undefined)
    const known = new Set(kept.map(({ key }) => key))
    return {
      ...old,
      entries: [
        ...kept.map((entry) => appliedTo(entry, value[entry.key] as YamlValue)),
        ...entriesOf(value).filter(({ key }) => !known.has(key)),
      ],
    }
  }
  if (old.kind === 'sequence' && isList(value)) {
    if (value.length !== old.items.length) return { ...old, items: value.map(layoutOf) }
    return { ...old, items: old.items.map((item, at) => applied(item, value[at] as YamlValue)) }
  }
  if (old.kind === 'scalar' && isSame(old.value, value)) return old
  return { ...layoutOf(value), after: old.after }
}

function appliedTo(entry: Entry, value: YamlValue): Entry {
  const node = applied(entry.node, value)
  const grows = entry.node.kind === 'scalar' && node.kind !== 'scalar' && !node.flow
  // The comment stays in its line, where a collection follows instead of a scalar.
  return grows ? { ...entry, before: node.after, node: { ...node, after: undefined } } : { ...entry, node }
}

function isSame(a: YamlValue, b: YamlValue): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}

function layoutOf(value: YamlValue): Layout {
  if (isList(value)) return { kind: 'sequence', flow: value.length === 0, items: value.map(layoutOf) }
  if (isMapping(value)) {
    const entries = entriesOf(value)
    return { kind: 'mapping', flow: entries.length === 0, entries }
  }
  if (typeof value === 'string') return { kind: 'scalar', value }
  return { kind: 'scalar', value, spelling: value === null ? '' : `${value}` }
}

function entriesOf(value: YamlMapping): Entry[] {
  return Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : [{ key, name: emitKey(key), node: layoutOf(item) }],
  )
}

function emitDocument(head: string, root: Layout, tail?: Comment): string {
  const isBraced = root.kind === 'mapping' && root.flow && root.entries.length > 0
  // ruamel keeps the comments on one side of braces only.
  const out = new Output(isBraced && root.after ? '' : head)
  if (isBraced) {
    emitInline(out, root, { indent: undefined }, '')
    out.endLine(root.after)
  } else {
    emitBlock(out, root, 0)
    out.endLine()
  }
  if (tail && !isBraced) out.write(tail.text.slice(1))
  return out.text
}

/** The text so far, and the column that it has come to. */
class Output {
  text: string

  constructor(text: string) {
    this.text = text
  }

  get column(): number {
    return columns(this.text.slice(this.text.lastIndexOf('\n') + 1))
  }

  write(piece: string): void {
    this.text += piece
  }

  /** Ends the line, unless it is ended; a comment goes where it stood, or one space after what is before it. */
  endLine(comment?: Comment): void {
    const isOpen = this.text !== '' && !this.text.endsWith('\n')
    if (!comment) {
      if (isOpen) this.text += '\n'
      return
    }
    const gap = comment.text.startsWith('\n') ? 0 : Math.max(comment.column - this.column, isOpen ? 1 : 0)
    this.text += ' '.repeat(gap) + comment.text
  }
}

/** Writes a block collection whose first line is begun already, up to `indent`. */
function emitBlock(out: Output, node: Layout, indent: number): void {
  const lead = ' '.repeat(indent)
  if (node.kind === 'mapping') {
    for (const [at, { name, before, node: value }] of node.entries.entries()) {
      if (at > 0 || out.text.endsWith('\n')) out.write(lead)
      out.write(`${name}:`)
      emitAfter(out, value, indent, value.kind === 'sequence' ? indent : indent + 2, before)
    }
  } else if (node.kind === 'sequence') {
    for (const [at, item] of node.items.entries()) {
      if (at > 0 || out.text.endsWith('\n')) out.write(lead)
      out.write('-')
      emitAfter(out, item, indent, indent + 2)
    }
  }
}

/** Writes what follows a colon or a dash, and ends the line. */
function emitAfter(out: Output, node: Layout, indent: number, deeper: number, before?: Comment): void {
  if (node.anchor !== undefined) out.write(` &${node.anchor}`)
  if (node.kind === 'scalar' && node.block) {
    const lines = node.block.lines.map((line) => (line === '' ? '\n' : `${' '.repeat(indent + 2)}${line}\n`))
    out.write(` ${node.block.header}\n${lines.join('')}`)
    out.endLine(node.after)
  } else if (node.kind === 'scalar' || node.flow || isEmpty(node)) {
    emitInline(out, node, { indent })
    out.endLine(node.after)
  } else {
    if (out.text.endsWith('-') && node.anchor === undefined) out.write(' ')
    else out.endLine(before)
    emitBlock(out, node, deeper)
  }
}

function isEmpty(node: Mapping | Sequence): boolean {
  return node.kind === 'mapping' ? node.entries.length === 0 : node.items.length === 0
}

/** Where something within brackets or braces stands. */
interface Bracketed {
  /** Of the line that it is in; `undefined` where the whole document stands within braces: then nothing is indented. */
  readonly indent: number | undefined
  /** What it stands in: a list, whose mappings of one entry have no braces, or a mapping. */
  readonly within?: 'list' | 'mapping'
}

/**
 * Writes a scalar, or a collection within brackets or braces, with its anchor.
 *
 * @param gap what stands before it: a space, but for what follows a bracket or begins a line
 */
function emitInline(out: Output, node: Layout, { indent, within }: Bracketed, gap = ' '): void {
  if (node.anchor !== undefined && within) {
    out.write(`${gap}&${node.anchor}`)
    gap = ' '
  }
  const deeper = indent === undefined ? undefined : indent + 2
  if (node.kind === 'scalar') {
    const spelling = node.spelling === '' && within ? 'null' : node.spelling
    if (spelling === '') return
    const from = out.column + gap.length - 1
    const text =
      spelling === undefined
        ? emitScalar(node.value as string, from, deeper, within !== undefined)
        : emitSpelling(spelling, from, deeper)
    out.write(gap + text.slice(1))
    return
  }
  const parts: readonly (Entry | Layout)[] = node.kind === 'mapping' ? node.entries : node.items
  const isBare = node.kind === 'mapping' && parts.length === 1 && within === 'list'
  const [open = '', close = ''] = isBare ? '' : node.kind === 'mapping' ? '{}' : '[]'
  out.write(gap + open)
  for (const [at, part] of parts.entries()) {
    if (at > 0) out.write(',')
    const wraps = out.column > WIDTH
    if (wraps) out.write(`\n${' '.repeat(deeper ?? 0)}`)
    const lead = at > 0 && !wraps ? ' ' : ''
    if ('name' in part) {
      out.write(lead)
      emitName(out, part.name, deeper)
      emitInline(out, part.node, { indent: deeper, within: 'mapping' })
    } else {
      // In lines that are not indented, collections are, by one.
      const isAlone = wraps && deeper === undefined && part.kind !== 'scalar'
      emitInline(out, part, { indent: deeper, within: 'list' }, isAlone ? ' ' : lead)
    }
  }
  out.write(close)
}

/** Writes a key within braces, in a line of its own where it would go past the width. */
function emitName(out: Output, name: string, indent: number | undefined): void {
  const deeper = indent === undefined ? undefined : indent + 2
  if (!/^['"]/.test(name) && isTooLong(name, out.column, deeper)) out.write(`\n${' '.repeat(deeper ?? 0)}`)
  out.write(`${name}:`)
}

function unsupported(where: string, reason: string): Error {
  return failure('DS_DVC_FILE_UNSUPPORTED', `${where} ${reason}, which a rewrite would not keep`, { where })
}
