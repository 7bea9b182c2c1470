import type { DatasetDiff } from '../../diff/dataset-diff.ts'
import { checkRows, diffSummary, keyWords, oddWords, rowWords, sizeRows } from '../../diff/words.ts'
import { ownVersion } from '../../own-version.ts'
import { valueWords } from '../words.ts'
import { NO_BACKGROUND } from './background.ts'
import { inTurn, shortened } from './bounded.ts'
import { habitBody, habitHead } from './habit.ts'
import { html, NOTHING, type Html } from './markup.ts'
import { pageOf, SECTION_BYTES } from './page.ts'
import { findingsList, statusMark } from './status.ts'
import { tableOf } from './table.ts'

/** A comparison of two versions as one page that needs nothing else. */
export function diffPage(diff: DatasetDiff, subject: string): string {
  const { before, after, differs, schema = [], rows, contract, drift, notes } = diff
  const body = inTurn(
    [
      (room) =>
        tableOf({
          id: 'sizes',
          caption: 'Both sides in numbers',
          noun: 'line',
          columns: [
            { head: 'what' },
            { head: 'before', isNumber: true },
            { head: 'after', isNumber: true },
            { head: 'change', isNumber: true },
          ],
          rows: sizeRows(diff).map((row) => row.map((cell) => shortened(cell, 120))),
          room,
        }),
      (room) =>
        schema.length === 0
          ? NOTHING
          : html`<h2>Schema</h2>
              ${tableOf({
                id: 'schema',
                caption: 'What changed of the columns',
                noun: 'change',
                columns: [{ head: 'column' }, { head: 'what' }, { head: 'for who reads it' }, { head: 'message' }],
                rows: schema.map(({ column, kind, class: how, message }) => [
                  html`<bdi>${shortened(column)}</bdi>`,
                  kind,
                  how,
                  html`<bdi>${shortened(message, 200)}</bdi>`,
                ]),
                room: room - 200,
              })}`,
      (room) => (rows ? rowSection(rows, room) : NOTHING),
      (room) => {
        const changed = checkRows(diff)
        if (!contract) return NOTHING
        return html`<h2>Contract</h2>
          <p>
            ${contract.before ? html`${statusMark(contract.before.status)} before` : 'Not there before'},
            ${contract.after ? html`${statusMark(contract.after.status)} now` : 'not there any more'}
          </p>
          ${tableOf({
            id: 'contract',
            caption: 'Checks whose verdict changed',
            noun: 'check',
            columns: [{ head: 'check' }, { head: 'before' }, { head: 'now' }],
            rows: changed.map(([id = '', was, is]) => [html`<bdi>${shortened(id)}</bdi>`, was, is]),
            room: room - 400,
          })}`
      },
      (room) =>
        drift
          ? html`<h2>Drift</h2>
              ${habitHead(drift, 'drift', 'How values are distributed')}${habitBody(drift, NO_BACKGROUND, 'drift', room - 1500)}`
          : NOTHING,
      (room) =>
        notes.length > 0
          ? html`<h2>Notes</h2>
              ${findingsList(notes, room - 100)}`
          : NOTHING,
    ],
    SECTION_BYTES,
    [1, 2, 5, 1, 5, 1],
  )
  return pageOf({
    title: `diff ${shortened(subject, 120)}`,
    lead: html`<p><bdi>${shortened(before.name, 200)}</bdi> → <bdi>${shortened(after.name, 200)}</bdi></p>
      <p class="box ${differs ? 'warn' : 'pass'}">${shortened(diffSummary(diff), 300)}</p>`,
    body,
    version: ownVersion(),
  })
}

function rowSection(rows: NonNullable<DatasetDiff['rows']>, room: number): Html {
  const { columns, key, compared, addedRows, removedRows, unchanged } = rows
  const parts = inTurn(
    [
      (share) =>
        tableOf({
          id: 'changed',
          caption: 'Columns that changed in rows of the same key',
          noun: 'column',
          columns: [
            { head: 'column' },
            { head: 'rows', isNumber: true },
            { head: 'had no value', isNumber: true },
            { head: 'have none now', isNumber: true },
          ],
          rows: columns.map(({ column, changed, filled, emptied }) => [
            html`<bdi>${shortened(column)}</bdi>`,
            ...[changed, filled, emptied].map((number) => number.toLocaleString('en-US')),
          ]),
          room: share,
        }),
      (share) =>
        tableOf({
          id: 'examples',
          caption: 'Examples of values that changed',
          noun: 'example',
          columns: [
            { head: 'column' },
            { head: `key: ${shortened(key.join(', '))}` },
            { head: 'before' },
            { head: 'after' },
          ],
          rows: columns.flatMap(({ column, examples }) =>
            examples.map((example) => [
              html`<bdi>${shortened(column)}</bdi>`,
              html`<bdi class="code">${shortened(example.key.join(', '))}</bdi>`,
              html`<bdi class="code">${shortened(valueWords(example.before))}</bdi>`,
              html`<bdi class="code">${shortened(valueWords(example.after))}</bdi>`,
            ]),
          ),
          room: share,
        }),
      (share) => wholeRows('added', 'Rows that are new', addedRows, compared, share),
      (share) => wholeRows('removed', 'Rows that are gone', removedRows, compared, share),
    ],
    room - 3000,
  )
  return html`<h2>Rows</h2>
    <p>${rowWords(rows)}, ${unchanged.toLocaleString('en-US')} unchanged</p>
    <ul>
      ${[...oddWords(rows), ...keyWords(rows)].map((line) => html`<li>${shortened(line, 300)}</li>`)}
    </ul>
    ${parts}`
}

function wholeRows(
  id: string,
  caption: string,
  rows: readonly (readonly (string | null)[])[],
  names: readonly string[],
  room: number,
): Html {
  const wide = rows[0]?.length ?? 0
  return tableOf({
    id,
    caption: `${caption}, for example`,
    noun: 'row',
    columns: [{ head: 'example' }, ...names.slice(0, wide).map((name) => ({ head: shortened(name, 40) }))],
    rows: rows.map((row, at) => [
      at + 1,
      ...row.map((value) => html`<bdi class="code">${shortened(valueWords(value), 60)}</bdi>`),
    ]),
    room,
  })
}
