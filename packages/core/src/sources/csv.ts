import { stat } from 'node:fs/promises'
import { failure } from '../codes.ts'
import type { DatasetRef } from '../dataset.ts'
import type { CsvLayout } from '../dialect.ts'
import type { Engine } from '../engine.ts'
import { isDayshiftError } from '../errors.ts'
import { resolveNames } from '../names.ts'
import { selectFrom, type Relation } from '../relation.ts'
import type { CsvOptions, Source } from '../source.ts'
import { ident, join, literal, raw } from '../sql.ts'
import { cellCounts, detectDelimiter } from './delimiter.ts'

/** Cells that mean "no value" among numbers, dates and booleans, where nothing is declared. */
const USUAL_MARKERS = ['NA', 'N/A', 'NULL', 'null']

/** Up to this many bytes, types are found by reading every row; above, by the first rows. */
const SNIFF_WHOLE = 64_000_000
const SNIFF_ROWS = 204_800

/** Times are taken as times where they are written year first; 03/04/2024 10:00 means two days, so it stays text. */
const YEAR_FIRST = '%Y'

interface CsvColumn {
  readonly name: string
  readonly nativeType: string
  /** Whether the column has this type only once the usual markers are taken for missing values. */
  readonly marked: boolean
  /** Whether the file is known to hold no value in this column. */
  readonly empty?: boolean
}

function emptyFile(file: string): Error {
  return failure('DS_SOURCE_EMPTY', `${file} is empty: it has no header and no rows`, { where: file })
}

/**
 * Text tables: CSV, TSV and their kin, also compressed. All files must have the same header.
 *
 * @throws DS_SOURCE_EMPTY for a file without a header
 * @throws DS_SOURCE_MALFORMED where headers differ, or a line has too few or too many cells
 */
export async function csvSource(
  engine: Engine,
  dataset: DatasetRef,
  files: readonly string[],
  options: CsvOptions = {},
): Promise<Source> {
  const [first] = files as [string]
  const lines = await engine.query(engine.dialect.scanLines(first, 100, options.encoding).text)
  const head = lines.map(({ line }) => (typeof line === 'string' ? line : ''))
  if (head.every((line) => line.trim() === '')) {
    throw emptyFile(first)
  }
  const quote = options.quote ?? '"'
  const blankLines = head.findIndex((line) => line !== '')
  const layout: CsvLayout = {
    delimiter: options.delimiter ?? detectDelimiter(head, quote, /\.tsv(\.|$)/i.test(first) ? '\t' : ','),
    quote,
    header: options.header ?? true,
    blankLines,
    encoding: options.encoding,
    nulls: options.nulls ?? [''],
  }
  const columns = await columnsOf(engine, files, layout, options).catch((error: unknown) =>
    locate(engine, files, layout, cellCounts(head, layout.delimiter, quote)[0] as number, error),
  )
  const names = columns.map(({ name }) => name)
  const stored = columns.map(({ name, nativeType, marked }) => ({ name, nativeType: marked ? 'VARCHAR' : nativeType }))
  const text = columns.map(({ name }) => ({ name, nativeType: 'VARCHAR' }))
  return {
    dataset,
    files,
    relation: withoutMarkers({ from: engine.dialect.scanCsv(files, layout, stored), names }, columns),
    text: {
      relation: { from: engine.dialect.scanCsv(files, layout, text), names },
      layout,
      nullsDeclared: options.nulls !== undefined,
    },
  }
}

/** The columns that every file has, with types wide enough for all. */
async function columnsOf(
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
  return plain.map(({ name, type }, at) => {
    const other = marked[at]?.type ?? type
    return { name, nativeType: other, marked: other !== type }
  })
}

/** Finds the line that a file's types could not be found for: reading it all as text fails at that very line. */
async function locate(
  engine: Engine,
  files: readonly string[],
  layout: CsvLayout,
  cells: number,
  error: unknown,
): Promise<never> {
  if (isDayshiftError(error) && error.code === 'DS_SOURCE_MALFORMED' && error.where?.match(/:\d+$/) === null) {
    const columns = Array.from({ length: cells }, (_, at) => ({ name: `column${at}`, nativeType: 'VARCHAR' }))
    const scan = engine.dialect.scanCsv(files, layout, columns).text
    await engine.query(`SELECT ${columns.map(({ name }) => `count(${name})`).join(', ')} FROM ${scan}`)
  }
  throw error
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

/**
 * Reads marked columns as text and casts what is left of them. (The engine's own way, null strings for some columns
 * only, picks the wrong columns once a query leaves some out.)
 */
function withoutMarkers(relation: Relation, columns: readonly CsvColumn[]): Relation {
  if (!columns.some(({ marked }) => marked)) return relation
  const markers = literal(USUAL_MARKERS).text
  const list = columns.map(({ name, nativeType, marked }) => {
    const column = ident(name).text
    return marked
      ? raw(`CAST(CASE WHEN ${column} NOT IN (${markers}) THEN ${column} END AS ${nativeType}) AS ${column}`)
      : ident(name)
  })
  return selectFrom(relation, join(list), relation.names)
}
