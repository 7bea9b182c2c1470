import { expressionsIn, type Expression, type Zod } from './expression.ts'
import type { Disagreement } from './fuzz.ts'
import { judge } from './judgement.ts'
import type { Place } from './source.ts'
import type { FuzzColumn, FuzzTable } from './table.ts'

/** Runs that are made to find a smaller case. */
const MOST = 400

/** Makes a case that fails as small as it gets: fewer columns, rows, cells and calls, while it still fails. */
export async function shrunk(z: Zod, table: FuzzTable, place: Place): Promise<Disagreement> {
  let best = table
  let { problems } = await judge(z, best, place)
  let runs = 0
  for (let smaller = true; smaller && runs < MOST;) {
    smaller = false
    for (const candidate of smallerTables(best)) {
      if (++runs > MOST) break
      // A case that cannot be written is no smaller one.
      const found = await judge(z, candidate, place).catch(() => undefined)
      if (!found || found.problems.length === 0) continue
      best = candidate
      problems = found.problems
      smaller = true
      break
    }
  }
  return { table: best, problems }
}

function* smallerTables(table: FuzzTable): Generator<FuzzTable> {
  const { columns, rule, missing, nulls, ...rest } = table
  for (const at of columns.keys()) {
    if (columns.length > 1) yield fitted({ ...table, columns: columns.toSpliced(at, 1) })
  }
  const longest = longestOf(columns)
  if (table.rows > longest) {
    yield { ...table, rows: longest }
    yield { ...table, rows: Math.max(longest, Math.floor(table.rows / 2)) }
  }
  const [ofRule, ofMissing, ofNulls] = [rule && { rule }, missing && { missing }, nulls && { nulls }]
  if (rule !== undefined) yield { ...rest, columns, ...ofMissing, ...ofNulls }
  if (missing !== undefined) yield { ...rest, columns, ...ofRule, ...ofNulls }
  if (nulls !== undefined) yield { ...rest, columns, ...ofRule, ...ofMissing }
  if (table.form !== 'object') {
    yield { ...table, form: 'object', columns: columns.map(({ missing: _own, ...column }) => column) }
  }
  for (const [at, column] of columns.entries()) {
    for (const cells of fewerCells(column.cells)) {
      yield fitted({ ...table, columns: columns.with(at, { ...column, cells }) })
    }
    for (const schema of smallerExpressions(column.schema)) {
      yield { ...table, columns: columns.with(at, { ...column, schema }) }
    }
  }
}

/** A table with no more rows than its cells ask for, where it had no more before. */
function fitted(table: FuzzTable): FuzzTable {
  return table.rows > 100 ? table : { ...table, rows: longestOf(table.columns) }
}

function longestOf(columns: readonly FuzzColumn[]): number {
  return Math.max(...columns.map(({ cells }) => cells.length))
}

function* fewerCells(cells: FuzzColumn['cells']): Generator<FuzzColumn['cells']> {
  if (cells.length > 3) {
    const half = Math.floor(cells.length / 2)
    yield cells.slice(half)
    yield cells.slice(0, half)
  }
  for (const at of cells.keys()) if (cells.length > 1) yield cells.toSpliced(at, 1)
}

function* smallerExpressions(expression: Expression): Generator<Expression> {
  const { calls = [], args = [] } = expression
  yield* expressionsIn(expression)
  for (const [at, call] of calls.entries()) {
    yield { ...expression, calls: calls.toSpliced(at, 1) }
    if (call.length > 1) yield { ...expression, calls: calls.with(at, call.slice(0, -1) as unknown as typeof call) }
  }
  for (const [at, arg] of args.entries()) {
    if (Array.isArray(arg) && arg.length > 1) {
      const list = arg as readonly (typeof args)[number][]
      for (const one of list.keys()) yield { ...expression, args: args.with(at, list.toSpliced(one, 1)) }
    }
  }
}
