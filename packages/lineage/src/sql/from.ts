import { sourcesOf, valueOf, type Place } from './expression.ts'
import { pivoted } from './pivot.ts'
import {
  named,
  NOWHERE,
  placed,
  sameName,
  type Binding,
  type From,
  type SqlColumn,
  type SqlTable,
  type StarColumn,
} from './scope.ts'
import { deciding, NONE, together, transformed } from './sources.ts'
import { folded, nodeIn, nodesIn, textIn, textsIn, Untold, type Node } from './tree.ts'
import { eitherOf, holdsStructs, type SqlValue } from './value.ts'

/**
 * What stands in FROM.
 *
 * @param place with the scope that a query within FROM sees: what stands left of it, and what is outside
 * @throws Untold
 */
export function fromOf(node: Node | undefined, place: Place): From {
  const kind = textIn(node, 'type')
  if (!node || kind === 'EMPTY') return NOWHERE
  if (kind === 'JOIN') return joined(node, place)
  const { qualifiers, table } = tableOf(node, kind, place)
  const columns = aliased(table.columns, textsIn(node, 'column_name_alias'))
  const binding: Binding = { qualifiers, columns }
  return { bindings: [binding], star: columns.map((column) => ({ ...column, of: [binding] })), rows: table.rows }
}

interface Called {
  readonly qualifiers: Binding['qualifiers']
  readonly table: SqlTable
}

function tableOf(node: Node, kind: string, place: Place): Called {
  const alias = textIn(node, 'alias')
  const called = alias === '' ? [] : [[alias]]
  switch (kind) {
    case 'BASE_TABLE':
      return baseTable(node, place)
    case 'SUBQUERY': {
      const query = nodeIn(nodeIn(node, 'subquery'), 'node')
      if (!query) throw new Untold('a query within is not known here')
      return { qualifiers: called, table: place.query(query, place.scope, place.ctes) }
    }
    case 'TABLE_FUNCTION': {
      const name = textIn(nodeIn(node, 'function'), 'function_name')
      return { qualifiers: alias === '' ? [[name]] : called, table: tableFunction(node, name, place) }
    }
    case 'EXPRESSION_LIST':
      return { qualifiers: called, table: valuesOf(node, place) }
    case 'PIVOT':
      return { qualifiers: called, table: pivoted(node, fromOf(nodeIn(node, 'source'), place), place) }
    default:
      throw new Untold(`${kind} in FROM is not known here`)
  }
}

function baseTable(node: Node, place: Place): Called {
  const [name, schema, catalog, alias] = ['table_name', 'schema_name', 'catalog_name', 'alias'].map((key) =>
    textIn(node, key),
  ) as [string, string, string, string]
  const cte = schema === '' ? place.ctes.get(folded(name)) : undefined
  if (nodeIn(node, 'at_clause')) throw new Untold(`${name} is read as of another time`)
  const full = [catalog, schema, name].filter((part) => part !== '')
  const stem = name.split(/[\\/]/).at(-1)?.split('.', 1)[0] ?? name
  const own = full.map((_, at) => full.slice(at))
  return { qualifiers: alias === '' ? [...own, [stem]] : [[alias]], table: cte ? cte() : place.leaf(node) }
}

function valuesOf(node: Node, place: Place): SqlTable {
  const rows = nodesIn(node, 'values') as unknown as readonly (readonly Node[])[]
  const names = textsIn(node, 'expected_names')
  const columns = (rows[0] ?? []).map((_, at) => ({
    ...eitherOf(rows.map((row) => valueOf(row[at] as Node, place))),
    name: names[at] ?? `col${at}`,
  }))
  return { columns, rows: NONE }
}

/** Functions that make rows of their arguments alone, with the names of their columns, one an argument of `unnest`. */
const OF_ARGUMENTS: Readonly<Record<string, string>> = {
  unnest: 'unnest',
  range: 'range',
  generate_series: 'generate_series',
}

/** Whether a table function reads nothing but its arguments. */
export function isOfArguments(name: string): boolean {
  return Object.hasOwn(OF_ARGUMENTS, name.toLowerCase())
}

function tableFunction(node: Node, name: string, place: Place): SqlTable {
  const column = isOfArguments(name) ? OF_ARGUMENTS[name.toLowerCase()] : undefined
  if (column === undefined) return place.leaf(node)
  const values = nodesIn(nodeIn(node, 'function'), 'children').map((child): SqlValue => {
    const value = valueOf(child, place)
    return { sources: transformed(value.sources), ...(holdsStructs(value) ? { mixed: true } : {}) }
  })
  const all = together(values.map(({ sources }) => sources))
  const columns: readonly SqlValue[] = column === 'unnest' ? values : [{ sources: all }]
  if (
    node['with_ordinality'] !== undefined &&
    node['with_ordinality'] !== 'WITHOUT_ORDINALITY' &&
    node['with_ordinality'] !== false
  )
    throw new Untold(`${name} with ordinality is not known here`)
  return {
    columns: columns.map((value) => ({ ...value, name: column })),
    rows: deciding(all, 'FILTER'),
  }
}

function aliased(columns: readonly SqlColumn[], names: readonly string[]): readonly SqlColumn[] {
  if (names.length === 0) return columns
  return placed(columns).map((column, at) => ({ ...column, name: names[at] ?? column.name }))
}

function joined(node: Node, place: Place): From {
  const left = fromOf(nodeIn(node, 'left'), place)
  // What stands right of a join may speak of what stands left of it.
  const right = fromOf(nodeIn(node, 'right'), { ...place, scope: { from: left, parent: place.scope } })
  const kind = textIn(node, 'join_type')
  if (!KINDS.has(kind)) throw new Untold(`a join of the kind ${kind} is not known here`)
  const keys = keysOf(node, left, right)
  const both: From = {
    bindings: [...left.bindings, ...right.bindings],
    star: [
      ...left.star.map((column) => mergedKey(column, keys, right, kind)),
      ...right.star.filter(({ name }) => !isAmong(name, keys)),
    ],
    rows: NONE,
  }
  const condition = nodeIn(node, 'condition')
  const compared = keys.flatMap((key) => [...named(left.star, key), ...named(right.star, key)])
  const decided = together([
    ...(condition
      ? [
          sourcesOf(condition, {
            ...place,
            scope: { from: { ...both, star: [...left.star, ...right.star] }, parent: place.scope },
          }),
        ]
      : []),
    ...compared.map(({ sources }) => sources),
  ])
  const rows = together([left.rows, right.rows, deciding(decided, 'JOIN')])
  return kind === 'SEMI' || kind === 'ANTI' ? { ...left, rows } : { ...both, rows }
}

const KINDS = new Set(['INNER', 'LEFT', 'RIGHT', 'OUTER', 'FULL', 'SEMI', 'ANTI'])

/** The columns that USING names, or that NATURAL finds on both sides. */
function keysOf(node: Node, left: From, right: From): readonly string[] {
  if (textIn(node, 'ref_type') !== 'NATURAL') return textsIn(node, 'using_columns')
  return left.star.flatMap(({ name }) => (name !== undefined && named(right.star, name).length > 0 ? [name] : []))
}

/** A key that both sides have: the value of the side whose rows are all there. */
function mergedKey(column: StarColumn, keys: readonly string[], right: From, kind: string): StarColumn {
  const [other] = isAmong(column.name, keys) ? named(right.star, column.name as string) : []
  if (!other) return column
  const of = [...column.of, ...other.of]
  const { name } = column
  if (kind === 'RIGHT') return { ...other, name, of }
  if (kind === 'OUTER' || kind === 'FULL') {
    const either = eitherOf([column, other])
    return { ...either, name, sources: transformed(either.sources), of }
  }
  return { ...column, of }
}

function isAmong(name: string | undefined, names: readonly string[]): boolean {
  return names.some((one) => sameName(one, name))
}
