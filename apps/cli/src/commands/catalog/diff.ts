import { join, relative, resolve } from 'node:path'
import {
  diffEntries,
  impactOf,
  keyOf,
  type CatalogEntry,
  type EntryDiff,
  type SchemaChange,
  type Touched,
} from '@dayshift/catalog'
import { graphOf, neighboursOf, readLineageLog } from '@dayshift/lineage'
import { catalogFlags, entryNamed, openCatalog } from '../../catalog/command.ts'
import { touchedWords } from '../../catalog/words.ts'
import { failure } from '../../codes.ts'
import { defineCommand, type Outcome } from '../../command.ts'
import type { ListedItem } from '../../listing.ts'
import { LINEAGE_FILE, snapshotsOf } from '../../places.ts'
import { itemLines } from '../../render/listed.ts'
import { count, printable } from '../../render/words.ts'

export const command = defineCommand({
  name: 'catalog diff',
  summary: 'say what a revision changed, and whom it breaks',
  usage: '<name> [<revision> [<revision>]]',
  description: [
    'Says how an entry differs from one revision to another; by default from the one before the last to the last, and from one',
    'revision to the last. Changes of columns are compatible, widening or breaking, and exit 1 says that one is breaking; with',
    '--fail-on warn also that one is widening. Then come the datasets that are made from this one, by the lineage log, and',
    'their owners.',
  ],
  flags: {
    ...catalogFlags,
    lineage: { type: 'string', value: 'FILE', help: `the lineage log (default: ${LINEAGE_FILE})` },
  },
  examples: ['dayshift catalog diff weather', 'dayshift catalog diff weather 3 5 --format markdown'],
  run: async (context) => {
    const { flags, positionals, cwd, terminal, signal } = context
    const [name, first, second, third] = positionals
    if (name === undefined || third !== undefined)
      throw failure('DS_USAGE', 'diff takes a name and at most two revisions')
    const opened = await openCatalog(context)
    const { summary } = await entryNamed(opened, name, cwd)
    const key = keyOf(summary)
    const history = await opened.store.history(key)
    if (first === undefined && history.length < 2) return newEntry(summary.dataset_name)
    const [before, after] = revisionsOf(history, first, second, summary.dataset_name)
    const path = flags.lineage === undefined ? join(opened.folder, LINEAGE_FILE) : resolve(cwd, flags.lineage)
    const log = await readLineageLog(path, { snapshots: snapshotsOf(opened.folder), signal })
    const downstream = neighboursOf(graphOf(log.runs, { jobs: log.jobs }), key, 'downstream')
    const touched = impactOf(
      downstream.map(({ dataset }) => dataset),
      await opened.store.list(),
    )
    const diff = diffEntries(before, after)
    const items = diff.schema.map(itemOf)
    const isBreaking = diff.class === 'breaking'
    return {
      reports: [],
      result: { name: summary.dataset_name, ...diff, touched },
      text: [
        `${printable(summary.dataset_name)}, revision ${diff.before} → ${diff.after}: ${summaryOf(diff)}`,
        ...items.flatMap((item) => itemLines(item, terminal)),
        ...fieldLines(diff),
        ...(diff.schema.length > 0 ? touchedLines(touched, cwd) : []),
      ],
      listing: {
        command: 'catalog diff',
        subject: `${summary.dataset_name}, revision ${diff.before} → ${diff.after}`,
        file: relative(cwd, opened.path),
        summary: summaryOf(diff),
        items: [...items, ...(isBreaking ? touched.map((one) => touchedItem(one, cwd)) : [])],
      },
      fails: isBreaking,
      warns: diff.class === 'widening',
    }
  },
})

/** Of a dataset that was just registered nobody depends yet. */
function newEntry(name: string): Outcome {
  const text = [`${printable(name)} has one revision: it breaks nobody`]
  return { reports: [], result: { name, fields: [], schema: [], touched: [] }, text }
}

/** The two revisions that are meant. */
function revisionsOf(
  history: readonly CatalogEntry[],
  first: string | undefined,
  second: string | undefined,
  name: string,
): [before: CatalogEntry, after: CatalogEntry] {
  const last = history.at(-1)
  const find = (word: string): CatalogEntry => {
    const found = history.findLast(({ revision }) => String(revision) === word)
    if (found) return found
    const known = history.map(({ revision }) => revision).join(', ')
    throw failure('DS_USAGE', `${name} has no revision ${word}`, { hint: `It has ${known}.` })
  }
  const after = second === undefined ? last : find(second)
  const before = first === undefined ? history.at(-2) : find(first)
  if (before === undefined || after === undefined) {
    throw failure('DS_USAGE', `${name} has one revision only: there is nothing to compare it with`)
  }
  return [before, after]
}

function summaryOf({ schema, fields, class: worst }: EntryDiff): string {
  if (schema.length === 0 && fields.length === 0) return 'the same'
  if (schema.length === 0) return `the same columns, ${count(fields.length, 'field')} changed`
  return `${count(schema.length, 'change')} of columns, ${worst}`
}

function itemOf(change: SchemaChange): ListedItem {
  const verdicts = { breaking: 'fails', widening: 'warns', compatible: 'holds' } as const
  return { kind: change.class, message: change.message, verdict: verdicts[change.class], data: change }
}

function fieldLines({ fields }: EntryDiff): string[] {
  return fields.map(({ field, before, after }) => `  ${field}: ${valueWords(before)} → ${valueWords(after)}`)
}

function valueWords(value: unknown): string {
  if (value === undefined) return 'nothing'
  return printable(typeof value === 'string' ? value : JSON.stringify(value))
}

function touchedLines(touched: readonly Touched[], cwd: string): string[] {
  if (touched.length === 0) return ['  no dataset is known to be made from it']
  return [
    `  ${count(touched.length, 'dataset')} made from it:`,
    ...touched.map((one) => `    ${touchedWords(one, cwd)}`),
  ]
}

function touchedItem(touched: Touched, cwd: string): ListedItem {
  return { kind: 'touches', message: touchedWords(touched, cwd), verdict: 'warns', data: touched }
}
