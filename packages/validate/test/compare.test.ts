import { sql } from '@dayshift/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import {
  asContract,
  column,
  compareContracts,
  defineContract,
  type Contract,
  type ContractDefinition,
} from '../src/index.ts'

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
    [{ a: z.number() }, { a: z.int() }, "'a' takes whole numbers, not any finite number", false, true],
    [{ a: z.int() }, { a: z.number() }, "'a' takes any finite number, not whole numbers", true, false],
    [{ a: z.int() }, { a: z.uint32() }, "'a' takes uint32, not whole numbers", false, true],
    [{ a: z.int32() }, { a: z.uint32() }, "'a' takes uint32, not int32", true, true],
    [
      { a: z.uuid({ version: 'v4' }) },
      { a: z.uuid({ version: 'v7' }) },
      "'a' is held to another format uuid",
      true,
      true,
    ],
    [
      { a: z.iso.datetime() },
      { a: z.iso.datetime({ offset: true }) },
      "'a' is held to another format datetime",
      true,
      true,
    ],
    [{ a: z.url() }, { a: z.url({ protocol: /^https$/ }) }, "'a' is held to another format url", true, true],
    [
      { a: z.string().startsWith('a') },
      { a: z.string().startsWith('b') },
      "'a' is held to another format starts_with",
      true,
      true,
    ],
    [
      { a: z.string().includes('a') },
      { a: z.string().includes('b') },
      "'a' is held to another format includes",
      true,
      true,
    ],
    [{ a: z.string().min(5) }, { a: z.string().trim().min(5) }, "'a' is changed in another way", true, true],
    [{ a: z.string() }, { a: z.string().exactOptional() }, "'a' may be left out now", true, false],
    [{ a: z.literal(5n) }, { a: z.literal([5n, 6n]) }, "'a' takes 6 too", true, false],
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

describe('options of columns', () => {
  const text = z.string()
  const open = z.string().nullable()
  test.each<[Columns, Columns, [string, boolean, boolean][]]>([
    [{ a: text }, { a: column(text, { pii: true }) }, [["reports hide the values of 'a'", false, false]]],
    [{ a: column(text, { pii: true }) }, { a: text }, [["reports show the values of 'a'", false, false]]],
    [{ a: z.int() }, { a: column(z.int(), { coerce: true }) }, [["'a' may be stored as text", true, false]]],
    [
      { a: column(z.int(), { coerce: true }) },
      { a: z.int() },
      [["'a' may not be stored as text any more", false, true]],
    ],
    [
      { a: z.int().min(0) },
      { a: column(z.int().min(0), { warnings: ['>= 0'] }) },
      [["'a' >= 0: failures are of severity warn, not error", true, false]],
    ],
    [
      { a: column(z.int().min(0), { warnings: ['>= 0'] }) },
      { a: z.int().min(0) },
      [["'a' >= 0: failures are of severity error, not warn", false, true]],
    ],
    // Where the bound itself is another one, that is told.
    [
      { a: column(z.int().min(0), { warnings: ['>= 0'] }) },
      { a: column(z.int().min(1), { warnings: ['>= 1'] }) },
      [["'a' must be >= 1, not >= 0", false, true]],
    ],
    // Where all failures of a column are warnings, it does not matter which are.
    [
      { a: column(z.int().min(0), { severity: 'warn' }) },
      { a: column(z.int().min(0), { severity: 'warn', warnings: ['>= 0'] }) },
      [],
    ],
    [{ a: text }, { a: column(text, { missing: ['-'] }) }, [['in \'a\' "-" means "no value"', false, true]]],
    [{ a: column(text, { missing: ['-'] }) }, { a: text }, [['in \'a\' "-" means "no value" no more', true, false]]],
    [{ a: open }, { a: column(open, { missing: ['-', '?'] }) }, [['in \'a\' "-", "?" mean "no value"', true, true]]],
    [
      { a: z.int().nullable() },
      { a: column(z.int().nullable(), { missing: ['NA', 'N/A', 'NULL', 'null', '-'] }) },
      [['in \'a\' "-" means "no value"', true, false]],
    ],
    // A number is a value.
    [
      { a: column(z.int(), { missing: ['-'] }) },
      { a: column(z.int(), { missing: ['-', '-9'] }) },
      [['in \'a\' "-9" means "no value"', false, true]],
    ],
    // What fails as a type or as missing fails.
    [
      { a: column(z.int(), { missing: ['-'] }) },
      { a: column(z.int(), { missing: ['?'] }) },
      [
        ['in \'a\' "?" means "no value"', false, false],
        ['in \'a\' "-" means "no value" no more', false, false],
      ],
    ],
    [
      { a: column(z.int(), { missing: [] }) },
      { a: column(z.string(), { missing: [] }) },
      [["'a' was number, and is string", true, true]],
    ],
  ])('%#', (before, after, expected) => {
    expect(differences(before, after)).toEqual(expected)
  })

  test('markers of the whole table are told once for all columns to which they do the same', () => {
    const columns = { a: text, b: text, c: open, d: column(text, { missing: [] }) }
    const found = compareContracts(defineContract({ columns }), defineContract({ columns, missing: ['-'] }))
    expect(found.map(({ message, column: name, change }) => [message, name, change])).toEqual([
      ['in \'a\', \'b\' "-" means "no value"', undefined, 'tighter'],
      ['in \'c\' "-" means "no value"', 'c', 'other'],
    ])
  })
})

test('rules of whole columns are told as reports call them', () => {
  const columns = { age: z.int(), country: z.string(), day: z.date(), id: z.bigint() }
  const found = compareContracts(
    defineContract({ columns, checks: [{ column: 'age', measure: 'mean', min: 1 }] }),
    defineContract({
      columns,
      checks: [
        { column: 'age', measure: 'mean', min: 10, max: 50 },
        { column: 'age', measure: { quantile: 0.9 }, max: 65, exclusiveMax: true },
        { column: 'country', contains: ['DE', 'US'] },
        { column: 'day', equals: [new Date(0)] },
        { column: 'id', mostFrequentIn: [2n ** 60n] },
        sql`age >
            id`,
      ],
    }),
  )
  expect(found.map(({ message }) => message)).toEqual([
    'there is a new rule: age: mean >= 10 and <= 50',
    'there is a new rule: age: quantile 0.9 < 65',
    'there is a new rule: country: contains "DE", "US"',
    'there is a new rule: day: values_are 1970-01-01T00:00:00.000Z',
    'there is a new rule: id: most_frequent 1152921504606846976',
    'there is a new rule: age > id',
    'a rule is gone: age: mean >= 1',
  ])
})

test('how strictly rules of the table are taken, and what stands behind a name', () => {
  const columns = { a: z.int(), b: z.int() }
  const to = { columns: ['a'], to: 'other.csv' }
  const found = compareContracts(
    defineContract({
      columns,
      unique: [['a', 'b'], { columns: ['b'], mostly: 0.9 }],
      references: [to],
      checks: [{ that: sql`a < b`, name: 'order' }, { that: sql`a > 0` }, { column: 'a', measure: 'mean', min: 1 }],
    }),
    defineContract({
      columns,
      unique: [{ columns: ['a', 'b'], severity: 'warn' }, ['b']],
      references: [{ ...to, both: true }],
      checks: [
        { that: sql`a <= b`, name: 'order' },
        { that: sql`a > 0`, mostly: 0.5 },
        { column: 'a', measure: 'mean', min: 1, severity: 'warn' },
      ],
    }),
  )
  expect(found.map(({ message, change }) => [change, message])).toEqual([
    ['tighter', 'there is a new rule: a in other.csv, and the other way'],
    ['tighter', 'there is a new rule: order (a <= b)'],
    ['looser', 'a rule is gone: a in other.csv'],
    ['looser', 'a rule is gone: order (a < b)'],
    ['looser', 'unique a + b: failures are of severity warn, not error'],
    ['tighter', 'unique b: 100 % of the rows must pass, not 90 %'],
    ['looser', 'a > 0: 50 % of the rows must pass, not 100 %'],
    ['looser', 'a: mean >= 1: failures are of severity warn, not error'],
  ])
})

describe('rules of the table', () => {
  const columns = { c: z.int(), e: z.int() }
  test.each<[Partial<ContractDefinition>, Partial<ContractDefinition>, [string, boolean, boolean][]]>([
    [{ rows: { min: 1 } }, { rows: { min: 2 } }, [['there must be at least 2 rows, not 1', false, true]]],
    [{ rows: { min: 2 } }, { rows: { min: 1 } }, [['there must be at least 1 row, not 2', true, false]]],
    [{ rows: { min: 1 } }, { rows: { min: 1, max: 9 } }, [['there must be at most 9 rows', false, true]]],
    [{ rows: { max: 9 } }, {}, [['there need not be at most 9 rows any more', true, false]]],
    [{ unique: [['c', 'e']] }, { unique: [['e', 'c']] }, []],
    [
      { patterns: [{ name: /^x/, column: z.int() }] },
      { patterns: [{ name: /^x/, column: z.string() }] },
      [["'columns like /^x/' was number, and is string", true, true]],
    ],
    [
      { columns: z.object(columns).refine(({ c }) => c > 1) },
      { columns: z.object(columns).refine(({ c }) => c > 2) },
      [['rows are checked by code, which cannot be compared', true, true]],
    ],
  ])('%j, then %j', (before, after, expected) => {
    const [old, now] = [before, after].map((rules) => defineContract({ columns, ...rules })) as [Contract, Contract]
    const found = compareContracts(old, now)
    expect(found.map(({ message, breaksReaders, breaksWriters }) => [message, breaksReaders, breaksWriters])).toEqual(
      expected,
    )
  })
})
