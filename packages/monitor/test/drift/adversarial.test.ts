import { open, type Frame, type Report } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { drift, type DriftOptions } from '../../src/drift.ts'
import { frameOf, normal, random } from './frames.ts'

function range(n: number): number[] {
  return Array.from({ length: n }, (_, at) => at)
}

function found(
  report: Report<'drift'>,
  column: string,
  detector: string,
): Report<'drift'>['facts']['columns'][number] | undefined {
  return report.facts.columns.find((one) => one.column === column && one.detector === detector)
}

function codes(report: Report<'drift'>): string[] {
  return report.findings.map(({ severity, code }) => `${severity} ${code}`)
}

const gauss = (seed: number, n: number, of: (z: number) => number): number[] => {
  const next = normal(seed)
  return range(n).map(() => of(next()))
}

const wide = (shift: number): string[] =>
  range(60).map((at) => String((at % 2 === 0 ? -1n : 1n) * 2n ** 62n + BigInt(at + shift)))

const longDecimals = (shift: number): string[] =>
  range(60).map((at) => `12345678901234567890.${String(at + shift).padStart(10, '0')}`)

const nanoseconds = (shift: number): string[] =>
  range(60).map((at) => `2026-01-01 00:00:00.${String(at + shift).padStart(9, '0')}`)

const hoursOf = (month: number): Promise<Frame> =>
  frameOf({ x: range(60).map((hour) => new Date(Date.UTC(2026, month, 1, hour)).toISOString()) }, { x: 'TIMESTAMP' })

const idsFrom = (from: number): Promise<Frame> =>
  open([{ a: 1 }]).then((frame) =>
    frame
      .derive({ id: `unnest(range(${from}, ${from} + 30000))` })
      .derive({ id: `'user-' || id` })
      .select('id')
      .cache(),
  )

const idsOrOften = (often: string): Promise<Frame> =>
  open([{ a: 1 }]).then((frame) =>
    frame
      .derive({ id: 'unnest(range(30000))' })
      .derive({ id: `CASE WHEN id % 10 = 0 THEN '${often}' ELSE 'user-' || id END` })
      .select('id')
      .cache(),
  )

const shifted = async (): Promise<[Frame, Frame]> => [
  await frameOf({
    a: gauss(3, 10_000, (z) => z),
    b: gauss(4, 10_000, (z) => z),
    c: range(10_000).map((at) => 'xyz'[at % 3]),
  }),
  await frameOf({
    a: gauss(5, 10_000, (z) => z + 0.08),
    b: gauss(6, 10_000, (z) => z + 0.08),
    c: range(10_000).map((at) => 'xyz'[at % 3]),
  }),
]

/** Whatever it is, compared with itself it has not drifted. */
const shapes: Readonly<Record<string, () => Promise<Frame>>> = {
  'all missing': () => frameOf({ x: range(9).map(() => null) }, { x: 'DOUBLE' }),
  constant: () => frameOf({ x: range(50).map(() => 7) }),
  'one row': () => frameOf({ x: [1], y: ['a'] }),
  'no rows': async () => (await frameOf({ x: [1], y: ['a'] })).filter('x > 1'),
  infinities: () =>
    frameOf({ x: range(40).map((at) => (at % 3 === 0 ? Infinity : at % 3 === 1 ? -Infinity : at)) }, { x: 'DOUBLE' }),
  'only NaN': () => frameOf({ x: range(30).map(() => NaN) }, { x: 'DOUBLE' }),
  'negative zero': () => frameOf({ x: range(40).map((at) => (at % 2 === 0 ? -0 : 0)) }, { x: 'DOUBLE' }),
  'empty texts': () => frameOf({ x: range(40).map((at) => (at % 2 === 0 ? '' : ' ')) }),
  'mixed case': () => frameOf({ x: range(40).map((at) => ['jfk', 'JFK', 'Jfk'][at % 3]) }),
  'odd names': () =>
    frameOf(
      Object.fromEntries(
        ['cell', 'rows', 'value', 'length', 'O"Brien', "it's", 'Ünï', '__proto__x', 'select', 'a b'].map((name) => [
          name,
          range(30),
        ]),
      ),
    ),
  decimals: () => frameOf({ x: range(60).map((at) => `${at}.${at % 10}5`) }, { x: 'DECIMAL(38,10)' }),
  'times with zones': () =>
    frameOf({ x: range(60).map((at) => new Date(Date.UTC(2026, 0, 1, at)).toISOString()) }, { x: 'TIMESTAMPTZ' }),
  nanoseconds: () =>
    frameOf({ x: range(60).map((at) => `2026-01-01 00:00:00.00000000${at % 10}`) }, { x: 'TIMESTAMP_NS' }),
  'infinite dates': () =>
    frameOf(
      { x: range(30).map((at) => (at % 3 === 0 ? 'infinity' : at % 3 === 1 ? '-infinity' : '2026-01-01')) },
      { x: 'DATE' },
    ),
  'times of day': () =>
    frameOf({ x: range(30).map((at) => `${String(at % 24).padStart(2, '0')}:30:00`) }, { x: 'TIME' }),
  lists: () => frameOf({ x: range(30).map((at) => [at, at + 1]) }),
  booleans: () => frameOf({ x: range(30).map((at) => at % 3 === 0) }),
  uuids: () =>
    frameOf(
      { x: range(30).map((at) => `00000000-0000-0000-0000-0000000000${String(at).padStart(2, '0')}`) },
      { x: 'UUID' },
    ),
  'long texts': () => frameOf({ x: range(60).map((at) => `${'long words of the same kind '.repeat(40)}${at}`) }),
}

describe('without drift', () => {
  test.each(Object.keys(shapes))('%s', async (name) => {
    const frame = await (shapes[name] as () => Promise<Frame>)()
    const report = await drift(frame, frame)
    expect(report.facts.driftedColumns).toEqual([])
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(JSON.stringify(report.facts)).not.toMatch(/NaN/)
  })
})

/** Many rows of a million values that differ in their last digits only. */
async function beyond(from: bigint, type: string, steps: readonly number[]): Promise<Frame> {
  return frameOf({ x: steps.map((step) => String(from + BigInt(step))) }, { x: type })
}

test.each([
  ['BIGINT', 2n ** 60n],
  ['BIGINT', -(2n ** 62n)],
  ['UBIGINT', 2n ** 63n],
  ['HUGEINT', 2n ** 100n],
])('whole numbers beyond 2^53 keep their digits: %s', async (type, from) => {
  // As doubles all of them are one value.
  const report = await drift(
    await beyond(from, type, range(60)),
    await beyond(
      from,
      type,
      range(60).map((step) => step + 60),
    ),
  )
  expect(found(report, 'x', 'ks')).toMatchObject({ statistic: 1, drifted: true })
  expect(found(report, 'x', 'unit-change')).toBeUndefined()
})

test('where even differences are beyond 2^53, values are compared by rank', async () => {
  const reference = await frameOf({ x: wide(0) }, { x: 'BIGINT' })
  const report = await drift(reference, await frameOf({ x: wide(100) }, { x: 'BIGINT' }))
  expect(found(report, 'x', 'ks')).toMatchObject({ statistic: 0.5, drifted: true })
})

test('decimals and nanoseconds keep their digits too', async () => {
  const types = { d: 'DECIMAL(38,10)', t: 'TIMESTAMP_NS' }
  const report = await drift(
    await frameOf({ d: longDecimals(0), t: nanoseconds(0) }, types),
    await frameOf({ d: longDecimals(30), t: nanoseconds(30) }, types),
  )
  expect(found(report, 'd', 'ks')?.statistic).toBe(0.5)
  expect(found(report, 't', 'datetime')?.statistic).toBe(0.5)
})

test('an hour is an hour in any zone: the same instants have not drifted', async () => {
  const hours = range(60).map((at) => new Date(Date.UTC(2026, 0, 1, at)).toISOString())
  const zoned = await frameOf({ x: hours }, { x: 'TIMESTAMPTZ' })
  const plain = await frameOf({ x: hours.map((hour) => hour.slice(0, 19)) }, { x: 'TIMESTAMP' })
  expect(found(await drift(plain, zoned), 'x', 'datetime')).toMatchObject({ statistic: 0, drifted: false })
})

test('times that moved on are no drift; that they came back is', async () => {
  const on = await drift(await hoursOf(0), await hoursOf(1))
  expect([on.status, codes(on)]).toEqual(['warn', ['warn drift.nothing_compared', 'info drift.moved_on']])
  const back = await drift(await hoursOf(1), await hoursOf(0))
  expect(found(back, 'x', 'datetime')).toMatchObject({ statistic: 1, drifted: true })
})

test('thirty thousand different texts are compared in bounded memory, and are no new values', async () => {
  const report = await drift(await idsFrom(10_000), await idsFrom(50_000), {
    detectors: ['chi-square', 'categories', 'text-pattern'],
  })
  expect(report.facts.driftedColumns).toEqual([])
  expect(report.facts.columns.every(({ newValues }) => newValues === undefined)).toBe(true)
})

test('frequent values are found among many rare ones', async () => {
  const report = await drift(await idsOrOften('robot'), await idsOrOften('human'), { detectors: ['categories'] })
  expect(found(report, 'id', 'categories')).toMatchObject({
    drifted: true,
    effect: expect.closeTo(0.1, 3) as number,
    newValues: [{ cell: 'human', reference: 0 }],
    lostValues: [{ cell: 'robot', current: 0 }],
  })
})

describe('a unit that changed', () => {
  test.each<[string, (x: number) => number, string]>([
    ['m to mm', (x) => x * 1000, 'multiplied by 1000'],
    ['mm to m', (x) => x / 1000, 'divided by 1000'],
    ['KiB to B', (x) => x * 1024, 'multiplied by 1024'],
    ['°F to °C', (x) => ((x - 32) * 5) / 9, 'changed from °F to °C'],
    ['°C to °F', (x) => (x * 9) / 5 + 32, 'changed from °C to °F'],
    ['sign', (x) => -x, 'of the opposite sign'],
  ])('%s is named', async (_what, convert, words) => {
    const before = gauss(1, 600, (z) => 55 + 12 * z)
    const after = gauss(2, 500, (z) => convert(55 + 12 * z))
    const report = await drift(await frameOf({ x: before }), await frameOf({ x: after }))
    expect(report.status).toBe('fail')
    expect(found(report, 'x', 'unit-change')?.detail).toBe(`values look ${words}`)
    expect(codes(report)).toContain('error drift.break')
  })

  test.each<[string, (z: number) => number]>([
    ['a shift', (z) => 70 + 12 * z],
    ['a factor of 1.37', (z) => (55 + 12 * z) * 1.37],
    ['a wider spread', (z) => 55 + 40 * z],
    ['another shape, 10 times as large', (z) => 10 * (55 + 12 * Math.sign(z))],
  ])('%s is drift, and no other unit', async (_what, of) => {
    const report = await drift(
      await frameOf({ x: gauss(1, 600, (z) => 55 + 12 * z) }),
      await frameOf({ x: gauss(2, 500, of) }),
    )
    expect(report.facts.driftedColumns).toEqual(['x'])
    expect(found(report, 'x', 'unit-change')).toBeUndefined()
  })
})

const limits = async (options: DriftOptions): Promise<string[]> => {
  const { facts } = await drift(...(await shifted()), options)
  return facts.columns
    .filter(({ detector }) => ['ks', 'psi', 'chi-square'].includes(detector))
    .map(({ column, detector, threshold, minEffect, drifted }) =>
      [column, detector, threshold, minEffect, drifted].join(' '),
    )
}

describe('rules of the limits', () => {
  test('what is certain but small is told and does not count, unless any effect does', async () => {
    const report = await drift(...(await shifted()))
    expect(report.status).toBe('pass')
    expect(report.findings).toMatchObject([
      { code: 'drift.small', message: expect.stringMatching(/a \(D = .*b \(D = /) as string },
    ])
    expect(found(report, 'a', 'ks')).toMatchObject({ significant: true, drifted: false })
    const strict = await drift(...(await shifted()), { minEffect: 0 })
    expect(strict.facts.driftedColumns).toEqual(['a', 'b'])
  })

  test('one column’s limits never reset another’s, nor its own that are left out', async () => {
    expect(await limits({})).toEqual(['a ks 0.05 0.05 false', 'b ks 0.05 0.05 false', 'c chi-square 0.05 0.05 false'])
    expect(await limits({ alpha: 0.01, overrides: { a: { minEffect: 0.02 } } })).toEqual([
      'a ks 0.01 0.02 true',
      'b ks 0.01 0.05 false',
      'c chi-square 0.01 0.05 false',
    ])
    expect(await limits({ minEffect: 0.01, overrides: { b: { alpha: 0.04, detectors: ['psi:0.3', 'ks'] } } })).toEqual([
      'a ks 0.05 0.01 true',
      'b psi 0.04 0.3 false',
      'b ks 0.04 0.01 true',
      'c chi-square 0.05 0.01 false',
    ])
  })

  test('an override of a column that is not there is refused, and so is a detector that is not', async () => {
    const frame = await frameOf({ a: [1, 2] })
    await expect(drift(frame, frame, { overrides: { z: { alpha: 0.1 } } })).rejects.toMatchObject({
      code: 'DS_COLUMN_UNKNOWN',
    })
    await expect(drift(frame, frame, { detectors: ['kss'] })).rejects.toMatchObject({
      code: 'DS_DRIFT_OPTION',
      hint: expect.stringContaining('Did you mean ks?') as string,
    })
    await expect(drift(frame, frame, { detectors: ['ks:x'] })).rejects.toMatchObject({ code: 'DS_DRIFT_OPTION' })
    await expect(drift(frame, frame, { overrides: { a: { alpha: 2, minEffect: -1 } } })).rejects.toMatchObject({
      message: 'alpha of a is 2, not between 0 and 1; minEffect of a is -1, not 0 or more',
    })
  })

  test.each([
    ['a p-value', { statistic: 1, pValue: NaN }, "the detector 'mine' gave pValue NaN for the column a"],
    ['a p-value above 1', { statistic: 1, pValue: 1.5 }, "the detector 'mine' gave pValue 1.5 for the column a"],
    ['a statistic', { statistic: NaN, threshold: 1 }, "the detector 'mine' gave statistic NaN for the column a"],
  ])('%s that is none is an error that names the detector and the column', async (_what, outcome, message) => {
    const frame = await frameOf({ a: [1, 2] })
    const mine = { name: 'mine', fits: () => true, test: () => outcome }
    await expect(drift(frame, frame, { detectors: [mine] })).rejects.toMatchObject({ code: 'DS_DETECTOR', message })
  })
})

test('thirty rows make no verdict: what would have shown is told', async () => {
  const next = random(9)
  const draw = (n: number): number[] => range(n).map(() => next())
  const report = await drift(await frameOf({ x: draw(2000) }), await frameOf({ x: draw(30) }))
  expect(report.status).toBe('pass')
  expect(found(report, 'x', 'ks')).toMatchObject({
    undecided: true,
    smallestDetectable: expect.closeTo(0.38, 1) as number,
  })
  expect(report.facts.undecidedColumns).toEqual(['x'])
  expect(report.findings.at(-1)?.message).toMatch(
    /^x: too few rows to decide: with 2000 values against 30 the smallest difference that shows in 8 of 10 cases is D = 0\.\d+, and 0\.05 would count$/,
  )
})
