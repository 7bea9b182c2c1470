import type { Engine } from '@dayshift/core'
import type { InputField } from '../../src/dataset-facets.ts'
import type { FoundColumns } from '../../src/sql-columns.ts'
import { results, tablesOf } from './perturb.ts'

/**
 * Which columns of a query change when one column of a table does.
 *
 * @param count of the query's columns
 * @param seeds of the tables that were made
 * @returns `table.column` → positions
 */
export async function observed(
  engine: Engine,
  query: string,
  count: number,
  seeds: readonly number[],
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const changes = new Map<string, Set<number>>()
  for (const seed of seeds) {
    const before = await results(engine, query, count, seed)
    for (const [table, columns] of tablesOf(query)) {
      for (const column of Object.keys(columns)) {
        const after = await results(engine, query, count, seed, { table, column })
        const key = `${table}.${column}`
        const moved = after.flatMap((values, at) => (values === before[at] ? [] : [at]))
        changes.set(key, new Set([...(changes.get(key) ?? []), ...moved]))
      }
    }
  }
  return changes
}

/** What changes, and is not told. */
export function missedBy(
  { columns, lineage }: FoundColumns,
  changes: ReadonlyMap<string, ReadonlySet<number>>,
): readonly string[] {
  return [...changes].flatMap(([source, moved]) =>
    [...moved].flatMap((at) => {
      const column = columns[at] as string
      const told = [...keysOf(lineage?.fields[column]), ...keysOf(lineage?.dataset)]
      return told.includes(source) ? [] : [`${column} depends on ${source}`]
    }),
  )
}

function keysOf(fields: readonly InputField[] = []): string[] {
  return fields.map(({ name, field }) => `${name}.${field}`)
}
