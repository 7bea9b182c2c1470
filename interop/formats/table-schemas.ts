import fc from 'fast-check'

/** Cells that are something to one type or another, or to nobody. */
const CELLS = (
  '0|1|-1|+1|01|20|2020|02020|99999|-2020|0000|0999|1e3|1.0|1.|.5|-0.5|1E-3|1e400|NaN|nan|INF|-INF|inf|Infinity|1_0|٣|0x10|' +
  '12345678901234567890|9007199254740993|true|True|TRUE|tRuE|false|yes|Y|no|NA|N/A|NULL|null|None|-|n/a| |a|ab|é| 5 | true|' +
  '2020-01-01|2020-02-30|2020-1-1|0001-01-01|20200101|2020-01-01T00:00:00|2020-01-01 00:00:00|2020-01-01T10:00:00Z|' +
  '2020-01-01T10:00:00+02:00|2020-01-01T10:00:00.5|2020-01-01T10:00|2020-01-01T10:00Z| 2020-01-01|2020-01-01 |2020-01-01T24:00:00|' +
  '2020-01|2020-13|10:00:00|10:00|25:00:00|a@b.example|x y|1,5'
).split('|')
const cell = fc.oneof(
  { arbitrary: fc.constantFrom('', ...CELLS), weight: 6 },
  { arbitrary: fc.constant(''), weight: 1 },
)

const bound = (values: readonly unknown[]): fc.Arbitrary<object> =>
  fc
    .tuple(fc.constantFrom('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'), fc.constantFrom(...values))
    .map(([key, value]) => ({ [key]: value }))
const listed = (values: readonly unknown[]): fc.Arbitrary<object> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }).map((list) => ({ enum: list }))

/** What may be asked of a type. */
const ASKED: Readonly<Record<string, readonly fc.Arbitrary<object>[]>> = {
  string: [
    fc.constantFrom({ minLength: 2 }, { maxLength: 3 }, { pattern: '[0-9]+' }, { pattern: 'a|b' }),
    listed(['a', 'true', '1']),
  ],
  integer: [bound([0, 1, '20']), listed([1, 20, '2020'])],
  number: [bound([0, 0.5, '1']), listed([1, 0.5, '20'])],
  boolean: [listed([true, false, 'true'])],
  date: [bound(['2020-01-01']), listed(['2020-01-01'])],
  datetime: [bound(['2020-01-01T00:00:00']), listed(['2020-01-01T00:00:00'])],
  year: [bound([2020, '1000']), listed([2020, '2020'])],
  time: [bound(['10:00:00'])],
  any: [],
}

/** A field, the missing values of its table, and a cell. */
export interface FieldQuestion {
  readonly type: string
  readonly cell: string
  readonly schema: object
}

export const fieldQuestion: fc.Arbitrary<FieldQuestion> = fc.constantFrom(...Object.keys(ASKED)).chain((type) =>
  fc
    .record({
      cell,
      constraints: fc.oneof(
        { arbitrary: fc.constant({}), weight: 2 },
        ...(ASKED[type] ?? []).map((arbitrary) => ({ arbitrary, weight: 1 })),
      ),
      required: fc.boolean(),
      own: fc.option(fc.constantFrom(['', '-'], ['', 'NA', '1']), { freq: 5 }),
      markers: fc.option(fc.constantFrom(['', '-'], ['', 'n/a']), { freq: 5 }),
      words: type === 'boolean' ? fc.option(fc.constantFrom(WORDS), { freq: 3 }) : fc.constant(null),
    })
    .map(({ cell: asked, constraints, required, own, markers, words }) => ({
      type,
      cell: asked,
      schema: {
        $schema: 'https://datapackage.org/profiles/2.0/tableschema.json',
        fields: [
          { name: 'row', type: 'integer' },
          {
            name: 'a',
            type,
            ...words,
            constraints: { ...constraints, ...(required ? { required } : {}) },
            ...(own ? { missingValues: own } : {}),
          },
        ],
        ...(markers ? { missingValues: markers } : {}),
      },
    })),
)

const WORDS = { trueValues: ['yes', 'Y', 'true'], falseValues: ['no', '-'] }

/** Why a verdict is another one, as docs/contract-formats.md tells; nothing where it must be the same. */
export function toldDifference({ type, cell: asked, schema }: FieldQuestion): string | undefined {
  const text = asked.trim()
  if (JSON.stringify(schema).includes('"a|b"')) return 'patterns that frictionless anchors in part'
  const isPython = /_|٣/.test(text) || /^[+-]?(nan|inf|infinity)$/i.test(text)
  if (type === 'integer' && /^[+-]?\d+(\.0*|e\d+)$/i.test(text)) return 'whole numbers with a point or an exponent'
  if (type === 'integer' && /^[+-]?\d{16,}$/.test(text)) return 'numbers that JavaScript does not hold'
  if (type === 'number' && /^[+-]?(nan|inf|infinity)$|^1e400$/i.test(text)) return 'numbers that are not finite'
  return isPython || (/^(date|year)$/.test(type) && /^([+ -].*|2020-1-1)$/.test(asked))
    ? 'what Python takes'
    : undefined
}
