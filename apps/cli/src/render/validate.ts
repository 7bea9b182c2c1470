import type { CheckResult, Report } from '@dayshift/core'
import type { Terminal } from '../terminal.ts'
import { placeWords } from './place.ts'
import { clip, table, width, wrap } from './table.ts'
import { verdictOf, type Verdict } from './verdict.ts'
import { count, percent, printable, short, valueWords } from './words.ts'

/** Examples that a check shows here; the report itself has more. */
const EXAMPLES = 5
/** Values that a check names, and sets of checks that fail together. */
const VALUES = 5
const SETS = 5

/** Longest name of a check that the others line up with, and what is left of one at least. */
const NAME = 40
const SHORTEST = 16
/** Longest of the values that fail most often. */
const VALUE = 24

const MARKS: Readonly<Record<Exclude<Verdict, 'holds'>, readonly ['green' | 'yellow' | 'red', string]>> = {
  tolerated: ['green', '✔'],
  warns: ['yellow', '!'],
  fails: ['red', '✖'],
}

/** How what was found is told. */
interface Telling extends Pick<Terminal, 'paint' | 'columns'> {
  readonly verbose: boolean
  /** The width of the names of checks. */
  readonly names: number
}

/** Findings of validation that its details show: each check that does not hold has a line of its own. */
export function isOfCheck({ code }: { readonly code: string }): boolean {
  return /^validate\.(failed|tolerated|column_present|no_extra_column|column_order|physical_type)$/.test(code)
}

/** What validation found: each failing check with the share of its rows as a bar, examples, and the values that fail. */
export function validateDetails(
  { facts, findings }: Report<'validate'>,
  { paint, columns }: Pick<Terminal, 'paint' | 'columns'>,
  verbose: boolean,
): string[] {
  const { checks, together = [], failuresFile, goodFile, badFile } = facts
  const failing = checks.filter((check) => verdictOf(check) !== 'holds')
  const counted = failing.filter(({ ranAs, expected }) => ranAs !== 'metadata' && expected === undefined)
  const names = Math.max(0, ...counted.map(({ id }) => Math.min(NAME, width(printable(id)))))
  const telling: Telling = { paint, columns, verbose, names }
  const sets = together.filter((set) => set.checks.length > 1).slice(0, verbose ? together.length : SETS)
  return [
    ...failing.flatMap((check) =>
      check.ranAs === 'metadata' ? metadataLines(check, findings, telling) : checkLines(check, telling),
    ),
    ...(sets.length === 0 ? [] : ['  in the same rows']),
    ...table(
      sets.map((set) => [count(set.rows, 'row'), set.checks.map(printable).join(' + ')]),
      '    ',
      columns,
    ),
    ...(failuresFile === undefined ? [] : [`  failures written to ${printable(failuresFile)}`]),
    ...(goodFile === undefined ? [] : [`  rows that break nothing written to ${printable(goodFile)}`]),
    ...(badFile === undefined ? [] : [`  rows that break a check written to ${printable(badFile)}`]),
  ]
}

/** A check that names and types alone answer. */
function metadataLines(check: CheckResult, findings: Report['findings'], telling: Telling): string[] {
  const found = findings.find(({ column, code }) => column === check.column && code === `validate.${check.check}`)
  const { message = 'does not hold', hint } = found ?? {}
  return [
    ...marked(check, `${check.id}: ${message}`, { ...telling, verbose: true }),
    ...(hint === undefined ? [] : long(hint, '    ', telling).map((line) => telling.paint('dim', line))),
  ]
}

function checkLines(check: CheckResult, telling: Telling): string[] {
  const { id, failed, evaluated, passed, mostly, observed, expected, examples } = check
  if (expected !== undefined) {
    const found = typeof observed === 'number' ? short(observed) : valueWords(observed)
    return marked(check, `${id}: ${found}, expected ${expected}`, telling)
  }
  const { columns, verbose, names, paint } = telling
  const rows = `${failed.toLocaleString('en-US')} of ${count(evaluated, 'row')}`
  const limit = mostly === undefined ? '' : `${passed ? 'tolerated' : 'too many'}: ${percent(mostly)} must pass`
  const apart = columns - names - CELLS - 8 < width(`${rows}, ${limit}`)
  const counted = limit === '' || apart ? rows : `${rows}, ${limit}`
  const room = Math.max(SHORTEST, columns - CELLS - width(counted) - 8)
  const name = clip(printable(id), room)
  const shown = examples.slice(0, verbose ? examples.length : EXAMPLES)
  const more = failed - shown.length
  const [style, sign] = markOf(check)
  const gap = ' '.repeat(Math.max(0, Math.min(names, room) - width(name)) + 2)
  return [
    `  ${paint(style, sign)} ${name}${gap}${paint(style, bar(failed / evaluated))}  ${counted}`,
    ...(apart && limit !== '' ? [`    ${limit}`] : []),
    ...exampleLines(shown, telling),
    ...(more > 0 ? [`    … ${more.toLocaleString('en-US')} more; --failures FILE writes all`] : []),
    ...valueLines(check, more > 0, columns),
  ]
}

/** Failures as a table. What is said of all of them is said once. */
function exampleLines(examples: CheckResult['examples'], telling: Telling): string[] {
  const [first, second] = examples
  const same = first && second && examples.every(({ message }) => message === first.message)
  const rows = examples.map((example) => [
    placeWords(example),
    valueWords(example.value),
    ...(same ? [] : [printable(example.message)]),
  ])
  return [...(same ? long(first.message, '    ', telling) : []), ...table(rows, '    ', telling.columns)]
}

/** Text of any length: cut, or in several lines where all is asked for. */
function long(text: string, indent: string, { columns, verbose }: Telling): string[] {
  return verbose
    ? wrap(printable(text), columns, indent, true)
    : [indent + clip(printable(text), columns - width(indent))]
}

function marked(check: CheckResult, text: string, telling: Telling): string[] {
  const [style, sign] = markOf(check)
  const [first = '', ...rest] = long(text, '    ', telling)
  return [`  ${telling.paint(style, sign)} ${first.slice(4)}`, ...rest]
}

function markOf(check: CheckResult): readonly ['green' | 'yellow' | 'red', string] {
  const verdict = verdictOf(check)
  return MARKS[verdict === 'holds' ? 'tolerated' : verdict]
}

/** Which values fail, where the examples do not say it all. */
function valueLines({ failedValues, failed }: CheckResult, cut: boolean, columns: number): string[] {
  if (!failedValues || !cut) return []
  const { distinct, top } = failedValues
  if (distinct === null) return ['    more than 10,000 different values']
  if (top.length === 0 || distinct === failed) return []
  const named = top
    .slice(0, VALUES)
    .map((one) => `${clip(valueWords(one.value), VALUE)} ${one.count.toLocaleString('en-US')}×`)
  const list = `${count(distinct, 'different value')}: ${named.join(', ')}${distinct > named.length ? ', …' : ''}`
  return [`    ${clip(list, columns - 4)}`]
}

const CELLS = 10

/** A share as a bar: some of it wherever there is some, and not all of it unless it is all. */
function bar(share: number): string {
  const filled = share >= 1 ? CELLS : Math.min(CELLS - 1, Math.max(1, Math.round(share * CELLS)))
  return `${'█'.repeat(filled)}${'░'.repeat(CELLS - filled)}`
}
