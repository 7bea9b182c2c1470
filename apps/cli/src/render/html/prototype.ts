import type { Report } from '@dayshift/core'
import { cell, printable } from '../words.ts'
import { inTurn, shortened } from './bounded.ts'
import { html, type Html } from './markup.ts'
import { profileSection } from './profile.ts'
import { tableOf } from './table.ts'

/** Columns of the first rows that are shown. */
const MOST_COLUMNS = 30

/** What a prototype report tells beyond its summary. */
export function prototypeSection({ facts }: Report<'prototype'>, id: string, room: number): Html {
  const { method, seed, added, dropped, retyped, head, columns, profile, sample } = facts
  const names = columns.slice(0, MOST_COLUMNS).map(({ name }) => name)
  const changes = [
    ['added', added],
    ['dropped', dropped],
    ['retyped', retyped.map(({ name, from, to }) => `${name} ${from} → ${to}`)],
  ] as const
  const told = changes.flatMap(([verb, list]) =>
    list.length === 0
      ? []
      : [html`<p>${verb}: <bdi>${shortened(list.slice(0, 50).map(printable).join(', '), 400)}</bdi></p>`],
  )
  const parts = inTurn(
    [
      (share) => profileSection(profile, `${id}-profile`, 'Profile of what the ETL gave', share),
      (share) =>
        tableOf({
          id: `${id}-head`,
          caption: 'First rows that came out',
          noun: 'row',
          columns: [{ head: 'row' }, ...names.map((name) => ({ head: shortened(name, 40) }))],
          rows: head.map((row, at) => [
            at + 1,
            ...names.map((name) => html`<bdi>${shortened(cell(row[name]), 40)}</bdi>`),
          ]),
          room: share,
        }),
    ],
    room - 3000,
    [3, 1],
  )
  return html`<p>Sample: ${method}${sample.plan.kind === 'head' ? '' : `; seed ${seed}`}</p>
    ${told}${parts}`
}
