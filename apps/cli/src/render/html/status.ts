import type { Finding, Status } from '@dayshift/core'
import { fitting, leftOut, shortened } from './bounded.ts'
import { html, NOTHING, trusted, type Html } from './markup.ts'

const SIGNS: Readonly<Record<Status, string>> = { pass: '✔', warn: '!', fail: '✖' }

const WORDS: Readonly<Record<Status, string>> = { pass: 'passed', warn: 'warns', fail: 'failed' }

const OF_SEVERITY: Readonly<Record<Finding['severity'], Status>> = { info: 'pass', warn: 'warn', error: 'fail' }

/** A status as sign and word: colour is never all there is. */
export function statusMark(status: Status): Html {
  return html`<span class="status ${trusted(status)}"
    ><span aria-hidden="true">${SIGNS[status]}</span> ${WORDS[status]}</span
  >`
}

/** Longest message of a finding. */
const MESSAGE = 400

/** Findings as a list, the worst first. */
export function findingsList(findings: readonly Finding[], room: number): Html {
  if (findings.length === 0) return NOTHING
  const order = ['error', 'warn', 'info']
  const sorted = [...findings].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
  const { shown, left } = fitting(sorted, room - 300, ({ severity, message, hint }) => {
    const name = severity === 'info' ? 'mute' : OF_SEVERITY[severity]
    const advice = hint === undefined ? undefined : html` <span class="note">${shortened(hint, MESSAGE)}</span>`
    return html`<li>
      <span class="status ${trusted(name)}">${severity}</span> <bdi>${shortened(message, MESSAGE)}</bdi>${advice}
    </li>`
  })
  return html`<ul class="plain">
      ${shown}
    </ul>
    ${leftOut(left, 'finding')}`
}
