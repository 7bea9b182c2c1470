import { factValue, isDayshiftError, messageOf, type FactValue } from '@dayshift/core'
import { z } from 'zod'
import type { $ZodIssue, $ZodType } from 'zod/v4/core'
import { bareIssues } from '../checks/bare-issues.ts'
import { failure } from '../codes.ts'
import { HIDDEN } from '../failure.ts'
import { hiddenMessage } from './hidden-message.ts'
import { cellDecoder, jsonFitter, MARKED, readingsOf, valueFitter } from './decode.ts'
import { checkOfIssue, isUnsafeInteger } from './issue.ts'
import type { PlannedColumn } from '../planned-column.ts'

/** One check that a value breaks, in Zod's own words. */
export interface Violation {
  readonly check: string
  readonly message: string
}

/** Judges the values of one column, as the engine gives them, with Zod itself. */
export interface Judge {
  /** The value that Zod gets: decoded, and with `null` or `undefined` for a missing one. */
  decode(stored: unknown): unknown
  /** The checks that a decoded value breaks, each once: what Zod says without the words, which take it ten times as long. */
  breaks(value: unknown): readonly string[]
  /** What Zod says of a decoded value; nothing where it passes. */
  violations(value: unknown): readonly Violation[]
  /** The value as a report shows it. */
  show(value: unknown): FactValue
}

/** Makes the judge of a column. */
export function judgeOf(column: PlannedColumn): Judge {
  const { rules, fromText, fromObjects, exactIntegers, dateOnly, decimal, missing, hidden } = column
  const decodeCell = cellDecoder(rules.kind, missing)
  const fit = valueFitter(rules.kind, { exactIntegers, dateOnly, decimal })
  const fitJson = jsonFitter(rules.kind, { fromText, missing })
  let ofNoKey: readonly $ZodIssue[] | undefined
  // Of a key that an object lacks Zod does not always say what it says of `undefined`.
  const lacking = (value: unknown): readonly $ZodIssue[] | undefined =>
    fromObjects && value === undefined ? (ofNoKey ??= issuesOfNoKey(rules.schema, rules.column)) : undefined
  return {
    decode: (stored) => {
      if (fromObjects) {
        const value = fitJson(stored)
        return value === MARKED ? rules.missing : value
      }
      const cell = fromText ? decodeCell(stored as string | null) : fit(stored)
      // A union may take numbers and words: a cell is what the schema lets it be.
      const value =
        fromText && rules.kind === 'any' && typeof cell === 'string'
          ? (readingsOf(cell).find((reading) => issuesOf(rules.schema, reading, rules.column, hidden).length === 0) ??
            cell)
          : cell
      return value === null || value === undefined ? rules.missing : value
    },
    breaks: (value) => {
      const issues = lacking(value) ?? wordlessIssuesOf(rules.schema, value, rules.column, hidden)
      const names = issues.map((issue) => nameOf(issue, rules.schema, value))
      return names.length < 2 ? names : [...new Set(names)]
    },
    violations: (value) =>
      (lacking(value) ?? issuesOf(rules.schema, value, rules.column, hidden)).map((issue) => ({
        check: nameOf(issue, rules.schema, value),
        message: hidden ? hiddenMessage(issue, value) : issue.message,
      })),
    show: (value) =>
      hidden && value !== null && value !== undefined ? HIDDEN : factValue(value, dateOnly ? 'date' : 'unknown'),
  }
}

/** What Zod says of an object that lacks the key of a schema. */
function issuesOfNoKey(schema: $ZodType, where: string): readonly $ZodIssue[] {
  return issuesOf(z.object({ value: schema }), {}, where).map((issue) => ({ ...issue, path: issue.path.slice(1) }))
}

/** The name of the check that a value's issue belongs to. */
function nameOf(issue: $ZodIssue, schema: $ZodType, value: unknown): string {
  return isUnsafeInteger(issue) ? 'type' : checkOfIssue(issue, schema, value === null || value === undefined)
}

/**
 * The issues that a schema finds in a value.
 *
 * @param hides whether the value is not to be shown
 * @throws DS_CONTRACT_ASYNC, DS_CONTRACT_THROWS where the schema's own code cannot judge it
 */
export function issuesOf(schema: object, value: unknown, where: string, hides = false): readonly $ZodIssue[] {
  try {
    const result = (schema as { safeParse(value: unknown): { error?: { issues: readonly $ZodIssue[] } } }).safeParse(
      value,
    )
    return result.error?.issues ?? []
  } catch (error) {
    throw codeFailure(error, `the contract of ${where}`, shownValue(value), hides)
  }
}

/** The same without messages. */
function wordlessIssuesOf(schema: $ZodType, value: unknown, where: string, hides: boolean): readonly $ZodIssue[] {
  try {
    return bareIssues(schema, value) ?? issuesOf(schema, value, where, hides)
  } catch (error) {
    throw isDayshiftError(error) ? error : codeFailure(error, `the contract of ${where}`, shownValue(value), hides)
  }
}

function shownValue(value: unknown): string {
  const fact = factValue(value)
  if (typeof value === 'string') return JSON.stringify(fact)
  // Of an object it is JSON already.
  return fact === null ? 'no value' : String(fact)
}

/**
 * What is said where a contract's own code throws, or is asynchronous.
 *
 * @param what the code, as `the contract of age`
 * @param met what it threw on
 * @param hides whether that is not to be shown, nor what it threw, which may hold it
 */
export function codeFailure(error: unknown, what: string, met: string, hides: boolean): Error {
  const where = what.replace(/^the (?:contract of|check) /, '')
  if (error instanceof Error && error.constructor.name === '$ZodAsyncError') {
    return failure('DS_CONTRACT_ASYNC', `${what} is asynchronous`, { where, cause: error })
  }
  if (hides) {
    return failure('DS_CONTRACT_THROWS', `${what} threw on a value that is not to be shown, nor what it threw`, {
      where,
    })
  }
  return failure('DS_CONTRACT_THROWS', `${what} threw on ${met}: ${messageOf(error)}`, { where, cause: error })
}
