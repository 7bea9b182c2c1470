import { isAddress, literal, withoutSecrets } from '@dayshift/core/ground'
import type { Engine } from '@dayshift/core'
import { folded, nodeIn, nodesIn, textIn, type Node, Untold } from './tree.ts'

/** The part of an engine that answers questions. */
export type Asked = Pick<Engine, 'query'>

/**
 * The parse tree of one query.
 *
 * @throws Untold where it does not parse, or is no query
 */
export async function treeOf(sql: string, engine: Asked): Promise<Node> {
  const options = 'skip_null := true, skip_empty := true'
  const [row] = await engine.query(`SELECT json_serialize_sql(${literal(sql).text}, ${options}) AS tree`)
  const tree = JSON.parse(String(row?.['tree'])) as Node
  if (tree['error'] === true) {
    const message = textIn(tree, 'error_message').split('\n', 1)[0] ?? ''
    throw new Untold(/Only SELECT/.test(message) ? 'it is no query' : `it does not parse: ${message}`)
  }
  const [statement, second] = nodesIn(tree, 'statements')
  const node = nodeIn(statement, 'node')
  if (!node || second) throw new Untold('it is not one statement')
  return node
}

/** A query of all rows of a table function, as text. */
export async function textOfFunction(call: Node, engine: Asked): Promise<string> {
  const node = {
    type: 'SELECT_NODE',
    modifiers: [],
    cte_map: { map: [] },
    select_list: [
      {
        class: 'STAR',
        type: 'STAR',
        alias: '',
        relation_name: '',
        exclude_list: [],
        replace_list: [],
        columns: false,
        expr: null,
      },
    ],
    from_table: {
      type: 'TABLE_FUNCTION',
      alias: '',
      sample: null,
      function: withoutPlaces(call),
      column_name_alias: [],
    },
    where_clause: null,
    group_expressions: [],
    group_sets: [],
    aggregate_handling: 'STANDARD_HANDLING',
    having: null,
    sample: null,
    qualify: null,
  }
  const json = literal(JSON.stringify({ error: false, statements: [{ node, named_param_map: [] }] })).text
  const [row] = await engine.query(`SELECT json_deserialize_sql(${json}::JSON) AS text`)
  return String(row?.['text'])
}

/** Functions that read files named by their first argument. */
const READERS = new Set([
  'read_csv',
  'read_csv_auto',
  'read_parquet',
  'parquet_scan',
  'read_json',
  'read_json_auto',
  'read_ndjson',
  'read_ndjson_auto',
])

/**
 * The files that a table function reads.
 *
 * @throws Untold where that is not written out, or it is another function
 */
export function filesOf(call: Node): string[] {
  const name = textIn(call, 'function_name').toLowerCase()
  if (!READERS.has(name)) throw new Untold(`what the function ${name} reads is not known here`)
  const [first] = nodesIn(call, 'children')
  const list = nodesIn(first, 'children').length > 0 ? nodesIn(first, 'children') : first ? [first] : []
  const paths = list.map((one) => nodeIn(one, 'value')?.['value'])
  if (paths.length === 0 || !paths.every((path) => typeof path === 'string'))
    throw new Untold(`which files ${name} reads is not written out`)
  return paths
}

/** @throws Untold for an address, which would be asked for its columns */
export function refuseAddress(path: string): void {
  if (isAddress(path) && !path.startsWith('file://')) throw new Untold(`${withoutSecrets(path)} is not on this machine`)
}

/** A CTE, and the CTEs that it sees itself. */
interface Cte {
  readonly query: Node | undefined
  readonly sees: ReadonlyMap<string, Cte>
}

/**
 * The tables and table functions that a query reads, in all of its parts. What is the name of a CTE where it stands is none;
 * what a CTE reads counts where the CTE is read.
 */
export function tablesRead(tree: Node): readonly Node[] {
  const found = new Set<Node>()
  const gone = new Set<Cte>()
  const walk = (value: unknown, ctes: ReadonlyMap<string, Cte>): void => {
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) {
      for (const one of value) walk(one, ctes)
      return
    }
    const node = value as Node
    const seen = withCtes(node, ctes)
    const kind = textIn(node, 'type')
    const cte = textIn(node, 'schema_name') === '' ? seen.get(folded(textIn(node, 'table_name'))) : undefined
    if (kind === 'TABLE_FUNCTION' || (kind === 'BASE_TABLE' && !cte)) found.add(node)
    if (kind === 'BASE_TABLE' && cte && !gone.has(cte)) {
      gone.add(cte)
      walk(cte.query, cte.sees)
    }
    for (const [key, one] of Object.entries(node)) if (key !== 'cte_map') walk(one, seen)
  }
  walk(tree, new Map())
  return [...found]
}

/** The CTEs that a query sees: those around it, and its own, each of which sees those before it, and itself where it is recursive. */
function withCtes(node: Node, around: ReadonlyMap<string, Cte>): ReadonlyMap<string, Cte> {
  const entries = nodesIn(nodeIn(node, 'cte_map'), 'map')
  if (entries.length === 0) return around
  const ctes = new Map(around)
  for (const entry of entries) {
    const name = folded(textIn(entry, 'key'))
    const query = nodeIn(nodeIn(nodeIn(entry, 'value'), 'query'), 'node')
    const sees = new Map(ctes)
    const cte: Cte = { query, sees }
    if (textIn(query, 'type') === 'RECURSIVE_CTE_NODE') sees.set(name, cte)
    ctes.set(name, cte)
  }
  return ctes
}

/** What a table or table function is known by: its name, or its call. */
export function keyOfTable(node: Node): string {
  const call = nodeIn(node, 'function')
  const parts = call ? [] : ['catalog_name', 'schema_name', 'table_name'].map((key) => textIn(node, key))
  return call ? JSON.stringify(withoutPlaces(call)) : folded(parts.filter((part) => part !== '').join('.'))
}

/** Without where things stand in the text: one number among them is beyond what JSON can hold here. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]): [string, unknown][] =>
      key === 'query_location' ? [] : [[key, withoutPlaces(one)]],
    ),
  )
}
