import fc from 'fast-check'
import type { Expression } from './expression.ts'
import { readingOf, type Reading } from './reading.ts'
import { textCells } from './cells.ts'
import type { SourceKind } from './table.ts'

const some = <Value>(...values: Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values)

const small = fc.integer({ min: -7, max: 7 }).map(String)
const doubles = fc.oneof(
  small,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? '-0' : String(value))),
  some(
    '-0',
    '0',
    '0.1',
    '0.30000000000000004',
    '1.5',
    '2.5',
    '9007199254740991',
    '9007199254740992',
    '1e21',
    '5e-324',
    '0.07',
    '2.03',
  ),
)
const endless = fc.oneof(
  { weight: 4, arbitrary: doubles },
  { weight: 1, arbitrary: some('NaN', 'Infinity', '-Infinity') },
)
const longs = fc.oneof(
  small,
  some('9007199254740991', '9007199254740992', '-9007199254740992', '9223372036854775807', '-9223372036854775808'),
)
const times = some(
  '2020-01-01 00:00:00',
  '2020-01-01 00:00:00.001',
  '1969-12-31 23:59:59.999999',
  '2000-06-15 00:00:00.0005',
  '2024-02-29 12:00:00',
  '0001-01-01 00:00:00',
  '9999-12-31 23:59:59.999',
)
const days = some('2020-01-01', '1969-12-31', '2024-02-29', '0001-01-01', '9999-12-31', '2000-06-15', '2020-01-04')
const lists = some('[]', '[1]', '[1, 2, 3, 4]', '[-1, 2]', '[null]', '[1, null]')

/** Cells by the engine's type, in its spelling. */
const CELLS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  BOOLEAN: some('true', 'false'),
  TINYINT: small,
  INTEGER: fc.oneof(small, some('2147483647', '-2147483648')),
  UINTEGER: some('0', '1', '3', '4294967295'),
  BIGINT: longs,
  UBIGINT: some('0', '3', '9007199254740992', '18446744073709551615'),
  DOUBLE: endless,
  FLOAT: fc.oneof(small, some('0.1', '1.5', '-0', 'NaN', 'Infinity', '16777217')),
  'DECIMAL(9,2)': some('0', '0.10', '1.5', '-3', '2.5', '1234567.89'),
  'DECIMAL(18,3)': some('0', '0.1', '1.5', '-3', '123456789012345.678'),
  DATE: fc.oneof({ weight: 9, arbitrary: days }, { weight: 1, arbitrary: some('infinity', '-infinity') }),
  TIMESTAMP: fc.oneof({ weight: 9, arbitrary: times }, { weight: 1, arbitrary: some('infinity', '-infinity') }),
  TIMESTAMP_NS: some('2020-01-01 00:00:00', '1969-12-31 23:59:59.999999', '2020-01-01 00:00:00.0019999'),
  'TIMESTAMP WITH TIME ZONE': times.map((text) => `${text}+00`),
  'BIGINT[]': lists,
  'VARCHAR[]': some('[]', '["a"]', '["ab", "c"]', '[null]', '["é😀", ""]'),
  'STRUCT(a BIGINT, b VARCHAR)': some(
    '{"a":1,"b":"x"}',
    '{"a":null,"b":"xy"}',
    '{"a":-3,"b":null}',
    '{"a":9007199254740991,"b":"ab"}',
  ),
}

/** Any value of JSON, in a column with others. */
const values = fc.oneof(
  small,
  some('true', 'false', '1.5', '"1"', '"a"', '"2020-01-01T00:00:00Z"', '"\ufeffa"', '""', '[]', '[1, "1"]', '[null]'),
  some('{}', '{"a": 1}', '{"a": 1, "b": "x"}', '{"a": null}', '{"b": {"c": []}, "a": -3}', '9007199254740993'),
)

/** JSON knows neither NaN nor Infinity. */
const OF_JSON: Readonly<Record<string, fc.Arbitrary<string>>> = {
  BOOLEAN: some('true', 'false'),
  BIGINT: longs,
  DOUBLE: doubles.map((text) => (/[.e]/.test(text) ? text : `${text}.0`)),
  'BIGINT[]': some('[1]', '[1, 2, 3, 4]', '[-1, 2]'),
  JSON: values,
}

const OF_MEMORY: Readonly<Record<string, fc.Arbitrary<string>>> = {
  BOOLEAN: some('true', 'false'),
  BIGINT: longs,
  HUGEINT: fc.oneof(longs, some('18446744073709551616', '-9223372036854775809')),
  DOUBLE: endless,
  TIMESTAMP: times.map((text) => text.slice(0, 23)),
}

const FITTING: Readonly<Record<Reading, readonly string[]>> = {
  text: ['VARCHAR', 'VARCHAR', 'VARCHAR', 'DATE', 'TIMESTAMP', 'INTEGER'],
  number: [
    'DOUBLE',
    'DOUBLE',
    'BIGINT',
    'INTEGER',
    'FLOAT',
    'DECIMAL(9,2)',
    'UBIGINT',
    'VARCHAR',
    'DECIMAL(18,3)',
    'HUGEINT',
  ],
  bigint: ['BIGINT', 'INTEGER', 'UBIGINT', 'HUGEINT', 'DOUBLE'],
  boolean: ['BOOLEAN', 'BOOLEAN', 'VARCHAR', 'INTEGER'],
  date: ['DATE', 'TIMESTAMP', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE', 'VARCHAR'],
  any: ['JSON', 'VARCHAR', 'DOUBLE', 'BIGINT', 'BIGINT[]', 'VARCHAR[]', 'STRUCT(a BIGINT, b VARCHAR)', 'BOOLEAN'],
}

/** A type of the engine with cells of it, made for a schema. */
export function typedCells(
  schema: Expression,
  source: Exclude<SourceKind, 'csv'>,
): fc.Arbitrary<{ type: string; cells: (string | null)[] }> {
  const known = source === 'jsonl' ? OF_JSON : source === 'memory' ? OF_MEMORY : CELLS
  const here = (type: string): boolean => type === 'VARCHAR' || type in known
  const fitting = FITTING[readingOf(schema)].filter(here)
  const all = ['VARCHAR', ...Object.keys(known)]
  const nested = /"z":"(array|object|strictObject)"|"array"/.test(JSON.stringify(schema))
  const type = fc.oneof(
    { weight: 6, arbitrary: some(...(fitting.length > 0 ? fitting : all)) },
    {
      weight: nested ? 12 : 0,
      arbitrary: some(...all.filter((name) => /[\])]$/.test(name) || name === 'VARCHAR' || name === 'JSON')),
    },
    { weight: 1, arbitrary: some(...all) },
  )
  return type.chain((name) => cellsOf(name, known, schema).map((cells) => ({ type: name, cells })))
}

function cellsOf(
  type: string,
  known: Readonly<Record<string, fc.Arbitrary<string>>>,
  schema: Expression,
): fc.Arbitrary<(string | null)[]> {
  if (type === 'VARCHAR') return textCells(schema)
  const cell = known[type] as fc.Arbitrary<string>
  // The first is there, so that the column has its type where values tell it.
  return fc
    .tuple(cell, fc.array(fc.option(cell, { freq: 10 }), { maxLength: 40, size: 'max' }))
    .map(([first, rest]) => [first, ...rest])
}
