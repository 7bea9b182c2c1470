import { editDistance } from '@dayshift/core/ground'
import { parseQuery, type FilterName, type SearchQuery } from './query.ts'
import { lifecycleOf, type EntrySummary } from './summary.ts'
import { folded, matchOf, type WordMatch } from './words.ts'

/** An entry that was found. */
export interface SearchHit {
  readonly entry: EntrySummary
  /** The higher, the better; comparable within one search only. */
  readonly score: number
  /** Where the words stand: `name`, `alias`, `tag`, `owner`, `description`, `column`. */
  readonly matched: readonly string[]
}

/** What a search found. */
export interface SearchResult {
  /** The best first. */
  readonly hits: readonly SearchHit[]
  /** How many there are; `hits` may be fewer. */
  readonly total: number
  /** Words that stand nowhere, and those that were looked for in their place. */
  readonly corrected: readonly { readonly word: string; readonly as: readonly string[] }[]
}

/** Fields from the best to find a word in to the least; a match in one beats every match in those after it. */
const FIELDS = ['name', 'alias', 'tag', 'owner', 'description', 'column'] as const
const FIELD_WEIGHT: Readonly<Record<(typeof FIELDS)[number], number>> = {
  name: 1000,
  alias: 500,
  tag: 200,
  owner: 200,
  description: 50,
  column: 10,
}
const MATCH_WEIGHT: Readonly<Record<WordMatch, number>> = { all: 1, word: 0.8, start: 0.6, within: 0.5 }

/** Of what is not to be used any more. */
const DEPRECATED_WEIGHT = 0.1

/** An entry as a search goes over it: most are passed over by their text alone. */
export interface Searchable {
  /** As {@link searchText} makes it. */
  readonly text: string
  entry(): EntrySummary
}

/**
 * Finds entries. All words must stand somewhere: in the name, rather than in a tag or owner, rather than in the description,
 * rather than in a column's name. A word that stands nowhere in the whole catalog is taken for a typing error of the nearest
 * that does. Deleted entries are found by `status:deleted` only.
 *
 * @param limit default 20
 * @throws DS_CATALOG_QUERY
 * @example searchEntries(await store.list(), 'wether tag:tier=gold').hits[0]?.entry.dataset_name // 'weather'
 */
export function searchEntries(entries: readonly EntrySummary[], query: string, limit = 20): SearchResult {
  return searchAmong(
    entries.map((entry) => ({ text: searchText(entry), entry: () => entry })),
    parseQuery(query),
    limit,
  )
}

/** Finds entries among texts, as {@link searchEntries} does. */
export function searchAmong(all: readonly Searchable[], { words, filters }: SearchQuery, limit: number): SearchResult {
  const corrected: { word: string; as: string[] }[] = []
  const wanted = words.map((word): readonly string[] => {
    if (all.some(({ text }) => text.includes(word))) return [word]
    const as = nearWords(word, all)
    corrected.push({ word, as })
    return as
  })
  const needed = filters.filter(({ name, not }) => !not && IN_TEXT.has(name)).map(({ value }) => folded(value))
  const showsDeleted = filters.some(({ name, value, not }) => name === 'status' && !not && folded(value) === 'deleted')
  const hits: SearchHit[] = []
  for (const one of all) {
    const { text } = one
    if (!wanted.every((choices) => choices.some((word) => text.includes(word)))) continue
    if (!needed.every((word) => text.includes(word))) continue
    const entry = one.entry()
    if (entry.deleted_at !== undefined && !showsDeleted) continue
    if (!filters.every(({ name, value, not }) => PASSES[name](entry, value, folded(value)) !== not)) continue
    const hit = scoreOf(entry, wanted)
    if (hit) hits.push(hit)
  }
  hits.sort((a, b) => b.score - a.score || (a.entry.dataset_name < b.entry.dataset_name ? -1 : 1))
  return { hits: hits.slice(0, limit), total: hits.length, corrected }
}

/** Filters whose values stand in an entry's text. */
const IN_TEXT: ReadonlySet<FilterName> = new Set<FilterName>(['tag', 'owner', 'column'])

/** All that is searched of an entry, folded, in one text. */
export function searchText(entry: EntrySummary): string {
  let text = `${entry.dataset_name} ${entry.description}`
  for (const column of entry.columns) text += ` ${column.name}`
  for (const key in entry.tags) text += ` ${key} ${entry.tags[key]}`
  if (entry.owners.length > 0) text += ` ${entry.owners.join(' ')}`
  if (entry.aliases) text += ` ${entry.aliases.join(' ')}`
  return folded(text)
}

function scoreOf(entry: EntrySummary, wanted: readonly (readonly string[])[]): SearchHit | undefined {
  const fields = fieldsOf(entry)
  const matched = new Set<string>()
  let score = 0
  for (const choices of wanted) {
    let best = 0
    let where: string | undefined
    for (const field of FIELDS) {
      // What stands in a better field cannot be outdone.
      if (best > FIELD_WEIGHT[field]) break
      for (const text of fields[field]()) {
        for (const word of choices) {
          const match = matchOf(text, word)
          const weight = match === undefined ? 0 : FIELD_WEIGHT[field] * MATCH_WEIGHT[match]
          if (weight > best) [best, where] = [weight, field]
        }
      }
    }
    // A phrase may have been seen across two fields.
    if (where === undefined) return undefined
    matched.add(where)
    score += best
  }
  return {
    entry,
    score: lifecycleOf(entry) === 'deprecated' ? score * DEPRECATED_WEIGHT : score,
    matched: [...matched],
  }
}

/** The folded texts of each field, made when they are asked for. */
function fieldsOf(entry: EntrySummary): Readonly<Record<(typeof FIELDS)[number], () => readonly string[]>> {
  const name = [folded(entry.dataset_name)]
  return {
    name: () => name,
    alias: () => (entry.aliases ?? []).map(folded),
    tag: () => Object.entries(entry.tags).flatMap(([key, value]) => [folded(value), folded(`${key} ${value}`)]),
    owner: () => entry.owners.map(folded),
    description: () => [folded(entry.description)],
    column: () => entry.columns.map((column) => folded(column.name)),
  }
}

/** Whether an entry has what a filter asks for; the value as it was written, and folded. */
const PASSES: Readonly<Record<FilterName, (entry: EntrySummary, value: string, wanted: string) => boolean>> = {
  tag: ({ tags }, value, wanted) => {
    const at = value.indexOf('=')
    const [key, text] = [folded(value.slice(0, at)), folded(value.slice(at + 1))]
    return Object.entries(tags).some(([name, of]) =>
      at > 0 ? folded(name) === key && folded(of) === text : folded(name) === wanted || folded(of) === wanted,
    )
  },
  owner: ({ owners }, _value, wanted) => owners.some((owner) => matchOf(folded(owner), wanted) !== undefined),
  column: ({ columns }, _value, wanted) =>
    columns.some(({ name }) => ['all', 'word', 'start'].includes(matchOf(folded(name), wanted) ?? '')),
  type: ({ format, columns }, _value, wanted) =>
    folded(format ?? '') === wanted || columns.some(({ type }) => type === wanted),
  status: (entry, _value, wanted) => lifecycleOf(entry) === wanted || entry.contract?.status === wanted,
}

/** Shortest word that may hold a typing error, and from which length on it may hold two. */
const ONE_ERROR = 4
const TWO_ERRORS = 8

/** The words of texts that are nearest to one that stands in none. */
function nearWords(word: string, all: readonly Searchable[]): string[] {
  if (word.length < ONE_ERROR || word.includes(' ')) return []
  const most = word.length >= TWO_ERRORS ? 2 : 1
  const seen = new Set<string>()
  let best: string[] = []
  let least = most
  for (const { text } of all) {
    for (const other of text.split(' ')) {
      if (Math.abs(other.length - word.length) > least || seen.has(other)) continue
      seen.add(other)
      const distance = editDistance(word, other)
      if (distance > least) continue
      if (distance < least) best = []
      least = distance
      best.push(other)
    }
  }
  return best.sort()
}
