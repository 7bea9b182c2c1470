import type { Engine, QueryOptions } from '../engine.ts'
import { ident, type Sql } from '../sql.ts'
import { CELL_TYPES, cellSeen, FITS, MARKER, MISFIT } from './cell-type.ts'

/** Cells that mean "no value" among numbers, dates and booleans, where nothing is declared. */
export const USUAL_MARKERS = ['NA', 'N/A', 'NULL', 'null']

/** What is known of the columns of a text table. */
export interface CsvColumn {
  readonly name: string
  /** The type that was declared for it. */
  readonly declared: string | undefined
  /** Types that all cells seen so far fit, the more special first. */
  readonly candidates: readonly string[]
  /** Whether a value was seen, markers apart. */
  readonly filled: boolean
  /** Whether a marker was seen. */
  readonly marked: boolean
}

/** The type that a column is read as. One without values is text, and so is one of markers alone. */
export function typeOf({ declared, candidates, filled }: CsvColumn): string {
  return declared ?? (filled ? candidates[0] : undefined) ?? 'VARCHAR'
}

/** Whether markers are missing values in a column. Among texts they are words. */
export function hasMarkers(column: CsvColumn): boolean {
  return column.marked && !/^(VARCHAR|TEXT|STRING|B?P?CHAR)\b/i.test(typeOf(column))
}

/** Columns of which no cell has been seen. */
export function unseenColumns(names: readonly string[], declared: ReadonlyMap<string, string>): CsvColumn[] {
  return names.map((name) => ({
    name,
    declared: declared.get(name),
    candidates: CELL_TYPES,
    filled: false,
    marked: false,
  }))
}

/** Cells that are looked at to tell columns' types before all of them are. */
const HEAD_CELLS = 4_000_000

/** The rows of a table that are looked at first, for its number of columns. */
export function headRows(most: number, columns: number): number {
  return Math.min(most, Math.ceil(HEAD_CELLS / columns))
}

/**
 * Tells columns' types by the first rows of a table. Its different cells stand below one another first, so that the
 * number of columns does not matter.
 *
 * @param text a relation of all columns as text
 * @param markers as {@link USUAL_MARKERS}; none where the table's own are declared
 * @returns the columns, and whether the rows were all that there are
 */
export async function columnsOfHead(
  engine: Engine,
  text: Sql,
  columns: readonly CsvColumn[],
  rows: number,
  markers: readonly string[],
  options?: QueryOptions,
): Promise<{ columns: CsvColumn[]; whole: boolean }> {
  const numbered = columns.map(({ name }, at) => `${ident(name).text} AS c${at}`)
  const head = `SELECT ${numbered.join(', ')} FROM ${text.text} LIMIT ${rows + 1}`
  const cells = 'SELECT DISTINCT c, v FROM (UNPIVOT head ON COLUMNS(*) INTO NAME c VALUE v)'
  const seen = CELL_TYPES.map((type, at) => `bit_or(${cellSeen('v', type, markers)}) AS t${at}`)
  const found = await engine.query(
    `WITH head AS MATERIALIZED (${head}), cells AS (${cells}) SELECT c, ${seen.join(', ')}, ` +
      '0 AS head FROM cells GROUP BY c UNION ALL ' +
      `SELECT NULL, ${CELL_TYPES.map(() => '0').join(', ')}, count(*) FROM head`,
    options,
  )
  const bits = new Map(found.map((row) => [row['c'], CELL_TYPES.map((_, at) => Number(row[`t${at}`]))]))
  return {
    columns: columns.map((column, at) => learned(column, CELL_TYPES, bits.get(`c${at}`) ?? [])),
    whole: found.some((row) => row['c'] === null && Number(row['head']) <= rows),
  }
}

/**
 * Looks at every cell of a table, and leaves each column the types that all its cells fit. One pass over the rows; a
 * second one where a column has other cells than the first rows had.
 *
 * @param columns what the first rows, or other rows, have told
 */
export async function columnsOfAll(
  engine: Engine,
  text: Sql,
  columns: readonly CsvColumn[],
  markers: readonly string[],
  options?: QueryOptions,
): Promise<CsvColumn[]> {
  let known = [...columns]
  let asked = columns.map((column) => firstQuestions(column, markers))
  do {
    const terms = known.flatMap(({ name }, at) =>
      (asked[at] as readonly string[]).map(
        (type, index) => `bit_or(${cellSeen(ident(name).text, type, markers)}) AS c${at}_${index}`,
      ),
    )
    // Counted, so that the engine reads the cells of all columns, and tells what is wrong with them.
    const others = known.flatMap(({ name }, at) =>
      asked[at]?.length === 0 ? [`count(${ident(name).text}) AS c${at}`] : [],
    )
    const [row] = await engine.query(`SELECT ${[...terms, ...others].join(', ')} FROM ${text.text}`, options)
    const before = asked
    known = known.map((column, at) => {
      const types = before[at] as readonly string[]
      return learned(
        column,
        types,
        types.map((_, index) => Number(row?.[`c${at}_${index}`] ?? 0)),
      )
    })
    asked = known.map((column, at) => furtherQuestions(column, before[at] as readonly string[]))
  } while (asked.some((types) => types.length > 0))
  return known
}

/** Of a column that was declared, only markers must be known. */
const ANYTHING = 'VARCHAR'

function firstQuestions(column: CsvColumn, markers: readonly string[]): readonly string[] {
  if (column.declared !== undefined) return column.marked || markers.length === 0 ? [] : [ANYTHING]
  return column.filled ? column.candidates.slice(0, 1) : column.candidates
}

/** The types that are left where the first was not that of all cells. */
function furtherQuestions(column: CsvColumn, asked: readonly string[]): readonly string[] {
  const [first] = column.candidates
  return column.declared !== undefined || first === undefined || asked.length === 0 || asked.includes(first)
    ? []
    : column.candidates
}

/** A column after some of its cells were seen. */
function learned(column: CsvColumn, types: readonly string[], bits: readonly number[]): CsvColumn {
  const seen = bits.reduce((all, bit) => all | bit, 0)
  const refuted = new Set(types.filter((_, at) => ((bits[at] ?? 0) & MISFIT) !== 0))
  return {
    ...column,
    candidates: column.candidates.filter((type) => !refuted.has(type)),
    filled: column.filled || (seen & (FITS | MISFIT)) !== 0,
    marked: column.marked || (seen & MARKER) !== 0,
  }
}
