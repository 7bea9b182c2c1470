import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DatasetRef } from '@dayshift/core'
import { datasetOf, literal } from '@dayshift/core/ground'
import { duckdbSql, type FoundColumns, type SqlInput } from '@dayshift/lineage'
import { failure } from '../codes.ts'
import type { Context } from '../command.ts'
import type { Flags, FlagValues } from '../flags.ts'
import type { sourceFlags } from '../source-flags.ts'
import { lastingSource, openSource } from '../sources.ts'

/** Flags that say by which SQL data was made. */
export const sqlFlags = {
  sql: { type: 'string', value: 'FILE|TEXT', help: 'the DuckDB SQL that makes the data' },
  input: {
    type: 'string',
    multiple: true,
    value: 'NAME=SOURCE',
    help: 'a table of the SQL, and where its rows come from',
  },
} as const satisfies Flags

/** What was found of SQL. */
export interface SqlFound extends FoundColumns {
  readonly sql: string
  /** The datasets that it reads. */
  readonly inputs: readonly DatasetRef[]
}

/**
 * Finds which columns the SQL of the flags makes of which. Only names and types of the inputs are read.
 *
 * @param result the columns of the data that the SQL is said to have made
 * @throws DS_USAGE
 */
export async function columnsOfSqlFlags(
  { sql: given, input = [] }: FlagValues<typeof sqlFlags>,
  context: Context<typeof sourceFlags>,
  result?: readonly string[],
): Promise<SqlFound> {
  const { cwd, signal } = context
  if (given === undefined) throw failure('DS_USAGE', '--input goes with --sql: it is a table of the SQL')
  const sql = await sqlOf(given, cwd)
  const inputs: Record<string, SqlInput & { readonly dataset: DatasetRef }> = {}
  for (const word of input) {
    const [name, place] = namedInput(word)
    if (Object.hasOwn(inputs, name)) throw failure('DS_USAGE', `--input ${name} is given twice`)
    const frame = await openSource(await lastingSource(place, context, 'lineage says where data is'), context)
    const { columns } = await frame.schema({ signal })
    inputs[name] = { dataset: frame.dataset, columns }
  }
  const engine = await context.engine()
  // Paths in the SQL begin where the command does.
  if (resolve(cwd) !== process.cwd()) await engine.query(`SET GLOBAL file_search_path = ${literal(resolve(cwd)).text}`)
  const found = await duckdbSql(engine).columnsOf(sql, { inputs, cwd, signal, ...(result ? { result } : {}) })
  const known = Object.values(inputs).map(({ dataset }) => dataset)
  const refs = found.inputs.map(
    ({ namespace, name }) =>
      known.find((one) => one.namespace === namespace && one.name === name) ?? datasetOf(name, cwd),
  )
  return { ...found, sql, inputs: refs }
}

function namedInput(word: string): readonly [string, string] {
  const at = word.indexOf('=')
  if (at > 0 && at < word.length - 1) return [word.slice(0, at), word.slice(at + 1)]
  throw failure('DS_USAGE', `--input takes NAME=SOURCE, not '${word}'`, { hint: 'As --input orders=data/orders.csv.' })
}

/** SQL as it stands, or that of a file. */
async function sqlOf(given: string, cwd: string): Promise<string> {
  const path = resolve(cwd, given)
  if (given.length < 1000 && existsSync(path) && statSync(path).isFile()) return readFile(path, 'utf8')
  if (/\s/.test(given.trim())) return given
  throw failure('DS_SOURCE_NOT_FOUND', `there is no file ${given}, and it is no SQL`, { where: path })
}
