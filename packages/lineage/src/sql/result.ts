import type { Finding } from '@dayshift/core'
import { withoutSecrets } from '@dayshift/core/ground'
import type { ColumnLineage, InputField } from '../dataset-facets.ts'
import { sameName, type SqlColumn, type SqlTable } from './scope.ts'
import { isCertain, type Sources } from './sources.ts'
import { Untold } from './tree.ts'

/** What is told where columns cannot be. */
export function untoldFinding(reason: string): Finding {
  return {
    severity: 'warn',
    code: 'lineage.columns_untold',
    message: `Which columns are made of which is not told: ${cleaned(reason)}.`,
    hint: 'Datasets are told all the same; give the columns yourself as columnLineageFacet.',
  }
}

/** The reason in one line: an engine’s text may hold pieces of the SQL, with secrets and whatever else, and a drawing of where. */
function cleaned(reason: string): string {
  const [said = ''] = reason.split(/\n\s*(?=LINE \d+:|\n)/, 1)
  return withoutSecrets(said.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()).replace(/[.!]+$/, '')
}

/**
 * What is found of a query as a lineage, held against the columns that the engine gives. What is not certain is left out.
 *
 * @param names the query's columns, by the engine
 * @param written the columns that they become
 * @throws Untold where the two disagree
 */
export function lineageOf(table: SqlTable, names: readonly string[], written: readonly string[]): ColumnLineage {
  const columns = stretched(table.columns, names.length)
  if (columns.length !== names.length)
    throw new Untold(`the engine gives ${names.length} columns where ${columns.length} were found`)
  const wrong = columns.findIndex(({ name }, at) => name !== undefined && !sameName(name, names[at]))
  if (wrong >= 0) throw new Untold(`the engine gives a column ${names[wrong]} where ${columns[wrong]?.name} was found`)
  if (new Set(written).size < written.length) throw new Untold('it gives two columns of one name')
  const certain = columns.flatMap(({ sources }, at): [string, Sources][] =>
    isCertain(sources) ? [[written[at] as string, sources]] : [],
  )
  return {
    fields: Object.fromEntries(certain.map(([name, sources]) => [name, fieldsOf(sources)])),
    ...(isCertain(table.rows) ? { dataset: fieldsOf(table.rows) } : {}),
  }
}

/** Several columns in place of one of which the engine made them. */
function stretched(columns: readonly SqlColumn[], count: number): readonly SqlColumn[] {
  const at = columns.findIndex(({ elastic }) => elastic)
  const more = count - columns.length
  const found = columns[at]
  if (!found || more === 0) return columns
  if (more < 0 || columns.some((column, other) => column.elastic && other !== at)) return columns
  if (found.mixed) throw new Untold('of which columns the fields of a struct are made is not clear')
  const made = Array.from({ length: more + 1 }, (): SqlColumn => ({ name: undefined, sources: found.sources }))
  return [...columns.slice(0, at), ...made, ...columns.slice(at + 1)]
}

/** Sources by field, each with all the ways in which it counts. */
function fieldsOf(sources: Sources): readonly InputField[] {
  const byField = new Map<string, InputField & { readonly transformations: object[] }>()
  for (const { dataset, field, type, subtype, masking } of sources.values()) {
    const key = JSON.stringify([dataset.namespace, dataset.name, field])
    const found = byField.get(key) ?? { ...dataset, field, transformations: [] }
    found.transformations.push({ type, subtype, ...(masking ? { masking } : {}) })
    byField.set(key, found)
  }
  return [...byField.values()] as InputField[]
}
