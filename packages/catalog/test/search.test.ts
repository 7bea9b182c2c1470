import { expect, test } from 'vitest'
import { parseQuery } from '../src/query.ts'
import { searchEntries } from '../src/search.ts'
import type { EntrySummary } from '../src/summary.ts'
import { folded, matchOf } from '../src/words.ts'

const entry = (dataset_name: string, over: Partial<EntrySummary> = {}): EntrySummary => ({
  unique_id: dataset_name,
  dataset_name,
  description: '',
  storage_path: `/srv/${dataset_name}.csv`,
  namespace: 'file',
  name: `/srv/${dataset_name}.csv`,
  owners: [],
  tags: {},
  columns: [],
  revision: 1,
  ...over,
})

/** A small catalog as a shop has it; each query below says what a person would want first. */
const CATALOG = [
  entry('orders', {
    description: 'One row an order',
    tags: { tier: 'gold', domain: 'sales' },
    owners: ['ada'],
    format: 'parquet',
    columns: [
      { name: 'order_id', type: 'integer' },
      { name: 'customer_id', type: 'integer' },
      { name: 'created_at', type: 'timestamp' },
    ],
  }),
  entry('order_items', {
    description: 'Lines of orders',
    owners: ['ada'],
    format: 'parquet',
    columns: [
      { name: 'order_id', type: 'integer' },
      { name: 'price', type: 'decimal' },
    ],
  }),
  entry('customers', {
    description: 'People who have placed an order',
    tags: { pii: 'yes' },
    owners: ['grace@shop.example'],
    format: 'csv',
    columns: [
      { name: 'customer_id', type: 'integer' },
      { name: 'Straße', type: 'string' },
    ],
  }),
  entry('weather_zürich', {
    description: 'Température et précipitations',
    format: 'csv',
    columns: [{ name: 'temp', type: 'float' }],
  }),
  entry('weather_v1', { description: 'The old feed', deprecated: { at: '2026-01-01T00:00:00Z' }, aliases: ['meteo'] }),
  entry('sales_daily', {
    description: 'Revenue by day',
    tags: { source: 'orders' },
    contract: { id: 'sales', status: 'fail' },
  }),
  entry('trash', { description: 'orders, once', deleted_at: '2026-01-01T00:00:00Z' }),
]

const names = (query: string): string[] => searchEntries(CATALOG, query).hits.map((hit) => hit.entry.dataset_name)

test.each<[string, string[]]>([
  // Name before tag before description before column.
  ['orders', ['orders', 'sales_daily', 'order_items']],
  ['order', ['order_items', 'orders', 'sales_daily', 'customers']],
  ['order items', ['order_items']],
  ['"order items"', ['order_items']],
  ['order_items', ['order_items']],
  ['ORDER-Items', ['order_items']],
  // Accents and case are nothing.
  ['zurich', ['weather_zürich']],
  ['ZÜRICH', ['weather_zürich']],
  ['temperature', ['weather_zürich']],
  ['strasse', ['customers']],
  // A name that it had before; what is deprecated comes last.
  ['meteo', ['weather_v1']],
  ['weather', ['weather_zürich', 'weather_v1']],
  // Typing errors, where nothing is called so.
  ['wether', ['weather_zürich', 'weather_v1']],
  ['custmoers', ['customers']],
  ['precipitatons', ['weather_zürich']],
  ['nothing_like_it', []],
  // Filters.
  ['tag:tier=gold', ['orders']],
  ['tag:gold', ['orders']],
  ['tag:pii', ['customers']],
  ['owner:ada', ['order_items', 'orders']],
  ['owner:grace', ['customers']],
  ['column:price', ['order_items']],
  ['column:order', ['order_items', 'orders']],
  ['type:csv', ['customers', 'weather_zürich']],
  ['type:timestamp', ['orders']],
  ['status:fail', ['sales_daily']],
  ['status:deprecated', ['weather_v1']],
  ['status:deleted', ['trash']],
  ['order -tag:tier=gold type:parquet', ['order_items']],
  ['-status:deprecated weather', ['weather_zürich']],
])('%s finds %j', (query, found) => {
  expect(names(query)).toEqual(found)
})

test('without words and filters all is found that is not deleted', () => {
  expect(searchEntries(CATALOG, '')).toMatchObject({ total: CATALOG.length - 1, corrected: [] })
  expect(searchEntries(CATALOG, '', 2).hits).toHaveLength(2)
})

test('a corrected word is told, and where the words stand', () => {
  const { hits, corrected } = searchEntries(CATALOG, 'wether old')
  expect(corrected).toEqual([{ word: 'wether', as: ['weather'] }])
  expect(hits.map(({ entry: { dataset_name }, matched }) => [dataset_name, matched])).toEqual([
    ['weather_v1', ['name', 'description']],
  ])
})

test('a filter without a value is an error that shows one', () => {
  expect(() => parseQuery('owner:')).toThrow(
    expect.objectContaining({ code: 'DS_CATALOG_QUERY', hint: 'Write owner:ada.' }),
  )
})

test('an address, a time and odd signs are words', () => {
  expect(parseQuery('s3://lake/raw 12:30 -- "" "open').words).toEqual(['s3 lake raw', '12 30', 'open'])
  expect(parseQuery('tag:"a b" -owner:x')).toEqual({
    words: [],
    filters: [
      { name: 'tag', value: 'a b', not: false },
      { name: 'owner', value: 'x', not: true },
    ],
  })
})

test('text is folded, and matched at words', () => {
  expect(folded('  Straßen_Namen – Zürich/ﬁle ')).toBe('strassen namen zurich file')
  expect([
    matchOf('a b', 'a b'),
    matchOf('a b', 'b'),
    matchOf('xb bc', 'b'),
    matchOf('xb', 'b'),
    matchOf('x', 'b'),
  ]).toEqual(['all', 'word', 'start', 'within', undefined])
})

test('what has no letter and no digit is refused: it would stand in every text, without an end', () => {
  for (const query of ['owner:!', 'column:-', 'tag:"…"', '!!!', '🔥', '""']) {
    expect(() => parseQuery(query)).toThrow(expect.objectContaining({ code: 'DS_CATALOG_QUERY' }))
  }
  expect(parseQuery(' ')).toEqual({ words: [], filters: [] })
  expect(parseQuery('orders !!!').words).toEqual(['orders'])
  expect(matchOf('ada', '')).toBeUndefined()
})

test('a search of very many words is refused: a catalog of many entries would be busy for minutes', () => {
  const words = Array.from({ length: 101 }, (_, n) => `word${n}`)
  expect(() => parseQuery(words.join(' '))).toThrow('a search has at most 100 words and filters, not 101')
  expect(parseQuery(words.slice(1).join(' ')).words).toHaveLength(100)
})
