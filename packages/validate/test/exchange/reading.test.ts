import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { pythonPattern } from '../../src/exchange/python/from-python.ts'
import { pythonSource } from '../../src/exchange/python/to-python.ts'
import { FORM_PATTERNS } from '../../src/exchange/text-form.ts'
import { defineContract, readContract, writeContract, type ReadContract } from '../../src/index.ts'

/** The contract as TypeScript, without what stands around its columns and keys. */
async function asSource(read: ReadContract): Promise<string[]> {
  const { text } = await writeContract(read, 'typescript', { origin: 'x' })
  const lines = text.split('\n').map((line) => line.trim())
  return lines
    .slice(lines.indexOf('export default defineContract({') + 1, -2)
    .filter((line) => !/^(columns: \{|\},)$/.test(line))
}

/** A schema with a column `a` that has checks of one name twice, which is a list to Pandera. */
function twice(words: string, checks: readonly string[]): string {
  const listed = checks.map((check) => `{${check}}`).join(', ')
  return `schema_type: dataframe\ncolumns:\n  a: {${words}, checks: [${listed}]}\n`
}

describe('Pandera', () => {
  test('the three dialects of checks are read alike', async () => {
    const flat = `
schema_type: dataframe
columns:
  amount:
    dtype: float64
    in_range: {min_value: 0, max_value: 10, include_min: true, include_max: false}
    notin: {forbidden_values: [5], ignore_na: false}
  code: {dtype: str, nullable: true, str_length: {min_value: 2, max_value: null, exact_value: null}, isin: [ab, abc]}
`
    const byName = `
schema_type: dataframe
version: 0.20.0
columns:
  amount:
    dtype: float64
    nullable: false
    checks:
      in_range: {min_value: 0, max_value: 10, include_min: true, include_max: false, options: {ignore_na: true}}
      notin: {forbidden_values: [5]}
  code:
    dtype: str
    nullable: true
    checks: {str_length: {min_value: 2, max_value: null}, isin: {value: [ab, abc], options: {raise_warning: false}}}
`
    const listed = `
schema_type: dataframe
columns:
  - name: amount
    dtype: float64
    checks:
    - {min_value: 0, max_value: 10, include_min: true, include_max: false, options: {check_name: in_range}}
    - {forbidden_values: [5], options: {check_name: notin}}
  - name: code
    dtype: str
    nullable: true
    checks:
    - {min_value: 2, options: {check_name: str_length}}
    - {value: [ab, abc], options: {check_name: isin}}
`
    const [one, two, three] = await Promise.all(
      [flat, byName, listed].map(async (text) => asSource(await readContract(text))),
    )
    expect(one).toEqual([
      "amount: column(z.number().min(0).lt(10), { forbidden: [5], physicalType: 'DOUBLE' }),",
      "code: column(z.enum(['ab', 'abc']).nullable(), { physicalType: 'string' }),",
    ])
    expect(two).toEqual(one)
    expect(three).toEqual(one)
  })

  test('columns, keys, warnings, patterns of names, and what is told', async () => {
    const read = await readContract(`
schema_type: dataframe
name: orders
strict: filter
ordered: true
unique: [[a, y], [y, d]]
columns:
  a: {dtype: int8, coerce: true, unique: true, greater_than: {min_value: 3, raise_warning: true}}
  y: {dtype: object, required: false, str_matches: ^\\d+$, str_contains: {pattern: '(?x)a'}}
  d: {dtype: 'datetime64[ns]', greater_than: '2020-01-01 00:00:00', description: when}
  t: {dtype: 'timedelta64[ns]', less_than: 86400000000000}
  'x_.*': {dtype: Int64, regex: true, nullable: true, my_check: {n: 1}}
checks: {wide_enough: {n: 3}}
`)
    expect(await asSource(read)).toEqual([
      "name: 'orders',",
      "a: column(z.int().min(-128).max(127).gt(3), { unique: true, coerce: true, warnings: ['> 3'] }),",
      "y: z.string().regex(pythonPattern(String.raw`^\\d+$`, 'match')).exactOptional(),",
      "d: column(z.date().check(z.gt(new Date('2020-01-01T00:00:00.000Z'))), { physicalType: 'timestamp', description: 'when' }),",
      't: z.any(),',
      'patterns: [',
      "{ name: pythonPattern('x_.*', 'match'), column: column(z.int().nullable(), { physicalType: 'BIGINT' }) },",
      '],',
      "extra: 'strip',",
      'ordered: true,',
      'unique: [',
      "['a', 'y'],",
      "['y', 'd'],",
      '],',
      'checks: [',
      '{ that: sql`"t" IS NOT NULL`, name: \'t: not_null\' },',
      '],',
    ])
    expect(read.notes.map(({ place }) => place)).toEqual([
      'columns.y.str_contains',
      'columns.t.dtype',
      'columns.t.less_than',
      'columns.x_.*.my_check',
      'checks.wide_enough',
    ])
  })

  test.each([
    ['dtype: str', ['isin: [a, b]', 'isin: [c, b]'], "z.enum(['b'])"],
    ['dtype: float64', ['isin: [1, 2.5, 4]', 'equal_to: 2.5', 'isin: [2.5, 4]'], 'z.literal([2.5])'],
    ['dtype: int64', ['equal_to: 1', 'equal_to: 1'], 'z.literal([1])'],
    ['dtype: bool', ['isin: [true, false]', 'equal_to: 1'], 'z.literal([true])'],
    ['dtype: int64', ['isin: [true, 2]', 'in_range: {min_value: 0, max_value: 1}'], 'z.literal([1])'],
    [
      'dtype: str',
      ['str_matches: a', 'str_matches: b', 'str_contains: c'],
      'z.string().regex(/^a/u).regex(/^b/u).regex(/c/u)',
    ],
    ['dtype: str', ['str_length: {min_value: 2}', 'str_length: {min_value: 3}'], 'z.string().min(2).min(3)'],
    ['dtype: str', ['str_startswith: a', 'str_startswith: b'], "z.string().startsWith('a').startsWith('b')"],
    ['dtype: int64', ['greater_than: 1', 'ge: 5', 'greater_than: 3'], 'z.int().gt(1).min(5).gt(3)'],
  ])('checks of one kind hold together: %s, %j', async (dtype, checks, schema) => {
    const [line] = await asSource(await readContract(twice(dtype, checks)))
    expect(line).toMatch(/^a: column\(.*, \{ physicalType: '\w+' \}\),$/)
    expect(line).toContain(`column(${schema}, {`)
  })

  test('a warning has no name that an error has', async () => {
    const checks = [
      'str_endswith: b',
      'str_endswith: {string: a, raise_warning: true}',
      'str_startswith: {string: x, raise_warning: true}',
    ]
    expect(await asSource(await readContract(twice('dtype: str', checks)))).toEqual([
      "a: column(z.string().endsWith('b').startsWith('x'), { physicalType: 'string', warnings: ['format starts_with'] }),",
      'checks: [',
      `{ that: sql\`ends_with(CAST("a" AS VARCHAR), 'a')\`, severity: 'warn' },`,
      '],',
    ])
  })

  test('checks of times hold together, and are of times', async () => {
    const days = "'2020-01-01 00:00:00', 2020-01-02"
    const read = await readContract(
      twice("dtype: 'datetime64[ns]'", [
        `isin: [${days}]`,
        'equal_to: 2020-01-02',
        `notin: [${days}]`,
        'ne: 2020-01-03',
      ]),
    )
    expect(await asSource(read)).toEqual([
      `a: column(z.date(), { forbidden: [${['01', '02', '03'].map((day) => `new Date('2020-01-${day}T00:00:00.000Z')`).join(', ')}], physicalType: 'timestamp' }),`,
      'checks: [',
      'sql`TRY_CAST(CAST("a" AS VARCHAR) AS TIMESTAMPTZ) IN (CAST(\'2020-01-02T00:00:00.000Z\' AS TIMESTAMPTZ))`,',
      '],',
    ])
  })

  test('what Python reads as text stays text', async () => {
    const { contract } = await readContract(
      'columns:\n  y: {isin: [n, y]}\n  b: {nullable: yes}\nschema_type: dataframe\n',
    )
    expect(Object.keys(contract.columns.shape)).toEqual(['y', 'b'])
    expect(contract.check({ y: 'n', b: null }).success).toBe(true)
  })
})

test('Table Schema: types, forms, constraints, keys and missing values', async () => {
  const read = await readContract(
    JSON.stringify({
      fields: [
        { name: 'id', type: 'integer', title: 'key' },
        { name: 'email', format: 'email', constraints: { required: true, maxLength: 50 } },
        { name: 'score', type: 'number', constraints: { minimum: '0', exclusiveMaximum: 1 }, missingValues: ['', '-'] },
        { name: 'day', type: 'date', constraints: { minimum: '2020-01-01' } },
        { name: 'month', type: 'yearmonth', constraints: { enum: ['2020-01', '2020-02'] } },
        { name: 'code', constraints: { pattern: '[a-z]\\d', unique: true } },
        { name: 'place', type: 'geojson' },
        { name: 'odd', type: 'date', format: '%d.%m.%y' },
      ],
      primaryKey: 'id',
      uniqueKeys: [['email', 'day']],
      foreignKeys: [{ fields: 'id', reference: { resource: 'people', fields: 'id' } }],
      missingValues: ['', { value: 'NA', label: 'none' }],
      fieldsMatch: ['superset'],
    }),
  )
  expect(await asSource(read)).toEqual([
    "id: column(z.int().exactOptional(), { primaryKey: true, description: 'key' }),",
    'email: z.email().max(50).exactOptional(),',
    "score: column(z.number().min(0).lt(1).nullable().optional(), { missing: ['-'] }),",
    `day: z.string().regex(${String(FORM_PATTERNS.day)}).nullable().optional(),`,
    "month: z.enum(['2020-01', '2020-02']).nullable().optional(),",
    "code: column(z.string().regex(pythonPattern(String.raw`[a-z]\\d`, 'fullmatch')).nullable().optional(), { unique: true }),",
    'place: z.any().optional(),',
    'odd: z.string().nullable().optional(),',
    "extra: 'forbid',",
    "missing: ['NA'],",
    'unique: [',
    "['email', 'day'],",
    '],',
    'checks: [',
    'sql`TRY_CAST(CAST("day" AS VARCHAR) AS TIMESTAMPTZ) >= CAST(\'2020-01-01T00:00:00.000Z\' AS TIMESTAMPTZ)`,',
    '],',
  ])
  expect(read.notes.map(({ place }) => place)).toEqual(['fields.place.type', 'fields.odd.format', 'foreignKeys.id'])
})

test('a data package: the resource that is named, and references within its folder only', async () => {
  const text = JSON.stringify({
    resources: [
      { name: 'people', path: 'people.csv', schema: { fields: [{ name: 'id', type: 'integer' }] } },
      { name: 'secrets', path: '../../etc/passwd' },
      {
        name: 'orders',
        path: ['orders.csv'],
        schema: {
          fields: [{ name: 'who', type: 'integer' }],
          foreignKeys: [
            { fields: ['who'], reference: { resource: 'people', fields: ['id'] } },
            { fields: ['who'], reference: { resource: 'secrets', fields: ['id'] } },
          ],
        },
      },
    ],
  })
  const { contract, notes } = await readContract(text, { table: 'orders', folder: 'data' })
  expect(contract.references).toEqual([{ columns: ['who'], to: 'data/people.csv', on: ['id'] }])
  expect(notes).toHaveLength(1)
  await expect(readContract(text, { file: 'p.json' })).rejects.toMatchObject({
    code: 'DS_CONTRACT_FILE',
    message: 'p.json does not tell which resource is meant: it has people, secrets, orders',
    hint: 'Name it: p.json#people',
  })
})

test('a data contract: types, options, library metrics, and SQL that is not run', async () => {
  const read = await readContract(`
apiVersion: v3.1.0
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553a
status: active
version: 1.0.0
schema:
  - name: payments
    quality:
      - {metric: rowCount, mustBeBetween: [1, 100]}
      - {metric: duplicateValues, arguments: {properties: [id, day]}, mustBe: 0}
      - {type: sql, name: fresh, query: 'SELECT 1', mustBe: 1}
      - {type: text, description: for people}
    properties:
      - {name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
      - {name: day, logicalType: date, required: true, logicalTypeOptions: {minimum: 2020-01-01, format: yyyy-MM-dd}}
      - {name: code, logicalType: string, logicalTypeOptions: {pattern: '^[A-Z]\\d$', maxLength: 9}, classification: PII}
      - name: state
        logicalType: string
        quality:
          - {metric: invalidValues, arguments: {validValues: [a, b]}, mustBe: 0}
          - {metric: nullValues, unit: percent, mustBeLessThan: 5, severity: warning}
      - {name: nested, logicalType: object}
`)
  expect(await asSource(read)).toEqual([
    "name: 'payments',",
    'id: column(z.int(), { primaryKey: true }),',
    "day: z.date().min(new Date('2020-01-01T00:00:00.000Z')),",
    'code: column(z.string().max(9).regex(/^[A-Z]\\d$/u).nullable(), { pii: true }),',
    "state: z.enum(['a', 'b']).nullable(),",
    'nested: z.any(),',
    'unique: [',
    "['id', 'day'],",
    '],',
    'rows: { min: 1, max: 100 },',
    'checks: [',
    "{ column: 'state', measure: 'null_share', max: 0.05, exclusiveMax: true, severity: 'warn' },",
    '],',
  ])
  expect(read.notes.map(({ place }) => place)).toEqual(['schema.nested.logicalType', 'schema.quality.fresh'])
})

test('JSON Schema: rows, lists of rows, what Zod itself reads, and what it cannot', async () => {
  const row = {
    type: 'object',
    required: ['id', 'tags'],
    properties: {
      id: { type: 'integer', minimum: 1, 'x-unique': true },
      name: { type: ['string', 'null'], minLength: 1, pattern: '^\\p{Lu}' },
      tags: { type: 'array', items: { $ref: '#/$defs/tag' } },
      when: { type: 'string', format: 'date-time' },
      kind: { const: 'a', type: 'string' },
      odd: { not: { type: 'string' } },
    },
    $defs: { tag: { type: 'string', maxLength: 3 } },
    additionalProperties: false,
  }
  const read = await readContract(JSON.stringify({ type: 'array', items: row }))
  expect(await asSource(read)).toEqual([
    'id: column(z.int().min(1), { unique: true }),',
    'name: z.string().min(1).regex(/^\\p{Lu}/u).nullable().optional(),',
    "tags: z.fromJSONSchema({ $defs: { tag: { type: 'string', maxLength: 3 } }, type: 'array', items: { $ref: '#/$defs/tag' } }),",
    'when: z.iso.datetime({ offset: true }).optional(),',
    "kind: z.enum(['a']).optional(),",
    'odd: z.any().optional(),',
    "extra: 'forbid',",
  ])
  expect(read.notes.map(({ place }) => place)).toEqual(['properties.odd.not'])
  expect(read.contract.check({ id: 1, tags: ['abcd'] }).success).toBe(false)
  expect(read.contract.check({ id: 1, tags: ['abc'], name: 'Éa' }).success).toBe(true)
})

test('JSON Schema: limits in parts of a schema hold, or are told', async () => {
  const properties = {
    a: { type: 'string', allOf: [{ pattern: '^a' }, { pattern: 'q' }] },
    b: { type: 'integer', anyOf: [{ minimum: 3 }, { maximum: 1 }] },
    c: { minimum: 3 },
    d: { type: 'string', format: 'idn-email' },
  }
  const { contract, notes } = await readContract(JSON.stringify({ properties, required: ['zz'] }))
  expect(contract.check({ a: 'x', zz: 1 }).success).toBe(false)
  expect(contract.check({ a: 'aq', b: 3, zz: 1 }).success).toBe(true)
  expect(contract.check({ b: 2, zz: 1 }).success).toBe(false)
  expect(contract.check({ a: 'aq' }).success).toBe(false)
  expect(notes.map(({ place, message }) => `${place}: ${message}`)).toEqual([
    'properties.c: minimum without a type lets values of other types pass, as cells of text tables',
    'properties.d.format: the format idn-email is not looked at',
  ])
})

test('JSON Schema: what Zod writes and JSON has no word for is told', async () => {
  const told = defineContract({
    columns: { a: z.nan(), b: z.int().catch(3), c: z.bigint().min(3n), d: z.string().startsWith('a').includes('q') },
  })
  const { text, notes } = await writeContract(told, 'json-schema')
  expect(notes.map(({ place }) => place).toSorted()).toEqual(['a', 'b', 'c'])
  expect(text).not.toContain('"format"')
  const { contract } = await readContract(text)
  expect(contract.columns.shape['d']?.safeParse('xq').success).toBe(false)
})

test('a default lets a value be missing in every format', async () => {
  const given = defineContract({ columns: { a: z.int().default(3) } })
  for (const format of ['pandera', 'table-schema', 'odcs'] as const) {
    const { text, notes } = await writeContract(given, format)
    const { contract } = await readContract(text)
    expect([format, contract.columns.shape['a']?.safeParse(null).success]).toEqual([format, true])
    expect(notes.length).toBe(format === 'pandera' ? 0 : 1)
  }
})

test.each([
  ['a: [1', 'contract is no YAML: ', 'contract:1'],
  ['a: 1\na: 2\n', 'contract is no YAML: Map keys must be unique', 'contract:2'],
  ['- 1\n', 'contract is in no format of contracts that is known', 'contract'],
  ['', 'contract is in no format of contracts that is known', 'contract'],
  ['hello: world', 'contract is in no format of contracts that is known', 'contract'],
  ['schema_type: dataframe\ncolumns: 3', 'contract is not as its format has it: columns: ', 'contract'],
  [
    'schema_type: dataframe\ncolumns: {a: {}, b: 3, c: !!python/object/apply:os.system [id]}',
    'contract is not as its format has it: columns.b: Invalid input: expected object, received number; columns.c: ',
    'contract',
  ],
  ['{"fields": [\n  {"name": "a"},\n  {"name": "b"', 'contract is no JSON: it ends too early', 'contract:3'],
  ['{"fields": [\n  {"name": "a"},\n  {"name', 'contract is no JSON: it ends too early', 'contract:3'],
  ['{"fields": [\n  {"name": "a"},\n  {"name" "b"}]}', 'contract is no JSON: ', 'contract:3'],
  ['{"fields": [{"type": "string"}]}', 'contract is not as its format has it: fields.0.name: ', 'contract'],
  ['kind: DataContract\napiVersion: v2.2.2', 'only version 3 of the standard is read', 'contract'],
])('%j is refused with its place', async (text, message, where) => {
  await expect(readContract(text)).rejects.toMatchObject({
    code: 'DS_CONTRACT_FILE',
    message: expect.stringContaining(message),
    where,
  })
})

test('a contract that cannot be names the file', async () => {
  const text = 'schema_type: dataframe\ncolumns: {a: {dtype: int64, greater_than: 5, less_than: 2}}\n'
  await expect(readContract(text, { file: 'a.yaml' })).rejects.toMatchObject({
    code: 'DS_CONTRACT_INVALID',
    message: 'a.yaml: the contract cannot be: a: no value is > 5 and < 2',
  })
})

test('a bomb of aliases, deep brackets and names of objects do no harm', async () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (const [at, letter] of Array.from('bcdefghij').entries()) {
    const before = String.fromCharCode('a'.charCodeAt(0) + at)
    bomb.push(`${letter}: &${letter} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`)
  }
  await expect(readContract(bomb.join('\n'))).rejects.toMatchObject({ code: 'DS_CONTRACT_FILE' })
  const { contract } = await readContract(
    'schema_type: dataframe\ncolumns: {constructor: {dtype: int64}, toString: {}}',
  )
  expect(Object.keys(contract.columns.shape)).toEqual(['constructor', 'toString'])
})

test.each([
  ['brackets', '['.repeat(20_000)],
  ['mappings in brackets', '{a: '.repeat(20_000)],
  ['dashes', '- '.repeat(20_000)],
  ['indents', Array.from({ length: 600 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
  ['JSON', `{"properties": {"a": ${'{"allOf": ['.repeat(9000)}{}${']}'.repeat(9000)}}}`],
  ['a list within itself', 'columns: &a [*a]'],
  ['references', referring(20_000)],
])('what is nested too deeply is told: %s', async (_, text) => {
  await expect(readContract(text, { file: 'deep' })).rejects.toMatchObject({
    code: 'DS_CONTRACT_FILE',
    message: 'deep is nested too deeply',
  })
})

/** A JSON Schema whose column refers to one that refers to one … */
function referring(depth: number): string {
  const $defs = Object.fromEntries(
    Array.from({ length: depth }, (_, at) => [`a${at}`, { anyOf: [{ $ref: `#/$defs/a${at + 1}` }, { type: 'null' }] }]),
  )
  return JSON.stringify({ properties: { a: { $ref: '#/$defs/a0' } }, $defs: { ...$defs, [`a${depth}`]: {} } })
}

describe('patterns', () => {
  test.each([
    ['^[A-Z]{3}', /^[A-Z]{3}/u],
    ['(?P<y>\\d{4})-(?P=y)', /(?<y>[\p{Nd}]{4})-\k<y>/u],
    ['a$', /a(?=\n?$)/u],
    ['[^\\W\\d_]+', /(?:(?![\p{Nd}_]|[^\p{L}\p{N}_])[\s\S])+/u],
    ['(?i)x{,3}', /x{0,3}/iu],
    ['[]a]', /[\]a]/u],
  ])('Python %s', (source, pattern) => {
    expect(String(pythonPattern(source))).toBe(String(pattern))
  })

  test.each(['a++', '(?x)a', '(?>a)', '*a', '(', 'a)', '[a', '(?(1)a)', '\\q', '[a-\\d]'])(
    'Python %s is refused',
    (source) => {
      expect(() => pythonPattern(source)).toThrow(SyntaxError)
    },
  )

  test.each([
    [/^\d+$/, '^[0-9]+\\Z'],
    [/a.b/, 'a[^\\x0a\\x0d\\u2028\\u2029]b'],
    [/a.b/s, 'a(?s:.)b'],
    [/^a\b/i, '^[Aa](?a:\\b)'],
    [/[^]*?x/, '(?:(?s:.))*?x'],
    [/😀/u, '\\U0001f600'],
  ])('JavaScript %s', (pattern, source) => {
    expect(pythonSource(pattern)).toBe(source)
  })

  test.each([/(?<=a)b/, /(a)\1/, /^a/m, /é/i, /\p{L}/u])('JavaScript %s is refused', (pattern) => {
    expect(() => pythonSource(pattern)).toThrow(SyntaxError)
  })
})
