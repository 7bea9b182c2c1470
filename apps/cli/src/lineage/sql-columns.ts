import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DatasetRef, Engine, Frame } from '@dayshift/core'
import { datasetOf, literal } from '@dayshift/core/ground'
import { duckdbSql, type FoundColumns, type SqlInput } from '@dayshift/lineage'
import { failure } from '../codes.ts'

/** SQL that data is made by, and where it stands. */
export interface NamedSql {
  /** The SQL itself, or a file of it. */
  readonly sql: string
  /** Its tables, and where their rows come from. */
  readonly inputs: Readonly<Record<string, string>>
  /** Where relative paths begin, those in the SQL too. */
  readonly folder: string
  readonly engine: Engine
  readonly openInput: (source: string) => Promise<Frame>
  /** The columns of the data that the SQL is said to have made. */
  readonly result?: readonly string[] | undefined
  readonly signal?: AbortSignal
}

/** What was found of SQL. */
export interface SqlFound extends FoundColumns {
  readonly sql: string
  /** The datasets that it reads. */
  readonly inputs: readonly DatasetRef[]
}

/**
 * Finds which columns SQL makes of which. Only names and types of the inputs are read.
 *
 * @throws DS_SOURCE_NOT_FOUND where a file of SQL is missing, and what opening the inputs throws
 */
export async function columnsOfSql(named: NamedSql): Promise<SqlFound> {
  const { folder, engine, openInput, result, signal } = named
  const sql = await textOf(named.sql, folder)
  const inputs: Record<string, SqlInput & { readonly dataset: DatasetRef }> = {}
  for (const [name, source] of Object.entries(named.inputs)) {
    const frame = await openInput(source)
    const { columns } = await frame.schema({ signal })
    inputs[name] = { dataset: frame.dataset, columns }
  }
  if (resolve(folder) !== process.cwd()) {
    await engine.query(`SET GLOBAL file_search_path = ${literal(resolve(folder)).text}`)
  }
  const found = await duckdbSql(engine).columnsOf(sql, {
    inputs,
    cwd: folder,
    ...(signal ? { signal } : {}),
    ...(result ? { result } : {}),
  })
  const known = Object.values(inputs).map(({ dataset }) => dataset)
  const refs = found.inputs.map(
    ({ namespace, name }) =>
      known.find((one) => one.namespace === namespace && one.name === name) ?? datasetOf(name, folder),
  )
  return { ...found, sql, inputs: refs }
}

/** SQL as it stands, or that of a file. */
async function textOf(given: string, folder: string): Promise<string> {
  const path = resolve(folder, given)
  if (given.length < 1000 && existsSync(path) && statSync(path).isFile()) return readFile(path, 'utf8')
  if (/\s/.test(given.trim())) return given
  throw failure(
    'DS_SOURCE_NOT_FOUND',
    given.trim() === '' ? 'there is no SQL' : `there is no file ${given}, and it is no SQL`,
    { where: path },
  )
}
