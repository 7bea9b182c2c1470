import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Frame } from '../../src/frame.ts'
import { mergeProfiles } from '../../src/profile/merge.ts'
import type { ColumnProfile, Profile } from '../../src/profile.ts'
import { literal } from '../../src/sql.ts'
import { newFolder } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()

interface Cells {
  readonly f: number | null
  readonly i: bigint | null
  readonly s: string | null
  readonly d: string | null
  readonly b: boolean | null
}

/** A frame of given rows. */
async function frameOf(rows: readonly Cells[]): Promise<Frame> {
  const list = (name: keyof Cells, type: string): string =>
    `unnest([${rows.map((row) => literal(row[name]).text).join(', ')}]::${type}[])`
  const columns = { f: 'DOUBLE', i: 'BIGINT', s: 'VARCHAR', d: 'DATE', b: 'BOOLEAN' } as const
  const derived = Object.entries(columns).map(([name, type]) => [name, list(name as keyof Cells, type)])
  return (await folder.csv('x\n1\n'))
    .derive(Object.fromEntries(derived) as Record<string, string>)
    .select(...Object.keys(columns))
}

const profileOf = async (rows: readonly Cells[]): Promise<Profile> => (await frameOf(rows)).profile()

const cells = fc.record({
  f: fc.option(fc.oneof(fc.double({ min: -1e6, max: 1e6 }), fc.constantFrom(1, 2, Infinity, -Infinity, Number.NaN))),
  i: fc.option(fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))),
  s: fc.option(
    fc.oneof(fc.constantFrom('', 'a', 'b', '\u{1F680}', '\uFF5E'), fc.string({ unit: 'binary', maxLength: 2 })),
  ),
  d: fc.option(
    fc.integer({ min: 0, max: 40 }).map((day) => new Date(1.7e12 + day * 8.64e7).toISOString().slice(0, 10)),
  ),
  b: fc.option(fc.boolean()),
})
const part = fc.array(cells, { minLength: 0, maxLength: 12 })

/** What does not depend on how a whole was cut. */
const exact = ({ rows, columns }: Profile): unknown => ({
  rows,
  columns: columns.map(({ name, type, nulls, min, max, nans, infinite }) => ({
    name,
    type,
    nulls,
    min,
    max,
    nans,
    infinite,
  })),
})

/** Numbers that rounding may set apart, to nine digits. */
function expectNear(found: number | null | undefined, wanted: number | null | undefined): void {
  expect(typeof found).toBe(typeof wanted)
  expect(Math.abs((found ?? 0) - (wanted ?? 0))).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted ?? 0)))
}

function sum(counts: readonly number[] = []): number {
  return counts.reduce((total, count) => total + count, 0)
}

/** The counts of a short list are those of the whole, or less where the parts' lists were cut. */
function expectTop(merged: ColumnProfile, whole: ColumnProfile): void {
  const counts = new Map(whole.top?.map(({ value, count }) => [value, count]))
  const over = merged.top?.filter(({ value, count }) => count > (counts.get(value) ?? 1)) ?? []
  const exactly = merged.distinctAtMost === undefined
  const short = whole.distinct <= 10
  expect(short ? over : []).toEqual([])
  expect(short && exactly ? merged.top : 'cut').toEqual(short && exactly ? whole.top : 'cut')
}

function expectBetween(merged: ColumnProfile, whole: ColumnProfile): void {
  expect(merged.distinct).toBeLessThanOrEqual(whole.distinct)
  expect(merged.distinctAtMost ?? merged.distinct).toBeGreaterThanOrEqual(whole.distinct)
}

test('laws: merged parts have the numbers of the whole', async () => {
  await fc.assert(
    fc.asyncProperty(part, part, async (left, right) => {
      const [a, b, whole] = [await profileOf(left), await profileOf(right), await profileOf([...left, ...right])]
      const merged = mergeProfiles(a, b)
      expect(exact(merged)).toEqual(exact(whole))
      expect(exact(mergeProfiles(b, a))).toEqual(exact(whole))
      for (const [at, column] of merged.columns.entries()) {
        const all = whole.columns[at] as ColumnProfile
        expectNear(column.mean, all.mean)
        // Integers lie around a mean of 2^63, whose own last digits are worth thousands.
        const digits = column.type === 'float' ? 4 : -8
        expect(column.sd ?? -1).toBeCloseTo(all.sd ?? -1, digits)
        expectNear(column.lengths?.mean, all.lengths?.mean)
        expect({ ...column.lengths, mean: 0 }).toEqual({ ...all.lengths, mean: 0 })
        expectBetween(column, all)
        expect(sum(column.histogram?.counts)).toBe(sum(all.histogram?.counts))
        expectTop(column, all)
      }
    }),
    { numRuns: 20 },
  )
})

test('laws: order and brackets do not matter to what is exact', async () => {
  await fc.assert(
    fc.asyncProperty(part, part, part, async (one, two, three) => {
      const [a, b, c] = [await profileOf(one), await profileOf(two), await profileOf(three)]
      expect(mergeProfiles(a, b)).toEqual(mergeProfiles(b, a))
      const [left, right] = [mergeProfiles(mergeProfiles(a, b), c), mergeProfiles(a, mergeProfiles(b, c))]
      expect(exact(left)).toEqual(exact(right))
      for (const [at, column] of left.columns.entries()) expectNear(column.mean, right.columns[at]?.mean)
    }),
    { numRuns: 10 },
  )
})

test('an empty part changes nothing but that keys are unknown', async () => {
  const row = { f: 1.5, i: 2n, s: 'a', d: '2024-01-01', b: true }
  const some = await profileOf([row, row, { ...row, f: 2.5, s: 'b' }])
  const none = await profileOf([])
  expect(mergeProfiles(some, none)).toEqual(some)
  expect(mergeProfiles(none, some)).toEqual(some)
  expect(mergeProfiles(none, none)).toEqual(none)
  const keyed = await (await frameOf([row, row])).profile({ key: ['i'] })
  expect(mergeProfiles(keyed, none)).not.toHaveProperty('duplicates')
})

test('parts of few values are exact; others are bounds', async () => {
  const row = { f: 1.5, i: 2n, s: 'a', d: '2024-01-01', b: true }
  const a = await profileOf([row, row, { ...row, s: 'b' }])
  const b = await profileOf([{ ...row, s: 'c' }, { ...row, s: 'c' }, row])
  const [, , text] = mergeProfiles(a, b).columns
  expect(text).toMatchObject({
    distinct: 3,
    top: [
      { value: 'a', count: 3 },
      { value: 'c', count: 2 },
      { value: 'b', count: 1 },
    ],
  })
  expect(text).not.toHaveProperty('distinctAtMost')
  const different = await profileOf([row, { ...row, s: 'd' }])
  expect(mergeProfiles(a, different).columns[2]).toMatchObject({ distinct: 2, distinctAtMost: 4 })
  expect(mergeProfiles(a, b).columns[0]).toMatchObject({ mean: 1.5, sd: 0, quartiles: null, quantiles: null })
})

test('other columns or types are refused', async () => {
  const [a, b] = [await folder.csv('a\n1\n'), await folder.csv('a\nx\n')]
  const [one, other] = [await a.profile(), await b.profile()]
  expect(() => mergeProfiles(one, other)).toThrow(expect.objectContaining({ code: 'DS_COLUMN_UNKNOWN' }) as Error)
})
