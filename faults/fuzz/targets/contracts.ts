import { readContract, writeContract } from '../../../packages/validate/src/exchange/contract-file.ts'
import { Broken, type Target } from '../target.ts'

/** Reads a contract and, where it is one, writes it in its own format and reads that again. */
async function roundTrip(bytes: Buffer): Promise<void> {
  const read = await readContract(String(bytes), { file: 'contract.yaml', folder: '/nowhere' })
  const names = Object.keys(read.contract.columns)
  const written = await writeContract(read, read.format)
  const again = await readContract(written.text, { file: 'again', folder: '/nowhere' })
  if (Object.keys(again.contract.columns).join('\0') !== names.join('\0'))
    throw new Broken('columns were lost in writing')
  await writeContract(read, 'typescript')
}

const pandera: Target = {
  name: 'Pandera schema',
  texts: [
    'schema_type: dataframe\nversion: 0.20.4\ncolumns:\n  id:\n    title: null\n    dtype: int64\n    nullable: false\n    checks:\n      greater_than_or_equal_to: 0\n      isin: [1, 2]\n    unique: true\n    coerce: false\n    required: true\n    regex: false\n  t:\n    dtype: str\n    checks:\n      str_matches: ^a(b|c)*$\n      str_length: {min_value: 1, max_value: 3}\nchecks: null\nindex: null\ncoerce: false\nstrict: true\nunique: [id]\n',
  ],
  trees: [
    {
      schema_type: 'dataframe',
      columns: { a: { dtype: 'float64', nullable: true, checks: { in_range: { min_value: 0, max_value: 1 } } } },
    },
  ],
  words: [
    'dtype: ',
    'checks:',
    'regex: true',
    'str_matches: ',
    'isin: ',
    'datetime64[ns, UTC]',
    'category',
    'index:',
    '(?P<a>',
    '(?i)',
  ],
  read: roundTrip,
}

const tableSchema: Target = {
  name: 'Table Schema',
  texts: [
    '{"fields": [{"name": "id", "type": "integer", "constraints": {"required": true, "minimum": 0}}, {"name": "d", "type": "date", "format": "%d.%m.%Y"}], "primaryKey": "id", "missingValues": ["", "-"]}',
    '{"resources": [{"name": "a", "path": "a.csv", "schema": {"fields": [{"name": "x", "type": "string", "constraints": {"pattern": "a+"}}]}}]}',
  ],
  trees: [
    {
      fields: [{ name: 'a', type: 'number', constraints: { enum: ['1', '2'], maximum: '5' }, decimalChar: ',' }],
      foreignKeys: [{ fields: 'a', reference: { resource: '', fields: 'a' } }],
    },
  ],
  words: ['"type"', '"any"', '"constraints"', '"pattern"', '"primaryKey"', '"$schema"'],
  read: roundTrip,
}

const odcs: Target = {
  name: 'ODCS contract',
  texts: [
    'apiVersion: v3.0.2\nkind: DataContract\nid: a\nname: orders\nversion: 1.0.0\nstatus: active\nschema:\n- name: orders\n  physicalType: table\n  properties:\n  - name: id\n    logicalType: integer\n    physicalType: BIGINT\n    required: true\n    unique: true\n    primaryKey: true\n    logicalTypeOptions: {minimum: 1, multipleOf: 2}\n    quality:\n    - rule: nullCount\n      mustBe: 0\n  - name: s\n    logicalType: string\n    logicalTypeOptions: {pattern: "^a$", maxLength: 3, format: email}\n  quality:\n  - type: sql\n    query: SELECT 1\n    mustBeGreaterThan: 0\n',
  ],
  trees: [
    {
      apiVersion: 'v3.1.0',
      kind: 'DataContract',
      id: 'a',
      version: '1',
      status: 'draft',
      schema: [
        {
          name: 't',
          properties: [
            {
              name: 'a',
              logicalType: 'object',
              properties: [{ name: 'b', logicalType: 'array', items: { logicalType: 'number' } }],
            },
          ],
        },
      ],
    },
  ],
  words: [
    'logicalType: ',
    'quality:',
    'rule: duplicateCount',
    'mustBeBetween: [1, 2]',
    'timestamp',
    'invalidValues',
    'type: custom',
  ],
  read: roundTrip,
}

const jsonSchema: Target = {
  name: 'JSON Schema',
  texts: [
    '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {"a": {"type": ["integer", "null"], "minimum": 0}, "b": {"$ref": "#/$defs/b"}}, "required": ["a"], "additionalProperties": false, "$defs": {"b": {"type": "string", "pattern": "^(a|b)+$", "format": "date-time"}}}',
  ],
  trees: [
    {
      type: 'object',
      properties: {
        a: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        b: { enum: [1, 'x', null] },
        c: { type: 'array', items: { $ref: '#' } },
      },
      allOf: [{ required: ['a'] }],
    },
    {
      type: 'array',
      items: { type: 'object', properties: { a: { type: 'number', multipleOf: 0.1, exclusiveMinimum: 0 } } },
      definitions: { d: { not: {} } },
    },
  ],
  words: ['"$ref": "#"', '"allOf"', '"oneOf"', '"not"', '"if"', '"patternProperties"', '"#/$defs/a"', '"const"'],
  read: roundTrip,
}

export const contractTargets = [pandera, tableSchema, odcs, jsonSchema]
