import type { Finding, Profile } from '@dayshift/core'
import { ownVersion } from '../../own-version.ts'
import { count } from '../words.ts'
import { inTurn, shortened } from './bounded.ts'
import { html, NOTHING } from './markup.ts'
import { pageOf, SECTION_BYTES } from './page.ts'
import { profileSection } from './profile.ts'
import { findingsList } from './status.ts'

/** What a page about a profile tells beside it. */
export interface ProfilePage {
  /** What the data is called. */
  readonly subject: string
  readonly version?: string | undefined
  /** What is said of a key's values that come again. */
  readonly duplicates?: string | undefined
  readonly notes: readonly Finding[]
}

/** A profile as one page that needs nothing else. */
export function profilePage({ rows, columns }: Profile, { subject, version, duplicates, notes }: ProfilePage): string {
  const body = inTurn(
    [
      (room) => profileSection(columns, 'columns', 'What each column holds', room),
      (room) =>
        notes.length === 0
          ? NOTHING
          : html`<h2>Notes</h2>
              ${findingsList(notes, room - 100)}`,
    ],
    SECTION_BYTES,
    [9, 1],
  )
  return pageOf({
    title: `profile ${shortened(subject, 120)}`,
    lead: html`<p>${count(rows, 'row')}, ${count(columns.length, 'column')}</p>
      ${duplicates === undefined ? '' : html`<p>${shortened(duplicates, 300)}</p>`}
      ${version === undefined ? '' : html`<p class="meta">version ${shortened(version)}</p>`}`,
    body,
    version: ownVersion(),
  })
}
