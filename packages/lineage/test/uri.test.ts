import { expect, test } from 'vitest'
import { uriOf } from '../src/uri.ts'

test.each([
  ['file:///data/a%20b.csv', 'file:///data/a%20b.csv'],
  ['s3://lake/raw/a b#1.csv', 's3://lake/raw/a%20b%231.csv'],
  ['s3://lake/raw/[0-9]*?.csv', 's3://lake/raw/%5B0-9%5D*%3F.csv'],
  ['s3://lake/100%', 's3://lake/100%25'],
  ['s3://lake/größe', 's3://lake/gr%C3%B6%C3%9Fe'],
  ['s3://lake/\uD800', 's3://lake/%EF%BF%BD'],
  ['postgres://[::1]:5432/shop.t', 'postgres://[::1]:5432/shop.t'],
  ['abfss://raw@acc.dfs.core.windows.net/a', 'abfss://raw@acc.dfs.core.windows.net/a'],
  ['kafka://h1:9092,h2:9092/topic', undefined],
  ['postgres://[nonsense]/t', undefined],
  ['data/a.csv', undefined],
])('%s', (address, uri) => {
  expect(uriOf(address)).toBe(uri)
})
