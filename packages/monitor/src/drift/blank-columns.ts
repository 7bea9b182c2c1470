import type { Frame, TableSchema } from '@dayshift/core'

/**
 * A text table tells no type of a column without values: it is read as text. Where the other side has another type there,
 * such a column is taken for one of that, since it holds no words.
 *
 * @param other the other side's schema
 * @returns the frame's schema, with the other side's types where the frame holds no value
 */
export async function typedLike(frame: Frame, other: TableSchema, signal?: AbortSignal): Promise<TableSchema> {
  const schema = await frame.schema()
  const typed = new Map(other.columns.filter(({ type }) => type !== 'string').map((column) => [column.name, column]))
  const doubtful = schema.columns.filter(({ name, type }) => type === 'string' && typed.has(name))
  if (doubtful.length === 0) return schema
  const { rows, columns } = await frame.profile({ columns: doubtful.map(({ name }) => name), signal })
  const blank = new Set(columns.filter(({ nulls }) => nulls === rows).map(({ name }) => name))
  return {
    columns: schema.columns.map((column) => (blank.has(column.name) ? (typed.get(column.name) ?? column) : column)),
  }
}
