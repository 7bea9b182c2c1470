import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CatalogEntry } from '../src/entry.ts'
import { entryFrom } from '../src/input.ts'
import { findEntry, foldEntries } from '../src/fold.ts'
import { legacyLine, stamp, weather } from './sample.ts'

const full = (over: Partial<CatalogEntry> = {}): CatalogEntry => ({ ...entryFrom(weather(), stamp), ...over })

/** Few different values in every field that decides, so that ties are common. */
const line: fc.Arbitrary<CatalogEntry> = fc
  .record({
    legacy: fc.boolean(),
    unique_id: fc.constantFrom('a', 'b', 'c'),
    dataset_name: fc.constantFrom('weather', 'flights'),
    description: fc.constantFrom('', 'one', 'two'),
    name: fc.constantFrom('/srv/1.csv', '/srv/2.csv'),
    created_at: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00.000Z'),
    updated_at: fc.constantFrom('2026-01-03T00:00:00.000Z', '2026-01-04T00:00:00.000Z'),
    revision: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ legacy, ...rest }) => {
    const { unique_id, dataset_name, name } = rest
    return legacy
      ? // Of lines that tell no time the last one holds, so they say the same here.
        legacyLine({ unique_id, dataset_name, storage_path: name.slice('/srv/'.length) })
      : full(rest)
  })

test('neither order nor repetition of lines changes the entries', () => {
  const cases = fc
    .array(line, { maxLength: 12 })
    .chain((lines) =>
      fc.tuple(
        fc.constant(lines),
        fc.shuffledSubarray(lines, { minLength: lines.length }),
        lines.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...lines), { maxLength: 5 }),
      ),
    )
  fc.assert(
    fc.property(cases, ([lines, shuffled, again]) => {
      expect(foldEntries([...again, ...shuffled], '/srv')).toEqual(foldEntries(lines, '/srv'))
    }),
  )
})

test('folding what was folded changes nothing, alone or beside the lines', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const entries = foldEntries(lines, '/srv')
      expect(foldEntries(entries, '/srv')).toEqual(entries)
      expect(foldEntries([...lines, ...entries], '/srv')).toEqual(entries)
    }),
  )
})

test('full lines may be folded part by part', () => {
  const fulls = fc.array(line.filter(({ namespace }) => namespace !== undefined))
  fc.assert(
    fc.property(fulls, fulls, (a, b) => {
      expect(foldEntries([...foldEntries(a, '/srv'), ...b], '/srv')).toEqual(foldEntries([...a, ...b], '/srv'))
    }),
  )
})

test('of lines of the first catalogs, which tell no time, the last one holds', () => {
  const lines = ['first', 'second', 'a third'].map((description) => legacyLine({ unique_id: description, description }))
  expect(foldEntries(lines, '/srv')).toMatchObject([{ description: 'a third', unique_id: 'a third' }])
  expect(foldEntries(lines.toReversed(), '/srv')).toMatchObject([{ description: 'first', unique_id: 'a third' }])
})

test('one dataset is one entry', () => {
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const places = foldEntries(lines, '/srv').map(({ namespace, name, storage_path, dataset_name }) =>
        namespace === undefined ? [dataset_name, storage_path].join() : [namespace, name].join(),
      )
      expect(new Set(places).size).toBe(places.length)
    }),
  )
})

test('two branches that registered one new dataset merge into one entry with the older id', () => {
  const ours = full({ unique_id: 'ours', created_at: '2026-01-02T00:00:00.000Z', description: 'ours', revision: 2 })
  const theirs = full({ unique_id: 'theirs', created_at: '2026-01-01T00:00:00.000Z', description: 'theirs' })
  const [entry, ...rest] = foldEntries([ours, theirs], '/srv')
  expect(rest).toEqual([])
  expect(entry).toMatchObject({ unique_id: 'theirs', description: 'ours', revision: 2 })
})

test('a legacy line gives way to a full one of the same id, name or path', () => {
  const entry = full({ unique_id: 'a' })
  const other = { dataset_name: 'other', storage_path: 'other.csv' }
  expect(foldEntries([entry, legacyLine({ ...other, unique_id: 'a' })], '/srv')).toEqual([entry])
  expect(foldEntries([entry, legacyLine({ ...other, dataset_name: 'weather' })], '/srv')).toEqual([entry])
  expect(foldEntries([entry, legacyLine({ ...other, storage_path: 'data/weather.csv' })], '/srv')).toEqual([entry])
  expect(foldEntries([entry, legacyLine(other)], '/srv')).toHaveLength(2)
})

test('a legacy line does not come back when its dataset is renamed', () => {
  const renamed = full({ dataset_name: 'climate', revision: 2 })
  expect(foldEntries([legacyLine({ storage_path: 'old.csv' }), full(), renamed], '/srv')).toEqual([renamed])
})

test('an entry is found by its identity first, then as legacy by name or path', () => {
  const key = { namespace: 'file', name: '/srv/data/weather.csv', dataset_name: 'weather' }
  const byPath = legacyLine({ dataset_name: 'other' })
  const byName = legacyLine({ storage_path: 'other.csv' })
  expect(findEntry([byName, full()], key, '/srv')).toEqual(full())
  expect(findEntry([byPath], key, '/srv')).toEqual(byPath)
  expect(findEntry([byName], key, '/srv')).toEqual(byName)
  expect(findEntry([legacyLine({ dataset_name: 'other', storage_path: 'other.csv' })], key, '/srv')).toBeUndefined()
})
