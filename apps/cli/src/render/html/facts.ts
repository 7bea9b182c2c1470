import type { Report } from '@dayshift/core'
import { formatDuration, formatSize } from '@dayshift/core/ground'
import { shortened } from './bounded.ts'
import { html, NOTHING, type Content, type Html } from './markup.ts'
import { tableOf } from './table.ts'

/** What a version report tells beyond its summary. */
export function versionSection(
  { facts: { files, commit, tag, pushed = [] } }: Report<'version'>,
  id: string,
  room: number,
): Html {
  return html`${tableOf({
    id: `${id}-files`,
    caption: 'Versions',
    noun: 'path',
    columns: [
      { head: 'path' },
      { head: 'version' },
      { head: 'size', isNumber: true },
      { head: 'files', isNumber: true },
      { head: 'changed' },
    ],
    rows: files.map(({ path, hash, bytes, nfiles, changed }) => [
      html`<bdi>${shortened(path, 120)}</bdi>`,
      html`<code>${hash}</code>`,
      formatSize(bytes),
      nfiles?.toLocaleString('en-US') ?? '',
      changed ? 'yes' : 'no',
    ]),
    room: room - 2000,
  })}${pairs([
    ['commit', commit === undefined ? undefined : html`<code>${commit}</code>`],
    ['tag', tag],
    ...pushed
      .slice(0, 5)
      .map(({ remote, objects, bytes }): [string, Content] => [
        'pushed',
        `${objects} objects (${formatSize(bytes)}) to ${shortened(remote)}`,
      ]),
  ])}`
}

/** What a register report tells beyond its summary. */
export function registerSection(
  { facts: { id, revision, catalog, changed, schemaChanges = [] } }: Report<'register'>,
  section: string,
  room: number,
): Html {
  return html`${pairs([
    ['catalog', html`<code>${shortened(catalog, 200)}</code>`],
    ['entry', html`<code>${id}</code>`],
    ['revision', revision],
    ['changed', changed.length === 0 ? undefined : shortened(changed.join(', '), 200)],
  ])}${tableOf({
    id: `${section}-schema`,
    caption: 'Changes of the schema',
    noun: 'change',
    columns: [{ head: 'column' }, { head: 'class' }, { head: 'what' }],
    rows: schemaChanges.map((change) => [
      html`<bdi>${shortened(change.column)}</bdi>`,
      change.class,
      html`<bdi>${shortened(change.message, 200)}</bdi>`,
    ]),
    room: room - 2000,
  })}`
}

/** What a freshness report tells beyond its summary. */
export function freshnessSection({ facts }: Report<'freshness'>, id: string, room: number): Html {
  const { newest, bases, schedule, rows, newRows, warnAfterSeconds, maxAgeSeconds, learned } = facts
  return html`${pairs([
    ['newest data', newest === null ? undefined : html`<time datetime="${newest}">${newest}</time>`],
    ['limit', formatDuration(maxAgeSeconds)],
    ['warns after', warnAfterSeconds === undefined ? undefined : formatDuration(warnAfterSeconds)],
    ['last deadline', schedule?.deadline],
    ['next deadline', schedule?.next ?? undefined],
    ['learned limit', learned?.limitSeconds === undefined ? undefined : formatDuration(learned.limitSeconds)],
    ['rows', rows?.toLocaleString('en-US')],
    ['new rows', newRows?.toLocaleString('en-US')],
  ])}${tableOf({
    id: `${id}-bases`,
    caption: 'What each basis says',
    noun: 'basis',
    columns: [{ head: 'basis' }, { head: 'state' }, { head: 'age', isNumber: true }, { head: 'newest' }],
    rows: (bases ?? []).map(({ basis, state, ageSeconds, newest: last }) => [
      shortened(basis),
      state,
      ageSeconds === null ? '' : formatDuration(Math.abs(ageSeconds)),
      last ?? '',
    ]),
    room: room - 2000,
  })}`
}

/** Names and what they are; those without are left out. */
export function pairs(all: readonly (readonly [name: string, value: Content])[]): Html {
  const lines = all.flatMap(([name, value]) =>
    value === undefined ? [] : [html`<li><span class="mute">${name}:</span> ${value}</li>`],
  )
  return lines.length === 0
    ? NOTHING
    : html`<ul class="plain">
        ${lines}
      </ul>`
}
