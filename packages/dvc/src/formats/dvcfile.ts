import { posix } from 'node:path'
import { failure } from '../codes.ts'
import { restoring } from './restoring.ts'
import { md5Of, type DataHash } from '../cache/hash.ts'
import { listedNow, weightOfListed } from './listed.ts'
import { readPlainRecord } from './plain-record.ts'
import { pythonJson } from './python.ts'
import { rewriteYaml, writeYaml } from './rewrite.ts'
import * as schema from './schema.ts'
import type { TreeEntry } from './tree.ts'
import { isList, readYaml, type YamlMapping, type YamlValue } from './yaml.ts'

/** What an entry of `outs` or `deps` says of its data. Keys are those of the file. */
export interface DataEntry {
  /** With `.dir` at the end for a directory; absent where DVC was told not to hash. */
  readonly md5?: string
  readonly etag?: string
  readonly checksum?: string
  /** Bytes of the file, or of all files of the directory. */
  readonly size?: number
  /** Files in the directory; directories only. */
  readonly nfiles?: number
  /** Whether the file may be executed by anyone; never for directories. */
  readonly isexec?: boolean
  readonly version_id?: string
  /** Version ids by remote, where the remote keeps versions itself. */
  readonly cloud?: YamlMapping
  /** `md5` where DVC 3 wrote the entry; absent where DVC 2 did, and the md5 is one of texts with LF. */
  readonly hash?: string
  /** Relative to the working directory, POSIX; or a URL. */
  readonly path: string
  readonly fs_config?: YamlMapping
  /** The files of a directory whose versions the remote keeps. */
  readonly files?: readonly YamlMapping[]
}

/** An output. */
export interface OutEntry extends DataEntry {
  readonly desc?: string
  readonly type?: string
  readonly labels?: readonly string[]
  readonly meta?: YamlValue
  /** Whether the cache keeps the data; true by default. */
  readonly cache?: boolean
  readonly persist?: boolean
  /** The remote that this data goes to instead of the default one. */
  readonly remote?: string
  /** Whether the data goes to remotes; true by default. */
  readonly push?: boolean
}

/** Where imported data comes from. */
export interface DepEntry extends Omit<DataEntry, 'path'> {
  readonly path?: string
  readonly repo?: YamlMapping
  readonly db?: YamlMapping
}

/** A `.dvc` file. */
export interface DvcFile {
  readonly desc?: string
  /** The hash of an import's definition: {@link definitionHash}. */
  readonly md5?: string
  /** What paths are relative to; the file's own folder by default. */
  readonly wdir?: string
  readonly frozen?: boolean
  readonly deps?: readonly DepEntry[]
  readonly outs?: readonly OutEntry[]
  readonly always_changed?: boolean
  readonly meta?: YamlValue
}

const CHECKSUMS = { md5: schema.aHash, checksum: schema.aHash, etag: schema.aHash }
const WEIGHT = { size: schema.aCount, nfiles: schema.aCount, isexec: schema.aBoolean, version_id: schema.aString }
const VERSIONS = schema.mapOf(schema.fields({ ...CHECKSUMS, ...WEIGHT }))
const LISTED = schema.fields({ ...CHECKSUMS, ...WEIGHT, relpath: schema.aString, cloud: VERSIONS }, ['relpath'])

/** What DVC 3 lets an entry of data say, in a `.dvc` file as in `dvc.lock`. */
export const dataFields: Readonly<Record<string, schema.Rule>> = {
  ...CHECKSUMS,
  ...WEIGHT,
  path: schema.aString,
  cloud: VERSIONS,
  hash: schema.anAlgorithm,
  files: schema.listOf(LISTED),
}

/** What DVC 3 lets an annotation say. */
const annotationFields: Readonly<Record<string, schema.Rule>> = {
  desc: schema.aString,
  type: schema.aString,
  labels: schema.listOf(schema.aString),
  meta: schema.anything,
}

const out = schema.fields(
  {
    ...dataFields,
    ...annotationFields,
    persist: schema.aBoolean,
    cache: schema.aBoolean,
    remote: schema.aString,
    push: schema.aBoolean,
    fs_config: schema.aMapping,
  },
  ['path'],
)

const textOrMapping = schema.either(schema.aString, schema.aMapping)
const dep = schema.fields({
  ...dataFields,
  persist: schema.aBoolean,
  fs_config: schema.aMapping,
  repo: schema.fields(
    {
      url: schema.aString,
      rev: schema.aString,
      rev_lock: schema.aString,
      config: textOrMapping,
      remote: textOrMapping,
    },
    ['url'],
  ),
  db: schema.fields({
    query: schema.aString,
    connection: schema.aString,
    file_format: schema.aString,
    table: schema.aString,
  }),
})

const dvcFile = schema.fields({
  md5: schema.aHash,
  wdir: schema.either(schema.aString, schema.nothing),
  deps: schema.either(schema.listOf(dep), schema.nothing),
  outs: schema.either(schema.listOf(out), schema.nothing),
  locked: schema.aBoolean,
  frozen: schema.aBoolean,
  meta: schema.anything,
  always_changed: schema.aBoolean,
  desc: schema.aString,
})

/**
 * Reads a `.dvc` file. Like DVC it refuses keys that it does not know.
 *
 * @param where the file's name, for errors
 * @throws DS_DVC_FILE_MALFORMED with all problems
 * @example readDvcFile('outs:\n- path: a.csv\n', 'a.csv.dvc') // { outs: [{ path: 'a.csv' }] }
 */
export function readDvcFile(text: string, where: string): DvcFile {
  const value = readPlainRecord(text) ?? readYaml(text, where) ?? {}
  const problems = dvcFile(value, '')
  if (problems.length > 0) throw malformed(where, problems)
  const { locked, ...said } = value as YamlMapping
  const file = withWeights(withHashes(locked === true ? { ...said, frozen: true } : said))
  for (const [at, { md5 }] of (file.outs ?? []).entries()) {
    if (md5 !== undefined && !isHash(md5)) throw malformed(where, [`outs[${at}].md5 '${md5}' is no md5`])
  }
  return file
}

/** Whether a record names no data at all, as one that a power cut has emptied. */
export function isEmptyRecord({ outs = [], deps = [] }: DvcFile): boolean {
  return outs.length === 0 && deps.length === 0
}

/** A directory that lists its files gets what it is known by; it is not written, for the list says it. */
function withWeights(file: DvcFile): DvcFile {
  if (!file.outs?.some(({ files }) => files)) return file
  const outs = file.outs.map((entry) =>
    entry.files && entry.md5 === undefined ? { ...entry, ...weightOfListed(entry.files) } : entry,
  )
  return { ...file, outs }
}

/** Whether a text is 32 hex digits, with `.dir` after them or not. */
function isHash(text: string): boolean {
  return /^[0-9a-f]{32}(?:\.dir)?$/.test(text)
}

/** Hashes in lower case, and gone where they are empty; etags keep their case, as DVC has it. */
export function withHashes(value: YamlMapping): YamlMapping {
  const entries = Object.entries(value).flatMap(([key, item]): [string, YamlValue | undefined][] => {
    if (key === 'md5' || key === 'checksum' || key === 'etag') {
      if (item === null || item === '') return []
      const hash = `${item as string | number}`
      return [[key, key === 'etag' ? hash : hash.toLowerCase()]]
    }
    if (item === null && ['deps', 'outs', 'wdir'].includes(key)) return []
    if (['deps', 'outs', 'files'].includes(key) && isList(item)) {
      return [[key, (item as readonly YamlMapping[]).map(withHashes)]]
    }
    return [[key, item]]
  })
  return Object.fromEntries(entries)
}

/**
 * The text of a new `.dvc` file, byte for byte as DVC writes it: its order of keys, without what is the default anyway.
 *
 * @example
 * writeDvcFile({ outs: [{ md5: 'd41d8cd98f00b204e9800998ecf8427e', size: 0, hash: 'md5', path: 'empty' }] })
 * // outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 0\n  hash: md5\n  path: empty\n
 */
export function writeDvcFile(file: DvcFile): string {
  return writeYaml(canonical(file))
}

/**
 * Puts a `.dvc` file's new content into its text, byte for byte as DVC does: comments and the order of keys stay, new keys
 * go to the end of their entry. A text that says all of it already stays as it is.
 *
 * @throws DS_DVC_FILE_MALFORMED, and DS_DVC_FILE_UNSUPPORTED as `rewriteYaml`
 */
export function updateDvcFile(text: string, file: DvcFile, where: string): string {
  const before = canonical(readDvcFile(text, where))
  const after = canonical(file)
  return pythonJson(before) === pythonJson(after) ? text : rewriteYaml(text, after, where)
}

/** What an entry says of its data; the rest belongs to the user. */
const OF_DATA = new Set('md5 etag checksum size nfiles isexec version_id cloud files'.split(' '))

/**
 * An output with the data that it has now. An entry of DVC 2 becomes one of DVC 3; what the user wrote stays.
 *
 * @param data what changed: absent values go
 * @param listing the files of a directory, where they are known; an entry that lists its files goes on doing so then
 */
export function withData(
  entry: OutEntry,
  data: Pick<OutEntry, 'md5' | 'size' | 'nfiles' | 'isexec'>,
  listing?: Listing,
): OutEntry {
  const kept: Partial<OutEntry> = Object.fromEntries(Object.entries(entry).filter(([key]) => !OF_DATA.has(key)))
  const isSame = entry.files !== undefined && entry.md5 === data.md5
  const files = entry.files && listing ? { files: listedNow(entry.files, listing.entries, listing.bytesOf) } : undefined
  const cloud = entry.md5 === data.md5 && entry.cloud ? { cloud: entry.cloud } : {}
  return { ...kept, path: entry.path, ...data, ...cloud, hash: 'md5', ...(isSame ? { files: entry.files } : files) }
}

/** The files of a directory, and how large they are. */
export interface Listing {
  readonly entries: readonly TreeEntry[]
  readonly bytesOf: (relpath: string) => number | undefined
}

/** The hash of an entry's data; absent where it was not hashed, or where only a cloud's own token is known. */
export function hashOf({ md5, hash }: DataEntry): DataHash | undefined {
  if (md5 === undefined) return undefined
  return { algorithm: hash === undefined ? 'md5-dos2unix' : 'md5', digits: md5 }
}

/** What the hash of a definition leaves out, at every depth. */
const NO_DEFINITION = new Set('desc type labels meta locked frozen metric persist isexec size nfiles'.split(' '))

/**
 * The md5 by which DVC notices that somebody edited the `.dvc` file of an import.
 *
 * @returns 32 hex digits, for the file's own `md5`
 */
export function definitionHash(file: DvcFile): string {
  const { md5: _, meta: __, desc: ___, ...definition } = canonical(file)
  return md5Of(pythonJson(without(definition)))
}

function without(value: YamlValue | undefined): YamlValue {
  if (isList(value)) return value.map(without)
  if (typeof value !== 'object' || value === null) return value ?? null
  const entries = Object.entries(value).filter(([key, item]) => item !== undefined && !NO_DEFINITION.has(key))
  return Object.fromEntries(entries.map(([key, item]) => [key, without(item)]))
}

/** The file as DVC writes it anew. */
function canonical(file: DvcFile): YamlMapping {
  const wdir = file.wdir === undefined ? '.' : tidy(file.wdir)
  return filled({
    desc: file.desc,
    md5: file.md5,
    wdir: wdir === '.' ? undefined : wdir,
    frozen: file.frozen,
    deps: file.deps?.map((entry) => canonicalData(entry)),
    outs: file.outs?.map((entry) => {
      const { desc, type, labels, meta, cache, persist, remote, push } = entry
      const { files: list, ...data } = canonicalData(entry)
      return {
        ...data,
        ...filled({ desc, type, labels, meta }),
        ...(cache === false ? { cache } : {}),
        ...filled({ persist, remote }),
        ...(push === false ? { push } : {}),
        ...(list === undefined ? {} : { files: list }),
      }
    }),
    always_changed: file.always_changed,
    meta: file.meta,
  })
}

function canonicalData(entry: DepEntry): YamlMapping {
  const { md5, etag, checksum, size, nfiles, version_id, hash, path, fs_config, repo, db } = entry
  const isImport = repo !== undefined || db !== undefined
  const listed = entry.files === undefined ? undefined : { files: entry.files }
  // DVC 2 wrote an unknown hash as an empty one.
  const legacy = hash === undefined && !isImport && md5 === undefined && etag === undefined && checksum === undefined
  const weight = listed
    ? {}
    : {
        ...(legacy ? { md5: null } : filled({ md5, etag, checksum })),
        ...(size === undefined ? {} : { size }),
        ...(nfiles === undefined ? {} : { nfiles }),
        ...filled({ isexec: entry.isexec, version_id, cloud: entry.cloud }),
      }
  return {
    ...weight,
    // What lies in another repository is written as it was asked for.
    ...filled({ hash, path: path === undefined || repo !== undefined ? path : tidy(path), fs_config, repo, db }),
    ...listed,
  }
}

/** Paths within the repository are written the short way; URLs and absolute ones stay. */
function tidy(path: string): string {
  if (/^\w+:\/\//.test(path) || posix.isAbsolute(path)) return path
  return posix.normalize(path).replace(/(?<=.)\/$/, '')
}

/** Without what Python holds for false. */
function filled(value: { readonly [key: string]: unknown }): YamlMapping {
  const entries = Object.entries(value as YamlMapping).filter(([, item]) => {
    if (typeof item === 'object' && item !== null) return Object.keys(item).length > 0
    return Boolean(item)
  })
  return Object.fromEntries(entries)
}

function malformed(where: string, problems: readonly string[]): Error {
  const message = `${where} is no .dvc file: ${problems.join('; ')}`
  return failure('DS_DVC_FILE_MALFORMED', message, { where, hint: restoring(where) })
}
