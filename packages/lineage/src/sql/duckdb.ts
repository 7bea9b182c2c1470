import { datasetOf, formatOf, ident, isDayshiftError, typeName } from '@dayshift/core/ground'
import type { GraphDataset } from '../graph.ts'
import type { FoundColumns, SqlInput, SqlOptions, SqlReader } from '../sql-columns.ts'
import { filesOf, keyOfTable, refuseAddress, tablesRead, textOfFunction, treeOf, type Asked } from './duckdb-tree.ts'
import type { Surroundings } from './expression.ts'
import { isOfArguments } from './from.ts'
import { functionsOf } from './functions.ts'
import { lineageOf, untoldFinding } from './result.ts'
import { tableOfQuery } from './query.ts'
import { sameName, type SqlTable } from './scope.ts'
import { NONE, sourceOf, together } from './sources.ts'
import { statementOf, type Statement } from './statement.ts'
import { folded, nodeIn, textIn, Untold, type Node } from './tree.ts'

/**
 * Reads DuckDB's SQL by DuckDB's own parser. What it finds is held against the columns that the engine itself gives the
 * query over tables without rows; no rows are read. Of files that the SQL names, the engine reads names and types.
 *
 * @param engine DuckDB, as `createDuckdb()` of `@dayshift/core` gives it, or the engine of a frame
 * @example
 * const reader = duckdbSql(frame.engine)
 * const { lineage } = await reader.columnsOf('SELECT a + b AS c FROM t', { inputs: { t: { dataset, columns } } })
 */
export function duckdbSql(engine: Asked): SqlReader {
  return { dialect: 'duckdb', columnsOf: (sql, options = {}) => columnsOf(sql, options, engine) }
}

async function columnsOf(sql: string, options: SqlOptions, engine: Asked): Promise<FoundColumns> {
  const given = Object.values(options.inputs ?? {}).map(({ dataset }) => dataset)
  let known: Pick<FoundColumns, 'inputs' | 'columns'> = { inputs: given, columns: [] }
  try {
    const statement = statementOf(sql)
    const { query, tree } = await parsed(statement.query, engine)
    const leaves = await leavesOf(tree, options, engine)
    known = { inputs: leaves.datasets, columns: [] }
    const names = await resultNames(query, options, engine)
    known = {
      inputs: leaves.datasets,
      columns: spelledAs(options.result, writtenNames(statement, names)),
    }
    const table = tableOfQuery(tree, { ...(await functionsOf(engine)), leaf: leaves.leaf })
    return { ...known, lineage: lineageOf(table, names, known.columns), warnings: [] }
  } catch (error) {
    if (!(error instanceof Untold)) throw error
    return { ...known, lineage: undefined, warnings: [untoldFinding(error.message)] }
  }
}

/** The tree of a query; a PIVOT by itself is no query to the engine, but within one it is. */
async function parsed(query: string, engine: Asked): Promise<{ readonly query: string; readonly tree: Node }> {
  if (!/^\s*PIVOT\b/i.test(query)) return { query, tree: await treeOf(query, engine) }
  const within = `SELECT * FROM (${query}\n)`
  return { query: within, tree: await treeOf(within, engine) }
}

/** The names of a query's columns, by the engine. */
async function resultNames(query: string, { inputs = {}, signal }: SqlOptions, engine: Asked): Promise<string[]> {
  const tables = Object.entries(inputs).map(([name, { columns }]) => `${ident(name).text} AS (${emptyTable(columns)})`)
  const before = tables.length > 0 ? `WITH ${tables.join(', ')} ` : ''
  return (await describe(`${before}SELECT * FROM (${query}\n)`, engine, signal)).map(({ name }) => name)
}

function emptyTable(columns: SqlInput['columns']): string {
  const list = columns.map(({ name, nativeType }) => {
    const value = isType(nativeType) ? `CAST(NULL AS ${nativeType})` : 'NULL'
    return `${value} AS ${ident(name).text}`
  })
  return `SELECT ${list.length > 0 ? list.join(', ') : 'NULL AS "_"'} WHERE false`
}

/** Whether a type may be one of the engine’s. What is not goes with every type. */
function isType(name: string): boolean {
  try {
    return typeName(name, 'columns') !== ''
  } catch {
    return false
  }
}

type Described = SqlInput['columns'][number]

async function describe(query: string, engine: Asked, signal: AbortSignal | undefined): Promise<Described[]> {
  try {
    const rows = await engine.query(`DESCRIBE ${query}`, { signal })
    return rows.map((row) => ({ name: String(row['column_name']), nativeType: String(row['column_type']) }))
  } catch (error) {
    if (!isDayshiftError(error) || error.code === 'DS_ABORTED') throw error
    throw new Untold(`the engine does not take it: ${error.message}`)
  }
}

/** The columns that what is written has. */
function writtenNames({ columns, into, target }: Statement, names: readonly string[]): readonly string[] {
  if (into === 'name') return names
  const written = columns
  if (written === undefined && into === 'position') {
    const table = target?.join('.') ?? 'the table'
    throw new Untold(`the order of the columns of ${table} is not known: INSERT INTO ${table} (…) names them`)
  }
  if (written === undefined) return names
  if (written.length > names.length || (into === 'position' && written.length < names.length))
    throw new Untold(`it gives ${names.length} of ${written.length} columns`)
  return names.map((name, at) => written[at] ?? name)
}

/** The columns as the data has them that was made. */
function spelledAs(result: readonly string[] | undefined, written: readonly string[]): readonly string[] {
  if (!result) return written
  const spelled = written.map((name) => {
    const found = result.find((one) => one === name) ?? result.find((one) => sameName(one, name))
    if (found === undefined) throw new Untold(`the data has no column ${name}`)
    return found
  })
  const missing = result.find((name) => !spelled.includes(name))
  if (missing !== undefined) throw new Untold(`the SQL gives no column ${missing}`)
  return spelled
}

/** Options by which files have columns that are not theirs, or under other names; and folders that are columns. */
const MIXED =
  /\b(union_by_name|filename|file_row_number|names|columns|column_names|hive_\w+|hive)"?\s*(=|:=|=>)|[/\\][^/\\'"=]+=[^/\\'"]*[/\\]/i

interface Leaves {
  readonly datasets: readonly GraphDataset[]
  readonly leaf: Surroundings['leaf']
}

/** What the query reads that is given, or that the SQL names as files. */
async function leavesOf(tree: Node, options: SqlOptions, engine: Asked): Promise<Leaves> {
  const { inputs = {}, cwd = process.cwd(), signal } = options
  const byName = new Map(Object.entries(inputs).map(([name, input]) => [folded(name), input]))
  const found = new Map<string, SqlTable | Untold>()
  const datasets = new Map<string, GraphDataset>()
  const note = (dataset: GraphDataset): void => {
    datasets.set(JSON.stringify([dataset.namespace, dataset.name]), {
      namespace: dataset.namespace,
      name: dataset.name,
    })
  }
  const tables = tablesRead(tree)
  // Before the engine is asked anything, which would go and look there.
  for (const node of tables) refuseAddress(textIn(node, 'table_name'))
  for (const node of tables) {
    const key = keyOfTable(node)
    const input = byName.get(key)
    if (input) note(input.dataset)
    if (found.has(key)) continue
    try {
      const files = input ? undefined : filesNamed(node)
      if (files) {
        files.forEach(refuseAddress)
        const sets = files.map((file) => datasetOf(file, cwd))
        const call = nodeIn(node, 'function')
        const query = call
          ? await textOfFunction(call, engine)
          : `SELECT * FROM ${ident(textIn(node, 'table_name')).text}`
        const columns = await describe(query, engine, signal)
        sets.forEach(note)
        if (MIXED.test(query)) throw new Untold('which of its columns the files have is not clear')
        found.set(key, tableOf(sets, columns))
      } else if (input) found.set(key, tableOf([input.dataset], input.columns))
    } catch (error) {
      if (!(error instanceof Untold)) throw error
      found.set(key, error)
    }
  }
  return {
    datasets: [...datasets.values()],
    leaf: (node) => {
      const table = found.get(keyOfTable(node))
      if (table instanceof Untold) throw table
      if (!table) throw new Untold(`the columns of ${keyOfTable(node)} are not known`)
      return table
    },
  }
}

/** The files that a table is read from; undefined for another table. */
function filesNamed(node: Node): readonly string[] | undefined {
  const call = nodeIn(node, 'function')
  if (call) return isOfArguments(textIn(call, 'function_name')) ? undefined : filesOf(call)
  const name = textIn(node, 'table_name')
  return textIn(node, 'schema_name') === '' && formatOf(name) !== undefined ? [name] : undefined
}

/** A table with columns that several datasets have, as a folder of files. */
function tableOf(datasets: readonly GraphDataset[], columns: readonly Described[]): SqlTable {
  return {
    columns: columns.map(({ name, nativeType }) => ({
      name,
      sources: together(datasets.map(({ namespace, name: own }) => sourceOf({ namespace, name: own }, name))),
      ...(/^STRUCT\s*\(.*\)$/is.test(nativeType) ? { isStruct: true } : {}),
    })),
    rows: NONE,
  }
}
