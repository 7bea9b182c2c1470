import { changesOfRevisions, keyOf, worstClass, type Revision } from '@dayshift/catalog'
import { catalogFlags, entryNamed, openCatalog } from '../../catalog/command.ts'
import { defineCommand } from '../../command.ts'
import { onlyWord } from '../../only-word.ts'
import { table, wrap } from '../../render/table.ts'
import { printable } from '../../render/words.ts'

export const command = defineCommand({
  name: 'catalog history',
  summary: 'list the revisions of an entry',
  usage: '<name>',
  description: [
    'Lists every revision of an entry, newest first: when it was written, which fields it changed, and what that did',
    'to the columns. A dataset is named by its name, a former name, its path or its id.',
  ],
  flags: { ...catalogFlags },
  examples: ['dayshift catalog history weather', 'dayshift catalog history data/weather.csv --json'],
  formats: ['text', 'json', 'html'],
  run: async (context) => {
    const opened = await openCatalog(context)
    const { summary } = await entryNamed(opened, onlyWord(context.positionals, 'name'), context.cwd)
    const revisions = changesOfRevisions(await opened.store.history(keyOf(summary)))
    return {
      reports: [],
      result: { name: summary.dataset_name, revisions },
      subject: summary.dataset_name,
      text: linesOf(revisions, context.terminal.columns),
    }
  },
})

/** A line a revision, and beneath it what that did to the columns. */
function linesOf(revisions: readonly Revision[], to: number): string[] {
  const newest = revisions.toReversed()
  const rows = newest.map(({ entry, changed, schema }) => [
    String(entry.revision),
    entry.updated_at?.slice(0, 16).replace('T', ' ') ?? '',
    worstClass(schema) ?? '',
    entry.revision === 1 ? 'registered' : changed.map(printable).join(', '),
  ])
  const [head = '', ...lines] = table([['revision', 'written (UTC)', 'columns', 'changed'], ...rows], '', to)
  return [
    head,
    ...lines.flatMap((line, at) => [
      line,
      ...(newest[at]?.schema ?? []).flatMap(({ message }) => wrap(printable(message), to, '          ')),
    ]),
  ]
}
