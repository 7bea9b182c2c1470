import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../src/engine.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import { raw } from '../src/sql.ts'
import { newFolder } from './folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

newFolder()
let engine: Engine
let base: Frame
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
  base = await open([{ a: 1 }], { engine })
})
afterAll(() => engine.close())

/** A column `v` of the values of a list. */
const listed = (list: string): Frame => base.with({ from: raw(`(SELECT unnest(${list}) AS v)`), names: ['v'] })

test.each<[string, string, unknown, Uint8Array | undefined]>([
  ['[1, -2, 3]', 'integer', Float64Array.of(1, -2, 3), undefined],
  ['[1, NULL, 3]', 'integer', Float64Array.of(1, Number.NaN, 3), Uint8Array.of(1, 0, 1)],
  ['[9007199254740991, -9007199254740991]', 'integer', Float64Array.of(2 ** 53 - 1, 1 - 2 ** 53), undefined],
  ['[9007199254740993, NULL]', 'integer', BigInt64Array.of(9_007_199_254_740_993n, 0n), Uint8Array.of(1, 0)],
  ['[18446744073709551615::UBIGINT, 1, NULL]', 'integer', [2n ** 64n - 1n, 1, null], undefined],
  ['[true, NULL, false]', 'boolean', Uint8Array.of(1, 0, 0), Uint8Array.of(1, 0, 1)],
  [
    "['nan', 'inf', '-0', NULL]::DOUBLE[]",
    'float',
    Float64Array.of(Number.NaN, Infinity, -0, Number.NaN),
    Uint8Array.of(1, 1, 1, 0),
  ],
  ['[0.25, NULL]::DECIMAL(9, 2)[]', 'decimal', Float64Array.of(0.25, Number.NaN), Uint8Array.of(1, 0)],
  [
    "['1969-12-31', NULL, 'infinity', '5000000-01-01']::DATE[]",
    'date',
    Float64Array.of(-86_400_000, Number.NaN, Number.NaN, 157_722_592_780_800_000),
    Uint8Array.of(1, 0, 1, 1),
  ],
  ["['1969-12-31 23:59:59.9995', '-infinity']::TIMESTAMP[]", 'timestamp', Float64Array.of(-1, Number.NaN), undefined],
  ["['1970-01-01 00:00:00.0019+00']::TIMESTAMPTZ[]", 'timestamptz', Float64Array.of(1), undefined],
  ["['1969-12-31 23:59:59.999999999']::TIMESTAMP_NS[]", 'timestamp', Float64Array.of(-1), undefined],
  ["['a', NULL]", 'string', ['a', null], undefined],
  ['[[1], NULL]', 'list', [[1], null], undefined],
  ['[]::INTEGER[]', 'integer', new Float64Array(), undefined],
])('%s is a column of type %s', async (list, type, values, valid) => {
  const column = await listed(list).column('V')
  expect(column).toEqual({ name: 'v', type, values, ...(valid ? { valid } : {}) })
})

test('law: a column has the values that rows have', async () => {
  const micros = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(micros), { maxLength: 40 }), async (given) => {
      const times = listed(`[${given.map((one) => one ?? 'NULL').join(', ')}]::BIGINT[]`).derive({
        v: 'make_timestamp(v)',
      })
      const { values } = await times.column('v')
      const rows = (await times.toArray()).map(({ v }) => (v === null ? Number.NaN : (v as Date).getTime()))
      expect(Array.from(values as Float64Array)).toEqual(rows)
    }),
    { numRuns: 30 },
  )
})

test('many rows keep their order, and numbers leaves the missing out', async () => {
  const many = base.derive({ v: 'unnest(range(100000))' }).derive({ v: 'CASE WHEN v % 10 <> 0 THEN v END' })
  const { values, valid } = await many.column('v')
  expect([values.length, valid?.length]).toEqual([100_000, 100_000])
  expect(valid?.every((one, at) => one === (at % 10 === 0 ? 0 : 1))).toBe(true)
  expect((values as Float64Array).every((one, at) => (at % 10 === 0 ? Number.isNaN(one) : one === at))).toBe(true)
  expect((await many.numbers('v')).length).toBe(90_000)
})

test('a column that is not there is named', async () => {
  await expect(listed('[1]').column('w')).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN' })
})
