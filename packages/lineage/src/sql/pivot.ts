import { sourcesOf, valueOf, type Place } from './expression.ts'
import { sameName, type From, type SqlColumn, type SqlTable } from './scope.ts'
import { deciding, NONE, together } from './sources.ts'
import { starColumns } from './star.ts'
import { descend, nodeIn, nodesIn, textIn, textsIn, Untold, type Node } from './tree.ts'
import { eitherOf, type SqlValue } from './value.ts'

/**
 * Rows turned into columns, or columns into rows.
 *
 * @throws Untold
 */
export function pivoted(node: Node, source: From, place: Place): SqlTable {
  const within: Place = { ...place, scope: { from: source, parent: place.scope } }
  const pivots = nodesIn(node, 'pivots')
  return nodesIn(node, 'aggregates').length > 0
    ? wide(node, source, pivots, within)
    : long(node, source, pivots, within)
}

function wide(node: Node, source: From, pivots: readonly Node[], place: Place): SqlTable {
  const aggregates = nodesIn(node, 'aggregates')
  const keys = pivots.flatMap((pivot) => nodesIn(pivot, 'pivot_expressions'))
  const named = textsIn(node, 'groups')
  const used = [...aggregates, ...keys].flatMap((one) =>
    [...descend(one, true)]
      .filter((part) => textIn(part, 'class') === 'COLUMN_REF')
      .flatMap((part) => textsIn(part, 'column_names').slice(-1)),
  )
  const groups =
    named.length > 0
      ? named.map((name) => columnOf(source, name))
      : source.star.filter(({ name }) => !used.some((one) => sameName(one, name)))
  const chosen = deciding(together(keys.map((key) => sourcesOf(key, place))), 'CONDITIONAL')
  const cells = pivots.reduce((cellsSoFar, pivot) => cellsSoFar * entriesOf(pivot).length, 1)
  const values = aggregates.map((aggregate): SqlValue => {
    const value = valueOf(aggregate, place)
    return { ...value, sources: together([value.sources, chosen]) }
  })
  const grouped = deciding(together(groups.map(({ sources }) => sources)), 'GROUP_BY')
  return {
    columns: [
      ...groups,
      ...Array.from({ length: cells }, () => values.map((value) => ({ ...value, name: undefined }))).flat(),
    ],
    rows: together([source.rows, grouped]),
  }
}

function entriesOf(pivot: Node): readonly Node[] {
  const entries = nodesIn(pivot, 'entries')
  if (entries.length === 0 || entries.some((entry) => nodeIn(entry, 'star_expr') || nodeIn(entry, 'expr')))
    throw new Untold('the values that a PIVOT makes columns of are not written out')
  return entries
}

function long(node: Node, source: From, pivots: readonly Node[], place: Place): SqlTable {
  const [pivot, second] = pivots
  if (!pivot || second) throw new Untold('an UNPIVOT of this form is not known here')
  // Each row of the entries has a value for each of the new columns.
  const entries = nodesIn(pivot, 'entries').flatMap((entry) => unpivotedBy(entry, source, place))
  const used = entries.flat()
  const values = textsIn(node, 'unpivot_names')
  const all = together(used.map(({ sources }) => sources))
  const columns: SqlColumn[] = [
    ...source.star.filter(({ name }) => !used.some((one) => sameName(one.name, name))),
    ...textsIn(pivot, 'unpivot_names').map((name) => ({ name, sources: NONE })),
    ...values.map((name, at) => ({ ...eitherOf(entries.flatMap((entry) => entry[at] ?? [])), name })),
  ]
  const isFiltered = node['include_nulls'] !== true
  return {
    columns,
    rows: together([source.rows, ...(isFiltered ? [deciding(all, 'FILTER')] : [])]),
  }
}

function unpivotedBy(entry: Node, source: From, place: Place): readonly (readonly SqlColumn[])[] {
  const star = nodeIn(entry, 'star_expr')
  if (star) return starColumns(star, place).map((column) => [column])
  const names = nodesIn(entry, 'values').map((value) => value['value'])
  if (names.length === 0 || nodeIn(entry, 'expr')) throw new Untold('an UNPIVOT of this form is not known here')
  return [names.map((name) => columnOf(source, String(name)))]
}

function columnOf(source: From, name: string): SqlColumn {
  const found = source.star.filter((column) => sameName(column.name, name))
  if (found.length !== 1) throw new Untold(`where the column ${name} comes from is not clear`)
  return found[0] as SqlColumn
}
