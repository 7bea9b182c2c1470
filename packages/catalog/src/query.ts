import { failure } from './codes.ts'
import { folded } from './words.ts'

const FILTERS = ['tag', 'owner', 'column', 'type', 'status'] as const

/** What entries can be filtered by. */
export type FilterName = (typeof FILTERS)[number]

/** A search, read. */
export interface SearchQuery {
  /** Words and phrases that an entry must have, all of them, folded. */
  readonly words: readonly string[]
  readonly filters: readonly { readonly name: FilterName; readonly value: string; readonly not: boolean }[]
}

/**
 * Reads a search: words, `"several words"`, and the filters `tag:` `owner:` `column:` `type:` `status:`, with a `-` before
 * them for those that an entry must not have.
 *
 * @throws DS_CATALOG_QUERY where a filter has no value, there is no letter and no digit to look for, or more than 100 words
 * @example parseQuery('weather tag:tier=gold -status:deprecated').words // ['weather']
 */
export function parseQuery(text: string): SearchQuery {
  const words: string[] = []
  const filters: SearchQuery['filters'][number][] = []
  for (const [, minus = '', name, quoted, plain] of text.matchAll(/(-?)(?:([A-Za-z]+):)?(?:"([^"]*)"?|([^\s"]+))?/g)) {
    const value = (quoted ?? plain ?? '').trim()
    if (name === undefined) {
      const word = folded(`${quoted === undefined ? minus : ''}${value}`)
      if (word !== '') words.push(word)
      continue
    }
    const filter = FILTERS.find((one) => one === name.toLowerCase())
    if (filter === undefined) {
      // An address, or a time: `s3://lake`, `12:30`.
      const word = folded(`${name}:${value}`)
      if (word !== '') words.push(word)
      continue
    }
    if (folded(value) === '') {
      const problem = value === '' ? `${filter}: has no value` : `${filter}:${value} has no letter and no digit`
      throw failure('DS_CATALOG_QUERY', problem, { hint: `Write ${filter}:${EXAMPLES[filter]}.` })
    }
    filters.push({ name: filter, value, not: minus === '-' })
  }
  if (words.length === 0 && filters.length === 0 && text.trim() !== '')
    throw failure('DS_CATALOG_QUERY', `${text.trim()} has no letter and no digit`)
  if (words.length + filters.length > MOST)
    throw failure(
      'DS_CATALOG_QUERY',
      `a search has at most ${MOST} words and filters, not ${words.length + filters.length}`,
    )
  return { words, filters }
}

/** Each of them is looked for in the whole catalog, and words that stand nowhere in all ways that they may be meant. */
const MOST = 100

const EXAMPLES: Readonly<Record<FilterName, string>> = {
  tag: 'tier=gold',
  owner: 'ada',
  column: 'price',
  type: 'parquet',
  status: 'deprecated',
}
