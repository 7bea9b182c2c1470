import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boundCells } from '../../src/reference/bound-cells.ts'
import { cellBuilder } from '../../src/reference/cell-builder.ts'
import { cellTally } from '../../src/reference/cell-tally.ts'
import { changedCells, isExact, sizeOf, valuesOf, type EcdfCells } from '../../src/reference/ecdf-cells.ts'
import { gapOfCells } from '../../src/reference/gap-of-cells.ts'
import { ksStatistic } from '../../src/statistics/ks-statistic.ts'
import { normal, random } from '../drift/frames.ts'

const MOST = 4096

function cellsOf(values: ArrayLike<number>, most = MOST): EcdfCells {
  const builder = cellBuilder(most)
  builder.take(values)
  return builder.cells()
}

/** Numbers of many sizes, with what is odd among doubles. */
const shapes: Readonly<Record<string, (seed: number) => () => number>> = {
  normal: (seed) => normal(seed),
  near: (seed) => {
    const draw = normal(seed)
    return () => 20 + draw()
  },
  'all but equal': (seed) => {
    const draw = normal(seed)
    return () => 1e9 + draw() * 1e-3
  },
  'of all sizes': (seed) => {
    const draw = normal(seed)
    return () => Math.sign(draw()) * Math.exp(draw() * 200)
  },
  'mostly zero': (seed) => {
    const [draw, other] = [random(seed), normal(seed + 1)]
    return () => (draw() < 0.7 ? 0 : other())
  },
  odd: (seed) => {
    const [draw, other] = [random(seed), normal(seed + 1)]
    const values = [Infinity, -Infinity, -0, 0, 5e-324, -5e-324, 1e308, -1e308, 2 ** -1022]
    return () => (draw() < 0.3 ? (values[Math.floor(draw() * values.length)] as number) : other())
  },
}

const parts = fc.record({
  shape: fc.constantFrom(...Object.keys(shapes)),
  sizes: fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 3, maxLength: 3 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
})

test('cells of parts, joined in any order, are those of the whole', () => {
  fc.assert(
    fc.property(parts, ({ shape, sizes, seed }) => {
      const draw = (shapes[shape] as (seed: number) => () => number)(seed)
      const [a, b, c] = sizes.map((size) => Float64Array.from({ length: size }, draw)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ]
      const whole = cellsOf([...a, ...b, ...c])
      const [x, y, z] = [cellsOf(a), cellsOf(b), cellsOf(c)]
      const join = (...some: EcdfCells[]): EcdfCells => boundCells(some, MOST)
      expect(join(join(x, y), z)).toEqual(whole)
      expect(join(x, join(z, y))).toEqual(whole)
      expect(join(join(z, x), y)).toEqual(whole)
      expect(whole.low.length).toBeLessThanOrEqual(MOST)
      expect(sizeOf(whole)).toBe(a.length + b.length + c.length)
    }),
    { numRuns: 15 },
  )
})

test('up to 4096 different values nothing is lost', () => {
  const draw = random(5)
  const values = Float64Array.from({ length: 40_000 }, () => Math.floor(draw() * MOST) / 8)
  const cells = cellsOf(values)
  expect(isExact(cells)).toBe(true)
  expect(valuesOf(cells)).toEqual(values.toSorted())
})

test('D lies within its bounds, which are one where no value is lost', () => {
  fc.assert(
    fc.property(
      parts,
      fc.integer({ min: 1, max: 6000 }),
      fc.boolean(),
      ({ shape, sizes: [n = 0], seed }, m, isMoved) => {
        const draw = (shapes[shape] as (seed: number) => () => number)(seed)
        const a = Float64Array.from({ length: n + 1 }, draw)
        const b = Float64Array.from({ length: m }, () => draw() * (isMoved ? 1.2 : 1))
        const before = cellsOf(a)
        const tally = cellTally(before)
        tally.take(b)
        const { statistic } = ksStatistic(a, b)
        for (const after of [tally.cells(), cellsOf(b)]) {
          const { least, most, sizes } = gapOfCells(before, after)
          expect(sizes).toEqual([a.length, b.length])
          const [low, high] = [least.height / (a.length * b.length), most.height / (a.length * b.length)]
          expect(low).toBeLessThanOrEqual(statistic)
          expect(high).toBeGreaterThanOrEqual(statistic)
          expect(isExact(before) && isExact(after) ? low : statistic).toBe(statistic)
        }
        const told = gapOfCells(before, tally.cells())
        const [low, high] = [told.least.height, told.most.height].map((height) => height / (a.length * b.length))
        expect(isExact(before) ? [low, high] : [statistic, statistic]).toEqual([statistic, statistic])
      },
    ),
    { numRuns: 30 },
  )
})

test.each(Object.keys(shapes))('half a million numbers, %s: D is known to half a percent', (shape) => {
  const draw = (shapes[shape] as (seed: number) => () => number)(11)
  const before = cellsOf(Float64Array.from({ length: 500_000 }, draw))
  const tally = cellTally(before)
  tally.take(Float64Array.from({ length: 20_000 }, draw))
  const { least, most, sizes } = gapOfCells(before, tally.cells())
  const width = (most.height - least.height) / (sizes[0] * sizes[1])
  expect(width).toBeGreaterThanOrEqual(0)
  expect(width).toBeLessThan(0.005)
})

test('cells of changed values bound those of the values changed', () => {
  const draw = normal(3)
  const values = Float64Array.from({ length: 20_000 }, draw)
  for (const change of [
    { factor: -1.8, shift: 32 },
    { factor: 1000, shift: 0 },
  ]) {
    const changed = values.map((value) => value * change.factor + change.shift)
    const { least, most } = gapOfCells(changedCells(cellsOf(values), change), cellsOf(changed))
    expect(least.height).toBe(0)
    expect(most.height / 4e8).toBeLessThan(0.01)
  }
})
