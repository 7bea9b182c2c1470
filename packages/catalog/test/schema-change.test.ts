import { expect, test } from 'vitest'
import type { CatalogEntry, EntryColumn, EntryColumnProfile } from '../src/entry.ts'
import { compareSchemas, worstClass } from '../src/schema-change.ts'
import { typeRelation } from '../src/type-order.ts'

const column = (name: string, nativeType = 'BIGINT', over: Partial<EntryColumn> = {}): EntryColumn => ({
  name,
  nativeType,
  type: nativeType === 'VARCHAR' ? 'string' : 'integer',
  ...over,
})

const changes = (before: EntryColumn[], after: EntryColumn[]): string[] =>
  compareSchemas({ schema: before }, { schema: after }).map(
    ({ kind, class: of, column: name }) => `${of} ${kind} ${name}`,
  )

test.each([
  ['INTEGER', 'BIGINT', 'wider'],
  ['BIGINT', 'INTEGER', 'narrower'],
  ['UINTEGER', 'BIGINT', 'wider'],
  ['UINTEGER', 'INTEGER', 'other'],
  ['INTEGER', 'UBIGINT', 'other'],
  ['BIGINT', 'UBIGINT', 'other'],
  ['INTEGER', 'DOUBLE', 'wider'],
  ['BIGINT', 'DOUBLE', 'other'],
  ['SMALLINT', 'FLOAT', 'wider'],
  ['INTEGER', 'FLOAT', 'other'],
  ['FLOAT', 'DOUBLE', 'wider'],
  ['INTEGER', 'DECIMAL(10,0)', 'wider'],
  ['INTEGER', 'DECIMAL(10,2)', 'other'],
  ['INTEGER', 'DECIMAL(12,2)', 'wider'],
  ['DECIMAL(10,2)', 'DECIMAL(12,2)', 'wider'],
  ['DECIMAL(10,2)', 'DECIMAL(10,4)', 'other'],
  ['DECIMAL(12,4)', 'DECIMAL(10,2)', 'narrower'],
  ['DATE', 'TIMESTAMP', 'wider'],
  ['TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'other'],
  ['TIMESTAMP', 'TIMESTAMP_NS', 'other'],
  ["ENUM('a', 'b')", 'VARCHAR', 'wider'],
  ["ENUM('a', 'b')[]", 'VARCHAR', 'other'],
  ["ENUM('a', 'b')", "ENUM('b', 'it''s', 'a')", 'wider'],
  ["ENUM('a', 'b')", "ENUM('a')", 'narrower'],
  ["ENUM('a', 'b')", "ENUM('a', 'c')", 'other'],
  ['INTEGER[]', 'BIGINT[]', 'wider'],
  ['DATE[][]', 'TIMESTAMP[][]', 'wider'],
  ['INTEGER[]', 'BIGINT', 'other'],
  ['BIGINT', 'VARCHAR', 'other'],
  ['VARCHAR', 'VARCHAR', 'same'],
  ['STRUCT(a INTEGER)', 'STRUCT(a BIGINT)', 'other'],
])('from %s to %s is %s', (before, after, relation) => {
  expect(typeRelation(before, after)).toBe(relation)
})

test('every whole-number type holds what the types say that it holds', () => {
  const least = { TINYINT: [-128n, 127n], UTINYINT: [0n, 255n], SMALLINT: [-32768n, 32767n], USMALLINT: [0n, 65535n] }
  for (const [a, [low = 0n, high = 0n]] of Object.entries(least)) {
    for (const [b, [lower = 0n, higher = 0n]] of Object.entries(least)) {
      const within = a !== b && lower <= low && high <= higher
      expect(typeRelation(a, b) === 'wider', `${a} → ${b}`).toBe(within)
    }
  }
})

test('each kind of change has its class; breaking ones come first', () => {
  expect(
    changes(
      [
        column('id', 'INTEGER'),
        column('n', 'BIGINT'),
        column('text'),
        column('code', 'VARCHAR'),
        column('opt', 'BIGINT', { nullable: true }),
        column('req', 'BIGINT', { nullable: false }),
      ],
      [
        column('id', 'BIGINT'),
        column('n', 'INTEGER'),
        column('text', 'VARCHAR'),
        column('opt', 'BIGINT', { nullable: false }),
        column('req', 'BIGINT', { nullable: true }),
        column('extra', 'DATE'),
      ],
    ),
  ).toEqual([
    'breaking narrowed n',
    'breaking retyped text',
    'breaking dropped code',
    'breaking required opt',
    'widening widened id',
    'widening optional req',
    'compatible added extra',
  ])
})

test('what nobody said of nulls is no change', () => {
  expect(changes([column('a', 'BIGINT', { nullable: true })], [column('a')])).toEqual([])
  expect(changes([column('a')], [column('a', 'BIGINT', { nullable: false })])).toEqual([])
})

test('another order is one compatible change', () => {
  const [a, b, c] = [column('a'), column('b'), column('c')]
  expect(changes([a, b, c], [c, a, b])).toEqual(['compatible moved c'])
  expect(changes([a, b, c], [a, column('new', 'DATE'), b, c])).toEqual(['compatible added new'])
})

test.each([
  ['fare', 'fare_usd'],
  ['custId', 'cust_id'],
  ['wieght', 'weight'],
])('%s that is gone while %s is new seems renamed', (before, after) => {
  const others = [column('x'), column('y', 'VARCHAR')]
  expect(changes([column(before, 'DOUBLE'), ...others], [...others, column(after, 'DOUBLE')])).toEqual([
    `breaking renamed ${before}`,
  ])
})

const profile = (name: string, max: number): EntryColumnProfile => ({ name, nulls: 3, distinct: 90, min: 1, max })

test('the same values under another name seem renamed, before names are looked at', () => {
  const found = compareSchemas(
    { schema: [column('a'), column('total')], profile: [profile('a', 7), profile('total', 99)] },
    { schema: [column('b'), column('total_b')], profile: [profile('b', 99), profile('total_b', 7)] },
  )
  expect(found.map((one) => [one.before, one.after])).toEqual([
    ['a', 'total_b'],
    ['total', 'b'],
  ])
})

test('one that is gone and one that is new, of other types or names, are two changes', () => {
  expect(changes([column('x'), column('price', 'DOUBLE')], [column('x'), column('comment', 'VARCHAR')])).toEqual([
    'breaking dropped price',
    'compatible added comment',
  ])
})

test('schemas that are not known have no changes, and no class', () => {
  expect(compareSchemas({}, { schema: [column('a')] })).toEqual([])
  expect(worstClass([])).toBeUndefined()
  expect(worstClass(compareSchemas({ schema: [column('a')] }, { schema: [] }))).toBe('breaking')
})

/** Columns that are called alike, without values. */
function manyColumns(prefix: string): Pick<CatalogEntry, 'schema' | 'profile'> {
  const schema = Array.from({ length: 2000 }, (_, n) => column(`${prefix}_${n}`))
  return { schema, profile: schema.map(({ name }) => ({ name, nulls: 0, distinct: 0, min: null, max: null })) }
}

test('thousands of columns that all have other names are told within seconds, by their places', () => {
  const started = performance.now()
  const found = compareSchemas(manyColumns('measure'), manyColumns('q'))
  expect(performance.now() - started).toBeLessThan(10_000)
  expect(found).toHaveLength(2000)
  expect(found[17]).toMatchObject({ kind: 'renamed', before: 'measure_17', after: 'q_17' })
})
