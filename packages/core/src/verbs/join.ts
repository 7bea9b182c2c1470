import { failure } from '../codes.ts'
import { distinctNames, resolveNames } from '../names.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { allNeeds, prepareOnce } from '../preparation.ts'
import { nameList, selectFrom, typesOf, type Relation } from '../relation.ts'
import type { ColumnType } from '../schema.ts'
import { ident, join as list, raw, type Sql } from '../sql.ts'
import { freeName } from '../free-name.ts'

/** Which rows a join keeps: those with a partner, all of the left side, of the right, of both; or left rows alone, with or without one. */
export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

/** How to join. */
export interface JoinOptions {
  /** The columns that must be equal: names that both sides have, or `{ left: 'right' }`. Missing values are equal to none. */
  readonly on: string | readonly string[] | Readonly<Record<string, string>>
  /** Default: `inner`. */
  readonly how?: JoinKind | undefined
  /** What the right side's columns get behind their names where the left side has them too. Default: `_right`. */
  readonly suffix?: string | undefined
}

const KINDS: Readonly<Record<JoinKind, string>> = {
  inner: 'INNER',
  left: 'LEFT',
  right: 'RIGHT',
  full: 'FULL',
  semi: 'SEMI',
  anti: 'ANTI',
}

/**
 * Joins two relations on equal columns. The keys come once, under the left side's names. Rows stand in the order of the
 * left side, those without a left row after them in the order of the right.
 */
export function join(engine: Engine, left: Relation, right: Relation, given: JoinOptions): Relation {
  const { on, how = 'inner', suffix = '_right' } = (given ?? {}) as Partial<JoinOptions>
  if (on === undefined) {
    throw failure('DS_OPTION', 'join: which columns must be equal is not said', {
      hint: "As join(other, { on: 'id' }), or { on: { left: 'right' } }.",
    })
  }
  const kind = KINDS[how]
  if (kind === undefined) {
    throw failure('DS_VALUE_UNSUPPORTED', `join: '${how}' is no kind of join`, {
      hint: `Use ${Object.keys(KINDS).join(', ')}.`,
    })
  }
  const { leftKeys, rightKeys } = keysOf(left, right, on)
  const position = freeName([...left.names, ...right.names])
  const condition = leftKeys.map((key, at) => `l.${ident(key).text} = r.${ident(rightKeys[at] as string).text}`)
  const from = `${numbered(left, position)} AS l ${kind} JOIN ${numbered(right, position)} AS r ON ${condition.join(' AND ')}`
  const order = (side: string): string => `${side}.${ident(position).text} NULLS LAST`
  const oneSided = how === 'semi' || how === 'anti'
  // Rows that only the right side has bring their keys along.
  const fromRight = new Map(how === 'right' || how === 'full' ? leftKeys.map((key, at) => [key, rightKeys[at]]) : [])
  const values = left.names.map((name) => keyed(name, fromRight.get(name)))
  const names = [...left.names]
  if (!oneSided) {
    const taken = new Set(left.names.map((name) => name.toLowerCase()))
    for (const name of right.names.filter((other) => !rightKeys.includes(other))) {
      const free = taken.has(name.toLowerCase()) ? `${name}${suffix}` : name
      names.push(free)
      values.push(raw(`r.${ident(name).text} AS ${ident(free).text}`))
    }
  }
  distinctNames(names, 'join')
  const check = prepareOnce(`the types of ${leftKeys.join(', ')} are compared`, (options) =>
    compareTypes(engine, [left, leftKeys], [right, rightKeys], options),
  )
  const both: Relation = { from: raw(from), names, needs: allNeeds(left.needs, right.needs, [check]) }
  const sorted = raw(`ORDER BY ${oneSided ? order('l') : `${order('l')}, ${order('r')}`}`)
  return selectFrom(both, list(values), names, sorted)
}

function keysOf(
  left: Relation,
  right: Relation,
  on: JoinOptions['on'],
): { leftKeys: readonly string[]; rightKeys: readonly string[] } {
  const pairs = pairsOf(on)
  const leftKeys = resolveNames(
    pairs.map(([name]) => name),
    left.names,
    'join',
  )
  const rightKeys = resolveNames(
    pairs.map(([, name]) => name),
    right.names,
    'join (right side)',
  )
  return { leftKeys: distinctNames(leftKeys, 'join'), rightKeys: distinctNames(rightKeys, 'join (right side)') }
}

function pairsOf(on: JoinOptions['on']): readonly (readonly [string, string])[] {
  const pairs =
    typeof on === 'string'
      ? [[on, on] as const]
      : Array.isArray(on)
        ? (on as readonly string[]).map((name) => [name, name] as const)
        : Object.entries((on ?? {}) as Readonly<Record<string, string>>)
  if (pairs.length === 0) throw failure('DS_COLUMN_UNKNOWN', 'join: name at least one column to join on')
  return pairs
}

/** A left column; of a row that only the right side has, the key there. */
function keyed(name: string, right: string | undefined): Sql {
  const column = ident(name).text
  return raw(right === undefined ? `l.${column}` : `COALESCE(l.${column}, r.${ident(right).text}) AS ${column}`)
}

/** Refuses keys of types that have nothing in common: the engine would cast a text to a number, or fail at some row. */
async function compareTypes(
  engine: Engine,
  [left, leftKeys]: readonly [Relation, readonly string[]],
  [right, rightKeys]: readonly [Relation, readonly string[]],
  options: QueryOptions | undefined,
): Promise<void> {
  const before = await typesOf(engine, left, options)
  const after = await typesOf(engine, right, options)
  leftKeys.forEach((key, at) => {
    const other = rightKeys[at] as string
    const types = [before.get(key) ?? '', after.get(other) ?? ''] as const
    const [one, two] = types.map((type) => familyOf(engine.dialect.columnType(type)))
    if (types[0] === types[1] || one === two || one === 'unknown' || two === 'unknown') return
    throw failure(
      'DS_TYPES_APART',
      `join: '${key}' is ${types[0]} here, '${other}' is ${types[1]} in the other frame`,
      {
        hint: `Cast one of them first: other.cast({ ${JSON.stringify(other)}: '${types[0]}' }).`,
      },
    )
  })
}

/** Types that are compared with one another. */
function familyOf(type: ColumnType): string {
  if (type === 'integer' || type === 'decimal' || type === 'float') return 'number'
  if (type === 'date' || type === 'timestamp' || type === 'timestamptz') return 'time'
  return type === 'json' ? 'string' : type
}

function numbered(relation: Relation, position: string): string {
  return `(SELECT ${nameList(relation.names).text}, row_number() OVER () AS ${ident(position).text} FROM ${relation.from.text})`
}
