import { originalOf } from './copies.ts'
import type { CsvLayout } from '../dialect.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import type { Finding } from '../finding.ts'
import { lineCursor } from './records.ts'
import { textScan } from './text-scan.ts'
import { ident } from '../sql.ts'
import { cellSeen, MISFIT, typeWords } from './cell-type.ts'
import { typeOf, type CsvColumn } from './columns.ts'

/** A column that all cells made wider than the first ones. */
interface Widened {
  readonly column: CsvColumn
  readonly before: string
}

/** Where a column's first cell of another type stands. */
interface Misfit extends Widened {
  readonly file: string
  readonly row: number
  readonly cell: string
}

/** Tells of the columns that have a wider type by all cells than by the first rows, and of the cell that made it so. */
export async function widenedNotes(
  engine: Engine,
  files: readonly string[],
  layout: CsvLayout,
  head: readonly CsvColumn[],
  all: readonly CsvColumn[],
  markers: readonly string[],
  options?: QueryOptions,
): Promise<Finding[]> {
  let open: Widened[] = head.flatMap((before, at) => {
    const column = all[at] as CsvColumn
    const changed = before.filled && typeOf(before) !== typeOf(column)
    return changed ? [{ column, before: typeOf(before) }] : []
  })
  const notes: Finding[] = []
  for (const file of files) {
    if (open.length === 0) break
    const names = all.map(({ name }) => name)
    const scan = textScan(engine, [file], layout, names).text
    const misfits = await firstMisfits(engine, file, scan, open, markers, options)
    const lines = await linesOf(misfits, layout, all.length)
    notes.push(...misfits.map((misfit) => noteOf(misfit, lines.get(misfit.row), files.length > 1)))
    open = open.filter(({ column }) => !misfits.some((misfit) => misfit.column === column))
  }
  return notes
}

async function firstMisfits(
  engine: Engine,
  file: string,
  scan: string,
  columns: readonly Widened[],
  markers: readonly string[],
  options?: QueryOptions,
): Promise<Misfit[]> {
  const found: Misfit[] = []
  for (const { column, before } of columns) {
    const cell = ident(column.name).text
    const numbered = `SELECT ${cell} AS cell, row_number() OVER () AS row FROM ${scan}`
    const [row] = await engine.query(
      `SELECT row, cell FROM (${numbered}) WHERE ${cellSeen('cell', before, markers)} = ${MISFIT} LIMIT 1`,
      options,
    )
    if (row) found.push({ column, before, file, row: Number(row['row']), cell: String(row['cell']) })
  }
  return found
}

/** The physical lines of rows of one file. */
async function linesOf(
  misfits: readonly Misfit[],
  layout: CsvLayout,
  columns: number,
): Promise<Map<number, number | undefined>> {
  const lines = new Map<number, number | undefined>()
  const [first] = misfits
  if (!first) return lines
  const cursor = lineCursor(first.file, { ...layout, columns })
  for (const { row } of misfits.toSorted((a, b) => a.row - b.row)) lines.set(row, await cursor.lineOf(row))
  await cursor.close()
  return lines
}

function noteOf(misfit: Misfit, line: number | undefined, ofMany: boolean): Finding {
  const { column, before, file, row, cell } = misfit
  const type = typeOf(column)
  const place = `${line === undefined ? `row ${row}` : `line ${line}`}${ofMany ? ` of ${originalOf(file)}` : ''}`
  const shown = cell.length > 40 ? `${cell.slice(0, 40)}…` : cell
  return {
    severity: type === 'VARCHAR' ? 'warn' : 'info',
    code: 'source.column_widened',
    message: `'${column.name}' is read as ${typeWords(type)}: ${place} holds '${shown}' among ${typeWords(before)}`,
    column: column.name,
    hint:
      type === 'VARCHAR'
        ? `Mend that cell, declare the cells that mean "no value" (nulls), or the type: types: { ${JSON.stringify(column.name)}: '${before}' }.`
        : `Declare the type where it should be another: types: { ${JSON.stringify(column.name)}: '${before}' }.`,
  }
}
