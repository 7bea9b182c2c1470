import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { isDayshiftError } from '@dayshift/core'
import { defineContract, readContract, writeContract } from '../../src/index.ts'

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

const NASTY: readonly unknown[] = [
  [0, -0, 1, -1, 1.5, 2, 3, 0.1, 0.30000000000000004, 1e21, -1e21, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 1e308, 5e-324],
  [
    '',
    'a',
    'ab',
    'abc',
    '1',
    'é',
    'e\u0301',
    '😀',
    '😀😀',
    'a\n',
    ' ',
    '2020-02-30',
    '2020-02-29',
    'a@b.example',
    'null',
  ],
  [true, false, null, [], [1], ['a', 'a'], [[]], {}, { k: 1 }, { k: 'x', l: 1 }, { k: [{}] }],
].flat()
const bounds = fc.constantFrom(-1, 0, 1, 1.5, 2, 3, 1e21, 2 ** 53)
const counts = fc.integer({ min: 0, max: 3 })
const plain = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom('string', 'integer', 'number', 'boolean', 'array', 'object', 'null'),
      fc.constantFrom(['string', 'null'], ['integer', 'string'], ['number', 'null']),
    ),
    minimum: bounds,
    maximum: bounds,
    exclusiveMinimum: bounds,
    exclusiveMaximum: bounds,
    multipleOf: fc.constantFrom(1, 2, 0.5, 0.1),
    minLength: counts,
    maxLength: counts,
    pattern: fc.constantFrom('^a', 'b$', '^.$', '\\d', '^[^a]*$'),
    enum: fc.uniqueArray(fc.constantFrom('a', 'ab', 1, 1.5, 2 ** 53, null, true), { minLength: 1, maxLength: 4 }),
    const: fc.constantFrom<unknown>('a', 1, null, true),
    minItems: counts,
    maxItems: counts,
    required: fc.constant(['k']),
  },
  { requiredKeys: [] },
)
/** Few keywords each, so that some values hold, and mostly a type: of limits without one is told. */
const few = fc.tuple(plain, fc.array(fc.nat(99), { minLength: 2, maxLength: 3 })).map(([all, dice]) => {
  const keys = Object.keys(all)
  const chosen = new Set(dice.map((one) => keys[one % Math.max(1, keys.length)]))
  return Object.fromEntries(Object.entries(all).filter(([key]) => chosen.has(key) || (key === 'type' && dice[0] !== 0)))
})
const read = fc.oneof(
  { weight: 3, arbitrary: few },
  { weight: 1, arbitrary: fc.tuple(few, few).map((allOf) => ({ allOf })) },
  { weight: 1, arbitrary: fc.tuple(few, few).map((anyOf) => ({ anyOf })) },
  { weight: 1, arbitrary: few.map((one) => ({ ...one, $ref: '#/$defs/b' })) },
  { weight: 1, arbitrary: few.map((items) => ({ type: 'array', items })) },
  { weight: 1, arbitrary: few.map((k) => ({ type: 'object', properties: { k } })) },
)

/**
 * What docs/contract-formats.md tells: whole numbers that JavaScript does not hold exactly are none here, multiples are those
 * that doubles can tell, and patterns within other schemas see halves of characters.
 */
function isTold(given: unknown, whole: object): boolean {
  const text = JSON.stringify(whole)
  if (typeof given === 'string') return /[\u{10000}-\u{10FFFF}]/u.test(given) && text.includes('pattern')
  if (typeof given !== 'number') return false
  return text.includes('multipleOf') || (Number.isInteger(given) && !Number.isSafeInteger(given))
}

test('the contract says of values what Ajv says of the schema that it was read from', async () => {
  const counted = { cells: 0, held: 0, told: 0 }
  await fc.assert(
    fc.asyncProperty(read, few, fc.boolean(), async (property, b, isRequired) => {
      const whole = { type: 'object', properties: { a: property }, required: isRequired ? ['a'] : [], $defs: { b } }
      const judge = ajv.compile(whole)
      const found = await readContract(JSON.stringify(whole)).catch((error: unknown) => {
        if (isDayshiftError(error) && error.code.startsWith('DS_CONTRACT_')) return undefined
        throw error
      })
      // What nothing but null meets is refused before data is read, and what is not carried over is told.
      const asked = found ? (found.notes.length > 0 ? [] : NASTY) : NASTY.filter((a) => a !== null)
      const ours = asked.map((a) => ({ a, holds: found?.contract.check({ a }).success ?? false }))
      const wrong = ours.filter(({ a, holds }) => judge({ a }) !== holds)
      expect({ whole, wrong: wrong.filter(({ a }) => !isTold(a, whole)) }).toEqual({ whole, wrong: [] })
      counted.cells += ours.length
      counted.held += ours.filter(({ holds }) => holds).length
      counted.told += wrong.length
    }),
    { numRuns: 400, seed: 20_261_128 },
  )
  expect(Math.min(counted.held, counted.cells - counted.held)).toBeGreaterThan(500)
  expect(counted.told).toBeLessThan(counted.cells / 50)
})
