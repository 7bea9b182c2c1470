import { expect, test } from 'vitest'
import { pairColumns, type ComparedColumn } from '../../src/drift/pair-columns.ts'
import { floatReader } from '../../src/drift/read-floats.ts'
import { streamFloats } from '../../src/drift/stream-floats.ts'
import { frameOf, normal } from './frames.ts'

const next = normal(7)
const values = Array.from({ length: 3000 }, (_, at) => (at % 50 === 0 ? null : at % 70 === 0 ? NaN : next()))
const types = { a: 'DOUBLE', b: 'FLOAT', c1: 'DOUBLE', c0: 'DOUBLE' }
const reference = await frameOf({ a: values, b: values.map(() => 0.1), c1: values, c0: values.toReversed() }, types)
const moved = values.slice(0, 2000).map((value) => value && value * 1.5)
const current = await frameOf({ a: moved, b: moved, c1: moved.toReversed(), c0: moved }, types)
const frames = { reference, current }
const { columns } = pairColumns(await reference.schema(), await current.schema())
const [before, after] = [await reference.profile(), await current.profile()]

test('columns of floats read together have their values, without missing ones and NaN, and their profiles', async () => {
  const read = floatReader(frames, columns, [3000, 2000], {})
  expect(columns).toHaveLength(4)
  for (const [at, pair] of columns.entries()) {
    const { profiled, numbers } = await read(pair)
    expect(profiled.rows).toEqual([3000, 2000])
    for (const [side, profile] of [before, after].entries()) {
      const { mean, sd, ...rest } = profile.columns[at] as (typeof profile.columns)[0]
      expect(profiled.profiles[side]).toMatchObject(rest)
      expect(profiled.profiles[side]?.mean).toBeCloseTo(mean as number, 12)
      expect(profiled.profiles[side]?.sd).toBeCloseTo(sd as number, 12)
    }
    const name = pair.column.name
    const expected = (await current.numbers(name)).filter((value) => !Number.isNaN(value))
    expect(numbers?.current).toEqual(expected)
  }
})

test('a column that is read in passes has the same quantiles, moments and gap', async () => {
  const pair = columns[0] as ComparedColumn
  const filled = [before, after].map((profile) => profile.rows - (profile.columns[0]?.nulls ?? 0))
  const { profiled, streamed } = await streamFloats(frames, pair, [3000, 2000], filled as [number, number], {})
  const inMemory = await floatReader(frames, columns, [3000, 2000], {})(pair)
  for (const side of [0, 1] as const) {
    const { distinct, distinctAtMost = distinct, top: _, sd, mean, ...rest } = profiled.profiles[side]
    const {
      distinct: exact,
      sd: expectedSd,
      mean: expectedMean,
      top: __,
      ...expected
    } = inMemory.profiled.profiles[side]
    expect(rest).toEqual(expected)
    expect(distinct).toBeLessThanOrEqual(exact)
    expect(distinctAtMost).toBeGreaterThanOrEqual(exact)
    expect(sd).toBeCloseTo(expectedSd as number, 12)
    expect(mean).toBeCloseTo(expectedMean as number, 12)
  }
  expect(streamed.sizes).toEqual([inMemory.numbers?.reference.length, inMemory.numbers?.current.length])
})
