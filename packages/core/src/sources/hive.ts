import { sep } from 'node:path'
import { originalOf } from '../copies.ts'
import type { Dialect } from '../dialect.ts'
import type { Engine } from '../engine.ts'
import type { FoundFiles } from '../files.ts'
import type { Relation } from '../relation.ts'
import type { Source } from '../source.ts'
import { ident, literal, raw, type Sql } from '../sql.ts'
import { derive } from '../verbs/derive.ts'
import { typeName } from '../verbs/type-name.ts'

/** What a folder's name says for a missing value. */
export const HIVE_MISSING = '__HIVE_DEFAULT_PARTITION__'

/** A column that stands in the names of folders, as `year=2024`. */
export interface HiveColumn {
  readonly name: string
  /** One for each file, in their order; `null` where it is missing. */
  readonly values: readonly (string | null)[]
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
  const names = (found[0] ?? []).map(([name]) => name)
  const alike = found.every((parts) => parts.length === names.length && parts.every(([name], at) => name === names[at]))
  if (names.length === 0 || !alike || new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    return undefined
  }
  return names.map((name, at) => ({
    name,
    values: found.map((parts) => (parts[at] as readonly [string, string | null])[1]),
  }))
}

function partsOf(path: string): (readonly [string, string | null])[] {
  return path
    .split(sep)
    .slice(0, -1)
    .flatMap((folder) => {
      const end = folder.indexOf('=')
      const value = folder.slice(end + 1)
      return end > 0 ? [[decoded(folder.slice(0, end)), value === HIVE_MISSING ? null : decoded(value)] as const] : []
    })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
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

/** The column in which the number of a row's file travels from the scan to where its values are looked up. */
const FILE = '__dayshift_file'

/**
 * A source with the columns that folders give, after those of the files. Where a file has a column of the same name, the
 * folder's takes its place, as in DuckDB, Spark and polars. A filter on them leaves out files unread.
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
  const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]))
  const ofFolders = (name: string): boolean => byName.has(name.toLowerCase())
  const given = Object.entries(types)
  const own = Object.fromEntries(given.filter(([name]) => !ofFolders(name)))
  const source = await read(numbering(engine, files), own)
  const { names } = source.relation
  const relation: Relation = { ...source.relation, names: names.filter((name) => name !== FILE) }
  const values = columns.map((column) => {
    const declared = given.find(([name]) => name.toLowerCase() === column.name.toLowerCase())?.[1]
    const type = declared === undefined ? hiveType(column.values) : typeName(declared, 'types')
    const list = column.values.map((value) => literal(value).text).join(', ')
    return [column.name, raw(`CAST(CAST([${list}] AS VARCHAR[])[${ident(FILE).text}] AS ${type})`)] as const
  })
  // Not the rows as text, nor their numbers: neither knows of the folders.
  return { dataset: source.dataset, files, relation: derive(relation, Object.fromEntries(values)), ...notesOf(source) }
}

function notesOf({ notes }: Source): Pick<Source, 'notes'> {
  return notes ? { notes } : {}
}

/** An engine whose scans number the files, from 1. */
function numbering(engine: Engine, files: readonly string[]): Engine {
  const { dialect } = engine
  const places = new Map(files.map((file, at) => [file, at + 1]))
  const numbered = (scan: Sql, read: readonly string[]): Sql => {
    const numbers = new Map(read.map((file) => [file, places.get(originalOf(file)) ?? 0]))
    return dialect.numberFiles?.(scan, numbers, FILE) ?? scan
  }
  const scans: Dialect = {
    ...dialect,
    scanCsv: (read, layout, wanted) => numbered(dialect.scanCsv(read, layout, wanted), read),
    scanJson: (read, lines) => numbered(dialect.scanJson(read, lines), read),
    scanParquet: (read) => numbered(dialect.scanParquet(read), read),
  }
  // All but its dialect is the engine itself, whatever members it has.
  return new Proxy(engine, {
    get: (target, key): unknown => {
      const member: unknown = key === 'dialect' ? scans : Reflect.get(target, key)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}
