import fc from 'fast-check'
import { textCells } from './cells.ts'
import { schemas } from './schemas.ts'
import type { Form, FuzzColumn, FuzzTable, SourceKind } from './table.ts'
import { typedCells } from './typed-cells.ts'

const some = <Value>(...values: Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values)

const NAMES = ['a', 'b c', 'select', "it's", 'Ä', 'q"q', 'n.o', 'row']

function column(source: SourceKind): fc.Arbitrary<Omit<FuzzColumn, 'name'>> {
  return schemas.chain((schema) =>
    source === 'csv'
      ? textCells(schema).map((cells) => ({ schema, type: 'VARCHAR', cells }))
      : typedCells(schema, source).map((data) => ({ schema, ...data })),
  )
}

/** One of eight. */
function seldom<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value })
}

const MARKERS = [['-9'], ['a', 'NA'], ['0', '-'], []]

/** A contract with data, of all kinds. */
export const tables: fc.Arbitrary<FuzzTable> = some<SourceKind>(
  'csv',
  'csv',
  'csv',
  'parquet',
  'parquet',
  'arrow',
  'jsonl',
  'memory',
).chain((source) =>
  fc
    .record({
      columns: fc.array(column(source), { minLength: 1, maxLength: 8, size: 'max' }),
      form: some<Form>('object', 'object', 'strict', 'named'),
      rule: seldom(some('firstIsSet', 'allDiffer', 'fewMissing')),
      // Most tables have each cell once; some have more rows than a batch, and than a group of rows of a file.
      repeat: fc.oneof(
        { weight: 14, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 2049, max: 4500 }) },
      ),
      own: seldom(some(...MARKERS)),
      all: seldom(some(...MARKERS)),
    })
    .map(({ columns, form, rule, repeat, own, all }): FuzzTable => {
      const markers = [...(own ?? []), ...(all ?? [])].slice(0, 2)
      const named = columns.map(({ cells, ...one }, at): FuzzColumn => {
        return { name: NAMES[at] as string, ...one, cells: source === 'csv' ? [...cells, ...markers] : cells }
      })
      const marked = own !== null && form === 'named' && rule === null && source === 'csv'
      return {
        source,
        form: rule !== null && form === 'named' ? 'object' : form,
        rows: Math.max(repeat, ...named.map(({ cells }) => cells.length)),
        columns: marked ? named.map((one, at) => (at === 0 ? { ...one, missing: own } : one)) : named,
        ...(all !== null && source === 'csv' ? { missing: all } : {}),
        ...(rule === null ? {} : { rule }),
      }
    }),
)
