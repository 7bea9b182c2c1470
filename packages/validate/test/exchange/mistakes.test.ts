import { expect, test } from 'vitest'
import { readContract } from '../../src/index.ts'

/** A column `a` of texts, or of another type, with a limit, in each format. */
const odcs = (property: string): string =>
  `kind: DataContract\napiVersion: v3.1.0\nschema: [{name: t, properties: [${property}]}]\n`
const pandera = (column: string): string => `schema_type: dataframe\ncolumns: {a: ${column}}\n`
const field = (constraints: string, type = 'string'): string =>
  `{"fields": [{"name": "a", "type": "${type}", "constraints": ${constraints}}]}`

test.each([
  ['{"properties": {"a": {"type": "string", "pattern": "("}}}', 'properties.a.pattern'],
  [field('{"pattern": "("}'), 'fields.a.constraints.pattern'],
  [odcs('{name: a, logicalType: string, logicalTypeOptions: {pattern: (}}'), 'schema.a.logicalTypeOptions.pattern'],
  [
    odcs('{name: a, quality: [{metric: invalidValues, arguments: {pattern: (}, mustBe: 0}]}'),
    'schema.a.quality.invalidValues.pattern',
  ],
  [pandera('{dtype: str, str_matches: "("}'), 'columns.a.str_matches'],
  ['schema_type: dataframe\ncolumns: {"(": {dtype: str, regex: true}}\n', 'columns.('],
])('a pattern that does not compile is an error with its place: %s', async (text, place) => {
  await expect(readContract(text, { file: 'a.yaml' })).rejects.toMatchObject({
    code: 'DS_CONTRACT_FILE',
    message: expect.stringContaining(`a.yaml is wrong: ${place}: ( is no regular expression: `),
    where: `a.yaml › ${place}`,
    hint: 'Mend what is named in the file; no data was read.',
  })
})

test.each(['a++', '(?>a)', '(?x)a', '\\N{DASH}', '(?i:a)'])(
  'what only Python has is told, not refused: %s',
  async (pattern) => {
    const { notes } = await readContract(field(JSON.stringify({ pattern })))
    expect(notes).toEqual([
      { place: 'fields.a.constraints.pattern', message: expect.stringContaining('cannot be one of JavaScript') },
    ])
  },
)

test.each([
  ['{"fields": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}', 'fields.a: two columns have this name'],
  [odcs('{name: a}, {name: a}'), 'schema.a: two columns have this name'],
  ['schema_type: dataframe\ncolumns: [{name: a}, {name: a}]\n', 'columns.a: two columns have this name'],
  ['schema_type: dataframe\ncolumns: {a: {}}\nindex: [{name: a}]\n', 'index.a: two columns have this name'],
  ['{"fields": [{"name": "a"}], "primaryKey": "b"}', 'primaryKey: there is no field b'],
  [field('{"minimum": "abc"}', 'integer'), 'fields.a.constraints.minimum: "abc" is no number'],
  [field('{"exclusiveMaximum": ""}', 'number'), 'fields.a.constraints.exclusiveMaximum: "" is no number'],
  [field('{"minimum": "soon"}', 'date'), 'fields.a.constraints.minimum: "soon" is no time'],
  [field('{"enum": [1, "x"]}', 'number'), 'fields.a.constraints.enum: "x" is no number'],
  [field('{"enum": ["perhaps"]}', 'boolean'), 'fields.a.constraints.enum: "perhaps" is no truth value'],
  [
    odcs('{name: a, logicalType: integer, logicalTypeOptions: {minimum: abc}}'),
    'schema.a.logicalTypeOptions.minimum: abc is no number',
  ],
  [
    odcs('{name: a, logicalType: date, logicalTypeOptions: {maximum: soon}}'),
    'schema.a.logicalTypeOptions.maximum: soon is no time',
  ],
  [
    pandera('{dtype: str, checks: [{isin: [a, b, c, d]}, {equal_to: e}]}'),
    'columns.a: no value is in all of its lists: a, b, c, … and e',
  ],
  [
    odcs(
      '{name: a, quality: [{metric: invalidValues, arguments: {validValues: [1]}, mustBe: 0}, ' +
        '{metric: invalidValues, arguments: {validValues: [2]}, mustBe: 0}]}',
    ),
    'schema.a: no value is in all of its lists: 1 and 2',
  ],
  [pandera('{dtype: int64, greater_than: abc}'), 'columns.a.greater_than: "abc" is no bound of integers'],
])('what cannot be meant is an error: %s', async (text, problem) => {
  await expect(readContract(text)).rejects.toMatchObject({
    code: 'DS_CONTRACT_FILE',
    message: `contract is wrong: ${problem}`,
  })
})

const defs = (words: string, a: string, b = '{}'): string =>
  `{"properties": {"x": ${words}}, "$defs": {"a": ${a}, "b": ${b}}}`
const toA = '{"$ref": "#/$defs/a"}'
const toB = '{"$ref": "#/$defs/b"}'

test.each([
  [defs(toA, toB, toA), 'properties.x.$ref'],
  [defs(toA, toA), 'properties.x.$ref'],
  [defs(toA, `{"allOf": [${toB}]}`, `{"anyOf": [{"type": "string"}, ${toA}]}`), 'properties.x.anyOf.1.$ref'],
  [defs(`{"type": "array", "items": ${toA}}`, toB, toA), 'properties.x.items.$ref'],
  [`{"$ref": "#/$defs/a", "$defs": {"a": {"allOf": [${toA}]}}}`, '$ref.allOf.0.$ref'],
  ['{"properties": {}, "$ref": "#"}', '$ref'],
])('a reference that comes back with nothing between is an error: %s', async (text, place) => {
  await expect(readContract(text)).rejects.toMatchObject({
    code: 'DS_CONTRACT_FILE',
    message: expect.stringContaining(' leads in a circle, with nothing between'),
    where: `contract › ${place}`,
  })
})

test('trees are no such references', async () => {
  const { contract, notes } = await readContract(defs(toA, `{"type": "array", "items": ${toA}}`))
  expect(notes).toEqual([])
  expect(contract.check({ x: [[], [[]]] }).success).toBe(true)
  expect(contract.check({ x: [[], [[1]]] }).success).toBe(false)
})

test.each([
  [pandera('{dtype: int64}, __proto__: {dtype: int64}'), 'columns.__proto__'],
  ['schema_type: dataframe\ncolumns: [{name: __proto__}]\n', 'columns.__proto__'],
  ['schema_type: dataframe\ncolumns: {a: {}}\nindex: [{name: __proto__}]\n', 'index.__proto__'],
  ['{"fields": [{"name": "__proto__"}]}', 'fields.__proto__'],
  [odcs('{name: __proto__}'), 'schema.__proto__'],
  ['{"properties": {"__proto__": {"type": "string"}}}', 'properties.__proto__'],
  ['{"properties": {}, "required": ["__proto__"]}', 'properties.__proto__'],
  ['{"properties": {"a": {"properties": {"__proto__": {}}}}}', 'properties.a.properties.__proto__'],
])('a column that Zod does not look at is an error: %s', async (text, place) => {
  await expect(readContract(text)).rejects.toMatchObject({
    code: 'DS_CONTRACT_FILE',
    message: `contract is wrong: ${place}: Zod does not look at '__proto__': rename that column as the data is read`,
  })
})

test('what cannot be read and what cannot be are told together', async () => {
  const fields = [
    { name: 'a', constraints: { pattern: '(' } },
    { name: 'b', type: 'integer', constraints: { minimum: 5, maximum: 3 } },
    { name: 'c', type: 'number', constraints: { enum: ['x'] } },
  ]
  await expect(readContract(JSON.stringify({ fields }))).rejects.toMatchObject({
    code: 'DS_CONTRACT_FILE',
    message:
      'contract is wrong: fields.a.constraints.pattern: ( is no regular expression: a bracket stays open; ' +
      'fields.c.constraints.enum: "x" is no number; the contract cannot be: b: no value is >= 5 and <= 3',
    where: 'contract › fields.a.constraints.pattern',
  })
})

test('all mistakes are told at once', async () => {
  const fields = Array.from({ length: 7 }, (_, at) => ({ name: `a${at}`, constraints: { pattern: ')' } }))
  await expect(readContract(JSON.stringify({ fields }))).rejects.toMatchObject({
    message: expect.stringMatching(/fields\.a0.*fields\.a4.*; and 2 more$/),
  })
})
