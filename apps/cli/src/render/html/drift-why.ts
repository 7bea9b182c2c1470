import type { ClassifierFacts, CorrelationFacts, DriftFacts, SegmentFacts } from '@dayshift/core'
import { count, probability, short } from '../words.ts'
import { inTurn, shortened } from './bounded.ts'
import { html, NOTHING, type Content, type Html } from './markup.ts'
import { at } from './numbers.ts'
import { tableOf } from './table.ts'

const WIDTH = 180

/** Columns that a table of segments has beside that of the segments. */
const MOST_COLUMNS = 10

/** Where drift comes from: in which segments, which pairs of columns, and what a classifier goes by. */
export function driftWhySection({ segments, correlations, classifier }: DriftFacts, id: string, room: number): Html {
  const parts = inTurn(
    [
      (share) => (segments ? segmentTable(segments, `${id}-segments`, share) : NOTHING),
      (share) => (correlations ? correlationTable(correlations, `${id}-pairs`, share) : NOTHING),
      (share) => (classifier ? classifierTable(classifier, `${id}-classifier`, share) : NOTHING),
    ],
    room,
  )
  return html`${parts}`
}

function segmentTable({ by, segments }: SegmentFacts, id: string, room: number): Html {
  const names = [...new Set(segments.flatMap(({ columns }) => columns.map(({ column }) => column)))]
  if (names.length === 0) return NOTHING
  const shown = names.slice(0, MOST_COLUMNS)
  return tableOf({
    id,
    caption: `Where columns drifted: the effect within each value of ${shortened(by)}`,
    noun: 'value',
    columns: [
      { head: shortened(by, 40) },
      { head: 'rows before', isNumber: true },
      { head: 'now', isNumber: true },
      ...shown.map((name) => ({ head: shortened(name, 30) })),
    ],
    rows: segments.map(({ segment, referenceRows, currentRows, columns }) => [
      html`<bdi>${segment === '' ? "''" : shortened(segment)}</bdi>`,
      referenceRows.toLocaleString('en-US'),
      currentRows.toLocaleString('en-US'),
      ...shown.map((name): Content => {
        const own = columns.find(({ column }) => column === name)
        const effect = own?.effect === undefined ? '–' : short(own.effect)
        return own?.drifted
          ? html`<span class="fail">${effect} <span aria-hidden="true">✖</span> drifted</span>`
          : html`<span class="mute">${effect}</span>`
      }),
    ]),
    room,
  })
}

function correlationTable({ changes, pairs, changedPairs }: CorrelationFacts, id: string, room: number): Html {
  return tableOf({
    id,
    caption: `How columns of numbers go together (Spearman): ${changedPairs} of ${count(pairs, 'pair')} changed`,
    noun: 'pair',
    columns: [
      { head: 'pair' },
      { head: 'verdict' },
      { head: 'before', isNumber: true },
      { head: 'now', isNumber: true },
      { head: 'p (corrected)', isNumber: true },
    ],
    rows: changes.map(({ columns: [a, b], reference, current, adjustedPValue, changed }) => [
      html`<bdi>${shortened(a, 60)}</bdi> and <bdi>${shortened(b, 60)}</bdi>`,
      changed
        ? html`<span class="status warn"><span aria-hidden="true">!</span> changed</span>`
        : html`<span class="mute">no change found</span>`,
      reference.toFixed(2),
      current.toFixed(2),
      probability(adjustedPValue),
    ]),
    room,
  })
}

function classifierTable(facts: ClassifierFacts, id: string, room: number): Html {
  const { auc, byChance, pValue, features, columns, referenceRows, currentRows, toldApart } = facts
  const [low, high] = byChance.map((area) => area.toFixed(2))
  const most = Math.max(0.001, ...features.map(({ importance }) => importance))
  const table = tableOf({
    id,
    caption: 'What the classifier goes by: the area that is lost without a column',
    noun: 'column',
    columns: [{ head: 'column' }, { head: 'area lost', isNumber: true }, { head: '' }],
    rows: features
      .filter(({ importance }) => importance >= 0.001)
      .map(({ column, importance }) => [
        html`<bdi>${shortened(column)}</bdi>`,
        importance.toFixed(3),
        html`<svg class="fixed" width="${WIDTH}" height="12" viewBox="0 0 ${WIDTH} 12" aria-hidden="true">
          <rect class="cur" x="0" y="1" width="${at(Math.max(1, (importance / most) * WIDTH))}" height="10" />
        </svg>`,
      ]),
    room: room - 600,
  })
  return html`<h4>Can current rows be told from those of the reference?</h4>
    <p>
      <span class="status ${toldApart ? 'warn' : 'mute'}">${toldApart ? '! yes' : 'no'}</span>: a classifier of
      ${count(columns, 'column')}, on ${count(referenceRows, 'row')} and ${currentRows.toLocaleString('en-US')}, has an
      area under the curve of ${auc.toFixed(3)}; by chance it is ${low} to ${high} (p ${probability(pValue)}).
    </p>
    ${table}`
}
