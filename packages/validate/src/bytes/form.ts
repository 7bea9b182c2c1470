import type { CellForm } from '@dayshift/core'
import type { CheckDef } from '../checks/check-def.ts'
import type { NumericRules } from '../checks/numeric.ts'
import type { PlainSchema } from '../checks/plain.ts'
import type { ColumnRules } from '../checks/rules.ts'
import { isPatternOnly } from '../guards/accept.ts'
import { acceptsText, byteAutomaton, combined, TooLarge, type Dfa } from './dfa.ts'
import { patternDfa } from './pattern.ts'
import { anything, atLeast, having, oneOf } from './texts.ts'

/** How the cells of a text table are written. */
interface Written {
  /** The quote of the table. */
  readonly quote: string
  /** Cells that mean "no value", the empty one apart. */
  readonly missing: readonly string[]
}

/**
 * The form of cells that Zod surely accepts: texts of these bytes pass, and Zod judges all others. So it need not be all
 * that Zod acceptsText, only never more.
 *
 * @returns nothing where bytes tell nothing
 */
export function cellForm(rules: ColumnRules, { quote, missing }: Written): CellForm | undefined {
  const { plain, numeric } = rules
  if (!plain) return undefined
  const form = plain.type === 'number' ? numberForm(numeric, missing) : textForm(plain, quote, missing)
  // A missing value is but counted, unless it is a failure of its row.
  return form && { ...form, tellsEmpty: !rules.acceptsMissing }
}

const DIGITS = /^-?[0-9.]+$/

function numberForm(numeric: NumericRules | undefined, missing: readonly string[]): CellForm | undefined {
  if (!numeric || missing.some((marker) => DIGITS.test(marker))) return undefined
  const safe = numeric.integer ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE
  const limits = (ops: readonly string[]): number[] =>
    numeric.bounds.filter(({ op }) => ops.includes(op)).map(({ op, value }) => inclusive(op, value))
  return {
    type: 'number',
    integer: numeric.integer,
    min: Math.max(-safe, ...limits(['>', '>='])),
    max: Math.min(safe, ...limits(['<', '<='])),
  }
}

/** The bound that is within, for one that is not: the next double. */
function inclusive(op: string, value: number): number {
  if (op === '>') return nextAbove(value)
  return op === '<' ? -nextAbove(-value) : value
}

function nextAbove(value: number): number {
  if (!Number.isFinite(value)) return value === Number.NEGATIVE_INFINITY ? -Number.MAX_VALUE : value
  if (value === 0) return Number.MIN_VALUE
  const bits = new BigInt64Array(new Float64Array([value]).buffer)
  bits[0] = (bits[0] as bigint) + (value > 0 ? 1n : -1n)
  return new Float64Array(bits.buffer)[0] as number
}

function textForm(plain: PlainSchema, quote: string, missing: readonly string[]): CellForm | undefined {
  if (plain.type === 'date') {
    const isKept = plain.checks.length === 0 && !missing.some((marker) => /^\d/.test(marker))
    return isKept ? { type: 'kind', kind: 'TIMESTAMP WITH TIME ZONE' } : undefined
  }
  const longest = longestOf(plain.checks)
  try {
    const dfa = textDfa(plain)
    if (dfa && dfa === anyText && missing.length === 0) return { type: 'anything', longest }
    const automaton = dfa && byteAutomaton(withoutTexts(dfa, missing), quote.charCodeAt(0))
    return automaton && { type: 'automaton', automaton, longest }
  } catch (error) {
    if (error instanceof TooLarge) return undefined
    throw error
  }
}

/** What has no more bytes has no more characters; of what has, Zod counts them. */
function longestOf(checks: readonly CheckDef[]): number {
  return Math.min(
    ...checks.flatMap(({ check, maximum, length }) =>
      check === 'max_length' ? [Number(maximum)] : check === 'length_equals' ? [Number(length)] : [],
    ),
    Number.POSITIVE_INFINITY,
  )
}

function withoutTexts(dfa: Dfa, texts: readonly string[]): Dfa {
  const some = texts.filter((text) => acceptsText(dfa, text))
  return some.length === 0 ? dfa : combined(dfa, oneOf(some), 'without')
}

function textDfa({ type, values = [], checks }: PlainSchema): Dfa | undefined {
  if (type === 'string') return stringDfa(checks)
  if (checks.length > 0) return undefined
  if (type === 'boolean') return oneOf(['true', 'false', 'TRUE', 'FALSE', 'True', 'False'])
  const texts = values.filter((value) => typeof value === 'string')
  return texts.length > 0 && texts.length === values.length ? oneOf(texts) : undefined
}

const anyText = anything()

/** Longer texts are left to other ways: an automaton counts in states. */
const LARGEST_COUNT = 100

/** Of texts: nothing where one of the checks is not known. */
function stringDfa(checks: readonly CheckDef[]): Dfa | undefined {
  const parts: Dfa[] = []
  for (const check of checks) {
    const part = checkDfa(check)
    if (!part) return undefined
    if (part !== anyText) parts.push(part)
  }
  return parts.length === 0 ? anyText : parts.reduce((one, other) => combined(one, other, 'and'))
}

function checkDfa(check: CheckDef): Dfa | undefined {
  switch (check.check) {
    case 'max_length':
      return Number.isFinite(check['maximum']) ? anyText : undefined
    case 'min_length':
      return countDfa(check['minimum'])
    case 'length_equals':
      return countDfa(check['length'])
    case 'string_format':
      return formatDfa(check)
    default:
      return undefined
  }
}

/** Texts that are not empty have one character: where no more are asked for, nothing is to be counted. */
function countDfa(min: unknown): Dfa | undefined {
  if (typeof min !== 'number' || Number.isNaN(min) || min > LARGEST_COUNT) return undefined
  return min <= 1 ? anyText : atLeast(Math.ceil(min))
}

const known = new Map<string, Dfa | undefined>()

/** Patterns that are kept. */
const KEPT = 100

function formatDfa(check: CheckDef): Dfa | undefined {
  const { format, prefix, suffix, includes, position, pattern } = check as CheckDef & Readonly<Record<string, unknown>>
  if (typeof prefix === 'string') return having('start', prefix)
  if (typeof suffix === 'string') return having('end', suffix)
  if (typeof includes === 'string') return position === undefined ? having('somewhere', includes) : undefined
  if (!isPatternOnly(format) || !(pattern instanceof RegExp)) return undefined
  const key = String(pattern)
  if (!known.has(key)) {
    if (known.size >= KEPT) known.clear()
    known.set(key, patternDfa(pattern))
  }
  return known.get(key)
}
