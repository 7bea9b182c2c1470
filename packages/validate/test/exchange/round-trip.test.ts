import { sql } from '@dayshift/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { column, defineContract, readContract, writeContract, type Contract } from '../../src/index.ts'
import { modelOf } from '../../src/exchange/from-contract.ts'
import type { ContractModel } from '../../src/exchange/model.ts'

/** Columns that every format has words for. */
const schema = fc.oneof(
  fc.tuple(fc.integer({ min: -9, max: 9 }), fc.nat(9)).map(([least, more]) =>
    z
      .int()
      .min(least)
      .max(least + more),
  ),
  fc.double({ min: -2, max: 2, noNaN: true }).map((bound) => z.number().gt(bound + 0)),
  fc.double({ min: -2, max: 2, noNaN: true }).map((bound) => z.number().max(bound + 0)),
  fc.constantFrom<z.ZodType>(
    z.int(),
    z.number(),
    z.string(),
    z.boolean(),
    z.string().min(2).max(5),
    z.string().length(3),
    z.string().regex(/^[a-c]{2}$/),
  ),
)
const name = fc.constantFrom('a', 'b c', 'y', 'no', '1', 'é', 'null', 'constructor')
const contract = fc
  .tuple(
    fc.dictionary(name, fc.tuple(schema, fc.boolean(), fc.boolean()), { minKeys: 1, noNullPrototype: true }),
    fc.boolean(),
  )
  .map(([columns, strict]) =>
    defineContract({
      name: 'orders',
      columns: Object.fromEntries(
        Object.entries(columns).map(([key, [one, nullable, unique]]) => [
          key,
          column(nullable ? one.nullable() : one, unique ? { unique: true, description: `the ${key}` } : {}),
        ]),
      ),
      extra: strict ? 'forbid' : 'allow',
    }),
  )

/** What of a model must survive: rules in any order, since formats have their own. */
function essence(model: ContractModel): object {
  const { columns, missing, notes: _, ...rest } = model
  return {
    ...rest,
    ...(missing && missing.length > 0 ? { missing } : {}),
    // How a format writes values as texts is its own.
    columns: columns.map(({ rules, options, textForm: _form, ...others }) => {
      const { coerce: _coerced, physicalType: _stored, ...told } = options
      const patterns = rules.filter(({ rule }) => rule === 'pattern').length
      const plain = rules.filter(({ rule }) => rule !== 'pattern').flatMap(parts)
      return { ...others, options: told, patterns, rules: plain.map((rule) => JSON.stringify(rule)).toSorted() }
    }),
  }
}

/** A length has two ends, which Zod holds apart or together. */
function parts(rule: ReturnType<typeof modelOf>['columns'][number]['rules'][number]): unknown[] {
  if (rule.rule !== 'length') return [rule]
  return [
    ...(rule.min === undefined ? [] : [{ least: rule.min }]),
    ...(rule.max === undefined ? [] : [{ most: rule.max }]),
  ]
}

describe.each(['pandera', 'table-schema', 'json-schema', 'odcs'] as const)('%s', (format) => {
  test('what is written without a note is read as it was', async () => {
    let whole = 0
    await fc.assert(
      fc.asyncProperty(contract, fc.constantFrom('yaml' as const, 'json' as const), async (one, as) => {
        const { text, notes } = await writeContract(one, format, { as })
        const read = await readContract(text)
        expect(read.format).toBe(format)
        if (notes.length > 0 || read.notes.length > 0) return
        whole++
        expect(essence(read.model)).toEqual(essence(modelOf(one)))
      }),
      { numRuns: 120, seed: 20_261_123 },
    )
    expect(whole).toBeGreaterThan(20)
  })
})

test('all that formats have no word for is told', async () => {
  const rich = defineContract({
    columns: {
      id: column(z.int(), { primaryKey: true, mostly: 0.9 }),
      price: z.number().multipleOf(0.5),
      code: z.string().refine((text) => text !== 'x'),
      email: column(z.email(), { forbidden: ['a@b.example'] }),
      left: z.string().optional(),
    },
    patterns: [{ name: /^score_/, column: z.number() }],
    references: [{ columns: ['id'], to: 'others.csv' }],
    rows: { min: 1 },
    checks: [sql`price > 1`, { column: 'price', measure: 'mean', max: 3 }],
  })
  const told = async (format: 'pandera' | 'table-schema' | 'odcs' | 'json-schema'): Promise<string[]> =>
    (await writeContract(rich, format)).notes.map(({ place }) => place)
  expect(await told('pandera')).toEqual([
    'columns.code',
    'references.id',
    'rows',
    'checks.price > 1',
    'checks.price.mean',
    'columns.id',
    'columns.price.multiple_of',
  ])
  expect(await told('table-schema')).toEqual([
    'columns.code',
    'patterns./^score_/',
    'checks.price > 1',
    'checks.price.mean',
    'rows',
    'fieldsMatch',
    'columns.id',
    'columns.price.multiple_of',
    'columns.email.forbidden',
  ])
  expect(await told('odcs')).toEqual([
    'columns.code',
    'patterns./^score_/',
    'references.id',
    'columns.id',
    'checks.price.mean',
    'columns.left.optional',
  ])
  expect(await told('json-schema')).toEqual(['checks.price > 1', 'checks.price.mean', 'rows', 'references.id', 'code'])
})

test('what only some formats have is told by the others', async () => {
  const rich = defineContract({
    columns: {
      a: column(z.int().max(3), {
        warnings: ['<= 3'],
        pii: true,
        missing: ['x'],
        coerce: true,
        physicalType: 'BIGINT',
      }),
      b: z.string().regex(/^abc$/im),
    },
    unique: [{ columns: ['a', 'b'], severity: 'warn' }],
    extra: 'strip',
    missing: ['-'],
  })
  const told = async (format: 'pandera' | 'table-schema' | 'odcs' | 'json-schema'): Promise<string[]> =>
    (await writeContract(rich, format)).notes.map(({ place }) => place).toSorted()
  const stored = ['columns.a.coerce', 'columns.a.physicalType']
  expect(await told('pandera')).toEqual([
    'columns.a.missing',
    'columns.a.pii',
    'columns.b.pattern',
    'missing',
    'unique.a+b',
  ])
  expect(await told('table-schema')).toEqual(
    [...stored, 'columns.a.pii', 'columns.a.warnings', 'columns.b.pattern', 'extra', 'unique.a+b'].toSorted(),
  )
  expect(await told('odcs')).toEqual(
    [
      ...stored,
      'columns.a.missing',
      'columns.a.warnings',
      'columns.b.pattern',
      'extra',
      'missing',
      'unique.a+b',
    ].toSorted(),
  )
  expect(await told('json-schema')).toEqual(
    [
      ...stored,
      'columns.a.missing',
      'columns.a.warnings',
      'columns.b.pattern',
      'extra',
      'missing',
      'unique.a+b',
    ].toSorted(),
  )
})

test('TypeScript holds all that a contract has', async () => {
  const strict = { severity: 'warn', mostly: 0.9 } as const
  const all = defineContract({
    name: 'orders',
    description: 'what was ordered',
    columns: {
      id: column(z.int(), { primaryKey: true }),
      a: column(z.int().min(0).max(3), {
        ...strict,
        unique: true,
        missing: ['x'],
        warnings: ['<= 3'],
        coerce: true,
        forbidden: [2],
        physicalType: 'BIGINT',
        description: 'how many',
        pii: true,
      }),
      b: z.string().regex(/^a/i).nullable().optional(),
      c: z.date().default(new Date(0)),
      d: z.enum(['x', 'y']).exactOptional(),
    },
    patterns: [{ name: /^s_/i, column: column(z.number(), strict), required: false }],
    extra: 'strip',
    ordered: true,
    missing: ['-'],
    unique: [['a', 'b'], { columns: ['b', 'c'], ...strict }],
    references: [{ columns: ['a'], to: 'others.csv', on: ['key'], both: true, ...strict }],
    rows: { min: 1, max: 9 },
    checks: [
      { that: sql`a > 1`, when: sql`b = 'x'`, name: 'n', message: 'm', ...strict },
      { column: 'a', measure: { quantile: 0.5 }, min: 1, exclusiveMin: true, severity: 'warn' },
      { column: 'd', contains: ['x'], severity: 'warn' },
      { column: 'd', equals: ['x', 'y'] },
      { column: 'd', mostFrequentIn: ['x'] },
    ],
  })
  const { text, notes } = await writeContract(all, 'typescript')
  expect(notes).toEqual([])
  const body = text.replaceAll(/^import .*$/gm, '').replace('export default', 'return')
  // eslint-disable-next-line typescript/no-implied-eval -- what was written is run
  const run = new Function('column', 'defineContract', 'sql', 'z', body) as (...given: unknown[]) => Contract
  expect(modelOf(run(column, defineContract, sql, z))).toEqual(modelOf(all))
})

test('notes of several checks of a column, of ways back and of mixed columns tell which', async () => {
  const given = defineContract({
    columns: { a: z.int() },
    references: [{ columns: ['a'], to: 'others.csv', both: true }],
    checks: [
      { column: 'a', measure: 'mean', max: 3 },
      { column: 'a', measure: { quantile: 0.5 }, max: 3 },
      { column: 'a', contains: [1] },
    ],
  })
  for (const format of ['pandera', 'table-schema', 'odcs', 'json-schema'] as const) {
    const places = new Set((await writeContract(given, format)).notes.map(({ place }) => place))
    const wanted = ['checks.a.mean', 'checks.a.quantile 0.5', 'checks.a.contains', 'references.a']
    expect([format, ...wanted.filter((place) => !places.has(place))]).toEqual([format])
  }
  const mixed = await readContract('{"properties": {"a": {"type": ["string", "integer"]}}}')
  for (const format of ['pandera', 'table-schema', 'odcs'] as const) {
    expect((await writeContract(mixed, format)).notes.map(({ place }) => place)).toContain('columns.a')
  }
})
