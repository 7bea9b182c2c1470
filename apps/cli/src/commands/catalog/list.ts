import { lifecycleOf, type EntrySummary } from '@dayshift/catalog'
import { formatSize } from '@dayshift/core/ground'
import { catalogFlags, openCatalog } from '../../catalog/command.ts'
import { dayWords, stateWords, tagWords } from '../../catalog/words.ts'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { table } from '../../render/table.ts'
import { count, printable } from '../../render/words.ts'

export const command = defineCommand({
  name: 'catalog list',
  summary: 'list the datasets',
  usage: '',
  description: [
    'Lists what the catalog has, in the order of names: rows, size, owners, tags, and when the entry changed.',
  ],
  flags: { deleted: { type: 'boolean', help: 'those too that were removed' }, ...catalogFlags },
  examples: ['dayshift catalog list', 'dayshift catalog list --json'],
  formats: ['text', 'json', 'html'],
  run: async (context) => {
    const { flags, positionals, terminal } = context
    if (positionals.length > 0)
      throw failure('DS_USAGE', `'${positionals[0]}' is too much: list takes flags only`, {
        hint: 'To find datasets: dayshift catalog search WORDS.',
      })
    const { store } = await openCatalog(context)
    const all = await store.list()
    const entries = flags.deleted ? all : all.filter((entry) => lifecycleOf(entry) !== 'deleted')
    return {
      reports: [],
      result: { entries },
      text: [...listLines(entries, terminal.columns), summaryOf(entries, all)],
    }
  },
})

/** Entries as a table. */
function listLines(entries: readonly EntrySummary[], to: number): string[] {
  if (entries.length === 0) return []
  const rows = entries.map((entry) => [
    printable(entry.dataset_name),
    printable(entry.format ?? ''),
    entry.rows?.toLocaleString('en-US') ?? '',
    entry.bytes === undefined ? '' : formatSize(entry.bytes),
    dayWords(entry.updated_at),
    stateWords(entry),
    entry.owners.map(printable).join(', '),
    tagWords(entry.tags),
  ])
  const all = [['name', 'format', 'rows', 'size', 'changed', 'state', 'owners', 'tags'], ...rows]
  // Columns that are empty for all are left out.
  const shown = (all[0] as string[]).map((_, at) => rows.some((row) => row[at] !== ''))
  return table(
    all.map((row) => row.filter((_, at) => shown[at])),
    '',
    to,
  )
}

function summaryOf(entries: readonly EntrySummary[], all: readonly EntrySummary[]): string {
  const hidden = all.length - entries.length
  return `${count(entries.length, 'dataset')}${hidden > 0 ? `, and ${hidden} removed (--deleted)` : ''}`
}
