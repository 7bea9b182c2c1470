import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open, type Frame, type Report } from '@dayshift/core'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { driftFromProfile } from '../../src/drift-from-profile.ts'
import { drift, type DriftOptions } from '../../src/drift.ts'
import { referenceProfile } from '../../src/reference/make-profile.ts'
import { mergeReferenceProfiles } from '../../src/reference/merge-profiles.ts'
import { readReferenceProfile, writeReferenceProfile } from '../../src/reference/profile-file.ts'
import type { ReferenceProfile } from '../../src/reference/reference-profile.ts'
import { normal, random } from '../drift/frames.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-profile-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TYPES = {
  float: 'DOUBLE',
  whole: 'BIGINT',
  price: 'DECIMAL(9,2)',
  day: 'DATE',
  at: 'TIMESTAMP',
  flag: 'BOOLEAN',
  kind: 'VARCHAR',
  name: 'VARCHAR',
  code: 'VARCHAR',
  id: 'BIGINT',
}

/** Rows of every kind of column, with missing ones. */
function rowsOf(seed: number, size: number, moved: number): Record<string, unknown>[] {
  const [draw, bell] = [random(seed), normal(seed + 1)]
  const words = ['red', 'green', 'blue', 'blau', 'rot', 'large', 'small']
  const pick = (): string => words[Math.floor(draw() * words.length * (1 - moved / 3))] as string
  return Array.from({ length: size }, (_, at) => ({
    float: draw() < 0.05 ? null : bell() * 3 + moved,
    whole: Math.floor(draw() * 9 + moved * 2),
    price: Math.round(draw() * 500 + moved * 80) / 4,
    day: new Date(Date.UTC(2026, 0, 1 + Math.floor(draw() * 60))),
    at: new Date(Date.UTC(2026, 0, 1, 0, Math.floor(draw() * 5000))),
    flag: draw() < 0.4 + moved / 5,
    kind: draw() < 0.03 * (1 + moved) ? null : pick(),
    name: `${pick()} ${pick()} ${Math.floor(draw() * 400)}`,
    code: `${moved > 0.5 && draw() < 0.3 ? 'x' : 'AB'}-${at}`,
    id: at % Math.max(1, Math.floor(size * (1 - moved / 10))),
  }))
}

function frameOf(rows: readonly Record<string, unknown>[]): Promise<Frame> {
  return open(rows, { types: TYPES })
}

/** What a verdict is made of. */
function verdictOf({ status, facts, findings }: Report<'drift'>): object {
  return {
    status,
    findings,
    facts: {
      ...facts,
      columns: facts.columns.map((column) => ({
        ...column,
        certain: undefined,
        interval: undefined,
        reference: undefined,
      })),
    },
  }
}

test('where the profile keeps all values, the report is that of the rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: 700 }),
      fc.integer({ min: 1, max: 700 }),
      fc.constantFrom(0, 0.3, 1),
      fc.constantFrom(undefined, ['ks', 'psi', 'constant'], ['wasserstein', 'chi-square']),
      async (seed, n, m, moved, detectors) => {
        const [reference, current] = [await frameOf(rowsOf(seed, n, 0)), await frameOf(rowsOf(seed + 9, m, moved))]
        const options: DriftOptions = { detectors }
        const byProfile = await driftFromProfile(await referenceProfile(reference), current, options)
        expect(verdictOf(byProfile)).toEqual(verdictOf(await drift(reference, current, options)))
        expect(byProfile.facts.columns.every(({ certain }) => certain)).toBe(true)
      },
    ),
    { numRuns: 3 },
  )
})

test('parts, merged in any order, are the whole', async () => {
  const rows = rowsOf(4, 9000, 0)
  const parts = [rows.slice(0, 5000), rows.slice(5000, 5600), rows.slice(5600)]
  const profiles: ReferenceProfile[] = []
  for (const part of parts) profiles.push(await referenceProfile(await frameOf(part), { mostTexts: 300 }))
  const [a, b, c] = profiles as [ReferenceProfile, ReferenceProfile, ReferenceProfile]
  const whole = await referenceProfile(await frameOf(rows), { mostTexts: 300 })
  const left = mergeReferenceProfiles(mergeReferenceProfiles(a, b), c)
  expect(mergeReferenceProfiles(a, mergeReferenceProfiles(b, c))).toEqual(left)
  expect(mergeReferenceProfiles(mergeReferenceProfiles(c, a), b)).toEqual(left)
  const { dataset: _, columns, ...rest } = whole
  expect({ ...rest, columns: columns.map((column) => ({ ...column, summary: undefined })) }).toEqual({
    ...left,
    columns: left.columns.map((column, at) => ({ ...column, distinct: columns[at]?.distinct })),
  })
  // Of the codes, all different, too many are there to be kept.
  const code = left.columns.find(({ name }) => name === 'code')
  expect(code?.values?.texts).toHaveLength(300)
  expect(code?.values?.other).toBe(8700)
  expect(code?.distinct).toBeUndefined()
})

/** What tests found, to the digits that do not hang on the order of sums. */
function numbersOf({ facts }: Report<'drift'>): object[] {
  return facts.columns.map(({ column, detector, statistic, pValue = 0, drifted }) => ({
    column,
    detector,
    statistic: statistic.toPrecision(12),
    pValue: pValue.toPrecision(9),
    drifted,
  }))
}

test('hashed texts give the same numbers, and no text is in the file', async () => {
  const [reference, current] = [await frameOf(rowsOf(1, 500, 0)), await frameOf(rowsOf(2, 500, 1))]
  const path = join(folder, 'hashed.profile.json')
  await writeReferenceProfile(path, await referenceProfile(reference, { texts: 'hashed' }))
  expect(readFileSync(path, 'utf8')).not.toMatch(/green|AB-/)
  const hashed = await driftFromProfile(await readReferenceProfile(path), current)
  const plain = await drift(reference, current)
  expect(numbersOf(hashed)).toEqual(numbersOf(plain))
  const none = await referenceProfile(reference, { texts: 'none' })
  expect(JSON.stringify(none.columns)).not.toMatch(/green|AB-/)
  const blind = await driftFromProfile(none, current)
  expect(blind.findings).toContainEqual(
    expect.objectContaining({
      code: 'drift.needs_rows',
      column: 'kind',
      message: expect.stringContaining('chi-square') as string,
    }),
  )
})

test.each(['json', 'parquet'])('a profile is the same after %s', async (form) => {
  const profile = await referenceProfile(
    await frameOf([
      ...rowsOf(3, 6000, 0),
      { float: Infinity, name: '' },
      { float: -Infinity, kind: 'O’Brien "x"\n\0' },
      { float: NaN },
    ]),
  )
  const path = join(folder, `there.profile.${form}`)
  await writeReferenceProfile(path, profile)
  expect(await readReferenceProfile(path)).toEqual(profile)
  const empty = await referenceProfile((await frameOf(rowsOf(3, 2, 0))).limit(0))
  await writeReferenceProfile(path, empty)
  expect(await readReferenceProfile(path)).toEqual(empty)
})

test.each<[string, (text: string) => string, string]>([
  ['cut off', (text) => text.slice(0, 1000), 'no JSON'],
  ['of something else', () => '[1, 2]', '"format"'],
  ['of a newer version', (text) => text.replace('"version":1', '"version":2'), 'its version is 2'],
  ['with rows that do not add up', (text) => text.replace('"rows":300', '"rows":301'), 'of 301'],
  ['with cells in disorder', (text) => text.replace(/"low":\[([^,]+),([^,]+)/, '"low":[$2,$1'), 'ascending'],
])('a file %s is refused', async (_what, spoil, message) => {
  const path = join(folder, 'spoilt.profile.json')
  await writeReferenceProfile(path, await referenceProfile(await frameOf(rowsOf(3, 300, 0))))
  writeFileSync(path, spoil(readFileSync(path, 'utf8')))
  await expect(readReferenceProfile(path)).rejects.toMatchObject({
    code: 'DS_REFERENCE_PROFILE',
    message: expect.stringContaining(message) as string,
  })
})

test('of more values D lies within its interval, and what is certain is the verdict of the rows', async () => {
  for (const [seed, by] of [
    [1, 0],
    [2, 0.05],
    [3, 0.126],
    [4, 2],
  ] as const) {
    const draw = normal(seed)
    const frame = (size: number, shift: number): Promise<Frame> =>
      open(Array.from({ length: size }, () => ({ x: draw() + shift })))
    const [reference, current] = [await frame(20_000, 0), await frame(6000, by)]
    const byRows = (await drift(reference, current)).facts.columns
    const byProfile = (await driftFromProfile(await referenceProfile(reference), current)).facts.columns
    const [rows, profile] = [byRows, byProfile].map((columns) => columns.find(({ detector }) => detector === 'ks'))
    const [low = 1, high = 0] = profile?.interval ?? []
    expect(low).toBeLessThanOrEqual(rows?.statistic as number)
    expect(high).toBeGreaterThanOrEqual(rows?.statistic as number)
    expect(high - low).toBeLessThan(0.005)
    expect(profile?.certain === false || profile?.drifted === rows?.drifted).toBe(true)
  }
})

test('another unit is seen by the profile', async () => {
  const [draw, again] = [normal(8), normal(9)]
  const reference = await open(Array.from({ length: 12_000 }, () => ({ temp: 60 + draw() * 12 })))
  const current = await open(Array.from({ length: 5000 }, () => ({ temp: ((60 + again() * 12 - 32) * 5) / 9 })))
  const report = await driftFromProfile(await referenceProfile(reference), current)
  const found = report.facts.columns.find(({ detector }) => detector === 'unit-change')
  expect(found).toMatchObject({ drifted: true, certain: true, detail: 'values look changed from °F to °C' })
})
