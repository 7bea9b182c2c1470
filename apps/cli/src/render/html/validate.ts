import type { CheckResult, Report } from '@dayshift/core'
import { placeWords } from '../place.ts'
import { verdictOf, type Verdict } from '../verdict.ts'
import { percent, short, valueWords } from '../words.ts'
import { fitting, inTurn, leftOut, shortened } from './bounded.ts'
import { html, NOTHING, type Content, type Html } from './markup.ts'
import { shareWords } from './numbers.ts'
import { tableOf } from './table.ts'

/** Examples of a check that are shown, and values that fail. */
const EXAMPLES = 10
const VALUES = 5

const ORDER: readonly Verdict[] = ['fails', 'warns', 'tolerated', 'holds']

const STYLES = { fails: 'fail', warns: 'warn', tolerated: 'pass', holds: 'pass' } as const
const SIGNS = { fails: '✖', warns: '!', tolerated: '✔', holds: '✔' } as const

/** What validation found: all checks, and examples of those that do not hold. */
export function validateSection({ facts }: Report<'validate'>, id: string, room: number): Html {
  const { together = [], failuresFile, goodFile, badFile } = facts
  const checks = [...facts.checks].sort((a, b) => ORDER.indexOf(verdictOf(a)) - ORDER.indexOf(verdictOf(b)))
  const failing = checks.filter((check) => verdictOf(check) !== 'holds')
  const files = [
    ['every failure', failuresFile],
    ['rows that break nothing', goodFile],
    ['rows that break a check', badFile],
  ] as const
  const written = files.flatMap(([what, file]) =>
    file === undefined ? [] : [html`<p>Written: ${what} to <code>${shortened(file, 200)}</code></p>`],
  )
  const parts = inTurn(
    [
      (share) => checkTable(checks, `${id}-checks`, share),
      (share) => examplesOf(failing, id, share),
      (share) =>
        tableOf({
          id: `${id}-together`,
          caption: 'Checks that fail in the same rows',
          noun: 'set',
          columns: [{ head: 'checks' }, { head: 'rows', isNumber: true }],
          rows: together
            .filter((set) => set.checks.length > 1)
            .map((set) => [shortened(set.checks.join(' + '), 200), set.rows.toLocaleString('en-US')]),
          room: share,
        }),
    ],
    room - 2000,
    [3, 5, 1],
  )
  return html`${parts}${written}`
}

function checkTable(checks: readonly CheckResult[], id: string, room: number): Html {
  return tableOf({
    id,
    caption: 'Checks of the contract, those that fail first',
    noun: 'check',
    columns: [
      { head: 'check' },
      { head: 'verdict' },
      { head: 'failed', isNumber: true },
      { head: 'of', isNumber: true },
      { head: 'share', isNumber: true },
      { head: 'note' },
    ],
    rows: checks.map((check) => () => {
      const { id: name, failed, evaluated, ranAs } = check
      const verdict = verdictOf(check)
      const isCounted = ranAs !== 'metadata' && check.expected === undefined
      return [
        html`<bdi>${shortened(name)}</bdi>`,
        html`<span class="status ${STYLES[verdict]}"
          ><span aria-hidden="true">${SIGNS[verdict]}</span> ${verdict}</span
        >`,
        isCounted ? failed.toLocaleString('en-US') : '',
        isCounted ? evaluated.toLocaleString('en-US') : '',
        isCounted && failed > 0 ? shareWords(failed / evaluated) : '',
        noteOf(check),
      ]
    }),
    room,
  })
}

function noteOf({ mostly, expected, observed }: CheckResult): Content {
  if (expected !== undefined) {
    const found = typeof observed === 'number' ? short(observed) : valueWords(observed)
    return html`<bdi>${shortened(found)}</bdi>, expected <bdi>${shortened(expected)}</bdi>`
  }
  return mostly === undefined ? '' : `${percent(mostly)} must pass`
}

function examplesOf(failing: readonly CheckResult[], id: string, room: number): Html {
  const shown = failing.filter(({ examples }) => examples.length > 0)
  if (shown.length === 0) return NOTHING
  const { shown: fit, left } = fitting(shown, room - 300, (check, at) => exampleTable(check, `${id}-examples-${at}`))
  return html`<h4>Examples of what fails</h4>
    ${fit}${leftOut(left, 'check')}`
}

function exampleTable({ id: name, examples, failedValues, failed }: CheckResult, id: string): Html {
  const table = tableOf({
    id,
    caption: `${shortened(name)}: ${Math.min(EXAMPLES, examples.length)} of ${failed.toLocaleString('en-US')}`,
    noun: 'example',
    columns: [{ head: 'place' }, { head: 'value' }, { head: 'what is wrong' }],
    rows: examples
      .slice(0, EXAMPLES)
      .map((example) => [
        placeWords(example),
        html`<bdi class="code">${shortened(valueWords(example.value))}</bdi>`,
        html`<bdi>${shortened(example.message, 200)}</bdi>`,
      ]),
    room: 20_000,
  })
  const top = failedValues?.distinct === null ? [] : (failedValues?.top ?? []).slice(0, VALUES)
  const values = top.map(
    ({ value, count }, at) =>
      html`${at > 0 ? ', ' : ''}<bdi class="code">${shortened(valueWords(value), 40)}</bdi>
        ${count.toLocaleString('en-US')}×`,
  )
  return html`${table}${values.length > 0 ? html`<p class="note">Most frequent: ${values}</p>` : undefined}`
}
