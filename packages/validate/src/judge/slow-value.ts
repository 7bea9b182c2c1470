import { ident, isDayshiftError, literal, type Frame, type QueryOptions } from '@dayshift/core'
import { failure } from '../codes.ts'
import type { Judge } from './judge.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { valuesOf } from './suspect-rows.ts'
import { endsWithin, LONGEST } from './time-limit.ts'

/** What is said of a value that its column's schema does not come to an end with: where it stands, and not the value. */
export async function slowValue(
  frame: Frame,
  column: PlannedColumn,
  stored: unknown,
  options: QueryOptions,
): Promise<Error> {
  const values = `SELECT ${ident(column.name).text} AS v FROM ${valuesOf(frame).from.text}`
  return ofCell(column, stored, await rowOf(frame, values, stored, options))
}

/** The same where the row is known. */
export async function slowCell(frame: Frame, row: number, column: PlannedColumn, stored: unknown): Promise<Error> {
  return ofCell(column, stored, await placeOf(frame, row))
}

/** A column, and its value in a row. */
interface Cell {
  readonly column: PlannedColumn
  readonly judge: Judge
  readonly stored: unknown
}

/** The same of a row that is judged whole: of one of its values, or of the refinements of rows. */
export async function slowRow(frame: Frame, row: number, cells: readonly Cell[]): Promise<Error> {
  const place = await placeOf(frame, row)
  const cell = cells.find(({ judge, stored }) => !endsWithin(LONGEST / 2, () => judge.breaks(judge.decode(stored))))
  return cell ? ofCell(cell.column, cell.stored, place) : slowFailure('rows', place, [])
}

function ofCell({ rules }: PlannedColumn, stored: unknown, place: string): Error {
  const patterns = (rules.plain?.checks ?? []).flatMap(({ pattern }) => (pattern instanceof RegExp ? [pattern] : []))
  const slow = patterns.find((pattern) => typeof stored === 'string' && isSlow(pattern, stored))
  const more = [
    ...(typeof stored === 'string' ? [`a text of ${stored.length.toLocaleString('en-US')} characters`] : []),
    ...(slow ? [`the pattern ${String(slow)}`] : []),
  ]
  return slowFailure(`'${rules.column}'`, place, more, slow === undefined ? {} : { hint: OF_PATTERNS })
}

/** What to do where it is known to be a pattern. */
const OF_PATTERNS =
  'Write the pattern so that each text can match in one way only, a+ for (a+)+: it would hold up any application too.'

function slowFailure(
  what: string,
  place: string,
  more: readonly string[],
  details: { readonly hint?: string } = {},
): Error {
  const words = more.length === 0 ? '' : ` (${more.join(', ')})`
  return failure(
    'DS_CONTRACT_SLOW',
    `the contract of ${what} did not come to an end with ${place} in ${LONGEST / 1000} s${words}`,
    { ...details, where: what },
  )
}

function isSlow(pattern: RegExp, text: string): boolean {
  // One of its own, since patterns may remember where they were.
  const own = new RegExp(pattern.source, pattern.flags)
  return !endsWithin(LONGEST / 2, () => own.test(text))
}

async function rowOf(frame: Frame, values: string, stored: unknown, options: QueryOptions): Promise<string> {
  if (typeof stored !== 'string' && typeof stored !== 'number') return 'some row'
  const numbered = `SELECT v, row_number() OVER () AS r FROM (${values})`
  try {
    const same = `SELECT min(r) AS r FROM (${numbered}) WHERE v = ${literal(stored).text}`
    const [found] = await frame.engine.query(same, options)
    return typeof found?.['r'] === 'number' ? await placeOf(frame, found['r']) : 'some row'
  } catch (error) {
    if (isDayshiftError(error) && error.code === 'DS_QUERY') return 'some row'
    throw error
  }
}

async function placeOf(frame: Frame, row: number): Promise<string> {
  const places = frame.places()
  try {
    const { file, line } = await places.placeOf(row)
    const words = [...(file === undefined ? [] : [file]), ...(line === undefined ? [] : [`line ${line}`])]
    return words.length === 0 ? `row ${row}` : `row ${row} (${words.join(', ')})`
  } finally {
    await places.close()
  }
}
