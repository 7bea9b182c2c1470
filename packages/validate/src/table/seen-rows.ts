import { ident, literal, type Frame, type TableSchema } from '@dayshift/core'
import { markersOf } from '../judge/decode.ts'
import type { PlannedColumn } from '../planned-column.ts'

/** What columns of text are to SQL, by the kind of their schemas. */
const SQL_TYPES: Readonly<Record<string, string>> = {
  number: 'DOUBLE',
  bigint: 'HUGEINT',
  boolean: 'BOOLEAN',
  date: 'TIMESTAMP',
}

/** Cells that the engine may have taken for numbers, days or truth values. */
const TYPED_CELL = /\d|inf|nan|^\s*(t|f|y|n|true|false|yes|no|on|off)\s*$/i

/**
 * SQL of the rows as measures see them: cells that mean "no value" to a column's schema are NULL.
 *
 * @param planned the columns that are looked at; others may be as they stand
 */
export function markedRows(frame: Frame, schema: TableSchema, planned: readonly PlannedColumn[]): string {
  return seenRows(frame, schema, planned, (_column, cell) => cell)
}

/**
 * SQL of the rows as conditions see them. A column of a text table is text to the engine where a cell is not what it should
 * be, or none has a value; conditions are written for what the contract says, and a cell that is not so is missing to them.
 * So are NaN and the infinities, which are no numbers to Zod, wherever they are stored.
 */
export function typedRows(frame: Frame, schema: TableSchema, planned: readonly PlannedColumn[]): string {
  const from = seenRows(frame, schema, planned, ({ rules }, cell) => {
    const type = SQL_TYPES[rules.kind]
    return type === undefined ? cell : `TRY_CAST(${cell} AS ${type})`
  })
  const types = new Map(schema.columns.map(({ name, type }) => [name, type as string]))
  const numbers = planned.filter((column) => {
    const type = types.get(column.name)
    return isOfNumbers(column) && (type === 'float' || (column.fromText && type === 'string'))
  })
  const list = numbers.map(
    ({ name }) => `CASE WHEN isfinite(${ident(name).text}) THEN ${ident(name).text} END AS ${ident(name).text}`,
  )
  return list.length === 0 ? from : `(SELECT * REPLACE (${list.join(', ')}) FROM ${from})`
}

/** Whether a column is one of numbers that are finite. */
function isOfNumbers({ rules }: PlannedColumn): boolean {
  return rules.numeric !== undefined || rules.plain?.type === 'number'
}

function seenRows(
  frame: Frame,
  { columns }: TableSchema,
  planned: readonly PlannedColumn[],
  seen: (column: PlannedColumn, cell: string) => string,
): string {
  const types = new Map(columns.map(({ name, type }) => [name, type as string]))
  const texts = planned.filter(({ name, fromText }) => fromText && types.get(name) === 'string')
  const others = planned.filter(
    (column) => !texts.includes(column) && unknownMarkers(frame, column).some((marker) => TYPED_CELL.test(marker)),
  )
  const from = withoutMarked(frame, others)
  const list = texts.flatMap((column) => {
    const name = ident(column.name).text
    const value = seen(column, cellSql(frame, column))
    return value === name ? [] : [`${value} AS ${name}`]
  })
  return list.length === 0 ? from : `(SELECT * REPLACE (${list.join(', ')}) FROM ${from})`
}

/** Markers of a column that the reader was not told of. */
function unknownMarkers({ text }: Frame, { rules, missing }: PlannedColumn): string[] {
  const known = new Set(text?.layout.nulls)
  return [...markersOf(rules.kind, missing)].filter((marker) => !known.has(marker))
}

/** SQL of a cell of a column of text, with NULL where it means "no value" to the column's schema. */
export function cellSql(frame: Frame, column: PlannedColumn): string {
  const name = ident(column.name).text
  // Text tables have no empty cells: those are NULL.
  const markers = [...(frame.text ? [] : ['']), ...unknownMarkers(frame, column)]
  return markers.length === 0 ? name : `CASE WHEN ${name} NOT IN (${literal(markers).text}) THEN ${name} END`
}

/** The rows with NULL where the text of a cell that the engine typed is a marker. */
function withoutMarked(frame: Frame, columns: readonly PlannedColumn[]): string {
  const from = frame.relation.from.text
  if (!frame.text || columns.length === 0) return from
  const list = columns.map((column) => {
    const name = ident(column.name).text
    return `CASE WHEN t.${name} NOT IN (${literal(unknownMarkers(frame, column)).text}) THEN e.${name} END AS ${name}`
  })
  // Both read the same file in the same order.
  return `(SELECT e.* REPLACE (${list.join(', ')}) FROM ${from} AS e POSITIONAL JOIN ${frame.text.relation.from.text} AS t)`
}
