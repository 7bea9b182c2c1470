import { sep } from 'node:path'
import { originalOf } from '../text/copies.ts'
import type { Dialect, TypedName } from '../dialect.ts'
import type { Engine } from '../engine.ts'
import type { FoundFiles } from '../files.ts'
import type { Source } from '../source.ts'
import { ident, literal, raw, type Sql } from '../sql.ts'
import { derive } from '../verbs/derive.ts'
import { typeName } from '../verbs/type-name.ts'

/** What a folder's name says for a missing value. */
const HIVE_MISSING = '__HIVE_DEFAULT_PARTITION__'

/** A column that stands in the names of folders, as `year=2024`. */
export interface HiveColumn {
  readonly name: string
  /** One for each file, in their order; `null` where it is missing. */
  readonly values: readonly (string | null)[]
  /** Whether the engine finds the same values by itself. */
  readonly plain: boolean
}

/**
 * The columns that folders give: `sales/year=2024/country=DE/part-0.parquet`. All files must lie in folders of the same
 * keys, in the same order; other folders may stand between. Keys and values are URL-decoded, where they can be.
 *
 * @param root the folder below which names are looked at
 * @param files absolute paths
 * @returns nothing where the files do not lie in such folders
 * @example hiveColumns('/sales', ['/sales/year=2024/a.csv']) // [{ name: 'year', values: ['2024'] }]
 */
export function hiveColumns(root: string, files: readonly string[]): readonly HiveColumn[] | undefined {
  const base = root.endsWith(sep) ? root : root + sep
  const found = files.map((file) => (file.startsWith(base) ? partsOf(file.slice(base.length)) : []))
  const keys = (found[0] ?? []).map(({ key }) => key)
  const same = found.every((parts) => parts.length === keys.length && parts.every(({ key }, at) => key === keys[at]))
  const names = keys.map(decoded)
  if (names.length === 0 || !same || new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    return undefined
  }
  // The engine looks at the whole path.
  const above = partsOf(base).length > 0
  return names.map((name, at) => {
    const texts = found.map((parts) => (parts[at] as FolderPart).text)
    return {
      name,
      values: texts.map((text) => (text === HIVE_MISSING ? null : decoded(text))),
      plain: !above && name === keys[at] && texts.every(isPlain),
    }
  })
}

/** A folder's name, cut at its first `=`. */
interface FolderPart {
  readonly key: string
  readonly text: string
}

function partsOf(path: string): FolderPart[] {
  return path
    .split(sep)
    .slice(0, -1)
    .flatMap((folder) => {
      const end = folder.indexOf('=')
      return end > 0 ? [{ key: folder.slice(0, end), text: folder.slice(end + 1) }] : []
    })
}

/** Whether DuckDB reads a folder's text as we do. It takes NULL for missing, and refuses a second `=` and wrong UTF-8. */
function isPlain(text: string): boolean {
  return !text.includes('=') && !/^null$/i.test(text) && (!text.includes('%') || decoded(text) !== text)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * The name of the folder of a value, which `hiveColumns` reads again. What a file system, or a reader, could take for
 * something else is URL-encoded; letters and digits of any script stay.
 *
 * @example hiveFolder('country', 'a/b') // 'country=a%2Fb'
 */
export function hiveFolder(name: string, value: string | null): string {
  if (value === null) return `${encoded(name)}=${HIVE_MISSING}`
  return `${encoded(name)}=${value === HIVE_MISSING ? value.replace('_', '%5F') : encoded(value)}`
}

function encoded(text: string): string {
  return text.replaceAll(/[^\p{L}\p{M}\p{N} ._,+-]|^\.|[ .]$/gu, (character) =>
    Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

/**
 * The folder below which folders give columns: the one that was opened, or the last that a glob does not leave open.
 *
 * @param path absolute; where it is a glob, with the files that it matches
 */
export function hiveRoot(path: string, kind: FoundFiles['kind'], files: readonly string[]): string {
  if (kind === 'folder') return path
  const segments = path.split(sep)
  const open = segments.findIndex((segment, at) => files.some((file) => file.split(sep)[at] !== segment))
  return segments.slice(0, open < 0 ? -1 : open).join(sep)
}

/**
 * The type that holds all values: BIGINT for whole numbers, DATE for days, else VARCHAR. Leading zeros stay text, as they
 * do in text tables.
 */
export function hiveType(values: readonly (string | null)[]): 'BIGINT' | 'DATE' | 'VARCHAR' {
  const there = values.filter((value) => value !== null)
  if (there.length === 0) return 'VARCHAR'
  if (there.every(isWhole)) return 'BIGINT'
  return there.every(isDay) ? 'DATE' : 'VARCHAR'
}

function isWhole(value: string): boolean {
  return /^(0|-?[1-9]\d{0,18})$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value)
}

function isDay(value: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) return false
  const day = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)
}

interface TypedColumn extends HiveColumn, TypedName {}

/** Columns in which what folders say travels from a scan, past columns of the same name, to where it is taken. */
const CARRIED = '__dayshift_folder_'
const carried = (at: number): string => `${CARRIED}${at}`

/**
 * A source with the columns that folders give, after those of the files. A file's own column of the same name is left
 * out, as in DuckDB, Spark and polars. Where they are filtered, other folders are not read.
 *
 * @param types engine types of columns by name
 * @param read opens the files, with the types of their own columns
 */
export async function hiveSource(
  engine: Engine,
  files: readonly string[],
  columns: readonly HiveColumn[],
  types: Readonly<Record<string, string>>,
  read: (engine: Engine, types: Readonly<Record<string, string>>) => Promise<Source>,
): Promise<Source> {
  const ofFolders = new Set(columns.map(({ name }) => name.toLowerCase()))
  const given = Object.entries(types)
  const own = given.filter(([name]) => !ofFolders.has(name.toLowerCase()))
  const typed = columns.map((column) => {
    const declared = given.find(([name]) => name.toLowerCase() === column.name.toLowerCase())?.[1]
    return { ...column, nativeType: declared === undefined ? hiveType(column.values) : typeName(declared, 'types') }
  })
  const source = await read(carrying(engine, files, typed), Object.fromEntries(own))
  const carry = new Set(columns.map((_, at) => carried(at)))
  const names = source.relation.names.filter((name) => !carry.has(name) && !ofFolders.has(name.toLowerCase()))
  const values = columns.map(({ name }, at) => [name, ident(carried(at))] as const)
  const relation = derive({ ...source.relation, names }, Object.fromEntries(values))
  // Not the rows as text, nor their numbers: neither knows of the folders.
  const { dataset, notes, places } = source
  return { dataset, files, relation, ...(notes ? { notes } : {}), ...(places ? { places } : {}) }
}

/** An engine whose scans carry what folders say with them. */
function carrying(engine: Engine, files: readonly string[], columns: readonly TypedColumn[]): Engine {
  const { dialect } = engine
  const plain = columns.every(({ plain: is }) => is)
  const places = new Map(files.map((file, at) => [file, at]))
  const withTexts = (
    read: readonly string[],
    scan: (some: readonly string[], folders?: readonly TypedName[]) => Sql,
  ): Sql => {
    // The engine knows by itself which folders a filter leaves out.
    if (plain && read.every((file) => originalOf(file) === file)) {
      const list = columns.map(({ name }, at) => `${ident(name).text} AS ${ident(carried(at)).text}`)
      return raw(`(SELECT *, ${list.join(', ')} FROM ${scan(read, columns).text})`)
    }
    const groups = [
      ...alike(read, (file) => columns.map(({ values }) => values[places.get(originalOf(file)) ?? -1] ?? null)),
    ]
    const parts = groups.map(({ texts, members }) => {
      const list = texts.map(
        (text, at) => `CAST(${literal(text).text} AS ${columns[at]?.nativeType}) AS ${ident(carried(at)).text}`,
      )
      return `SELECT *, ${list.join(', ')} FROM ${scan(members).text}`
    })
    return raw(`(${parts.join(' UNION ALL ')})`)
  }
  const scans: Dialect = {
    ...dialect,
    scanCsv: (read, layout, wanted) =>
      withTexts(read, (some, folders) => dialect.scanCsv(some, layout, wanted, folders)),
    // Objects do not hold what folders say.
    scanObjects: undefined,
    scanJson: (read, lines, wanted) =>
      withTexts(read, (some, folders) => dialect.scanJson(some, lines, withoutFolders(wanted, folders), folders)),
    scanParquet: (read, _, unified) => withTexts(read, (some, folders) => dialect.scanParquet(some, folders, unified)),
  }
  // All but its dialect is the engine itself, whatever members it has.
  return new Proxy(engine, {
    get: (target, key): unknown => {
      const member: unknown = key === 'dialect' ? scans : Reflect.get(target, key)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}

/** Files that follow one another and have the same texts, together. */
function* alike(
  files: readonly string[],
  textsOf: (file: string) => readonly (string | null)[],
): Generator<{ texts: readonly (string | null)[]; members: readonly string[] }> {
  let group: { texts: readonly (string | null)[]; members: string[] } | undefined
  for (const file of files) {
    const texts = textsOf(file)
    if (group?.texts.every((text, at) => text === texts[at])) group.members.push(file)
    else {
      if (group) yield group
      group = { texts, members: [file] }
    }
  }
  if (group) yield group
}

/** Columns of the files themselves: the folders give theirs, and so does what is carried. */
function withoutFolders(
  columns: readonly TypedName[] | undefined,
  folders: readonly TypedName[] | undefined,
): readonly TypedName[] | undefined {
  const given = new Set(folders?.map(({ name }) => name.toLowerCase()))
  return columns?.filter(({ name }) => !given.has(name.toLowerCase()) && !name.startsWith(CARRIED))
}
