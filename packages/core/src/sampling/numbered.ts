import { failure } from '../codes.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { resolveNames } from '../names.ts'
import { restrict, selectFrom, typesOf, type Relation } from '../relation.ts'
import { ident, literal, raw } from '../sql.ts'
import { parseDuration } from '../units.ts'
import { freeName } from '../free-name.ts'
import type { SamplePlan } from './plan.ts'

/** The rows that a sample is drawn from, each with its number. */
export interface Numbered {
  readonly engine: Engine
  /** The source's columns, and `row`. */
  readonly relation: Relation
  /** The source's columns. */
  readonly names: readonly string[]
  /** The column of row numbers, from 1; within a window they count its rows. */
  readonly row: string
  /** Names that no column has, for what the drawing needs. */
  readonly free: (at: number) => string
  readonly options: QueryOptions
  /** How many rows there are. */
  readonly count: () => Promise<number>
}

/** Which rows are drawn: a condition on a relation that has at least the numbered rows' columns. */
export interface Picked {
  readonly relation: Relation
  readonly where: string
}

/**
 * Numbers the rows of a relation.
 *
 * @param own numbers them at less cost than by counting, where the source can
 */
export function numbered(
  engine: Engine,
  relation: Relation,
  own: ((column: string) => Relation) | undefined,
  window: SamplePlan['window'],
  options: QueryOptions,
): Numbered {
  const row = freeName(relation.names)
  const scope = window ? within(relation, window) : relation
  const rows =
    own && !window
      ? own(row)
      : selectFrom(scope, raw(`*, row_number() OVER () AS ${ident(row).text}`), [...relation.names, row])
  let counted: Promise<number> | undefined
  return {
    engine,
    relation: rows,
    names: relation.names,
    row,
    free: (at) => `${row}_${at}`,
    options,
    count: () => (counted ??= countOf(engine, scope, options)),
  }
}

async function countOf(engine: Engine, relation: Relation, options: QueryOptions): Promise<number> {
  const [row] = await engine.query(`SELECT count(*) AS n FROM ${relation.from.text}`, options)
  return Number(row?.['n'])
}

/**
 * The window with its column as the source names it.
 *
 * @throws DS_SAMPLE where the column holds no times
 */
export async function checkedWindow(
  engine: Engine,
  relation: Relation,
  window: NonNullable<SamplePlan['window']>,
  options: QueryOptions,
): Promise<NonNullable<SamplePlan['window']>> {
  const [column] = resolveNames([window.column], relation.names, 'sample') as [string]
  const type = engine.dialect.columnType((await typesOf(engine, relation, options)).get(column) ?? '')
  if (type === 'date' || type === 'timestamp' || type === 'timestamptz') return { ...window, column }
  throw failure('DS_SAMPLE', `the window is of ${column}, which holds no times (${type})`, {
    hint: `Give a column of dates or timestamps, or say its type: types: { ${column}: 'TIMESTAMP' } (--type ${column}=TIMESTAMP).`,
  })
}

/** The rows of a relation that lie within a window. */
export function within(relation: Relation, { column, last, from, to }: NonNullable<SamplePlan['window']>): Relation {
  const time = ident(column).text
  if (last !== undefined) {
    const newest = `(SELECT max(${time}) FROM ${relation.from.text})`
    return restrict(
      relation,
      raw(`WHERE ${time} > ${newest} - to_microseconds(${Math.round(parseDuration(last) * 1e6)})`),
    )
  }
  const limits = [
    ...(from === undefined ? [] : [`${time} >= ${moment(from)}`]),
    ...(to === undefined ? [] : [`${time} < ${moment(to)}`]),
  ]
  return restrict(relation, raw(`WHERE ${limits.join(' AND ')}`))
}

function moment(time: Date | string): string {
  return `CAST(${literal(time instanceof Date ? time.toISOString() : time).text} AS TIMESTAMPTZ)::TIMESTAMP`
}
