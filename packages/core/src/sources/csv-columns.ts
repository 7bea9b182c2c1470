import { stat } from 'node:fs/promises'
import { failure } from '../codes.ts'
import type { CsvLayout } from '../dialect.ts'
import type { Engine } from '../engine.ts'
import { resolveNames } from '../names.ts'
import type { CsvOptions } from '../source.ts'
import { ident, literal } from '../sql.ts'

/** Cells that mean "no value" among numbers, dates and booleans, where nothing is declared. */
export const USUAL_MARKERS = ['NA', 'N/A', 'NULL', 'null']

/** Up to this many bytes, types are found by reading every row; above, by the first rows. */
const SNIFF_WHOLE = 64_000_000
const SNIFF_ROWS = 204_800

/** Times are taken as times where they are written year first; 03/04/2024 10:00 means two days, so it stays text. */
const YEAR_FIRST = '%Y'

/** A column of a text table, as it is found. */
export interface CsvColumn {
  readonly name: string
  readonly nativeType: string
  /** Whether the column has this type only once the usual markers are taken for missing values. */
  readonly marked: boolean
  /** Whether the file is known to hold no value in this column. */
  readonly empty?: boolean
}

/** What is thrown of a file that has no columns. */
export function emptyFile(file: string): Error {
  return failure('DS_SOURCE_EMPTY', `${file} is empty: it has no header and no rows`, { where: file })
}

/** The columns that every file has, with types wide enough for all. */
export async function columnsOf(
  engine: Engine,
  files: readonly string[],
  layout: CsvLayout,
  { types = {}, nulls }: CsvOptions,
): Promise<CsvColumn[]> {
  const usual = nulls === undefined
  const sniffed: CsvColumn[][] = []
  for (const file of files) {
    const found = await sniff(engine, file, layout, usual)
    const first = sniffed[0] ?? found
    if (namesOf(first).join('\n') !== namesOf(found).join('\n')) {
      throw failure('DS_SOURCE_MALFORMED', `${file} has other columns than ${files[0]}`, {
        where: file,
        hint: `${files[0]}: ${namesOf(first).join(', ')}. ${file}: ${namesOf(found).join(', ')}.`,
      })
    }
    sniffed.push(found)
  }
  let columns = sniffed[0] as CsvColumn[]
  const contested = columns.map((_, at) => new Set(sniffed.map((found) => isText(found[at] as CsvColumn))).size > 1)
  for (const [number, found] of sniffed.entries()) {
    const settled = await withoutValues(engine, files[number] as string, layout, found, contested, usual)
    columns = number === 0 ? settled : columns.map((column, at) => wider(column, settled[at] as CsvColumn))
  }
  const typed = resolveNames(Object.keys(types), namesOf(columns), 'types')
  const declared = new Map(Object.values(types).map((type, at) => [typed[at] as string, type]))
  return columns.map((column) => withType(column, declared.get(column.name), usual))
}

function namesOf(columns: readonly CsvColumn[]): string[] {
  return columns.map(({ name }) => name)
}

function isText({ nativeType }: CsvColumn): boolean {
  return nativeType === 'VARCHAR'
}

/** A column with the type that was declared for it. Among texts the usual markers are words. */
function withType(column: CsvColumn, declared: string | undefined, usual: boolean): CsvColumn {
  if (declared === undefined) return column
  const text = /^(VARCHAR|TEXT|STRING|B?P?CHAR)\b/i.test(declared)
  const mixed = column.marked || isText(column)
  return { ...column, nativeType: declared, marked: usual && mixed && !text }
}

/**
 * The names and types of one file's columns. `NA` is a missing value among numbers, but Namibia among countries: the
 * usual markers count only in columns that hold something else than text without them.
 */
async function sniff(engine: Engine, file: string, layout: CsvLayout, usual: boolean): Promise<CsvColumn[]> {
  const { size } = await stat(file)
  if (size === 0) throw emptyFile(file)
  const sampleRows = size <= SNIFF_WHOLE ? -1 : SNIFF_ROWS
  const types = async (nulls: readonly string[]): Promise<{ name: string; type: string }[]> => {
    const [row] = await engine.query(engine.dialect.sniffCsv(file, { ...layout, nulls }, sampleRows).text)
    const { columns, times } = row as { columns: { name: string; type: string }[]; times: string | null }
    const ambiguous = times !== null && !times.startsWith(YEAR_FIRST)
    return columns.map(({ name, type }) => ({ name, type: type === 'TIMESTAMP' && ambiguous ? 'VARCHAR' : type }))
  }
  const plain = await types(layout.nulls)
  const marked =
    usual && plain.some(({ type }) => type === 'VARCHAR') ? await types([...layout.nulls, ...USUAL_MARKERS]) : plain
  const columns = plain.map(({ name, type }, at) => {
    const other = marked[at]?.type ?? type
    return { name, nativeType: other, marked: other !== type }
  })
  return withoutInexact(engine, file, layout, columns, sampleRows)
}

/**
 * Leaves as text what the engine takes for numbers and a person does not: `0x1F` and `0b11`, and integers of 19 and more
 * digits that would become doubles and lose their last ones.
 */
async function withoutInexact(
  engine: Engine,
  file: string,
  layout: CsvLayout,
  columns: readonly CsvColumn[],
  sampleRows: number,
): Promise<CsvColumn[]> {
  const patterns: Readonly<Record<string, string>> = {
    BIGINT: '^ *[-+]?0[xXbB]',
    DOUBLE: '^ *[-+]?(0[xXbB]|[0-9]{19,} *$)',
  }
  const tests = columns.flatMap(({ name, nativeType }, at) => {
    const pattern = patterns[nativeType]
    const test = `bool_or(regexp_matches(${ident(name).text}, ${literal(pattern).text})) AS c${at}`
    return pattern === undefined ? [] : [test]
  })
  if (tests.length === 0) return [...columns]
  const text = columns.map(({ name }) => ({ name, nativeType: 'VARCHAR' }))
  const scan = engine.dialect.scanCsv([file], layout, text).text
  const limit = sampleRows < 0 ? '' : ` LIMIT ${sampleRows}`
  const [row] = await engine.query(`SELECT ${tests.join(', ')} FROM (SELECT * FROM ${scan}${limit})`)
  return columns.map((column, at) =>
    row?.[`c${at}`] === true ? { ...column, nativeType: 'VARCHAR', marked: false } : column,
  )
}

/**
 * Tells which text columns of a file hold nothing, or nothing but the usual markers: they fit any type that other files
 * have. Only columns that are text in some files and not in others are looked at.
 */
async function withoutValues(
  engine: Engine,
  file: string,
  layout: CsvLayout,
  columns: readonly CsvColumn[],
  contested: readonly boolean[],
  usual: boolean,
): Promise<CsvColumn[]> {
  const asked = columns.map((column, at) => contested[at] === true && isText(column))
  if (!asked.includes(true)) return [...columns]
  const text = columns.map(({ name }) => ({ name, nativeType: 'VARCHAR' }))
  const counts = columns.map(({ name }, at) => {
    const marker = usual ? ` FILTER (${ident(name).text} NOT IN (${literal(USUAL_MARKERS).text}))` : ''
    return asked[at] ? `count(${ident(name).text})${marker} > 0 AS c${at}` : `true AS c${at}`
  })
  const [row] = await engine.query(
    `SELECT ${counts.join(', ')} FROM ${engine.dialect.scanCsv([file], layout, text).text}`,
  )
  return columns.map((column, at) => (row?.[`c${at}`] === true ? column : { ...column, empty: true, marked: usual }))
}

function wider(a: CsvColumn, b: CsvColumn): CsvColumn {
  if (b.empty) return { ...a, marked: a.marked || (b.marked && !isText(a)) }
  if (a.empty) return { ...b, marked: b.marked || (a.marked && !isText(b)) }
  const marked = a.marked || b.marked
  if (a.nativeType === b.nativeType) return { ...a, marked }
  const numbers = [a, b].every(({ nativeType }) => nativeType === 'BIGINT' || nativeType === 'DOUBLE')
  return { name: a.name, nativeType: numbers ? 'DOUBLE' : 'VARCHAR', marked: numbers && marked }
}
