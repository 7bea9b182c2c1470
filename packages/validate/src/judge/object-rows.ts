import { literal, type Frame, type QueryOptions } from '@dayshift/core'
import type { PlannedColumn } from '../planned-column.ts'

/** Rows of JSON objects: the objects, and the values of each column, `undefined` where an object lacks the key. */
export interface ObjectRows {
  readonly rows: number
  readonly objects: readonly Readonly<Record<string, unknown>>[]
  readonly columns: readonly (readonly unknown[])[]
}

const INTEGER = /^-?\d+$/

/** The rows of JSON files, in order, with the values as `JSON.parse` gives them; large integers for schemas of bigint as they are. */
export async function* objectRows(
  frame: Frame,
  columns: readonly PlannedColumn[],
  options: QueryOptions,
): AsyncGenerator<ObjectRows> {
  const from = frame.objects?.from.text ?? ''
  const exact = columns.filter(({ rules }) => rules.kind === 'bigint')
  const digits = exact.map(({ name }) => `CAST(json_extract(json, ${pathTo(name)}) AS VARCHAR)`)
  const query = `SELECT ${['CAST(json AS VARCHAR)', ...digits].join(', ')} FROM ${from}`
  for await (const batch of frame.engine.stream(query, options)) {
    const [texts, ...numbers] = batch.columns as [ArrayLike<string>, ...ArrayLike<string | null>[]]
    const objects = Array.from({ length: batch.rows }, (_, at) => objectOf(texts[at] as string))
    exact.forEach(({ name }, index) => {
      objects.forEach((object, at) => {
        const written = numbers[index]?.[at]
        if (typeof object[name] === 'number' && written && INTEGER.test(written)) object[name] = BigInt(written)
      })
    })
    yield {
      rows: batch.rows,
      objects,
      columns: columns.map(({ name }) =>
        // As Zod sees them: `constructor` is what every object has.
        objects.map((object) => object[name]),
      ),
    }
  }
}

/** An object; a line that is `null` is one without keys, as the engine has it. */
function objectOf(text: string): Record<string, unknown> {
  return (JSON.parse(text) as Record<string, unknown> | null) ?? {}
}

/** SQL of the JSON Pointer to a key of an object. */
export function pathTo(name: string): string {
  return literal(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).text
}
