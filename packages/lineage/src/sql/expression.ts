import { lookUp, NOWHERE, placed, type Precedence, type Scope, type SqlTable } from './scope.ts'
import { aggregated, deciding, masked, NONE, possible, together, transformed, type Sources } from './sources.ts'
import {
  constantNumber,
  constantText,
  descend,
  folded,
  nodeIn,
  nodesIn,
  textIn,
  textsIn,
  Untold,
  type Node,
} from './tree.ts'
import { fieldAt, fieldOf, holdsStructs, type SqlField, type SqlValue } from './value.ts'

/** Tables that CTEs give, by their names in small letters. One that nobody reads is not gone through. */
export type Ctes = ReadonlyMap<string, () => SqlTable>

/** A table that a query reads, and no CTE gives. */
type Leaf = (node: Node) => SqlTable

/** What is known beside the tree. */
export interface Surroundings {
  readonly leaf: Leaf
  /** Functions that make one value of many, in small letters. */
  readonly aggregates: ReadonlySet<string>
  /** Functions that are written in SQL by the user, in small letters: what they read cannot be seen. */
  readonly macros: ReadonlySet<string>
  /** Whether a function may look at less than all that it is given. */
  readonly isOpaque?: (name: string, node: Node) => boolean
}

/** Where an expression stands. */
export interface Place extends Surroundings {
  readonly scope: Scope
  readonly ctes: Ctes
  /** Which names come first. */
  readonly precedence?: Precedence
  /** The rows of a query within. */
  readonly query: (node: Node, scope: Scope | undefined, ctes: Ctes) => SqlTable
}

/** Functions of DuckDB whose values do not let their arguments be read. */
const MASKING = new Set([
  'md5',
  'md5_number',
  'md5_number_lower',
  'md5_number_upper',
  'sha1',
  'sha256',
  'hash',
  'count',
])

/** Functions whose second argument may be a lambda. Elsewhere `x -> 'a'` takes a value out of JSON. */
const TAKES_LAMBDA = /^(list|array)_(transform|apply|filter|reduce)$|^(apply|filter|reduce)$/

/** The parts of an expression that its value is made from, by class. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  CAST: ['child'],
  COLLATE: ['child'],
  COMPARISON: ['left', 'right'],
  CONJUNCTION: ['children'],
  BETWEEN: ['input', 'lower', 'upper'],
  OPERATOR: ['children'],
}

/**
 * What the value of an expression is made from.
 *
 * @throws Untold where that cannot be said
 */
export function sourcesOf(node: Node, place: Place): Sources {
  const kind = textIn(node, 'class')
  switch (kind) {
    case 'CONSTANT':
    case 'PARAMETER':
    case 'DEFAULT':
      return NONE
    case 'COLUMN_REF':
      return lookUp(textsIn(node, 'column_names'), place.scope, place.precedence).sources
    case 'POSITIONAL_REFERENCE':
      return ofPosition(node, place)
    case 'FUNCTION':
      return ofFunction(node, place)
    case 'WINDOW':
      return ofWindow(node, place)
    case 'CASE':
      return ofCase(node, place)
    case 'SUBQUERY':
      return ofSubquery(node, place)
    case 'LAMBDA':
      return transformed(together([ofPart(node, 'lhs', place), ofPart(node, 'expr', place)]))
    case 'STAR':
      return ofColumns(place.scope)
    default:
  }
  const field = extracted(node, place)
  if (field) return field.sources
  const parts = PARTS[kind]
  if (!parts) throw new Untold(`an expression of the kind ${kind} is not known here`)
  return transformed(together(parts.map((part) => ofPart(node, part, place))))
}

/** Functions that put structs together, their arguments being the fields. */
const STRUCTS = new Set(['struct_pack', 'row'])
/** Functions that make structs of others. */
const OF_STRUCTS = /^struct_(insert|update|concat|extract)$|^(to_|from_)?map|^map_/
/** Functions of which nobody sees what each field that they give is made of: of all that they are given. */
const FOREIGN = /^dayshift_map_/

/**
 * The value of an expression: what it is made of, and of what its fields are.
 *
 * @throws Untold where that cannot be said
 */
export function valueOf(node: Node, place: Place): SqlValue {
  if (textIn(node, 'class') === 'COLUMN_REF')
    return lookUp(textsIn(node, 'column_names'), place.scope, place.precedence)
  const field = extracted(node, place)
  if (field) return field
  const sources = sourcesOf(node, place)
  const name = functionName(node)
  if (STRUCTS.has(name))
    return { sources, fields: nodesIn(node, 'children').map((child) => structField(child, place, name)) }
  return FOREIGN.test(name) || !isPutTogether(node, place) ? { sources } : { sources, mixed: true }
}

function functionName(node: Node): string {
  return textIn(node, 'class') === 'FUNCTION' ? textIn(node, 'function_name').toLowerCase() : ''
}

function structField(child: Node, place: Place, maker: string): SqlField {
  const own = textIn(child, 'class') === 'COLUMN_REF' ? textsIn(child, 'column_names').at(-1) : undefined
  const name = maker === 'row' ? undefined : textIn(child, 'alias') || own
  return { ...valueOf(child, place), name }
}

/** Whether the structs that an expression may give are put together in the SQL. */
function isPutTogether(node: Node, place: Place): boolean {
  return [...descend(node, false)].some((part) => {
    switch (textIn(part, 'class')) {
      case 'FUNCTION':
        return STRUCTS.has(functionName(part)) || OF_STRUCTS.test(functionName(part))
      case 'SUBQUERY':
        return [...descend(part, true)].some((one) => STRUCTS.has(functionName(one)))
      case 'COLUMN_REF':
        return isOfStructs(part, place)
      default:
        return false
    }
  })
}

function isOfStructs(column: Node, place: Place): boolean {
  try {
    return holdsStructs(lookUp(textsIn(column, 'column_names'), place.scope, place.precedence))
  } catch (error) {
    // The parameter of a lambda.
    if (error instanceof Untold) return false
    throw error
  }
}

const EXTRACTS = new Set(['STRUCT_EXTRACT', 'ARRAY_EXTRACT'])
const EXTRACTING = new Set(['struct_extract', 'array_extract', 'struct_extract_at'])

/** A field that is taken out of a struct which the SQL puts together; undefined for another expression. */
function extracted(node: Node, place: Place): SqlValue | undefined {
  const isExtract = EXTRACTS.has(textIn(node, 'type')) || EXTRACTING.has(functionName(node))
  const [of, key] = nodesIn(node, 'children')
  if (!isExtract || !of || !key) return undefined
  const value = valueOf(of, place)
  const [name, at] = [constantText(key), constantNumber(key)]
  if (name !== undefined && holdsStructs(value)) return fieldOf(value, name)
  return at === undefined ? undefined : fieldAt(value, at)
}

/** Whether an expression makes one value of many rows, outside of windows and of queries within. */
export function hasAggregate(node: Node, aggregates: ReadonlySet<string>): boolean {
  const kind = textIn(node, 'class')
  if (kind === 'SUBQUERY') return false
  if (kind === 'FUNCTION' && aggregates.has(textIn(node, 'function_name').toLowerCase())) return true
  return Object.values(node).some((value) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).some(
      (one) => typeof one === 'object' && one !== null && hasAggregate(one as Node, aggregates),
    ),
  )
}

/** `#1`, as the parser writes it for ARRAY(SELECT …): the first column of what stands in FROM. */
function ofPosition(node: Node, { scope, precedence }: Place): Sources {
  const [binding, second] = scope.from.bindings
  const column = binding && !second && placed(binding.columns)[Number(node['index']) - 1]
  if (!column || precedence !== undefined) throw new Untold('which column a number means is not clear')
  return column.sources
}

function ofPart(node: Node, part: string, place: Place): Sources {
  const one = nodeIn(node, part)
  return together((one ? [one] : nodesIn(node, part)).map((child) => sourcesOf(child, place)))
}

function ofFunction(node: Node, place: Place): Sources {
  const name = textIn(node, 'function_name').toLowerCase()
  if (place.macros.has(name)) throw new Untold(`${name} is a macro, and what it reads is not seen`)
  const field = extracted(node, place)
  if (field) return field.sources
  const children = nodesIn(node, 'children')
  const values = together(
    children.map((child, at) =>
      at === 1 && textIn(child, 'class') === 'LAMBDA' && TAKES_LAMBDA.test(name)
        ? ofLambda(child, place)
        : sourcesOf(child, place),
    ),
  )
  const computed = place.aggregates.has(name) ? aggregated(values) : transformed(values)
  const made = place.isOpaque?.(name, node) ? possible(computed) : computed
  return together([
    MASKING.has(name) ? masked(made) : made,
    deciding(ofPart(node, 'filter', place), 'FILTER'),
    deciding(ofOrders(nodesIn(nodeIn(node, 'order_bys'), 'orders'), place), 'SORT'),
  ])
}

function ofLambda(node: Node, place: Place): Sources {
  const left = nodeIn(node, 'lhs')
  const all = textIn(left, 'class') === 'COLUMN_REF' && left ? [left] : nodesIn(left, 'children')
  const parameters = new Set(all.flatMap((one) => textsIn(one, 'column_names')).map(folded))
  return ofPart(node, 'expr', { ...place, scope: { from: NOWHERE, parameters, parent: place.scope } })
}

function ofWindow(node: Node, place: Place): Sources {
  const name = textIn(node, 'function_name').toLowerCase()
  if (place.macros.has(name)) throw new Untold(`${name} is a macro, and what it reads is not seen`)
  const values = ofPart(node, 'children', place)
  const made = textIn(node, 'type') === 'WINDOW_AGGREGATE' ? aggregated(values) : transformed(values)
  const frame = ['partitions', 'start_expr', 'end_expr', 'offset_expr'].map((part) => ofPart(node, part, place))
  return together([
    MASKING.has(name) ? masked(made) : made,
    transformed(ofPart(node, 'default_expr', place)),
    deciding(ofPart(node, 'filter_expr', place), 'FILTER'),
    deciding(together([...frame, ofOrders(nodesIn(node, 'orders'), place)]), 'WINDOW'),
    deciding(ofOrders(nodesIn(node, 'arg_orders'), place), 'SORT'),
  ])
}

/** What rows are put in order by. */
export function ofOrders(orders: readonly Node[], place: Place): Sources {
  return together(orders.map((order) => ofPart(order, 'expression', place)))
}

function ofCase(node: Node, place: Place): Sources {
  const checks = nodesIn(node, 'case_checks')
  return together([
    ...checks.map((check) => deciding(ofPart(check, 'when_expr', place), 'CONDITIONAL')),
    transformed(
      together([...checks.map((check) => ofPart(check, 'then_expr', place)), ofPart(node, 'else_expr', place)]),
    ),
  ])
}

function ofSubquery(node: Node, place: Place): Sources {
  const query = nodeIn(nodeIn(node, 'subquery'), 'node')
  if (!query) throw new Untold('a query within is not known here')
  const { columns, rows } = place.query(query, place.scope, place.ctes)
  const kind = textIn(node, 'subquery_type')
  if (kind === 'EXISTS' || kind === 'NOT_EXISTS') return rows
  const values = together(columns.map(({ sources }) => sources))
  if (kind === 'SCALAR') return together([columns.length === 1 ? values : transformed(values), rows])
  return together([transformed(together([ofPart(node, 'child', place), values])), rows])
}

/** `COLUMNS(…)` within an expression, which is gone through for each column. */
function ofColumns(scope: Scope): Sources {
  for (let at: Scope | undefined = scope; at; at = at.parent) if (at.columns) return at.columns
  throw new Untold(`what * means within an expression is not clear`)
}
