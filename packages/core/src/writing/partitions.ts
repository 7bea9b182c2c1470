import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFolderAtomically } from './atomic-folder.ts'
import { failure } from '../codes.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { distinctNames, resolveNames } from '../names.ts'
import type { Relation } from '../relation.ts'
import { hiveFolder } from '../sources/hive.ts'
import { newTable } from '../sources/table-name.ts'
import { ident, join as list, raw } from '../sql.ts'
import { endingOf, type FileForm } from './form.ts'

/** More folders than this are taken for a mistake, as a column of numbers that are all different. */
const MOST_FOLDERS = 100_000

/** Bytes that file systems allow in a name. */
const LONGEST_NAME = 255

/** Where rows go by what. */
export interface Partitions {
  readonly names: readonly string[]
  readonly overwrite: boolean
  readonly form: FileForm
}

/**
 * Writes a relation's rows to a folder of folders, one for each value, whole or not at all. The rows are sorted by these
 * values in a table of the engine first, so that one file is open at a time, and rows keep their order within each.
 *
 * @param write writes one file
 */
export async function writePartitions(
  engine: Engine,
  relation: Relation,
  path: string,
  { names, overwrite, form }: Partitions,
  write: (rows: Relation, file: string, options: QueryOptions) => Promise<void>,
  options: QueryOptions,
): Promise<void> {
  const keys = distinctNames(resolveNames(names, relation.names, 'partitionBy'), 'partitionBy')
  const rest = relation.names.filter((name) => !keys.includes(name))
  if (keys.length === 0) throw failure('DS_OPTION', 'partitionBy: name at least one column')
  if (rest.length === 0) {
    throw failure('DS_OPTION', 'partitionBy: no column would be left for the files', {
      hint: 'Leave out one of the columns that make folders.',
    })
  }
  await writeFolderAtomically(path, overwrite, async (temporary) => {
    const table = newTable('partitions')
    try {
      const parts = await sorted(engine, relation, keys, rest, table, options)
      const written = new Map<string, number>()
      for (const [at, { values, first, last }] of parts.entries()) {
        const folder = join(temporary, ...keys.map((key, which) => folderOf(key, values[which] as string | null)))
        await mkdir(folder, { recursive: true })
        // Where the file system takes DE and de for one folder, neither may take the place of the other.
        const alike = written.get(folder.toLowerCase()) ?? 0
        written.set(folder.toLowerCase(), alike + 1)
        const rows = raw(
          `(SELECT ${carriedNames(rest)} FROM ${table} WHERE rowid BETWEEN ${first} AND ${last} ORDER BY rowid)`,
        )
        await write({ from: rows, names: rest }, join(folder, `part-${alike}.${endingOf(form)}`), {
          signal: options.signal,
        })
        options.onProgress?.({ fraction: (at + 1) / parts.length })
      }
    } finally {
      await engine.query(`DROP TABLE IF EXISTS ${table}`)
    }
  })
}

/** One folder's rows: its values as text, and where its rows stand. */
interface Part {
  readonly values: readonly (string | null)[]
  readonly first: number
  readonly last: number
}

/** Puts rows into a table, sorted by the text of the keys, and tells where the rows of each stand. */
async function sorted(
  engine: Engine,
  { from }: Relation,
  keys: readonly string[],
  rest: readonly string[],
  table: string,
  options: QueryOptions,
): Promise<readonly Part[]> {
  const texts = keys.map((_, at) => ident(`k${at}`))
  const columns = [
    ...rest.map((name, at) => raw(`${ident(name).text} AS c${at}`)),
    ...keys.map((key, at) => raw(`CAST(${ident(key).text} AS VARCHAR) AS k${at}`)),
    raw('row_number() OVER () AS n'),
  ]
  const rows = `SELECT * FROM (SELECT ${list(columns).text} FROM ${from.text}) ORDER BY ${list(texts).text}, n`
  await engine.query(`CREATE TABLE ${table} AS ${rows}`, options)
  const names = list(texts).text
  const groups = await engine.query(
    `SELECT ${names}, min(rowid) AS first, max(rowid) AS last, count(*) AS rows FROM ${table} GROUP BY ALL ORDER BY first`,
    options,
  )
  if (groups.length > MOST_FOLDERS) {
    throw failure('DS_OPTION', `partitionBy: ${groups.length} folders, and the most are ${MOST_FOLDERS}`, {
      hint: 'Partition by a column of fewer values, or by a part of it: derive({ month: "month(day)" }).',
    })
  }
  return groups.map((row) => ({
    values: keys.map((_, at) => row[`k${at}`] as string | null),
    first: Number(row['first']),
    last: Number(row['last']),
  }))
}

function carriedNames(rest: readonly string[]): string {
  return rest.map((name, at) => `c${at} AS ${ident(name).text}`).join(', ')
}

function folderOf(key: string, value: string | null): string {
  const name = hiveFolder(key, value)
  const bytes = Buffer.byteLength(name)
  if (bytes <= LONGEST_NAME) return name
  throw failure(
    'DS_WRITE',
    `a value of '${key}' is too long for a folder: ${bytes} bytes, and the most are ${LONGEST_NAME}`,
    {
      hint: 'Partition by a shorter text: derive({ prefix: "left(name, 20)" }).',
    },
  )
}
