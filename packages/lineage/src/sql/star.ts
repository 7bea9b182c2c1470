import { sourcesOf, valueOf, type Place } from './expression.ts'
import { isCalled, isUnpacked, lookUp, sameName, type SqlColumn, type StarColumn } from './scope.ts'
import { together, transformed, type Sources } from './sources.ts'
import { constantText, descend, nodeIn, nodesIn, textIn, textsIn, Untold, type Node } from './tree.ts'
import type { SqlField, SqlValue } from './value.ts'

/** A column of a star, and whether its value is that of a column of FROM, or of an expression in its place. */
type Starred = StarColumn & { readonly elastic?: true }

/**
 * The columns of `*`, `t.*`, `struct.*` and `COLUMNS(…)`.
 *
 * @throws Untold where they cannot be told without the engine
 */
export function starColumns(node: Node, place: Place): readonly SqlColumn[] {
  const all = withoutExcluded(node, ofTable(node, place))
  const chosen = textIn(nodeIn(node, 'expr'), 'class') === '' ? all : matching(nodeIn(node, 'expr') as Node, all)
  return chosen.map((column) => renamed(node, replaced(node, column, place)))
}

function ofTable(node: Node, place: Place): readonly Starred[] {
  const { from } = place.scope
  const table = textIn(node, 'relation_name')
  if (table === '') return from.star
  const binding = from.bindings.find((one) => isCalled(one, [table]))
  if (binding) return binding.columns.map((column) => ({ ...column, of: [binding] }))
  return spread(lookUp([table], place.scope)).map((column) => ({ ...column, of: [] }))
}

/**
 * The columns that the fields of a struct become.
 *
 * @throws Untold where they are made of different columns, and which of which is not known
 */
function spread(value: SqlValue): readonly SqlColumn[] {
  if (value.mixed) throw new Untold('of which columns the fields of a struct are made is not clear')
  if (value.fields?.every(isNamed)) return value.fields
  return [{ name: undefined, sources: transformed(value.sources), elastic: true }]
}

function isNamed({ name }: SqlField): boolean {
  return name !== undefined
}

function withoutExcluded(node: Node, columns: readonly Starred[]): readonly Starred[] {
  const names = textsIn(node, 'exclude_list')
  const qualified = nodesIn(node, 'qualified_exclude_list')
  const changes =
    names.length + qualified.length + nodesIn(node, 'replace_list').length + nodesIn(node, 'rename_list').length
  if (changes > 0 && columns.some(isUnpacked)) throw new Untold('what the columns of a struct are called is not clear')
  return columns.filter(
    ({ name, of }) =>
      !names.some((one) => sameName(one, name)) &&
      !qualified.some(
        (one) =>
          sameName(textIn(one, 'column'), name) && of.some((binding) => isCalled(binding, [textIn(one, 'table')])),
      ),
  )
}

function replaced(node: Node, column: Starred, place: Place): SqlColumn {
  const entry = nodesIn(node, 'replace_list').find(({ key }) => sameName(String(key), column.name))
  const value = nodeIn(entry, 'value')
  return value ? { ...valueOf(value, place), name: textIn(value, 'alias') || column.name } : column
}

function renamed(node: Node, column: SqlColumn): SqlColumn {
  const entry = nodesIn(node, 'rename_list').find((one) => sameName(textIn(nodeIn(one, 'key'), 'column'), column.name))
  return entry ? { ...column, name: String(entry['value']) } : column
}

/** The columns that `COLUMNS('a.*')` or `COLUMNS(['a', 'b'])` means. */
function matching(chosen: Node, columns: readonly Starred[]): readonly Starred[] {
  const pattern = constantText(chosen)
  if (pattern !== undefined) {
    const expression = regular(pattern)
    return columns.filter(({ name }) => name !== undefined && expression.test(name))
  }
  const names = nodesIn(chosen, 'children').map(constantText)
  if (names.length === 0 || names.some((name) => name === undefined))
    throw new Untold('COLUMNS chooses columns by an expression')
  return names.map((name) => {
    const found = columns.find((column) => sameName(column.name, name))
    if (!found) throw new Untold(`COLUMNS names ${name}, which is no column`)
    return found
  })
}

/** Patterns of RE2 that JavaScript reads otherwise give other names, which the engine's own names show. */
function regular(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u')
  } catch {
    throw new Untold(`COLUMNS chooses columns by the pattern ${pattern}`)
  }
}

/**
 * What one item of a select list gives: one column, or one for each column of a star within.
 *
 * @throws Untold
 */
export function itemColumns(item: Node, place: Place): readonly SqlColumn[] {
  const alias = textIn(item, 'alias')
  if (textIn(item, 'class') === 'STAR') {
    return starColumns(item, place).map((column) => (alias === '' ? column : { ...column, name: alias }))
  }
  const stars = [...descend(item, false)].filter((node) => textIn(node, 'class') === 'STAR')
  const [star] = stars
  if (!star) return plainColumns(item, place)
  const columns = starColumns(star, place)
  const unpacks = [...descend(item, false)].some((node) => textIn(node, 'type') === 'OPERATOR_UNPACK')
  const withColumns = (sources: Sources): Sources =>
    sourcesOf(item, { ...place, scope: { ...place.scope, columns: sources } })
  if (stars.length === 1 && unpacks) {
    const sources = withColumns(together(columns.map((column) => column.sources)))
    return [{ name: nameOf(item), sources, mixed: true }]
  }
  const isOne = stars.every((one) => starColumns(one, place).length === columns.length)
  if (
    unpacks ||
    !isOne ||
    stars.some((one) => one['columns'] !== true || constantText(nodeIn(one, 'expr')) !== undefined)
  )
    throw new Untold('which columns a star within an expression means is not clear')
  return columns.map(({ sources }) => ({
    name: alias === '' ? undefined : alias,
    sources: withColumns(sources),
    mixed: true,
  }))
}

/** An item without a star: of `unnest` the engine may make several columns. */
function plainColumns(item: Node, place: Place): readonly SqlColumn[] {
  const isUnnest = textIn(item, 'class') === 'FUNCTION' && textIn(item, 'function_name').toLowerCase() === 'unnest'
  const [of, more] = isUnnest ? nodesIn(item, 'children') : []
  const fields = of && !more ? valueOf(of, place).fields : undefined
  if (fields?.every(isNamed)) return fields
  return [{ ...valueOf(item, place), name: nameOf(item), ...(isUnnest ? { elastic: true } : {}) }]
}

/** The name that an item has for sure. */
function nameOf(item: Node): string | undefined {
  const alias = textIn(item, 'alias')
  if (alias !== '') return alias
  return textIn(item, 'class') === 'COLUMN_REF' ? textsIn(item, 'column_names').at(-1) : undefined
}
