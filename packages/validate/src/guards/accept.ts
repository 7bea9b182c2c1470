import { literal } from '@dayshift/core'
import type { CheckDef } from '../checks/check-def.ts'
import type { PlainSchema } from '../checks/plain.ts'
import type { ColumnRules } from '../checks/rules.ts'
import { re2Of } from './regex.ts'

/** What a column holds, as far as SQL has to know. */
export interface ColumnFacts {
  /** Whether its values are the cells of a text table. */
  readonly fromText: boolean
  /** The engine's type, of the values that are looked at. */
  readonly type: string
  /** Cells that mean "no value", besides the empty one; where none are declared, `NULL` and its like do among all but texts. */
  readonly missing: readonly string[] | undefined
}

/** Texts that are finite numbers to JavaScript and to the engine. */
const NUMBER = '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?'
const DAY = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
const TIME = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?'

/** Formats of texts that are nothing but their pattern to Zod. */
const PATTERN_ONLY: ReadonlySet<string> = new Set([
  'regex',
  'email',
  'uuid',
  'guid',
  'nanoid',
  'cuid',
  'cuid2',
  'ulid',
  'xid',
  'ksuid',
  'ipv4',
  'mac',
  'cidrv4',
  'e164',
  'date',
  'time',
  'datetime',
  'lowercase',
  'uppercase',
])

/** Whether a format of texts is nothing but its pattern to Zod. */
export function isPatternOnly(format: unknown): boolean {
  return PATTERN_ONLY.has(String(format))
}

/**
 * SQL of a condition under which Zod surely accepts a value. What does not meet it may be right too: Zod itself judges it.
 * So the SQL need not say what Zod says, only never more.
 *
 * @param value SQL of the value
 * @returns true or false for every value that is not NULL; nothing where no such condition is known
 */
export function acceptSql({ plain, numeric }: ColumnRules, facts: ColumnFacts, value: string): string | undefined {
  if (!plain) return undefined
  const condition = facts.fromText ? ofCells(plain, numeric, value) : ofValues(plain, facts.type, value)
  if (condition === undefined) return undefined
  if (!facts.fromText) return condition
  // What is missing is no value.
  return `${value} NOT IN (${literal(['', ...(facts.missing ?? [])]).text}) AND ${condition}`
}

/** Of cells, which the schema's kind decodes. */
function ofCells(plain: PlainSchema, numeric: ColumnRules['numeric'], cell: string): string | undefined {
  switch (plain.type) {
    case 'string':
      return ofTexts(plain.checks, cell)
    case 'values':
      return oneOfTexts(plain, cell)
    case 'number':
      return numeric === undefined ? undefined : numberCells(numeric, cell)
    case 'boolean':
      return plain.checks.length > 0 ? undefined : `${cell} IN ('true', 'false', 'TRUE', 'FALSE', 'True', 'False')`
    default:
      return plain.checks.length > 0 ? undefined : dateCells(cell)
  }
}

/**
 * Days and times that the engine writes just as they stand there; those that only a pattern tells, as with a `T`, are three
 * times as slow. The fifth character is a hyphen in years of four digits, and in no word of the engine's for a day.
 */
function dateCells(cell: string): string {
  const same = (type: string): string => `coalesce(CAST(TRY_CAST(${cell} AS ${type}) AS VARCHAR) = ${cell}, FALSE)`
  const form = literal(`${DAY}T${TIME}Z?`).text
  const day = `coalesce(year(TRY_CAST(left(${cell}, 10) AS DATE)) BETWEEN 1 AND 9999, FALSE)`
  return (
    `CASE WHEN ${cell}[5] <> '-' THEN FALSE WHEN strlen(${cell}) = 10 THEN ${same('DATE')} ` +
    `WHEN ${cell}[11] = 'T' THEN regexp_full_match(${cell}, ${form}) AND ${day} ELSE ${same('TIMESTAMP')} END`
  )
}

/** Of values that have the engine's type. */
function ofValues(plain: PlainSchema, type: string, value: string): string | undefined {
  if (plain.type === 'string' && type === 'string') return ofTexts(plain.checks, value)
  if (plain.type === 'values' && type === 'string') return oneOfTexts(plain, value)
  if (plain.checks.length > 0) return undefined
  if (plain.type === 'boolean' && type === 'boolean') return `${value} IS NOT NULL`
  const isTime = type === 'date' || type === 'timestamp' || type === 'timestamptz'
  return plain.type === 'date' && isTime ? `isfinite(${value}) AND year(${value}) BETWEEN 1 AND 9999` : undefined
}

function oneOfTexts({ values = [], checks }: PlainSchema, value: string): string | undefined {
  const texts = values.filter((one) => typeof one === 'string')
  if (texts.length === 0 || texts.length !== values.length || checks.length > 0) return undefined
  return `${value} IN (${literal(texts).text})`
}

function numberCells({ integer, bounds }: NonNullable<ColumnRules['numeric']>, cell: string): string {
  // Never NULL: what is not accepted must be told from what is missing.
  const number = `coalesce(TRY_CAST(${cell} AS DOUBLE), CAST('NaN' AS DOUBLE))`
  return [
    `regexp_full_match(${cell}, ${literal(NUMBER).text})`,
    `isfinite(${number})`,
    ...(integer ? [`${number} = trunc(${number})`, `abs(${number}) <= ${Number.MAX_SAFE_INTEGER}`] : []),
    ...bounds.map(({ op, value }) => `${number} ${op} CAST('${value}' AS DOUBLE)`),
  ].join(' AND ')
}

/** Of texts: nothing where one of the checks is not known. */
function ofTexts(checks: readonly CheckDef[], text: string): string | undefined {
  const parts: string[] = []
  let ascii = false
  for (const check of checks) {
    const part = ofText(check, text)
    if (part === undefined) return undefined
    ascii ||= check['pattern'] instanceof RegExp && !('prefix' in check || 'suffix' in check || 'includes' in check)
    parts.push(part)
  }
  // A code point is a byte in ASCII only.
  if (ascii) parts.unshift(`strlen(${text}) = length(${text})`)
  return parts.length === 0 ? `${text} IS NOT NULL` : parts.join(' AND ')
}

function ofText(check: CheckDef, text: string): string | undefined {
  // `when` can only spare a value a check, and Zod gives one of its own to each length.
  switch (check.check) {
    case 'min_length':
      return ofLength(text, '>=', check['minimum'])
    case 'max_length':
      return ofLength(text, '<=', check['maximum'])
    case 'length_equals':
      return ofLength(text, '=', check['length'])
    case 'string_format':
      return ofFormat(check, text)
    default:
      return undefined
  }
}

function ofLength(text: string, op: string, limit: unknown): string | undefined {
  return Number.isFinite(limit) ? `length(${text}) ${op} ${String(limit)}` : undefined
}

function ofFormat(check: CheckDef, text: string): string | undefined {
  const { format, prefix, suffix, includes, position, pattern } = check as CheckDef & Readonly<Record<string, unknown>>
  if (typeof prefix === 'string') return `starts_with(${text}, ${literal(prefix).text})`
  if (typeof suffix === 'string') return `ends_with(${text}, ${literal(suffix).text})`
  if (typeof includes === 'string') {
    return position === undefined ? `contains(${text}, ${literal(includes).text})` : undefined
  }
  if (!isPatternOnly(format) || !(pattern instanceof RegExp)) return undefined
  const re2 = re2Of(pattern)
  return re2 === undefined ? undefined : `regexp_full_match(${text}, ${literal(re2).text})`
}
