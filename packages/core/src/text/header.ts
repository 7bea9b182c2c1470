import { failure } from '../codes.ts'
import { originalOf } from './copies.ts'
import type { CsvLayout } from '../dialect.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import type { Finding } from '../finding.ts'
import type { RenamedColumn } from '../source.ts'

/**
 * The columns' names as a file's header gives them: spaces around are cut, one that is missing gets its place
 * (`column3`), one that is there already, in any case, a number (`a_1`).
 *
 * @example columnNames(['a', 'A', '']) // ['a', 'A_1', 'column2']
 */
export function columnNames(cells: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return cells.map((cell, at) => {
    let name = cell.replaceAll(/^\s+|\s+$/g, '') || unnamed(at, cells.length)
    for (let count = seen.get(lower(name)); count !== undefined; count = seen.get(lower(name))) {
      seen.set(lower(name), count + 1)
      name = `${name}_${count + 1}`
    }
    seen.set(lower(name), 0)
    return name
  })
}

/** The columns that are not called as the header has it, because another one is called so, in any case. */
export function renamedColumns(cells: readonly string[], names: readonly string[]): RenamedColumn[] {
  return cells.flatMap((cell, at) => {
    const [written, name] = [cell.replaceAll(/^\s+|\s+$/g, ''), names[at] as string]
    return written === '' || written === name ? [] : [{ written, name }]
  })
}

/** Tells of columns that are not called as the header has it. */
export function renamedNotes(renamed: readonly RenamedColumn[]): Finding[] {
  return renamed.map(({ written, name }) => ({
    severity: 'warn',
    code: 'source.column_renamed',
    column: name,
    message: `'${written}' stands in the header more than once, case aside: here it is called '${name}'`,
    hint: 'Give each column a name of its own, in the file or as it is read (names).',
  }))
}

/** `column0` to `column9`, or `column00` to `column10` where there are more, so that they sort. */
function unnamed(at: number, columns: number): string {
  return `column${String(at).padStart(String(columns - 1).length, '0')}`
}

/** As the engine compares names: letters of ASCII only. */
function lower(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/**
 * The cells of a text table's header, one for each column; empty ones where it has none.
 *
 * @param cells the number of cells in the first record
 * @throws DS_SOURCE_EMPTY where there is no record
 */
export async function headerOf(
  engine: Engine,
  file: string,
  layout: CsvLayout,
  cells: number,
  options?: QueryOptions,
): Promise<string[]> {
  const columns = Array.from({ length: cells }, (_, at) => ({ name: `c${at}`, nativeType: 'VARCHAR' }))
  const scan = engine.dialect.scanCsv([file], { ...layout, header: false, nulls: [] }, columns).text
  const [row] = await engine.query(`SELECT * FROM ${scan} LIMIT 1`, options)
  if (!row) throw emptyFile(file)
  const cellsOfRow = columns.map(({ name }) => row[name])
  if (layout.header && cellsOfRow.some((cell) => typeof cell === 'string' && cell.includes('\0'))) {
    throw failure('DS_SOURCE_MALFORMED', `${originalOf(file)}: a name in the header holds the character U+0000`, {
      where: originalOf(file),
      hint: 'The file may be of another encoding (encoding), or no text table.',
    })
  }
  return cellsOfRow.map((cell) => (layout.header && typeof cell === 'string' ? cell : ''))
}

/** What is thrown of a file that has no columns. */
export function emptyFile(file: string): Error {
  return failure('DS_SOURCE_EMPTY', `${originalOf(file)} is empty: it has no header and no rows`, {
    where: originalOf(file),
  })
}
