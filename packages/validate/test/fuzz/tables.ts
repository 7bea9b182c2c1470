import fc from 'fast-check'
import { textCells } from './cells.ts'
import { schemas } from './schemas.ts'
import type { Form, FuzzColumn, FuzzTable, SourceKind } from './table.ts'
import { typedCells } from './typed-cells.ts'

const some = <Value>(...values: Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values)

const NAMES = ['a', 'b c', 'select', "it's", 'Ä', 'q"q', 'n.o', 'row']

/** One of eight. */
function seldom<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
}

function columnOf(source: SourceKind): fc.Arbitrary<Omit<FuzzColumn, 'name'>> {
  return schemas.chain((schema) =>
    source === 'csv'
      ? textCells(schema).map((cells) => ({ schema, type: 'VARCHAR', cells }))
      : typedCells(schema, source).map((data) => ({ schema, ...data })),
  )
}

const markers = seldom(some(['-9'], ['a', 'NA'], ['0', '-'], []))

/** What means "no value": to the reader, in the contract, in its first column. Text tables only. */
const missing = fc.record({ nulls: markers, all: markers, own: markers })

/** Schemas of columns that a contract does not name. These two are none to Zod. */
const others = schemas.filter(({ z }) => z !== 'never' && z !== 'unknown')

/** A contract with data, of all kinds. */
export const tables: fc.Arbitrary<FuzzTable> = some<SourceKind>(
  ...(['csv', 'csv', 'csv', 'parquet', 'parquet', 'arrow', 'jsonl', 'memory'] as const),
).chain((source) =>
  fc
    .record({
      columns: fc.array(columnOf(source), { minLength: 1, maxLength: 8, size: 'max' }),
      form: some<Form>('object', 'object', 'strict', 'named'),
      rule: seldom(some('firstIsSet', 'allDiffer', 'fewMissing')),
      other: seldom(others),
      // Most tables have each cell once; some have more rows than a batch and than a group of rows of a file, and some more
      // than those of which the values are judged as they come.
      repeat: fc.oneof(
        { weight: 28, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 2049, max: 4500 }) },
        { weight: 1, arbitrary: fc.integer({ min: 10_001, max: 12_500 }) },
      ),
      missing: source === 'csv' ? missing : fc.constant({ nulls: undefined, all: undefined, own: undefined }),
    })
    .map(({ columns, form: wanted, rule, other, repeat, missing: { nulls, all, own } }): FuzzTable => {
      // Only an object has refinements, and a schema of keys that it does not name.
      const form = rule === undefined || wanted !== 'named' ? wanted : 'object'
      const named = columns.map(({ cells, ...one }, at): FuzzColumn => {
        const declared = [own, all, nulls].flatMap((list) => list?.slice(0, 1) ?? [])
        const column = { name: NAMES[at] as string, ...one, cells: [...cells, ...declared] }
        if (own && form === 'named' && at === 0) return { ...column, missing: own }
        return other && form === 'object' && at > 2 ? { ...column, schema: other, extra: true } : column
      })
      return {
        source,
        form,
        rows: Math.max(repeat, ...named.map(({ cells }) => cells.length)),
        columns: named,
        ...(all && { missing: all }),
        ...(nulls && { nulls }),
        ...(rule !== undefined && { rule }),
      }
    }),
)
