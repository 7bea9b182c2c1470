import { createDuckdb, literal, type Engine } from '@dayshift/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { re2Of } from '../../src/guards/regex.ts'
import { somePattern, someText } from '../some-pattern.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

/** The texts of a column that a pattern is found in, as the engine says. */
async function found(re2: string, texts: readonly string[]): Promise<string[]> {
  const rows = await engine.query(
    `SELECT v FROM (SELECT unnest([${literal(texts).text}]) AS v) WHERE regexp_full_match(v, ${literal(re2).text})`,
  )
  return rows.map(({ v }) => String(v))
}

test('in texts of ASCII the engine finds what JavaScript finds', async () => {
  let patterns = 0
  let cells = 0
  await fc.assert(
    fc.asyncProperty(somePattern, fc.array(someText, { minLength: 30, maxLength: 60 }), async (regex, texts) => {
      const re2 = regex && re2Of(regex)
      if (!regex || re2 === undefined) return
      const column = [...new Set(texts)]
      patterns++
      cells += column.length
      expect({ regex: String(regex), re2, found: (await found(re2, column)).toSorted() }).toEqual({
        regex: String(regex),
        re2,
        found: column.filter((one) => new RegExp(regex.source, regex.flags.replace('g', '')).test(one)).toSorted(),
      })
    }),
    { numRuns: 600, seed: 20_261_123 },
  )
  expect(patterns).toBeGreaterThan(200)
  expect(cells).toBeGreaterThan(5000)
})

describe('what RE2 has not, or takes otherwise, is left to JavaScript', () => {
  test.each([
    /(?=a)b/,
    /(?<!a)b/,
    /(a)\1/,
    /a$b/,
    /a^/,
    /(^a|b)c/,
    /a{2000}/,
    /(?:a{50}){50}/,
    /^a/m,
    /a/y,
    /\p{L}/u,
    new RegExp('[]'),
    /[é-ü]/i,
  ])('%s', (regex) => {
    expect(re2Of(regex)).toBeUndefined()
  })
})

test.each([
  [z.email(), 'email'],
  [z.uuid(), 'uuid'],
  [z.guid(), 'guid'],
  [z.nanoid(), 'nanoid'],
  [z.cuid2(), 'cuid2'],
  [z.ulid(), 'ulid'],
  [z.ipv4(), 'ipv4'],
  [z.cidrv4(), 'cidrv4'],
  [z.e164(), 'e164'],
  [z.iso.date(), 'date'],
  [z.iso.time(), 'time'],
  [z.iso.datetime({ offset: true }), 'datetime'],
])('the pattern of %s runs in the engine, and finds what Zod accepts', async (schema, name) => {
  const { pattern: form } = schema._zod.def as { pattern?: RegExp }
  const re2 = re2Of(form as RegExp)
  expect([name, re2]).not.toEqual([name, undefined])
  const near = fc.stringMatching(form as RegExp).map((one) => one.slice(0, 80))
  const cells = fc.sample(
    fc.oneof(
      near,
      fc
        .tuple(near, fc.nat(40), fc.constantFrom('', 'x', '-', '@', '.', ' ', '\n', '0', ':'))
        .map(([one, at, mark]) => one.slice(0, at) + mark + one.slice(at + 1)),
    ),
    { numRuns: 1500, seed: 7 },
  )
  const column = [...new Set(cells)].filter((one) => Buffer.byteLength(one) === one.length && !one.includes('\0'))
  const expected = column.filter((one) => schema.safeParse(one).success)
  expect((await found(re2 as string, column)).toSorted()).toEqual(expected.toSorted())
  expect(expected.length).toBeGreaterThan(100)
  expect(column.length).toBeGreaterThan(expected.length)
})
