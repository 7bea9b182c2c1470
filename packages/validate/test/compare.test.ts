import { sql } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { asContract, column, compareContracts, defineContract, type ContractDefinition } from '../src/index.ts'

type Columns = ContractDefinition['columns']

function differences(before: Columns, after: Columns): [string, boolean, boolean][] {
  return compareContracts(defineContract({ columns: before }), defineContract({ columns: after })).map(
    ({ message, breaksReaders, breaksWriters }) => [message, breaksReaders, breaksWriters],
  )
}

describe('looser breaks readers, tighter breaks writers, another thing both', () => {
  test.each<[Columns, Columns, string, boolean, boolean]>([
    [{ a: z.int() }, { a: z.int().nullable() }, "'a' may be missing now", true, false],
    [{ a: z.int().nullable() }, { a: z.int() }, "'a' may not be missing any more", false, true],
    [{ a: z.int().min(0) }, { a: z.int().min(5) }, "'a' must be >= 5, not >= 0", false, true],
    [{ a: z.int().min(5) }, { a: z.int().min(0) }, "'a' must be >= 0, not >= 5", true, false],
    [{ a: z.number().min(0) }, { a: z.number().gt(0) }, "'a' must be > 0, not >= 0", false, true],
    [{ a: z.int().max(5) }, { a: z.int().max(9) }, "'a' must be <= 9, not <= 5", true, false],
    [{ a: z.int() }, { a: z.int().max(9) }, "'a' must be <= 9", false, true],
    [{ a: z.int().max(9) }, { a: z.int() }, "'a' need not be <= 9 any more", true, false],
    [{ a: z.string().max(5) }, { a: z.string().max(3) }, "'a' must be at most 3 characters long", false, true],
    [{ a: z.enum(['x']) }, { a: z.enum(['x', 'y']) }, '\'a\' takes "y" too', true, false],
    [{ a: z.enum(['x', 'y']) }, { a: z.enum(['x']) }, '\'a\' takes "y" no more', false, true],
    [{ a: z.string() }, { a: z.enum(['x']) }, '\'a\' takes "x" only', false, true],
    [{ a: z.enum(['x']) }, { a: z.string() }, "'a' takes any string", true, false],
    [{ a: z.string() }, { a: z.email() }, "'a' is held to format email", false, true],
    [{ a: z.email() }, { a: z.string() }, "'a' is not held to format email any more", true, false],
    [{ a: z.string() }, { a: z.boolean() }, "'a' was string, and is boolean", true, true],
    [{ a: z.int() }, { a: z.int(), b: z.int() }, "the column 'b' is new", false, true],
    [{ a: z.int() }, { a: z.int(), b: z.int().optional() }, "the column 'b' is new, and optional", false, false],
    [{ a: z.int(), b: z.int() }, { a: z.int() }, "the column 'b' is gone", true, false],
    [
      { a: z.int() },
      { a: column(z.int(), { mostly: 0.9 }) },
      "'a': 90 % of the rows must pass, not 100 %",
      true,
      false,
    ],
    [{ a: z.int() }, { a: column(z.int(), { severity: 'warn' }) }, 'of severity warn, not error', true, false],
    [{ a: z.int() }, { a: column(z.int(), { unique: true }) }, 'there is a new rule: unique a', false, true],
    [
      { a: z.int().refine((n) => n > 1) },
      { a: z.int().refine((n) => n > 2) },
      "'a' is checked by code, which cannot be compared",
      true,
      true,
    ],
  ])('%#', (before, after, words, readers, writers) => {
    const found = differences(before, after)
    expect(found).toEqual([[expect.stringContaining(words) as string, readers, writers]])
  })
})

test('contracts that are the same differ in nothing', () => {
  const columns = { a: z.int().min(0).nullable(), b: z.email(), c: z.enum(['x', 'y']), d: z.date(), e: z.any() }
  expect(differences(columns, { ...columns })).toEqual([])
  const again = { a: z.int().min(0).nullable(), b: z.email(), c: z.enum(['y', 'x']), d: z.date(), e: z.any() }
  expect(differences(columns, again)).toEqual([])
})

test('rules of the table', () => {
  const columns = { a: z.int(), b: z.int() }
  const found = compareContracts(
    defineContract({ columns, checks: [sql`a < b`], rows: { min: 1 } }),
    defineContract({ columns, checks: [sql`a <= b`], rows: { min: 1 }, ordered: true, extra: 'forbid' }),
  )
  expect(found.map(({ message, change }) => [change, message])).toEqual([
    ['tighter', 'there is a new rule: a <= b'],
    ['tighter', 'there is a new rule: the order of columns'],
    ['tighter', 'there is a new rule: no other columns'],
    ['looser', 'a rule is gone: a < b'],
  ])
})

test('a column that goes where others are forbidden breaks those who write it', () => {
  const before = asContract(z.strictObject({ a: z.int(), b: z.int() }))
  const after = asContract(z.strictObject({ a: z.int() }))
  expect(compareContracts(before, after)).toMatchObject([{ breaksReaders: true, breaksWriters: true }])
  expect(compareContracts(after, before)).toMatchObject([{ breaksReaders: true, breaksWriters: true }])
})
