import { expect, test } from 'vitest'
import { formatOf } from '../src/format.ts'

test.each([
  ['a.csv', 'csv'],
  ['A.CSV', 'csv'],
  ['a.tsv.gz', 'csv'],
  ['a.txt', 'csv'],
  ['a.csv.zst', 'csv'],
  ['a.jsonl', 'jsonl'],
  ['a.ndjson.gz', 'jsonl'],
  ['a.json', 'json'],
  ['a.parquet', 'parquet'],
  ['a.pq', 'parquet'],
  ['a.parquet.gz', undefined],
  ['a.csv.bak', undefined],
  ['csv', undefined],
  ['a.gz', undefined],
])('%s is read as %s', (name, format) => {
  expect(formatOf(name)).toBe(format)
})
