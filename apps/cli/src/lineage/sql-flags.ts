import { failure } from '../codes.ts'
import type { Context } from '../command.ts'
import type { Flags, FlagValues } from '../flags.ts'
import type { sourceFlags } from '../source-flags.ts'
import { lastingSource, openSource } from '../sources.ts'
import { columnsOfSql, type SqlFound } from './sql-columns.ts'

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

/**
 * Finds which columns the SQL of the flags makes of which.
 *
 * @param result the columns of the data that the SQL is said to have made
 * @throws DS_USAGE, and what {@link columnsOfSql} throws
 */
export async function columnsOfSqlFlags(
  { sql, input = [] }: FlagValues<typeof sqlFlags>,
  context: Context<typeof sourceFlags>,
  result?: readonly string[],
): Promise<SqlFound> {
  const { cwd, signal } = context
  if (sql === undefined) throw failure('DS_USAGE', '--input goes with --sql: it is a table of the SQL')
  return columnsOfSql({
    sql,
    inputs: namedInputs(input),
    folder: cwd,
    engine: await context.engine(),
    openInput: async (word) => openSource(await lastingSource(word, context, 'lineage says where data is'), context),
    result,
    signal,
  })
}

function namedInputs(words: readonly string[]): Record<string, string> {
  const inputs: Record<string, string> = {}
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 1 || at === word.length - 1) {
      throw failure('DS_USAGE', `--input takes NAME=SOURCE, not '${word}'`, {
        hint: 'As --input orders=data/orders.csv.',
      })
    }
    const name = word.slice(0, at)
    if (Object.hasOwn(inputs, name)) throw failure('DS_USAGE', `--input ${name} is given twice`)
    inputs[name] = word.slice(at + 1)
  }
  return inputs
}
