import type { ColumnTransformation, InputField } from '../dataset-facets.ts'
import type { GraphDataset } from '../graph.ts'
import { PRODUCER } from '../producer.ts'
import type { FoundColumns, SqlInput, SqlOptions, SqlReader } from '../sql-columns.ts'
import { untoldFinding } from './result.ts'
import type { SourceKind } from './sources.ts'
import { Untold } from './tree.ts'

interface PolyglotSchema {
  readonly tables: {
    readonly name: string
    readonly columns: { readonly name: string; readonly type: string }[]
  }[]
  readonly strict: boolean
}

/** What is used of the module `@polyglot-sql/sdk` 0.12. */
export interface PolyglotSdk {
  openLineageColumnLineage(
    sql: string,
    options: {
      dialect: string
      producer: string
      datasetNamespace: string
      outputDataset: { namespace: string; name: string }
      schema: PolyglotSchema
    },
  ): {
    readonly success: boolean
    readonly facet?: { readonly fields: Readonly<Record<string, { readonly inputFields: readonly FoundField[] }>> }
    readonly warnings: readonly { readonly message: string }[]
    readonly error?: string
  }
  analyzeQuery(
    sql: string,
    options: { dialect: string; schema: PolyglotSchema },
  ): {
    readonly success: boolean
    readonly analysis?: { readonly columnUses?: readonly ColumnUse[]; readonly ctes: readonly string[] }
    readonly error?: string
  }
}

interface FoundField {
  readonly name: string
  readonly field: string
  readonly transformations?: readonly {
    readonly type: string
    readonly subtype: string
    readonly description?: string
  }[]
}

interface ColumnUse {
  readonly context: string
  readonly references: readonly { readonly sourceName?: string; readonly sourceKind: string; readonly column: string }[]
}

/**
 * Reads SQL of other engines by polyglot-sql, a parser in WebAssembly. It knows no engine to hold itself against, so what it
 * finds is taken only where it agrees with `result`, the columns that the engine gave, and with the columns of the inputs;
 * kinds are left out where it takes columns that decide for such that are used.
 *
 * @param sdk the module `@polyglot-sql/sdk`, which needs Node.js 22
 * @param dialect as it calls them: `postgresql`, `snowflake`, `bigquery` …
 * @example polyglotSql(await import('@polyglot-sql/sdk'), 'snowflake').columnsOf(sql, { inputs, result: ['id', 'total'] })
 */
export function polyglotSql(sdk: PolyglotSdk, dialect: string): SqlReader {
  return { dialect, columnsOf: (sql, options = {}) => Promise.resolve(columnsOf(sql, options, sdk, dialect)) }
}

function columnsOf(sql: string, options: SqlOptions, sdk: PolyglotSdk, dialect: string): FoundColumns {
  const { inputs = {}, result } = options
  const datasets = Object.values(inputs).map(({ dataset }) => dataset)
  const columns = result ?? []
  try {
    if (!result) throw new Untold('which columns the engine gave is not known')
    const schema: PolyglotSchema = {
      tables: Object.entries(inputs).map(([name, input]) => ({
        name,
        columns: input.columns.map((column) => ({ name: column.name, type: column.nativeType || 'UNKNOWN' })),
      })),
      strict: true,
    }
    const found = sdk.openLineageColumnLineage(sql, {
      dialect,
      producer: PRODUCER,
      datasetNamespace: '',
      outputDataset: { namespace: '', name: '' },
      schema,
    })
    const [warning] = found.warnings
    if (!found.success || !found.facet || warning)
      throw new Untold(warning?.message ?? found.error ?? 'it does not parse')
    const word = COMPARING.exec(sql)?.[0]
    if (word !== undefined) throw new Untold(`${word.toUpperCase()} compares whole rows, which it does not tell`)
    const analysis = sdk.analyzeQuery(sql, { dialect, schema })
    if (!analysis.analysis?.columnUses) throw new Untold(analysis.error ?? 'it does not parse')
    const shadow = analysis.analysis.ctes.find((cte) => Object.keys(inputs).some((name) => isNamed(name, cte)))
    if (shadow !== undefined) throw new Untold(`${shadow} is the name of a table and of a CTE`)
    const fields = namedAs(result, found.facet.fields)
    const known = new Known(inputs)
    const lineage = {
      fields: Object.fromEntries(
        fields.map(([name, sources]) => [name, sources.map((source) => fieldOf(source, known))] as const),
      ),
      dataset: analysis.analysis.columnUses.flatMap((use) => decidingFields(use, known)),
    }
    return { inputs: datasets, columns, lineage, warnings: [] }
  } catch (error) {
    if (!(error instanceof Untold)) throw error
    return { inputs: datasets, columns, lineage: undefined, warnings: [untoldFinding(error.message)] }
  }
}

/** What decides by all columns which rows there are, or may. */
const COMPARING = /\b(DISTINCT|INTERSECT|EXCEPT|MINUS|UNION(?!\s+ALL\b))/i

/** What was found, by the names that the engine gives. */
function namedAs(
  result: readonly string[],
  found: Readonly<Record<string, { readonly inputFields: readonly FoundField[] }>>,
): readonly (readonly [string, readonly FoundField[]])[] {
  const names = Object.keys(found)
  const pairs = result.map((name) => {
    const own = names.filter((one) => one.toLowerCase() === name.toLowerCase())
    if (own.length !== 1) throw new Untold(`the engine gives a column ${name} that was not found`)
    return [name, found[own[0] as string]?.inputFields ?? []] as const
  })
  if (names.length !== result.length)
    throw new Untold(`the engine gives ${result.length} columns where ${names.length} were found`)
  return pairs
}

function isNamed(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase()
}

/** The inputs, by what SQL calls them. */
class Known {
  readonly #inputs: Readonly<Record<string, SqlInput>>
  constructor(inputs: Readonly<Record<string, SqlInput>>) {
    this.#inputs = inputs
  }

  column(table: string, column: string): GraphDataset & { readonly field: string } {
    const input = Object.entries(this.#inputs).find(([name]) => isNamed(name, table))?.[1]
    const field = input?.columns.find(({ name }) => isNamed(name, column))?.name
    if (!input || field === undefined) throw new Untold(`${table} has no column ${column}`)
    return { namespace: input.dataset.namespace, name: input.dataset.name, field }
  }
}

/** Where a column that only decides is told as one that is used. */
const UNSURE = /\b(CASE|OVER|IF|IFF|FILTER|WITHIN|ORDER)\b/i

function fieldOf({ name, field, transformations = [] }: FoundField, known: Known): InputField {
  if (transformations.some(({ description = '' }) => /\bSELECT\b/i.test(description)))
    throw new Untold('what a query within a column decides by is not known')
  const isSure = transformations.every(({ description }) => description !== undefined && !UNSURE.test(description))
  const ways = transformations.map(({ type, subtype }) => ({ type, subtype }) as ColumnTransformation)
  return { ...known.column(name, field), ...(isSure && ways.length > 0 ? { transformations: ways } : {}) }
}

const KINDS: Readonly<Record<string, SourceKind>> = {
  join: 'JOIN',
  filter: 'FILTER',
  having: 'FILTER',
  qualify: 'FILTER',
  set_operation_filter: 'FILTER',
  group: 'GROUP_BY',
  order: 'SORT',
  aggregate_order: 'SORT',
  window_partition: 'WINDOW',
  window_order: 'WINDOW',
  window_frame: 'WINDOW',
}

function decidingFields({ context, references }: ColumnUse, known: Known): InputField[] {
  const subtype = KINDS[context]
  if (subtype === undefined) throw new Untold(`a column is used in ${context}`)
  return references.map(({ sourceName = '', sourceKind, column }) => {
    if (sourceKind !== 'table') throw new Untold(`what decides by ${column} comes from a query within`)
    return { ...known.column(sourceName, column), transformations: [{ type: 'INDIRECT', subtype }] }
  })
}
