import { hasAggregate, ofOrders, sourcesOf, valueOf, type Ctes, type Place, type Surroundings } from './expression.ts'
import { fromOf } from './from.ts'
import { NOWHERE, placed, sameName, type Scope, type SqlColumn, type SqlTable } from './scope.ts'
import { deciding, NONE, together, type Sources } from './sources.ts'
import { itemColumns } from './star.ts'
import { constantNumber, descend, folded, nodeIn, nodesIn, textIn, textsIn, Untold, type Node } from './tree.ts'
import { eitherOf, isStruct, sizeOfValue, type SqlValue } from './value.ts'

/**
 * The columns of a query, and what each is made from.
 *
 * @param node of the parse tree: what stands under `node` in a statement
 * @throws Untold where that cannot be said for sure
 */
export function tableOfQuery(node: Node, surroundings: Surroundings): SqlTable {
  const query: Place['query'] = (within, scope, ctes) => ofNode(within, scope, ctes)
  return ofNode(node, undefined, new Map())

  function ofNode(at: Node, parent: Scope | undefined, outer: Ctes): SqlTable {
    const place: Place = { ...surroundings, scope: { from: NOWHERE, parent }, ctes: outer, query }
    const ctes = withCtes(at, place)
    const inside = { ...place, ctes }
    switch (textIn(at, 'type')) {
      case 'SELECT_NODE':
        return select(at, inside)
      case 'SET_OPERATION_NODE':
        return setOperation(at, inside)
      default:
        throw new Untold(`a query of the kind ${textIn(at, 'type')} is not known here`)
    }
  }
}

/** The CTEs that a query sees: those around it, and its own. */
function withCtes(node: Node, place: Place): Ctes {
  const ctes = new Map(place.ctes)
  for (const entry of nodesIn(nodeIn(node, 'cte_map'), 'map')) {
    const name = folded(textIn(entry, 'key'))
    const value = nodeIn(entry, 'value')
    const query = nodeIn(nodeIn(value, 'query'), 'node')
    if (!query) throw new Untold(`the CTE ${name} is not known here`)
    if (nodesIn(value, 'key_targets').length > 0) throw new Untold(`the CTE ${name} has keys`)
    const names = textsIn(value, 'aliases')
    const seen = new Map(ctes)
    let table: SqlTable | undefined
    ctes.set(
      name,
      () =>
        (table ??=
          textIn(query, 'type') === 'RECURSIVE_CTE_NODE'
            ? recursive(query, names, { ...place, ctes: seen })
            : renamed(place.query(query, place.scope, seen), names)),
    )
  }
  return ctes
}

function renamed({ columns, rows }: SqlTable, names: readonly string[]): SqlTable {
  if (names.length > 0) placed(columns)
  return { columns: columns.map((column, at) => ({ ...column, name: names[at] ?? column.name })), rows }
}

/** A query that reads itself: what its columns are made from is gone through until nothing is new. */
function recursive(node: Node, names: readonly string[], place: Place): SqlTable {
  const [left, right] = [nodeIn(node, 'left'), nodeIn(node, 'right')]
  if (!left || !right || nodesIn(node, 'key_targets').length > 0)
    throw new Untold('a recursive CTE of this form is not known here')
  const own = folded(textIn(node, 'cte_name'))
  let table = renamed(place.query(left, place.scope, place.ctes), names)
  for (;;) {
    const before = table
    const ctes = new Map([...place.ctes, [own, () => before]])
    const next = place.query(right, place.scope, ctes)
    placed([...table.columns, ...next.columns])
    const columns = table.columns.map((column, at) => {
      const other = next.columns[at]
      return { ...eitherOf(other ? [column, other] : [column]), name: column.name }
    })
    const distinct =
      node['union_all'] === true ? [] : [deciding(together(columns.map((one) => one.sources)), 'GROUP_BY')]
    const grown: SqlTable = { columns, rows: together([table.rows, next.rows, ...distinct]) }
    if (sizeOf(grown) === sizeOf(table)) return grown
    table = grown
  }
}

function sizeOf({ columns, rows }: SqlTable): number {
  return columns.reduce((sum, column) => sum + sizeOfValue(column), rows.size)
}

function select(node: Node, place: Place): SqlTable {
  const from = fromOf(nodeIn(node, 'from_table'), place)
  const aliases = new Map<string, SqlValue>()
  const scope: Scope = { from, aliases, parent: place.scope.parent }
  const inside: Place = { ...place, scope }
  const items = nodesIn(node, 'select_list').map((item) => {
    const columns = itemColumns(item, inside)
    // Of several results of one name, the last is meant.
    for (const [name, value] of resultNames(item, columns)) aliases.set(folded(name), value)
    return { item, columns }
  })
  const columns = items.flatMap((item) => item.columns)
  const unsure: Place = { ...inside, precedence: 'unsure' }
  const keys =
    textIn(node, 'aggregate_handling') === 'FORCE_AGGREGATES'
      ? items
          .filter(({ item }) => !hasAggregate(item, place.aggregates))
          .flatMap((item) => item.columns.map(({ sources }) => sources))
      : nodesIn(node, 'group_expressions').map((key) => itemOf(key, columns) ?? sourcesOf(key, inside))
  const part = (name: string, where: Place): Sources => {
    const one = nodeIn(node, name)
    return one ? sourcesOf(one, where) : NONE
  }
  const rows = together([
    from.rows,
    deciding(part('where_clause', inside), 'FILTER'),
    deciding(together(items.flatMap(({ item }) => unnested(item, inside))), 'FILTER'),
    deciding(together(keys), 'GROUP_BY'),
    deciding(together([part('having', unsure), part('qualify', inside)]), 'FILTER'),
  ])
  return { columns: distinctNames(columns), rows: together([rows, ofModifiers(node, columns, unsure)]) }
}

/** The names that an item gives to results: its alias, and what REPLACE and RENAME call columns of a star. */
function resultNames(item: Node, columns: readonly SqlColumn[]): (readonly [string, SqlValue])[] {
  const alias = textIn(item, 'alias')
  if (alias !== '') return columns.map((column) => [alias, column])
  const given = [
    ...nodesIn(item, 'replace_list').map((entry) => textIn(nodeIn(entry, 'value'), 'alias') || String(entry['key'])),
    ...nodesIn(item, 'rename_list').map((entry) => String(entry['value'])),
  ]
  return columns.flatMap((column): (readonly [string, SqlValue])[] => {
    const { name } = column
    return name !== undefined && given.some((one) => sameName(one, name)) ? [[name, column]] : []
  })
}

/** What `unnest` in a select list goes through: it decides how many rows there are, but of a struct, which it spreads. */
function unnested(item: Node, place: Place): readonly Sources[] {
  return [...descend(item, false)]
    .filter((node) => textIn(node, 'class') === 'FUNCTION' && textIn(node, 'function_name').toLowerCase() === 'unnest')
    .filter(
      (node) =>
        !nodesIn(node, 'children')
          .slice(0, 1)
          .some((child) => isStruct(valueOf(child, place))),
    )
    .map((node) => sourcesOf(node, place))
}

/** The column of the result that a number means, as of GROUP BY 1. */
function itemOf(key: Node, columns: readonly SqlColumn[]): Sources | undefined {
  const number = constantNumber(key)
  return number === undefined ? undefined : placed(columns)[number - 1]?.sources
}

/** What ORDER BY, DISTINCT and LIMIT decide by. */
function ofModifiers(node: Node, columns: readonly SqlColumn[], place: Place): Sources {
  const all = together(columns.map(({ sources }) => sources))
  return together(
    nodesIn(node, 'modifiers').map((modifier) => {
      switch (textIn(modifier, 'type')) {
        case 'ORDER_MODIFIER':
          return deciding(
            together(nodesIn(modifier, 'orders').map((order) => ofOrder(order, columns, all, place))),
            'SORT',
          )
        case 'DISTINCT_MODIFIER': {
          const targets = nodesIn(modifier, 'distinct_on_targets')
          const of = targets.map((target) => itemOf(target, columns) ?? sourcesOf(target, place))
          return deciding(targets.length > 0 ? together(of) : all, 'GROUP_BY')
        }
        case 'LIMIT_MODIFIER':
        case 'LIMIT_PERCENT_MODIFIER':
          return deciding(
            together(
              [nodeIn(modifier, 'limit'), nodeIn(modifier, 'offset')].map((one) =>
                one ? sourcesOf(one, place) : NONE,
              ),
            ),
            'FILTER',
          )
        default:
          throw new Untold(`${textIn(modifier, 'type')} is not known here`)
      }
    }),
  )
}

function ofOrder(order: Node, columns: readonly SqlColumn[], all: Sources, place: Place): Sources {
  const key = nodeIn(order, 'expression')
  if (!key) return NONE
  if (textIn(key, 'class') === 'STAR') return all
  // A name alone means a result first; within an expression that is not sure.
  const precedence = textIn(key, 'class') === 'COLUMN_REF' ? 'alias' : 'unsure'
  return itemOf(key, columns) ?? ofOrders([order], { ...place, precedence })
}

/**
 * Of columns of one name the engine renames all but the first: `a`, `a_1` …
 *
 * @throws Untold where another column is called so already
 */
function distinctNames(columns: readonly SqlColumn[]): readonly SqlColumn[] {
  const seen = new Set<string>()
  const again = new Set<string>()
  const distinct = columns.map((column) => {
    if (column.name === undefined) return column
    const name = folded(column.name)
    if (seen.has(name)) {
      again.add(name)
      return { ...column, name: undefined }
    }
    seen.add(name)
    return column
  })
  for (const name of seen) {
    const stem = /^(.*?)(?:_\d+)+$/s.exec(name)?.[1]
    if (stem !== undefined && [...again].some((one) => one === stem || one.startsWith(`${stem}_`)))
      throw new Untold(`two columns are called ${stem}, and which of them the engine calls ${name} is not clear`)
  }
  return distinct
}

function setOperation(node: Node, place: Place): SqlTable {
  const [left, right] = ['left', 'right'].map((side) => {
    const query = nodeIn(node, side)
    if (!query) throw new Untold('a set operation of this form is not known here')
    return place.query(query, place.scope.parent, place.ctes)
  }) as [SqlTable, SqlTable]
  const kind = textIn(node, 'setop_type')
  const columns = kind === 'UNION_BY_NAME' ? byName(left, right) : byPosition(left, right, kind)
  const all = together([...left.columns, ...right.columns].map(({ sources }) => sources))
  const compares = kind !== 'UNION' && kind !== 'UNION_BY_NAME'
  const rows = together([
    left.rows,
    right.rows,
    ...(compares ? [deciding(all, 'FILTER')] : node['setop_all'] === true ? [] : [deciding(all, 'GROUP_BY')]),
  ])
  const aliases = new Map(
    columns.flatMap((column): [string, SqlValue][] =>
      column.name === undefined ? [] : [[folded(column.name), column]],
    ),
  )
  const ordered: Place = { ...place, scope: { from: NOWHERE, aliases, parent: place.scope.parent } }
  return { columns, rows: together([rows, ofModifiers(node, columns, ordered)]) }
}

function byPosition(left: SqlTable, right: SqlTable, kind: string): readonly SqlColumn[] {
  // What EXCEPT takes away decides which rows are left; no value comes from there.
  if (kind === 'EXCEPT') return left.columns
  placed([...left.columns, ...right.columns])
  if (left.columns.length !== right.columns.length)
    throw new Untold('the two sides of a set operation differ in their columns')
  return left.columns.map((column, at) => {
    const other = right.columns[at]
    return kind === 'INTERSECT' || !other ? column : { ...eitherOf([column, other]), name: column.name }
  })
}

function byName(left: SqlTable, right: SqlTable): readonly SqlColumn[] {
  if ([...left.columns, ...right.columns].some(({ name }) => name === undefined))
    throw new Untold('UNION BY NAME has columns without a name of their own')
  const both = left.columns.map((own) => {
    const other = right.columns.find((column) => sameName(column.name, own.name))
    return other ? { ...eitherOf([own, other]), name: own.name } : own
  })
  return [...both, ...right.columns.filter(({ name }) => !left.columns.some((column) => sameName(column.name, name)))]
}
