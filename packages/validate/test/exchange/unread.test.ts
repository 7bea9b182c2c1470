import { describe, expect, test } from 'vitest'
import { readContract, writeContract } from '../../src/index.ts'

/** The places of what was not carried over, and the contract as TypeScript, without what stands around its columns. */
async function read(text: string): Promise<{ told: string[]; lines: string[] }> {
  const found = await readContract(text)
  const source = (await writeContract(found, 'typescript')).text.split('\n').map((line) => line.trim())
  const lines = source
    .slice(source.indexOf('export default defineContract({') + 1, -2)
    .filter((line) => !/^(columns: \{|\},)$/.test(line))
  return { told: found.notes.map(({ place }) => place), lines }
}

function field(words: object): string {
  return JSON.stringify({ fields: [{ name: 'a', ...words }], fieldsMatch: 'subset' })
}

/** A data contract of a table with a column `a`. */
function property(words: string, quality: readonly string[] = []): string {
  const table = `{name: t, quality: [${quality.join(', ')}], properties: [{name: a, ${words}}]}`
  return `kind: DataContract\napiVersion: v3.1.0\nschema: [${table}]\n`
}

/** The number of rows that checks of a table come to, and how many notes. */
async function rows(...quality: string[]): Promise<unknown> {
  const { contract, notes } = await readContract(property('logicalType: string', quality))
  return [contract.rows, notes.length]
}

function warning(words: string): string {
  return `{${words}, mustBe: 0, severity: warning}`
}

function schema(words: string, column = ''): string {
  return `schema_type: dataframe\ncolumns:\n  a: {dtype: str${column}}\n${words}\n`
}

describe('Table Schema', () => {
  test.each([
    // frictionless 5.21.0 asks for nothing of categories either.
    [{ type: 'string', categories: ['x', 'y'] }, 'fields.a.categories', 'a: z.string().nullable(),'],
    [{ type: 'integer', categories: [1, 2] }, 'fields.a.categories', 'a: z.int().nullable(),'],
    [{ type: 'date', format: 'any' }, 'fields.a.format', 'a: z.date().nullable(),'],
    [{ constraints: { between: [1, 2] } }, 'fields.a.constraints.between', 'a: z.string().nullable(),'],
    [{ constraints: { jsonSchema: {} } }, 'fields.a.constraints.jsonSchema', 'a: z.string().nullable(),'],
    [{ constraints: { minimum: 'a' } }, 'fields.a.constraints.minimum', 'a: z.string().nullable(),'],
    [{ type: 'integer', constraints: { pattern: '1' } }, 'fields.a.constraints.pattern', 'a: z.int().nullable(),'],
    [
      { type: 'date', format: '%d/%m/%Y', constraints: { minimum: '01/02/2020' } },
      'fields.a.format fields.a.constraints.minimum',
      'a: z.string().nullable(),',
    ],
  ])('%j', async (words, told, line) => {
    expect(await read(field(words))).toEqual({ told: told.split(' '), lines: [line, 'missing: [],'] })
  })
})

describe('Open Data Contract Standard', () => {
  test.each([
    ['logicalType: integer, logicalTypeOptions: {format: i8}', 'a: z.int().min(-128).max(127).nullable(),', ''],
    ['logicalType: integer, logicalTypeOptions: {format: u32}', 'a: z.int().min(0).max(4294967295).nullable(),', ''],
    ['logicalType: integer, logicalTypeOptions: {format: i64}', 'a: z.int().nullable(),', ''],
    [
      'logicalType: integer, logicalTypeOptions: {format: i8, minimum: 0}',
      'a: z.int().min(0).max(127).nullable(),',
      '',
    ],
    [
      'logicalType: integer, logicalTypeOptions: {format: tiny}',
      'a: z.int().nullable(),',
      'schema.a.logicalTypeOptions.format',
    ],
    [
      'logicalType: timestamp, logicalTypeOptions: {timezone: true}',
      'a: z.date().nullable(),',
      'schema.a.logicalTypeOptions.timezone',
    ],
    [
      'logicalType: string, logicalTypeOptions: {minimum: 3}',
      'a: z.string().nullable(),',
      'schema.a.logicalTypeOptions.minimum',
    ],
    [
      'logicalType: string, logicalTypeOptions: {enum: [x]}',
      'a: z.string().nullable(),',
      'schema.a.logicalTypeOptions.enum',
    ],
    ['logicalType: string, enum: [x]', 'a: z.string().nullable(),', 'schema.a.enum'],
    ['physicalType: VARCHAR(20)', 'a: z.string().nullable(),', ''],
    ['physicalType: "decimal(10,2)"', 'a: z.number().nullable(),', ''],
    ['physicalType: bigint', 'a: z.int().nullable(),', ''],
    ['physicalType: timestamp with time zone', 'a: z.date().nullable(),', ''],
    ['physicalType: BLOB', 'a: z.any(),', 'schema.a.physicalType'],
    ['logicalType: integer, physicalType: BIGINT', 'a: z.int().nullable(),', 'schema.physicalType'],
    ['logicalType: string, physicalName: A_1', 'a: z.string().nullable(),', 'schema.a.physicalName'],
    [
      'logicalType: string, quality: [{metric: missingValues, arguments: {missingValues: [null, "", "-"]}, mustBe: 0}]',
      "a: column(z.string(), { missing: ['-'] }),",
      '',
    ],
    [
      'logicalType: string, quality: [{metric: invalidValues, arguments: {validValues: [x, null]}, mustBe: 0}]',
      "a: z.enum(['x']).nullable(),",
      '',
    ],
    [
      'logicalType: string, quality: [{metric: invalidValues, arguments: {minLength: 3, validValues: [x]}, mustBe: 0}]',
      "a: z.enum(['x']).nullable(),",
      'schema.a.quality.invalidValues.minLength',
    ],
    [
      'logicalType: string, quality: [{metric: nullValues, mustNotBe: 3}]',
      'a: z.string().nullable(),',
      'schema.a.quality.nullValues',
    ],
  ])('%s', async (words, line, told) => {
    expect(await read(property(words))).toEqual({ told: told === '' ? [] : [told], lines: ["name: 't',", line] })
  })

  test('several numbers of rows hold together', async () => {
    expect(
      await rows('{metric: rowCount, mustBeBetween: [5, 10]}', '{metric: rowCount, mustBeGreaterThan: 3}'),
    ).toEqual([{ min: 5, max: 10 }, 0])
    expect(
      await rows('{metric: rowCount, mustBeGreaterOrEqualTo: 5}', '{metric: rowCount, mustBeLessThan: 10}'),
    ).toEqual([{ min: 5, max: 9 }, 0])
    expect(await rows('{metric: rowCount, mustBeGreaterThan: 3, mustBeLessOrEqualTo: 10}')).toEqual([
      { min: 4, max: 10 },
      0,
    ])
    expect(await rows('{metric: rowCount, mustBe: 3, severity: warning}')).toEqual([{ min: 3, max: 3 }, 1])
  })

  test('warnings of quality stay warnings', async () => {
    const quality = [
      warning('metric: nullValues'),
      warning('metric: duplicateValues'),
      warning('metric: invalidValues, arguments: {pattern: "^x"}'),
      warning('metric: invalidValues, arguments: {validValues: [x, y]}'),
    ]
    expect(await read(property(`logicalType: string, quality: [${quality.join(', ')}]`))).toEqual({
      told: [],
      lines: [
        "name: 't',",
        "a: column(z.string().regex(/^x/u).nullable(), { warnings: ['matches /^x/u'] }),",
        'unique: [',
        "{ columns: ['a'], severity: 'warn' },",
        '],',
        'checks: [',
        "{ that: sql`CAST(\"a\" AS VARCHAR) IN ('x', 'y')`, severity: 'warn' },",
        "{ column: 'a', measure: 'nulls', min: 0, max: 0, severity: 'warn' },",
        '],',
      ],
    })
  })
})

describe('Pandera', () => {
  test.each([
    ['', ', parsers: [strip]', 'columns.a.parsers'],
    ['', ', drop_invalid_rows: true', 'columns.a.drop_invalid_rows'],
    ['parsers: {strip: {}}', '', 'parsers'],
    ['wide_enough: {n: 3}', '', 'wide_enough'],
    ['unique_column_names: true', '', 'unique_column_names'],
  ])('%s %s', async (words, column, told) => {
    expect((await read(schema(words, column))).told).toEqual([told])
  })

  test('what Pandera writes by itself is told of nowhere', async () => {
    const words = [
      'version: 0.33.1',
      'api: pandas',
      'checks: null',
      'index: null',
      'report_duplicates: all',
      'unique_column_names: false',
      'add_missing_columns: false',
      'drop_invalid_rows: false',
      'metadata: null',
    ]
    expect((await read(schema(words.join('\n'), ', parsers: null, metadata: {x: 1}'))).told).toEqual([])
  })

  // Pandera 0.33.1: "expected series 'idx' to have type int64, got str".
  test("the schema's dtype is that of an index with a name as well", async () => {
    const text = 'schema_type: dataframe\ncolumns: {a: {dtype: null}}\nindex: [{dtype: str, name: idx}]\ndtype: int64\n'
    expect((await read(text)).lines).toEqual([
      "a: column(z.int(), { physicalType: 'BIGINT' }),",
      "idx: column(z.int(), { physicalType: 'BIGINT' }),",
    ])
  })
})
