import type { CheckResult, FactValue, Report } from '@dayshift/core'
import { table } from './table.ts'
import { cell, count, printable } from './words.ts'

/** Examples that a check shows here; the report itself has more. */
const EXAMPLES = 5
/** Values that a check names, and sets of checks that fail together. */
const VALUES = 5
const SETS = 5

/** What validation found: each failing check with the share of its rows as a bar, examples, and the values that fail. */
export function validateDetails(
  { checks, together = [], failuresFile, goodFile, badFile }: Report<'validate'>['facts'],
  verbose: boolean,
): string[] {
  const failing = checks.filter(({ failed, ranAs }) => failed > 0 && ranAs !== 'metadata')
  const width = Math.max(0, ...failing.map(({ id }) => printable(id).length))
  const sets = together.filter((set) => set.checks.length > 1).slice(0, verbose ? together.length : SETS)
  return [
    ...failing.flatMap((check) => checkLines(check, Math.min(width, 40), verbose)),
    ...(sets.length === 0 ? [] : ['  in the same rows']),
    ...table(
      sets.map((set) => [count(set.rows, 'row'), set.checks.map(printable).join(' + ')]),
      '    ',
    ),
    ...(failuresFile === undefined ? [] : [`  failures written to ${failuresFile}`]),
    ...(goodFile === undefined ? [] : [`  rows that break nothing written to ${goodFile}`]),
    ...(badFile === undefined ? [] : [`  rows that break a check written to ${badFile}`]),
  ]
}

function checkLines(check: CheckResult, width: number, verbose: boolean): string[] {
  const { id, failed, evaluated, passed, mostly, observed, expected } = check
  if (expected !== undefined) {
    return [`  ${printable(id)}: ${observed === null ? 'no value' : cell(observed ?? null)}, expected ${expected}`]
  }
  const tolerated = mostly === undefined ? '' : `, ${passed ? 'tolerated' : 'too many'}: ${mostly * 100} % must pass`
  const shown = check.examples.slice(0, verbose ? check.examples.length : EXAMPLES)
  const more = failed - shown.length
  return [
    `  ${printable(id).padEnd(width)}  ${bar(failed / evaluated)}  ${failed.toLocaleString('en-US')} of ${count(evaluated, 'row')}${tolerated}`,
    ...table(
      shown.map(({ row, line, value, message }) => [
        line === undefined ? `row ${row}` : `row ${row} (line ${line})`,
        shownValue(value),
        message,
      ]),
      '    ',
    ),
    ...(more > 0 ? [`    … ${more.toLocaleString('en-US')} more; --failures FILE writes all`] : []),
    ...valueLines(check, more > 0),
  ]
}

/** Which values fail, where the examples do not say it all. */
function valueLines({ failedValues, failed }: CheckResult, cut: boolean): string[] {
  if (!failedValues || !cut) return []
  const { distinct, top } = failedValues
  if (distinct === null) return ['    more than 10,000 different values']
  if (top.length === 0 || distinct === failed) return []
  const named = top.slice(0, VALUES).map((one) => `${shownValue(one.value)} ${one.count.toLocaleString('en-US')}×`)
  return [`    ${count(distinct, 'different value')}: ${named.join(', ')}${distinct > named.length ? ', …' : ''}`]
}

function shownValue(value: FactValue): string {
  // As it is, digit by digit: it is what is wrong.
  return value === null ? 'no value' : printable(String(value))
}

const CELLS = 10

/** A share as a bar: some of it wherever there is some, and not all of it unless it is all. */
function bar(share: number): string {
  const filled = share >= 1 ? CELLS : Math.min(CELLS - 1, Math.max(1, Math.round(share * CELLS)))
  return `${'█'.repeat(filled)}${'░'.repeat(CELLS - filled)}`
}
