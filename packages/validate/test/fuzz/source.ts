import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ident, literal, open, type Engine, type Frame } from '@dayshift/core'
import { cellAt, cellSql, type FuzzColumn, type FuzzTable } from './table.ts'
import { valueOfType } from './value.ts'

/** Where cases are written. */
export interface Place {
  readonly folder: string
  readonly engine: Engine
}

/** The number of the next file: the engine may remember a file by its name. */
let files = 0

/** Writes the data of a case, and opens it. */
export async function openTable(table: FuzzTable, { folder, engine }: Place): Promise<Frame> {
  const path = (ending: string): string => join(folder, `${++files}.${ending}`)
  switch (table.source) {
    case 'csv': {
      // As text whose bytes tell the cells, with all quotes and with few; and compressed, which only the engine reads.
      const zipped = table.rows % 3 === 0
      const file = path(zipped ? 'csv.gz' : 'csv')
      const text = csvOf(table, table.rows % 3 === 1 ? quote : quoteWhereNeeded)
      writeFileSync(file, zipped ? gzipSync(text) : text)
      return open(file, { engine, nulls: table.nulls })
    }
    case 'jsonl': {
      const file = path('jsonl')
      writeFileSync(file, jsonOf(table))
      return open(file, { engine })
    }
    case 'memory':
      return open(objectsOf(table), { engine })
    default: {
      const file = path('parquet')
      await engine.query(`COPY (${selectOf(table)}) TO ${literal(file).text} (FORMAT parquet, ROW_GROUP_SIZE 2048)`)
      if (table.source === 'parquet') return open(file, { engine })
      const arrow = path('arrow')
      await (await open(file, { engine })).write(arrow)
      return open(arrow, { engine })
    }
  }
}

/** The cells of each row, as text. */
function* rowsOf({ columns, rows }: FuzzTable): Generator<(string | null)[]> {
  for (let row = 0; row < rows; row++) {
    yield columns.map(({ cells }, at) => cells[cellAt(at, cells.length, row)] ?? null)
  }
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

function quoteWhereNeeded(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? quote(text) : text
}

function csvOf(table: FuzzTable, written: (text: string) => string): string {
  // A line with nothing on it would be no row.
  const none = table.columns.length === 1 ? '""' : ''
  const lines = [...rowsOf(table)].map((row) => row.map((cell) => (cell === null ? none : written(cell))).join(','))
  return [table.columns.map(({ name }) => quote(name)).join(','), ...lines, ''].join('\n')
}

function jsonOf({ columns, rows }: FuzzTable): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const fields = columns.flatMap((column, at) => {
      const value = fieldOf(column, at, row)
      return value === undefined ? [] : [`${JSON.stringify(column.name)}: ${value}`]
    })
    return `{${fields.join(', ')}}\n`
  })
  return lines.join('')
}

/**
 * What an object of a JSON file has in a column, as text. Of rows without a value every other one lacks the key.
 *
 * @param row from 0
 */
export function fieldOf({ cells, type }: FuzzColumn, at: number, row: number): string | undefined {
  const cell = cells[cellAt(at, cells.length, row)] ?? null
  if (cell === null) return row % 2 === 1 ? undefined : 'null'
  return type === 'VARCHAR' ? JSON.stringify(cell) : cell
}

function objectsOf(table: FuzzTable): Record<string, unknown>[] {
  return [...rowsOf(table)].map((row) =>
    Object.fromEntries(
      table.columns.map(({ name, type }, at) => {
        const cell = row[at] ?? null
        return [name, cell === null ? null : valueOfType(type, cell)]
      }),
    ),
  )
}

function selectOf({ columns, rows }: FuzzTable): string {
  const list = columns.map((column, at) => {
    const pool = `[${column.cells.map((cell) => typedSql(column, cell)).join(', ')}]`
    return `CAST((${pool})[${cellSql(at, column.cells.length)}] AS ${column.type}) AS ${ident(column.name).text}`
  })
  return `SELECT ${list.join(', ')} FROM range(${rows}) AS rows(row)`
}

function typedSql({ type }: FuzzColumn, cell: string | null): string {
  if (cell === null) return `CAST(NULL AS ${type})`
  const nested = type.endsWith(']') || type.startsWith('STRUCT')
  return `CAST(${nested ? `CAST(${literal(cell).text} AS JSON)` : literal(cell).text} AS ${type})`
}
