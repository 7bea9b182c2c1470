import fc from 'fast-check'
import { literal } from '../../packages/core/src/index.ts'

/** A dtype: what the engine stores it as, values that it may have, and checks of them. */
interface Kind {
  readonly dtype: string
  readonly stored: string
  readonly values: readonly (string | number | boolean)[]
  readonly checks: (value: fc.Arbitrary<string | number | boolean>) => fc.Arbitrary<Check>
  /** Whether pandas has the dtype where values are missing. */
  readonly mayLack?: boolean
}

/** A check by Pandera's name, with its arguments. */
type Check = readonly [name: string, args: object]

const listed = (value: fc.Arbitrary<string | number | boolean>, name: string, key: string): fc.Arbitrary<Check> =>
  fc.uniqueArray(value, { minLength: 2, maxLength: 4 }).map((values) => [name, { [key]: values }])

/** Lists stand often, and so more than once in a column. */
function lists(value: fc.Arbitrary<string | number | boolean>): fc.Arbitrary<Check> {
  return fc.oneof(
    listed(value, 'isin', 'allowed_values'),
    listed(value, 'isin', 'allowed_values'),
    listed(value, 'notin', 'forbidden_values'),
    value.map((one): Check => ['equal_to', { value: one }]),
    value.map((one): Check => ['not_equal_to', { value: one }]),
  )
}

function bounds(value: fc.Arbitrary<string | number | boolean>): fc.Arbitrary<Check> {
  return fc.oneof(
    value.map((one): Check => ['greater_than', { min_value: one }]),
    value.map((one): Check => ['greater_than_or_equal_to', { min_value: one }]),
    value.map((one): Check => ['less_than', { max_value: one }]),
    value.map((one): Check => ['less_than_or_equal_to', { max_value: one }]),
    fc
      .uniqueArray(value, { minLength: 2, maxLength: 2 })
      .map((pair) => pair.toSorted((one, other) => (one < other ? -1 : 1)))
      .map(([min, max]): Check => ['in_range', { min_value: min, max_value: max }]),
  )
}

const PATTERNS = ['a', '[a-c]+$', '.b', 'é|b', '\\d', '^.{2}$', '', '\\s']
const ofTexts = fc.oneof(
  fc.constantFrom(...PATTERNS).map((pattern): Check => ['str_matches', { pattern }]),
  fc.constantFrom(...PATTERNS).map((pattern): Check => ['str_contains', { pattern }]),
  fc.constantFrom('a', 'b', '').map((string): Check => ['str_startswith', { string }]),
  fc.constantFrom('b', 'é', '\n').map((string): Check => ['str_endswith', { string }]),
  fc.tuple(fc.nat(2), fc.nat(2)).map(([min, more]): Check => ['str_length', { min_value: min, max_value: min + more }]),
)

const KINDS: readonly Kind[] = [
  {
    dtype: 'int64',
    stored: 'BIGINT',
    values: [-1, 0, 1, 2, 3],
    checks: (value) => fc.oneof(lists(value), bounds(value)),
  },
  {
    dtype: 'float64',
    stored: 'DOUBLE',
    values: [-1.5, 0, 0.1, 1, 2.5, Infinity, -Infinity],
    checks: (value) => fc.oneof(lists(value), bounds(value.filter(Number.isFinite))),
    mayLack: true,
  },
  {
    dtype: 'str',
    stored: 'VARCHAR',
    values: ['', 'a', 'ab', 'b', 'é', 'a\n', '1', 'aé'],
    checks: (value) => fc.oneof(lists(value), ofTexts, ofTexts),
    mayLack: true,
  },
  { dtype: 'bool', stored: 'BOOLEAN', values: [true, false], checks: lists },
  {
    dtype: 'datetime64[ns]',
    stored: 'TIMESTAMP_NS',
    values: ['2020-01-01 00:00:00', '2020-01-02 00:00:00', '2020-01-02 00:00:01', '1999-12-31 23:59:59'],
    checks: (value) => fc.oneof(lists(value), bounds(value)),
    mayLack: true,
  },
]

/** A schema of Pandera as JSON, which YAML is, and the SQL of rows for it. */
export interface SchemaQuestion {
  readonly schema: string
  readonly sql: string
}

/** Schemas of one column, whose checks may stand there more than once, and three rows, of which one has a value. */
export const schemaQuestion: fc.Arbitrary<SchemaQuestion> = fc
  .constantFrom(...KINDS)
  .chain(({ dtype, stored, values, checks, mayLack }) => {
    const value = fc.constantFrom(...values)
    return fc.record({
      stored: fc.constant(stored),
      column: fc.record({
        dtype: fc.constant(dtype),
        nullable: fc.boolean(),
        checks: fc.array(fc.tuple(checks(value.filter(isWritten)), fc.nat(8)), { minLength: 1, maxLength: 3 }),
      }),
      rows: fc.tuple(value, ...[1, 2].map(() => (mayLack ? fc.option(value, { freq: 6 }) : value))),
    })
  })
  .map(({ stored, column, rows }) => ({
    schema: JSON.stringify({
      schema_type: 'dataframe',
      columns: {
        row: { dtype: 'int64' },
        a: {
          ...column,
          checks: column.checks.map(([[name, args], dice]) => ({
            ...args,
            options: { check_name: name, ...(dice === 0 ? { raise_warning: true } : {}) },
          })),
        },
      },
    }),
    sql: rows
      .map((value, row) => {
        const cell = typeof value === 'number' ? `'${value}'` : literal(value).text
        return `SELECT CAST(${row} AS BIGINT) AS row, CAST(${cell} AS ${stored}) AS a`
      })
      .join(' UNION ALL '),
  }))

/** Neither JSON nor Pandera's files have infinite numbers. */
function isWritten(value: unknown): boolean {
  return typeof value !== 'number' || Number.isFinite(value)
}
