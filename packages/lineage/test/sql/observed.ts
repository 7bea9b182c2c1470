import type { Engine } from '@dayshift/core'
import type { InputField } from '../../src/dataset-facets.ts'
import type { FoundColumns } from '../../src/sql-columns.ts'
import { TABLES } from './corpus.ts'
import { results, show } from './perturb.ts'

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
    const tables = Object.entries(TABLES).filter(([table]) => mentions(query, table))
    for (const [table] of tables) await show(engine, table, seed)
    const before = await results(engine, query, count)
    for (const [table, columns] of tables) {
      for (const column of Object.keys(columns)) {
        await show(engine, table, seed, column)
        const after = await results(engine, query, count)
        const key = `${table}.${column}`
        const moved = after.flatMap((values, at) => (values === before[at] ? [] : [at]))
        changes.set(key, new Set([...(changes.get(key) ?? []), ...moved]))
      }
      await show(engine, table, seed)
    }
  }
  return changes
}

function mentions(query: string, table: string): boolean {
  return query.toLowerCase().includes(table.replaceAll('"', '""').toLowerCase())
}

/** What changes, and is not told. */
export function missedBy(
  { columns, lineage }: FoundColumns,
  changes: ReadonlyMap<string, ReadonlySet<number>>,
): readonly string[] {
  const keysOf = (fields: readonly InputField[] = []): string[] => fields.map(({ name, field }) => `${name}.${field}`)
  return [...changes].flatMap(([source, moved]) =>
    [...moved].flatMap((at) => {
      const column = columns[at] as string
      const told = [...keysOf(lineage?.fields[column]), ...keysOf(lineage?.dataset)]
      return told.includes(source) ? [] : [`${column} depends on ${source}`]
    }),
  )
}
