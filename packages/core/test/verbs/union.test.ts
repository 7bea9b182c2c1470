import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, Row } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import type { Frame } from '../../src/frame.ts'
import { open } from '../../src/open.ts'
import { newFolder, typesOf } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

const rows = (given: readonly Row[], types?: Record<string, string>): Promise<Frame> => open(given, { engine, types })

test('law: the rows of the second come after those of the first, by name, in any order and case', async () => {
  const item = fc.record({ a: fc.integer(), b: fc.option(fc.constantFrom('x', 'y')) })
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 6 }), fc.array(item, { maxLength: 6 }), async (one, two) => {
      const first = await rows(one, { a: 'BIGINT', b: 'VARCHAR' })
      const second = (await rows(two, { b: 'VARCHAR', a: 'BIGINT' })).rename({ b: 'B' })
      expect(await first.union(second).toArray()).toEqual([...one, ...two])
      expect(await first.union(first).count()).toBe(2 * one.length)
    }),
    { numRuns: 15 },
  )
})

test('the order is kept with many rows and two threads, also of a union of unions', async () => {
  const base = (await rows([{ x: 1 }])).derive({ n: 'unnest(range(150000))' }).select('n')
  const parts = [base, base.derive({ n: 'n + 150000' }), base.derive({ n: 'n + 300000' })] as const
  const { values } = await parts[0].union(parts[1]).union(parts[2]).column('n')
  expect(values.length).toBe(450_000)
  expect((values as Float64Array).every((value, at) => value === at)).toBe(true)
})

test('a column that one side lacks is an error that names it, or is filled', async () => {
  const [first, second] = [await rows([{ id: 1, a: 1 }]), await rows([{ id: 2, b: 'x' }])]
  expect(() => first.union(second)).toThrow(
    expect.objectContaining({
      code: 'DS_COLUMN_UNKNOWN',
      message: 'union: the second frame has no a; the first frame has no b',
    }),
  )
  const filled = first.union(second, { fill: true })
  expect(await filled.toArray()).toEqual([
    { id: 1, a: 1, b: null },
    { id: 2, a: null, b: 'x' },
  ])
  expect(await typesOf(filled)).toEqual(['id BIGINT', 'a BIGINT', 'b VARCHAR'])
})

test('types grow to hold both, and those that do not go together are named', async () => {
  const [whole, text, list] = [await rows([{ v: 1 }]), await rows([{ v: 'x' }]), await rows([], { v: 'INTEGER[]' })]
  expect(await whole.union(await rows([{ v: 1.5 }])).toArray()).toEqual([{ v: 1 }, { v: 1.5 }])
  expect(await whole.union(text).toArray()).toEqual([{ v: '1' }, { v: 'x' }])
  await expect(whole.union(list).toArray()).rejects.toMatchObject({
    code: 'DS_TYPES_APART',
    message: "union: 'v' is BIGINT in the first frame, INTEGER[] in the second",
  })
})

test('frames of different engines do not go together', async () => {
  const elsewhere = await open([{ v: 1 }])
  const here = await rows([{ v: 1 }])
  expect(() => here.union(elsewhere)).toThrow(expect.objectContaining({ code: 'DS_FRAMES_APART' }))
})
