import type { $ZodType } from 'zod/v4/core'
import type { CheckDef } from './checks/check-def.ts'
import { columnsOf } from './checks/object.ts'
import { rulesOf, type ColumnRules } from './checks/rules.ts'
import { isZodSchema } from './checks/schema.ts'
import type { Contract, PatternColumn } from './contract.ts'
import { checkDifferences } from './compare/check-differences.ts'
import { difference, listed, type Difference } from './compare/difference.ts'
import { markerDifferences } from './compare/marker-differences.ts'
import { optionDifferences } from './compare/option-differences.ts'
import { ruleDifferences } from './compare/rule-differences.ts'

/**
 * Says how a contract differs from an older one. What is looser may break those who read the data, what is tighter those who
 * write it, and what is another thing both.
 *
 * @example compareContracts(v1, v2).filter(({ breaksWriters }) => breaksWriters)
 */
export function compareContracts(before: Contract, after: Contract): Difference[] {
  const [old, now] = [new Map(columnsOf(before.columns)), new Map(columnsOf(after.columns))]
  return [
    ...[...old].flatMap(([name, schema]) => {
      const next = now.get(name)
      return next === undefined
        ? [removed(name, schema, after)]
        : columnDifferences(name, rulesOf(name, schema), rulesOf(name, next))
    }),
    ...after.patterns.flatMap((pattern) => {
      const was = before.patterns.find(({ name }) => String(name) === String(pattern.name))
      const name = `columns like ${String(pattern.name)}`
      return was ? columnDifferences(name, rulesOf(name, schemaOf(was)), rulesOf(name, schemaOf(pattern))) : []
    }),
    ...[...now].flatMap(([name, schema]) => (old.has(name) ? [] : [added(name, schema, before)])),
    ...optionDifferences(before, after),
    ...markerDifferences(before, after),
    ...ruleDifferences(before, after),
  ]
}

function schemaOf({ column }: PatternColumn): $ZodType {
  return isZodSchema(column) ? column : column.schema
}

/** Who reads a column misses it; who writes it may go on, unless other columns are forbidden. */
function removed(name: string, schema: $ZodType, after: Contract): Difference {
  const forbidden = after.extra === 'forbid'
  const { optional } = rulesOf(name, schema)
  return {
    ...difference('looser', `the column '${name}' is gone`, name),
    breaksReaders: !optional,
    breaksWriters: forbidden,
  }
}

/** Who writes must add it, unless it is optional; who reads need not look at it, unless other columns were forbidden. */
function added(name: string, schema: $ZodType, before: Contract): Difference {
  const { optional } = rulesOf(name, schema)
  const words = optional ? 'is new, and optional' : 'is new'
  return {
    ...difference('tighter', `the column '${name}' ${words}`, name),
    breaksReaders: before.extra === 'forbid',
    breaksWriters: !optional,
  }
}

/** What kind of values a column takes. */
function typeOf({ plain, kind }: ColumnRules): string {
  return plain?.type === 'values' ? kind : (plain?.type ?? kind)
}

function columnDifferences(name: string, old: ColumnRules, now: ColumnRules): Difference[] {
  const found: Difference[] = []
  if (typeOf(old) !== typeOf(now)) {
    const change = typeOf(now) === 'any' && now.checks.length === 0 ? 'looser' : 'other'
    found.push(difference(change, `'${name}' was ${typeOf(old)}, and is ${typeOf(now)}`, name))
  }
  if (old.acceptsMissing !== now.acceptsMissing) {
    found.push(
      now.acceptsMissing
        ? difference('looser', `'${name}' may be missing now`, name)
        : difference('tighter', `'${name}' may not be missing any more`, name),
    )
  }
  if (old.acceptsMissing === now.acceptsMissing && old.optional !== now.optional) {
    found.push(
      now.optional
        ? difference('looser', `'${name}' may be left out now`, name)
        : difference('tighter', `'${name}' may not be left out any more`, name),
    )
  }
  if (typeOf(old) !== typeOf(now)) return found
  return [
    ...found,
    ...valueDifferences(name, old, now),
    ...boundDifferences(name, old, now),
    ...checkDifferences(name, old, now),
    ...otherDifferences(name, old, now),
  ]
}

/** Lists of values: those that came, those that went. */
function valueDifferences(name: string, old: ColumnRules, now: ColumnRules): Difference[] {
  const [before, after] = [old.plain?.values, now.plain?.values]
  if (!before && !after) return []
  if (!before) return [difference('tighter', `'${name}' takes ${listed(after)} only`, name)]
  if (!after) return [difference('looser', `'${name}' takes any ${now.kind}, no list any more`, name)]
  const came = after.filter((value) => !before.includes(value))
  const went = before.filter((value) => !after.includes(value))
  return [
    ...(came.length > 0 ? [difference('looser', `'${name}' takes ${listed(came)} too`, name)] : []),
    ...(went.length > 0 ? [difference('tighter', `'${name}' takes ${listed(went)} no more`, name)] : []),
  ]
}

/** What is limited below and above: the tightest limit of each side counts. */
const SIDES = ['least', 'most', 'shortest', 'longest'] as const
type Side = (typeof SIDES)[number]

interface Limit {
  readonly value: number
  readonly exclusive: boolean
  readonly words: string
}

function boundDifferences(name: string, old: ColumnRules, now: ColumnRules): Difference[] {
  return SIDES.flatMap((side) => {
    const [before, after] = [limitOf(old, side), limitOf(now, side)]
    if (before === undefined && after === undefined) return []
    if (before === undefined) return [difference('tighter', `'${name}' must be ${after?.words}`, name)]
    if (after === undefined) return [difference('looser', `'${name}' need not be ${before.words} any more`, name)]
    if (before.value === after.value && before.exclusive === after.exclusive) return []
    const change = isTighter(after, before, side) ? 'tighter' : 'looser'
    return [difference(change, `'${name}' must be ${after.words}, not ${before.words}`, name)]
  })
}

function isTighter(one: Limit, other: Limit, side: Side): boolean {
  if (one.value === other.value) return one.exclusive
  return side === 'least' || side === 'shortest' ? one.value > other.value : one.value < other.value
}

function limitOf({ plain }: ColumnRules, side: Side): Limit | undefined {
  const limits = (plain?.checks ?? []).flatMap((check) => limitsOfCheck(check, side))
  return limits.reduce<Limit | undefined>(
    (best, one) => (best === undefined || isTighter(one, best, side) ? one : best),
    undefined,
  )
}

function characters(limit: unknown, words: string): Limit[] {
  const noun = limit === 1 ? 'character' : 'characters'
  return [{ value: Number(limit), exclusive: false, words: `${words} ${String(limit)} ${noun} long` }]
}

function limitsOfCheck(check: CheckDef, side: Side): Limit[] {
  const {
    check: kind,
    value,
    inclusive,
    minimum,
    maximum,
    length,
  } = check as CheckDef & Readonly<Record<string, unknown>>
  const exclusive = inclusive !== true
  const shown = value instanceof Date ? value.toISOString() : String(value)
  if (side === 'least' && kind === 'greater_than')
    return [{ value: Number(value), exclusive, words: `${exclusive ? '>' : '>='} ${shown}` }]
  if (side === 'most' && kind === 'less_than')
    return [{ value: Number(value), exclusive, words: `${exclusive ? '<' : '<='} ${shown}` }]
  if (side === 'shortest' && kind === 'min_length') return characters(minimum, 'at least')
  if (side === 'longest' && kind === 'max_length') return characters(maximum, 'at most')
  if (kind === 'length_equals' && (side === 'shortest' || side === 'longest'))
    return characters(length, side === 'shortest' ? 'at least' : 'at most')
  return []
}

/** Whether more than names of checks would have to be compared. */
function isOpaque({ plain, checks }: ColumnRules): boolean {
  return checks.includes('refine') || (plain === undefined && checks.some((check) => check !== 'not_null'))
}

/** Rules that are there or not: formats, patterns, steps, refinements. */
function otherDifferences(name: string, old: ColumnRules, now: ColumnRules): Difference[] {
  const bounded = /^(not_null|type|one_of|union|[<>]=? .*|length .*)$/
  const [before, after] = [old, now].map(({ checks }) => checks.filter((check) => !bounded.test(check))) as [
    string[],
    string[],
  ]
  const found = [
    ...after
      .filter((check) => !before.includes(check))
      .map((check) => difference('tighter', `'${name}' is held to ${check}`, name)),
    ...before
      .filter((check) => !after.includes(check))
      .map((check) => difference('looser', `'${name}' is not held to ${check} any more`, name)),
  ]
  // Code cannot be compared: where there is some on both sides, it may be another.
  if (found.length === 0 && isOpaque(old) && isOpaque(now) && old.schema !== now.schema) {
    return [difference('other', `'${name}' is checked by code, which cannot be compared`, name)]
  }
  return found
}
