import fc from 'fast-check'
import { z } from 'zod'
import { literal } from '../../packages/core/src/index.ts'
import { column, defineContract, type Contract } from '../../packages/validate/src/index.ts'

/** A kind of columns: schemas of it, values that mostly are of it, and what the engine stores them as. */
interface Kind {
  readonly schema: fc.Arbitrary<z.ZodType>
  readonly value: fc.Arbitrary<string | number | boolean | Date>
  readonly stored: string
}

const text = fc.constantFrom('', 'a', 'ab', 'abc', 'abcd', 'Ab1', '12', 'a@b.example', 'é', 'line\nbreak', ' x ', '٣')
const KINDS: readonly Kind[] = [
  {
    schema: fc.tuple(fc.integer({ min: -3, max: 1 }), fc.nat(4), fc.boolean()).map(([least, more, open]) => {
      const above = open ? z.int().gt(least) : z.int().min(least)
      return above.max(least + more + 1)
    }),
    value: fc.integer({ min: -4, max: 5 }),
    stored: 'BIGINT',
  },
  {
    schema: fc.constantFrom(z.number(), z.number().min(0), z.number().lt(2.5), z.number().gt(-1).max(1)),
    value: fc.constantFrom(-1.5, -1, 0, 0.1, 1, 2.5, 3),
    stored: 'DOUBLE',
  },
  {
    schema: fc.constantFrom<z.ZodType>(
      z.string(),
      z.string().min(1).max(3),
      z.string().length(2),
      z.string().regex(/^[a-z]+$/),
      z.string().regex(/^\w{2,}$/),
      z.string().regex(/b/i),
      z.string().startsWith('a'),
      z.string().endsWith('b'),
      z.string().includes('bc'),
      z.email(),
      z.enum(['a', 'ab', '12']),
    ),
    value: text,
    stored: 'VARCHAR',
  },
  { schema: fc.constant(z.boolean()), value: fc.boolean(), stored: 'BOOLEAN' },
  {
    schema: fc.constantFrom<z.ZodType>(z.date(), z.date().min(new Date('2024-01-02T00:00:00Z'))),
    value: fc.constantFrom(new Date('2024-01-01T00:00:00Z'), new Date('2024-01-02T00:00:00Z')),
    stored: 'TIMESTAMP',
  },
]

/** A contract, and rows that hold or break it. */
export interface Question {
  readonly contract: Contract
  /** SQL of the rows, whose columns have the types of their kinds. */
  readonly sql: string
}

const columnOf = fc.constantFrom(...KINDS).chain(({ schema, value, stored }) =>
  fc.record({
    schema,
    stored: fc.constant(stored),
    nullable: fc.boolean(),
    unique: fc.nat(6).map((dice) => dice === 0),
    values: fc.array(fc.option(value, { freq: 12 }), { minLength: 3, maxLength: 3 }),
  }),
)

/** Contracts of one or two columns with three rows, of which about half hold. */
export const question: fc.Arbitrary<Question> = fc.array(columnOf, { minLength: 1, maxLength: 2 }).map((columns) => ({
  contract: defineContract({
    columns: Object.fromEntries([
      ['row', z.int()],
      ...columns.map(({ schema, nullable, unique }, at) => [
        `c${at}`,
        column(nullable ? schema.nullable() : schema, unique ? { unique } : {}),
      ]),
    ]) as Record<string, ReturnType<typeof column>>,
  }),
  sql: [0, 1, 2]
    .map((row) => {
      const cells = columns.map(({ values, stored }, at) => `CAST(${literal(values[row]).text} AS ${stored}) AS c${at}`)
      // A line without any value is no row to some.
      return `SELECT CAST(${row} AS BIGINT) AS row, ${cells.join(', ')}`
    })
    .join(' UNION ALL '),
}))
