import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { diffRows, type RowsDiff } from '../src/diff.ts'
import type { Engine, Row } from '../src/engine.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import { sql } from '../src/sql.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb()
})
afterAll(() => engine.close())

const frame = (given: readonly Row[], types?: Record<string, string>): Promise<Frame> => open(given, { engine, types })

const people = [
  { id: 1, name: 'Ada', age: 36 },
  { id: 2, name: 'Grace', age: 85 },
  { id: 3, name: 'Mary', age: null },
  { id: 4, name: 'Joan', age: 20 },
]

test('with a key: rows that are new, gone and changed, and in which columns', async () => {
  const after = [
    { id: 5, name: 'Radia', age: 70 },
    { id: 3, name: 'Mary', age: 90 },
    { id: 1, name: 'Ada', age: 37 },
    { id: 2, name: null, age: 85 },
  ]
  const diff = await diffRows(await frame(people), await frame(after), { key: ['id'] })
  expect(diff).toEqual({
    beforeRows: 4,
    afterRows: 4,
    key: ['id'],
    compared: ['id', 'name', 'age'],
    asText: [],
    added: 1,
    removed: 1,
    changed: 3,
    unchanged: 0,
    columns: [
      {
        column: 'age',
        changed: 2,
        filled: 1,
        emptied: 0,
        examples: [
          { key: ['1'], before: '36', after: '37' },
          { key: ['3'], before: null, after: '90' },
        ],
      },
      {
        column: 'name',
        changed: 1,
        filled: 0,
        emptied: 1,
        examples: [{ key: ['2'], before: 'Grace', after: null }],
      },
    ],
    addedRows: [['5', 'Radia', '70']],
    removedRows: [['4', 'Joan', '20']],
  })
})

test('without a key: rows are a bag, and the same row may be there several times', async () => {
  const before = [{ a: 1 }, { a: 1 }, { a: 1 }, { a: 2 }, { a: null }]
  const after = [{ a: 1 }, { a: 2 }, { a: 2 }, { a: null }, { a: 3 }]
  const diff = await diffRows(await frame(before), await frame(after))
  expect(diff).toMatchObject({ key: [], added: 2, removed: 2, changed: 0, unchanged: 3, columns: [] })
  expect(diff).toMatchObject({ addedRows: [['2'], ['3']], removedRows: [['1']] })
})

test('keys that are missing or name several rows are counted, and their rows compared whole', async () => {
  const before = [
    { id: 1, v: 'a' },
    { id: 1, v: 'b' },
    { id: null, v: 'x' },
    { id: 2, v: 'c' },
  ]
  const after = [
    { id: 1, v: 'b' },
    { id: null, v: 'x' },
    { id: null, v: 'y' },
    { id: 2, v: 'd' },
  ]
  const diff = await diffRows(await frame(before), await frame(after), { key: ['id'] })
  expect(diff.odd).toEqual({ nulls: [1, 2], repeated: 1, repeatedRows: [2, 1] })
  expect(diff).toMatchObject({ beforeRows: 4, afterRows: 4, added: 1, removed: 1, changed: 1, unchanged: 2 })
})

test('columns of one side are left out, and types that have nothing in common are compared as text', async () => {
  const before = await frame([{ id: 1, zip: 10_115, was: 'x', n: 1 }])
  const after = await frame([{ id: 1, zip: '10115', now: 'y', n: 1.5 }])
  const diff = await diffRows(before, after, { key: ['id'] })
  expect(diff).toMatchObject({ compared: ['id', 'zip', 'n'], asText: ['zip'], changed: 1 })
  expect(diff.columns.map(({ column }) => column)).toEqual(['n'])
})

test('names that SQL could stumble over, and values of every kind', async () => {
  const odd = { 'a "b"': 1, "O'Brien; DROP": 'x', select: 2 }
  const listed = async (rows: readonly Row[]): Promise<Frame> =>
    (await frame(rows)).derive({ select: sql`[1, "select"]` })
  const diff = await diffRows(await listed([odd]), await listed([{ ...odd, select: 3 }]), { key: ['a "b"'] })
  expect(diff.columns).toEqual([
    {
      column: 'select',
      changed: 1,
      filled: 0,
      emptied: 0,
      examples: [{ key: ['1'], before: '[1, 2]', after: '[1, 3]' }],
    },
  ])
  const long = await diffRows(await frame([{ k: 1, t: 'a'.repeat(500) }]), await frame([{ k: 1, t: 'é' }]), {
    key: ['k'],
  })
  expect(long.columns[0]?.examples[0]?.before).toBe(`${'a'.repeat(200)}…`)
})

test('what cannot be compared is refused', async () => {
  const one = await frame([{ a: 1 }])
  await expect(diffRows(one, await frame([{ b: 1 }]))).rejects.toMatchObject({ code: 'DS_OPTION' })
  await expect(diffRows(one, one, { key: ['b'] })).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN' })
  await expect(diffRows(one, one, { examples: -1 })).rejects.toMatchObject({ code: 'DS_OPTION' })
})

const KEYS = fc.option(fc.integer({ min: 0, max: 6 }), { nil: null })
const VALUES = fc.option(fc.constantFrom('a', 'b', ''), { nil: null })
const rows = fc.array(fc.record({ k: KEYS, l: fc.integer({ min: 0, max: 1 }), v: VALUES, w: KEYS }), { maxLength: 12 })

/** The definition, row by row: keys of one row on each side at most are paired, all else is a bag. */
function oracle(
  before: readonly Row[],
  after: readonly Row[],
  key: readonly string[],
): Pick<RowsDiff, 'added' | 'removed' | 'changed' | 'unchanged'> {
  const keyOf = (row: Row): string => JSON.stringify(key.map((name) => row[name]))
  const countOf = (side: readonly Row[], row: Row): number => side.filter((one) => keyOf(one) === keyOf(row)).length
  const isOdd = (row: Row): boolean =>
    key.length === 0 || key.some((name) => row[name] === null) || countOf(before, row) > 1 || countOf(after, row) > 1
  const found = { added: 0, removed: 0, changed: 0, unchanged: 0 }
  const bag = before.filter(isOdd).map((row) => JSON.stringify(row))
  for (const row of after) {
    if (isOdd(row)) {
      const at = bag.indexOf(JSON.stringify(row))
      if (at < 0) found.added++
      else {
        bag.splice(at, 1)
        found.unchanged++
      }
      continue
    }
    const old = before.find((one) => keyOf(one) === keyOf(row))
    if (!old) found.added++
    else if (JSON.stringify(old) === JSON.stringify(row)) found.unchanged++
    else found.changed++
  }
  found.removed = bag.length + before.filter((row) => !isOdd(row) && countOf(after, row) === 0).length
  return found
}

test('it finds what the definition, row by row, finds', async () => {
  const types = { k: 'INTEGER', l: 'INTEGER', v: 'VARCHAR', w: 'INTEGER' }
  await fc.assert(
    fc.asyncProperty(rows, rows, fc.constantFrom([], ['k'], ['k', 'l']), async (before, after, key) => {
      const diff = await diffRows(await frame(before, types), await frame(after, types), { key })
      expect(diff).toMatchObject(oracle(before, after, key))
      expect([diff.beforeRows, diff.afterRows]).toEqual([before.length, after.length])
      const changes = diff.columns.map(({ changed }) => changed)
      expect(Math.max(0, ...changes)).toBeLessThanOrEqual(diff.changed)
      expect(changes.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(diff.changed)
      expect(changes).toEqual(changes.toSorted((a, b) => b - a))
    }),
    { numRuns: 60 },
  )
})
