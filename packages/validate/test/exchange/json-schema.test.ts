import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineContract, writeContract } from '../../src/index.ts'

const ajv = new Ajv2020({ strict: false })
formats.default(ajv)

const schema = fc.constantFrom<z.ZodType>(
  z.int().min(1).max(3),
  z.number().gt(0.5),
  z.number().multipleOf(0.5).nullable(),
  z.string().min(2).max(3),
  z.string().regex(/^[a-c]+$/),
  z.enum(['a', 'bc']),
  z.boolean().optional(),
  z.union([z.int(), z.literal('x')]),
  z.array(z.string().max(2)).max(2),
  z.object({ k: z.int() }).nullable(),
)
const value = fc.constantFrom<unknown>(
  0,
  1,
  2.5,
  4,
  0.75,
  'a',
  'abc',
  'x',
  '😀é',
  true,
  null,
  ['a'],
  ['abc'],
  { k: 1 },
  {},
)
const question = fc.record({
  schemas: fc.tuple(schema, schema),
  strict: fc.boolean(),
  rows: fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ a: value, b: value }) },
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { noNullPrototype: true }),
    ),
    { minLength: 8, maxLength: 30 },
  ),
})

test('Ajv says of rows what the contract says', async () => {
  let cells = 0
  let held = 0
  await fc.assert(
    fc.asyncProperty(question, async ({ schemas: [a, b], strict, rows }) => {
      const contract = defineContract({ columns: { a, b }, ...(strict ? { extra: 'forbid' as const } : {}) })
      const written = JSON.parse((await writeContract(contract, 'json-schema')).text) as object
      const validate = ajv.compile(written)
      for (const row of rows) {
        cells++
        // A contract for one row knows the extra columns of its Zod schema only.
        const zod = strict ? z.strictObject({ a, b }) : contract.columns
        const holds = zod.safeParse(row).success
        if (holds) held++
        expect({ row, holds: validate(row) }).toEqual({ row, holds })
      }
    }),
    { numRuns: 150, seed: 20_261_123 },
  )
  expect(Math.min(held, cells - held)).toBeGreaterThan(20)
})
