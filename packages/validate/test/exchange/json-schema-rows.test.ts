import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { readContract } from '../../src/index.ts'

const ajv = new Ajv2020({ strict: false, logger: false })
formats.default(ajv)

const VALUES: readonly unknown[] = [
  0,
  1,
  2,
  3,
  4,
  5,
  9,
  10,
  -1,
  2.5,
  '',
  'a',
  'ab',
  'abc',
  'abcd',
  'q',
  'aq',
  '😀',
  'É',
  '3',
  '10:00:00Z',
  '10:00:00',
  '2024-01-31',
  'x@example.com',
  true,
  false,
  null,
  [],
  ['a'],
  ['a', 'a'],
  [1],
  [1, 2],
  [null],
  {},
  { k: 1 },
  { k: 'x' },
  { j: 1 },
  { k: 1, j: 1 },
]

/** Rows where Ajv and the contract do not agree on a column `a` with such a schema. */
async function differences(property: unknown, root: object = {}): Promise<{ told: string[]; wrong: unknown[] }> {
  const schema = { type: 'object', properties: { a: property }, ...root }
  const { contract, notes } = await readContract(JSON.stringify(schema))
  const validate = ajv.compile(schema)
  const rows: object[] = [{}, ...VALUES.map((a) => ({ a }))]
  const wrong = rows.filter((row) => validate(row) !== contract.check(row).success)
  return { told: notes.map(({ place }) => place), wrong }
}

const DEFS = {
  $defs: {
    small: { type: 'integer', maximum: 4 },
    open: { maxLength: 2 },
    list: { type: 'array', items: { $ref: '#/$defs/list' } },
    named: { $anchor: 'named', type: 'string', minLength: 3 },
    'odd/name': { enum: ['a', 1, null] },
  },
}

describe('Ajv says of a column what the contract says', () => {
  test.each<[string, unknown]>([
    ['no value', false],
    ['any value', true],
    ['a type', { type: 'integer', minimum: 1, exclusiveMaximum: 5 }],
    ['a type that may be null', { type: ['string', 'null'], maxLength: 2 }],
    ['null alone', { type: 'null' }],
    ['several types', { type: ['string', 'integer'], minimum: 3, maxLength: 2 }],
    ['a list without null of a type with null', { type: ['string', 'null'], enum: ['a', 'ab'] }],
    ['a list with null', { type: ['string', 'null'], enum: ['a', null] }],
    ['a list of another type', { type: 'string', enum: ['a', 1] }],
    ['a list without a type', { enum: ['a', 'ab'] }],
    ['a mixed list', { enum: ['a', 1, null, true] }],
    ['a list and limits', { type: 'integer', enum: [1, 2, 9], maximum: 4 }],
    ['a list and a constant', { enum: [1, 2], const: 2 }],
    ['null or a type with a list', { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] }],
    ['a reference', { $ref: '#/$defs/small' }],
    ['siblings of a reference', { $ref: '#/$defs/small', minimum: 2 }],
    ['the same keyword beside a reference', { $ref: '#/$defs/small', maximum: 2 }],
    ['a reference with a list', { $ref: '#/$defs/small', enum: [1, 9] }],
    ['a reference by its anchor', { $ref: '#named' }],
    ['a reference with an escape', { $ref: '#/$defs/odd~1name' }],
    ['a reference into a schema', { $ref: '#/$defs/list/items' }],
    ['a reference to itself', { $ref: '#/$defs/list' }],
    ['a reference without a type, beside one', { $ref: '#/$defs/open', type: 'string' }],
    ['allOf', { type: 'string', allOf: [{ pattern: '^a' }, { pattern: 'q$' }] }],
    ['allOf of types', { allOf: [{ type: ['string', 'integer'] }, { type: ['integer', 'null'] }] }],
    ['allOf with siblings', { type: 'integer', minimum: 2, allOf: [{ maximum: 5 }, { minimum: 3 }] }],
    [
      'anyOf beside oneOf',
      {
        anyOf: [{ type: 'integer' }, { type: 'string' }],
        oneOf: [{ maximum: 3 }, { minimum: 2 }],
        type: ['integer', 'string'],
      },
    ],
    ['anyOf beside a reference', { $ref: '#/$defs/small', anyOf: [{ minimum: 3 }, { maximum: 1 }] }],
    ['oneOf', { type: 'integer', oneOf: [{ minimum: 3 }, { multipleOf: 2 }] }],
    ['booleans within', { anyOf: [false, { type: 'string' }] }],
    ['never', { not: {} }],
    ['a list of texts', { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true }],
    ['lengths of a list of anything', { type: 'array', minItems: 1, maxItems: 1 }],
    ['first items', { type: 'array', prefixItems: [{ type: 'integer' }], items: false }],
    ['an object', { type: 'object', properties: { k: { type: 'integer' } }, additionalProperties: false }],
    ['names that must be there and are not described', { type: 'object', required: ['j'] }],
    ['an object without others', { type: 'object', properties: { k: {} }, unevaluatedProperties: false }],
    ['how many properties', { type: 'object', minProperties: 1, maxProperties: 1 }],
    ['names of properties', { type: 'object', propertyNames: { pattern: '^k' } }],
    ['a pattern of Unicode', { type: 'string', pattern: '^\\p{Lu}' }],
    ['a time with a zone', { type: 'string', format: 'time' }],
    ['a limit that is not its type’s', { type: 'integer', minLength: 3 }],
    ['lengths in characters', { type: 'string', maxLength: 1 }],
  ])('%s', async (_, property) => {
    for (const required of [{}, { required: ['a'] }]) {
      // Nothing can be a column that must be there and has no value.
      if (required.required && (property === false || JSON.stringify(property) === '{"not":{}}')) continue
      expect(await differences(property, { ...DEFS, ...required })).toEqual({ told: [], wrong: [] })
    }
  })
})

describe('what is not looked at is told, and loses itself alone', () => {
  test.each<[unknown, string, unknown, unknown]>([
    [{ type: 'integer', minimum: 3, if: { minimum: 5 }, else: {} }, 'properties.a.if properties.a.else', 3, 2],
    [{ type: 'string', maxLength: 2, format: 'regex' }, 'properties.a.format', 'ab', 'abc'],
    [{ type: 'string', maxLength: 2, format: 'uri-reference' }, 'properties.a.format', 'ab', 'abc'],
    [{ type: 'string', maxLength: 2, contentEncoding: 'base64' }, 'properties.a.contentEncoding', 'ab', 'abc'],
    [{ type: 'integer', maximum: 2, nullable: true }, 'properties.a.nullable', 1, 3],
    [{ type: 'integer', maximum: 2, not: { const: 1 } }, 'properties.a.not', 1, 3],
    [{ type: 'integer', maximum: 2, $ref: 'other.json' }, 'properties.a.$ref', 1, 3],
    [{ type: 'integer', maximum: 2, made: 'up' }, 'properties.a.made', 1, 3],
    [{ minimum: 3 }, 'properties.a', 'text', 2],
    [{ type: ['string', 'array'], enum: [['x'], 'a'] }, 'properties.a.enum', 'a', 1],
    [{ type: 'array', maxItems: 1, unevaluatedItems: false }, 'properties.a.unevaluatedItems', ['a'], ['a', 'b']],
    [{ type: 'array', items: { type: 'string', pattern: '\\p{Lu}' } }, 'properties.a.items.pattern', ['ab'], [1]],
    [
      {
        allOf: [
          { type: 'object', properties: { k: { type: 'integer' } }, additionalProperties: false },
          { minProperties: 1 },
        ],
      },
      'properties.a',
      { k: 1 },
      { k: 'x' },
    ],
  ])('%j', async (property, told, good, bad) => {
    const { contract, notes } = await readContract(JSON.stringify({ properties: { a: property } }))
    const verdicts = [good, bad].map((a) => contract.check({ a }).success)
    expect({ told: notes.map(({ place }) => place).toSorted(), verdicts }).toEqual({
      told: told.split(' ').toSorted(),
      verdicts: [true, false],
    })
  })

  test('a default where the column must be there', async () => {
    const text = '{"properties": {"a": {"type": "integer", "default": 3}}, "required": ["a"]}'
    const { contract, notes } = await readContract(text)
    expect(notes.map(({ place }) => place)).toEqual(['properties.a.default'])
    expect(contract.check({}).success).toBe(false)
  })

  test.each([
    ['minProperties', { minProperties: 1 }],
    ['maxProperties', { maxProperties: 9 }],
    ['propertyNames', { propertyNames: { pattern: 'a' } }],
    ['unevaluatedProperties anyOf', { anyOf: [{}], unevaluatedProperties: false }],
    ['dependentRequired', { dependentRequired: { a: ['b'] } }],
    ['made', { made: 'up' }],
    ['patternProperties', { patternProperties: { x: { type: 'string' }, y: { type: 'string' } } }],
  ])('of a row: %s', async (told, words) => {
    const { notes } = await readContract(JSON.stringify({ properties: { a: {} }, ...words }))
    expect(notes.map(({ place }) => place).toSorted()).toEqual(told.split(' ').toSorted())
  })

  test('of a list of rows', async () => {
    const items = { properties: { a: { type: 'integer' } } }
    const { contract, notes } = await readContract(
      JSON.stringify({ type: 'array', items, minItems: 1, maxItems: 9, uniqueItems: true }),
    )
    expect(contract.rows).toEqual({ min: 1, max: 9 })
    expect(notes.map(({ place }) => place)).toEqual(['uniqueItems'])
  })
})

describe('Ajv says of rows what the contract says', () => {
  const person = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }

  test.each<[string, object]>([
    ['a reference at the top', { $ref: '#/$defs/person', $defs: { person } }],
    ['a reference with siblings', { $ref: '#/$defs/person', properties: { b: { type: 'string' } }, $defs: { person } }],
    ['allOf', { allOf: [person, { properties: { b: { type: 'string' }, a: { minimum: 2 } }, required: ['b'] }] }],
    ['allOf with a closed part', { allOf: [{ ...person, additionalProperties: false }, { properties: { b: {} } }] }],
    [
      'allOf, and what it does not name',
      { allOf: [person, { properties: { b: { type: 'string' } } }], unevaluatedProperties: false },
    ],
    ['unevaluatedProperties alone', { ...person, unevaluatedProperties: false }],
    [
      'a column that patterns name as well',
      { ...person, patternProperties: { '^a': { type: 'integer', maximum: 3 } } },
    ],
    [
      'a column that only required names',
      { properties: { a: {} }, required: ['b'], additionalProperties: { type: 'string' } },
    ],
  ])('%s', async (_, schema) => {
    const { contract, notes } = await readContract(JSON.stringify(schema))
    const validate = ajv.compile(schema)
    const values = [undefined, 1, 2, 4, 'x', null]
    const rows = values.flatMap((a) => values.flatMap((b) => [undefined, 1].map((c) => given({ a, b, c }))))
    // A contract for one row knows no other columns, forbidden or not.
    const known =
      contract.extra === 'forbid'
        ? rows.filter((row) => Object.keys(row).every((key) => key in contract.columns.shape))
        : rows.filter((row) => !('c' in row))
    expect(known.filter((row) => validate(row) !== contract.check(row).success)).toEqual([])
    expect(known.some((row) => validate(row)) && known.some((row) => !validate(row))).toBe(true)
    expect(notes).toEqual([])
    expect(contract.extra === 'forbid').toBe(!validate({ a: 2, b: 'x', c: 'x' }))
  })

  test('what is said of all other columns is said by a pattern', async () => {
    const { contract, notes } = await readContract(
      '{"properties": {"a": {}}, "additionalProperties": {"type": "integer"}}',
    )
    expect([contract.patterns.map(({ name, required }) => [String(name), required]), notes]).toEqual([
      [['/^/u', false]],
      [],
    ])
  })
})

/** A row without what is not given. */
function given(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))
}

test.each([
  ['{"properties": {"a": {"type": "integer", "minimum": "abc"}}}', 'properties.a.minimum: "abc" is no number'],
  ['{"properties": {"a": {"type": "string", "maxLength": -1}}}', 'properties.a.maxLength: -1 is no count'],
  ['{"properties": {"a": {"type": "strin"}}}', 'properties.a.type: there is no type "strin"'],
  ['{"properties": {"a": 3}}', 'properties.a: 3 is no schema'],
  ['{"properties": {"a": {"enum": "x"}}}', 'properties.a.enum: "x" is no list'],
  [
    '{"properties": {"a": {"type": "array", "items": {"type": "string", "pattern": "("}}}}',
    'properties.a.items.pattern: ( is no regular expression: Unterminated group',
  ],
  [
    '{"properties": {}, "patternProperties": {"(": {}}}',
    'patternProperties.(: ( is no regular expression: Unterminated group',
  ],
  ['{"properties": {}, "required": "a"}', 'required: "a" is no list of names'],
  [
    '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "string"}',
    'type: a row is an object, not "string"',
  ],
])('a schema that is none is refused: %s', async (text, problem) => {
  await expect(readContract(text)).rejects.toMatchObject({
    code: 'DS_CONTRACT_FILE',
    message: `contract is wrong: ${problem}`,
  })
})
