import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from '@dayshift/core'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { rulesOf } from '../src/checks.ts'
import { cellDecoder, readingsOf } from '../src/decode.ts'
import { validate } from '../src/validate.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-differential-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Schemas as people write them for columns: every kind, with and without missing values. */
const base: fc.Arbitrary<z.ZodType> = fc.oneof(
  fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat(6)).map(([a, more]) =>
    z
      .int()
      .min(a)
      .max(a + more),
  ),
  fc
    .tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.boolean())
    .map(([a, strict]) => (strict ? z.number().gt(a) : z.number().lte(a))),
  fc.constantFrom<z.ZodType>(
    z.number(),
    z.int(),
    z.number().int().positive(),
    z.number().min(2).int(),
    z.number().multipleOf(0.5),
    z.string().min(2).max(3),
    z.string().regex(/^[a-c]+$/),
    z.enum(['a', 'NA', 'b c']),
    z.literal([1, 2.5]),
    z.boolean(),
    z.bigint().max(3n),
    z.date().min(new Date('2020-01-01')),
    z.iso.date(),
    z.coerce.number().max(3),
    z.union([z.int(), z.literal('x')]),
    z
      .string()
      .transform((text) => text.length)
      .pipe(z.number().max(2)),
    z.string().refine((text) => !text.includes('a'), 'no a'),
    z.stringbool(),
  ),
)
const schema = fc
  .tuple(base, fc.constantFrom('plain', 'nullable', 'optional', 'default', 'catch', 'refined'))
  .map(([inner, wrap]): z.ZodType => {
    if (wrap === 'nullable') return inner.nullable()
    if (wrap === 'optional') return inner.optional()
    if (wrap === 'default') return inner.optional().default(undefined)
    if (wrap === 'refined') return inner.nullable().refine((value) => value !== 3 && value !== 'abc', 'no 3')
    return wrap === 'catch' ? inner.nullable().catch(null) : inner
  })

const cell = fc.oneof(
  fc.constantFrom(
    '',
    'NA',
    'null',
    'a',
    'abc',
    'b c',
    'x',
    'true',
    'FALSE',
    'NaN',
    'inf',
    '-Infinity',
    '1e3',
    '.5',
    '5.',
    '+4',
    '-0',
    '0x10',
  ),
  fc.constantFrom(
    '007',
    ' 3 ',
    '1_000',
    '9007199254740993',
    '9223372036854775808',
    '1e400',
    '2024-02-30',
    '2020-01-01',
    '2019-05-05T10:00:00+02:00',
    '03/04/2024',
  ),
  fc.integer({ min: -7, max: 7 }).map(String),
  fc.double({ min: -3, max: 3, noNaN: true }).map(String),
  fc.string({ maxLength: 4 }).filter((text) => !/[\0\uD800-\uDFFF\uFEFF]/.test(text)),
)
const column = fc.oneof(
  fc.array(cell, { minLength: 1, maxLength: 12 }),
  fc.array(fc.integer({ min: -9, max: 9 }).map(String), { minLength: 1, maxLength: 12 }),
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), { minLength: 1, maxLength: 12 }),
)

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

test('counts by SQL, by guards and by distinct values are those of Zod, row by row', async () => {
  let files = 0
  let cells = 0
  const ranAs = new Set<string>()
  await fc.assert(
    fc.asyncProperty(schema, column, async (type, values) => {
      const path = join(folder, `${++files}.csv`)
      writeFileSync(path, `n,v\n${values.map((text, at) => `${at},${quote(text)}\n`).join('')}`)
      const report = await validate(await open(path), z.object({ v: type }), { maxExamples: 100 })
      rmSync(path)
      const rules = rulesOf('v', type)
      const decode = cellDecoder(rules.kind, undefined)
      const failed = new Set(report.facts.checks.flatMap(({ examples }) => examples.map(({ row }) => row)))
      for (const { ranAs: how } of report.facts.checks) ranAs.add(how)
      values.forEach((text, at) => {
        const decoded = decode(text)
        cells++
        const readings =
          rules.kind === 'any' && typeof decoded === 'string' ? readingsOf(decoded) : [decoded ?? rules.missing]
        const passes = readings.some((reading) => type.safeParse(reading).success)
        expect({ text, passes: !failed.has(at + 1) }).toEqual({ text, passes })
      })
      expect(report.facts.failedRows).toBe(failed.size)
    }),
    { numRuns: 250, seed: 20261123 },
  )
  expect([...ranAs].sort()).toEqual(['distinct', 'guarded', 'metadata', 'sql'])
  expect(cells).toBeGreaterThan(1000)
}, 60_000)
