import { searchEntries, type SearchHit, type SearchResult } from '@dayshift/catalog'
import { catalogFlags, openCatalog } from '../../catalog/command.ts'
import { stateWords } from '../../catalog/words.ts'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'
import { numberFlag } from '../../flags.ts'
import { pathFrom } from '../../render/path-from.ts'
import { clip } from '../../render/table.ts'
import { count, printable } from '../../render/words.ts'
import type { Terminal } from '../../terminal.ts'

export const command = defineCommand({
  name: 'catalog search',
  summary: 'find datasets by words and filters',
  usage: '<words…>',
  description: [
    'Finds datasets that have all words: in the name, rather than in tags and owners, rather than in the description, rather',
    'than in names of columns. Case and accents are nothing; a word that stands nowhere is taken for a typing error.',
    'Filters: tag:tier=gold tag:gold owner:ada column:price type:parquet type:timestamp status:deprecated status:fail, with',
    'a - before them for what is not wanted.',
  ],
  flags: { limit: { type: 'string', short: 'n', value: 'N', help: 'at most so many (default: 20)' }, ...catalogFlags },
  examples: ['dayshift catalog search weather', 'dayshift catalog search orders tag:tier=gold column:price --json'],
  formats: ['text', 'json', 'html'],
  run: async (context) => {
    const { flags, positionals, terminal, cwd } = context
    if (positionals.length === 0)
      throw failure('DS_USAGE', 'words are missing', { hint: 'All datasets: dayshift catalog list.' })
    const limit = numberFlag('limit', flags.limit) ?? 20
    if (!Number.isInteger(limit) || limit < 1)
      throw failure('DS_USAGE', `--limit takes a whole number from 1 on, not '${flags.limit}'`)
    const { store } = await openCatalog(context)
    // A word that the shell kept together is a phrase.
    const query = positionals
      .map((word) =>
        /\s/.test(word) && positionals.length > 1 && !word.includes('"') && !word.includes(':') ? `"${word}"` : word,
      )
      .join(' ')
    const found = store.search ? await store.search(query, limit) : searchEntries(await store.list(), query, limit)
    return { reports: [], result: found, subject: query, text: linesOf(found, terminal, cwd) }
  },
})

function linesOf({ hits, total, corrected }: SearchResult, terminal: Terminal, cwd: string): string[] {
  const lines = corrected.map(({ word, as }) =>
    as.length > 0 ? `nothing has '${word}'; these have ${as.join(' or ')}:` : `nothing has '${word}'`,
  )
  lines.push(...hits.flatMap((hit) => hitLines(hit, terminal, cwd)))
  if (total === 0) return [...lines, 'no dataset was found; dayshift catalog list tells all']
  return [
    ...lines,
    total > hits.length ? `${hits.length} of ${count(total, 'dataset')}; --limit shows more` : count(total, 'dataset'),
  ]
}

function hitLines({ entry, matched }: SearchHit, terminal: Terminal, cwd: string): string[] {
  const state = stateWords(entry)
  const where = matched.filter((field) => field !== 'name')
  const head = [
    terminal.paint('bold', printable(entry.dataset_name)),
    pathFrom(cwd, entry.storage_path),
    ...(state === '' ? [] : [terminal.paint('yellow', state)]),
    ...(where.length === 0 ? [] : [terminal.paint('dim', `by ${where.join(', ')}`)]),
  ]
  const [first = ''] = entry.description.split('\n', 1)
  return [head.join('  '), ...(first === '' ? [] : [`  ${clip(printable(first), terminal.columns - 2)}`])]
}
