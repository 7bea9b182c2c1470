import { expect, test } from 'vitest'
import { entryOf } from '../src/line.ts'
import { entryFrom, isLegacy, type CatalogEntry } from '../src/entry.ts'
import { legacyLine, stamp, weather } from './sample.ts'

test('a line of four keys is a legacy entry of revision 1', () => {
  const { unique_id, dataset_name, description, storage_path } = legacyLine()
  const entry = entryOf({ unique_id, dataset_name, description, storage_path })
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
  [{ updated_at: 'yesterday' }, 'updated_at is not a time'],
])('%j is no entry', (over, reason) => {
  expect(entryOf({ ...entryFrom(weather(), stamp), ...over })).toBe(`the line is no catalog entry: ${reason}`)
})
