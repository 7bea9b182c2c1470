import { expect, test } from 'vitest'
import { isLegacy, type CatalogEntry } from '../src/entry.ts'
import { entryFrom } from '../src/input.ts'
import { entryOf, lineOf } from '../src/line.ts'
import { legacyLine, stamp, weather } from './sample.ts'

test('a line of four keys is a legacy entry of revision 1', () => {
  const { unique_id, dataset_name, description, storage_path } = legacyLine()
  const entry = entryOf({ unique_id, dataset_name, description, storage_path }, '/srv')
  expect(entry).toEqual(legacyLine())
  expect(isLegacy(entry as CatalogEntry)).toBe(true)
})

test.each([
  [{ dataset_name: undefined, storage_path: undefined }, 'it has no dataset_name, storage_path'],
  [{ revision: undefined }, 'it has no revision'],
  [{ revision: 'two' }, 'revision is not a whole number'],
  [{ rows: -1 }, 'rows is not a count'],
  [{ owners: 'me' }, 'owners is not a list of text'],
  [{ tags: { tier: 1 } }, 'tags is not an object of text'],
  [{ schema: [{ name: 'a' }] }, 'schema is not a list of columns'],
  [{ contract: { id: 'a' } }, 'contract is not an object with id and status'],
  [{ links: ['https://example.org'] }, 'links is not a list of links'],
  [{ deprecated: true }, 'deprecated is not an object with a time'],
  [{ updated_at: 'yesterday' }, 'updated_at is not a time'],
])('%j is no entry', (over, reason) => {
  expect(entryOf({ ...entryFrom(weather(), stamp), ...over }, '/srv')).toBe(`the line is no catalog entry: ${reason}`)
})

test('a file within the folder stands in the line by its path from there, so that every clone reads it as its own', () => {
  const entry = entryFrom(weather(), stamp)
  const line = lineOf(entry, '/srv')
  expect(line).toMatchObject({ storage_path: 'data/weather.csv', namespace: 'file', name: 'data/weather.csv' })
  expect(line).not.toHaveProperty('uri')
  expect(Object.keys(line).slice(0, 4)).toEqual(['unique_id', 'dataset_name', 'description', 'storage_path'])
  expect(entryOf(line, '/home/bob/clone')).toMatchObject({
    storage_path: '/home/bob/clone/data/weather.csv',
    name: '/home/bob/clone/data/weather.csv',
    uri: 'file:///home/bob/clone/data/weather.csv',
  })
})

test('what lies elsewhere stands as it is', () => {
  const entry = entryFrom(weather(), stamp)
  expect(lineOf(entry, '/srv/catalog')).toBe(entry)
  expect(lineOf(legacyLine(), '/srv')).toEqual(legacyLine())
  const remote = { ...entry, namespace: 's3://lake', name: 'raw/weather.csv' }
  expect(lineOf(remote, '/srv')).toBe(remote)
})
