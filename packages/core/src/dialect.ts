import { ident, join, literal, raw, type Sql } from './sql.ts'
import type { ColumnType } from './schema.ts'

/** How a text table is written. */
export interface CsvLayout {
  readonly delimiter: string
  readonly quote: string
  readonly header: boolean
  /** Empty lines before the header, after those skipped. */
  readonly blankLines: number
  /** What escapes a quote within quotes, where it is not the quote. */
  readonly escape?: string | undefined
  /** Begins what is left out, to the end of its line. */
  readonly comment?: string | undefined
  /** Lines before the table that are no part of it; empty lines may follow them. */
  readonly skip?: number | undefined
  /** Name of the encoding, as `utf-8`, `utf-16`, `latin-1`. */
  readonly encoding?: string | undefined
  /** Cells that mean "no value", in every column. */
  readonly nulls: readonly string[]
  /** Whether the file is read from front to back, not in parts at once. */
  readonly serial?: boolean | undefined
}

/** A column's name and its native type. */
export interface TypedName {
  readonly name: string
  readonly nativeType: string
}

/** How a file is to be written. */
export interface WrittenForm {
  readonly format: 'csv' | 'json' | 'jsonl' | 'parquet'
  /** Of the whole file; of Parquet within. `snappy` is for Parquet only. */
  readonly compression: 'none' | 'gzip' | 'zstd' | 'snappy'
  /** Text tables only. */
  readonly delimiter: string
  /** Text tables only: whether the first line names the columns. */
  readonly header: boolean
  /** Text tables only: what stands for a missing value. */
  readonly nulls: string
}

/** The few things that engines say differently. */
export interface Dialect {
  readonly name: string
  /** The dayshift type of a native type's name. */
  columnType(nativeType: string): ColumnType
  /** A query that gives `column_name` and `column_type` of another query. */
  describe(query: Sql): Sql
  /**
   * A relation over text tables with the columns given, in this order.
   *
   * @param folders keys of folders, as of `year=2024`, that become columns
   */
  scanCsv(
    files: readonly string[],
    layout: CsvLayout,
    columns: readonly TypedName[],
    folders?: readonly TypedName[],
  ): Sql
  /** The first lines of text files, as the column `line`. */
  scanLines(file: string, limit: number, encoding: string | undefined): Sql
  /**
   * A relation over JSON files: one object a line, or one array.
   *
   * @param columns all columns with their types; default: those that are found, texts that look like dates being texts
   * @param longest bytes that one object may have. Default: 16 MB
   */
  scanJson(
    files: readonly string[],
    lines: boolean,
    columns?: readonly TypedName[],
    folders?: readonly TypedName[],
    longest?: number,
  ): Sql
  /** The objects of JSON files as they are written, as one column of text, `json`. Without it only typed values are known. */
  scanObjects?: ((files: readonly string[], lines: boolean) => Sql) | undefined
  /** A relation over Parquet files. */
  scanParquet(files: readonly string[], folders?: readonly TypedName[], unified?: boolean): Sql
  /** A query of `file_name` and `shape`: what the columns of each Parquet file are, as a text to be compared. */
  parquetShapes(files: readonly string[]): Sql
  /** A query of `file_name` and `num_rows` of each Parquet file. */
  parquetRows(files: readonly string[]): Sql
  /** A column of the numbers, from 1, that rows have in `scanParquet` of these files. Without it they are counted. */
  numberParquet?(files: readonly string[], column: string): Sql
  /** A statement that writes a query to a file. */
  copy(query: Sql, file: string, form: WrittenForm): Sql
}

const TYPES: readonly (readonly [RegExp, ColumnType])[] = [
  [/\[\d*\]$/, 'list'],
  [/^STRUCT/, 'struct'],
  [/^MAP/, 'map'],
  [/^BOOLEAN$/, 'boolean'],
  [/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/, 'integer'],
  [/^DECIMAL/, 'decimal'],
  [/^(FLOAT|DOUBLE|REAL)$/, 'float'],
  [/^(VARCHAR$|ENUM\()/, 'string'],
  [/^JSON$/, 'json'],
  [/^DATE$/, 'date'],
  [/^TIME(_NS| WITH TIME ZONE)?$/, 'time'],
  [/^TIMESTAMP(_S|_MS|_NS)?$/, 'timestamp'],
  [/^TIMESTAMP WITH TIME ZONE$/, 'timestamptz'],
  [/^INTERVAL$/, 'interval'],
  [/^(BLOB|BIT)$/, 'binary'],
  [/^UUID$/, 'uuid'],
]

/** DuckDB 1.5. */
export const duckdbDialect: Dialect = {
  name: 'duckdb',
  columnType: (nativeType) => TYPES.find(([pattern]) => pattern.test(nativeType))?.[1] ?? 'unknown',
  describe: (query) => raw(`DESCRIBE ${query.text}`),
  scanCsv: (files, layout, columns, folders) => {
    const types = columns.map(({ name, nativeType }) => `${literal(name).text}: ${literal(nativeType).text}`)
    return raw(
      `read_csv(${fileList(files)}, auto_detect = false, strict_mode = true, ${hiveOptions(folders)}, ${csvOptions(layout)}, ` +
        `columns = {${types.join(', ')}})`,
    )
  },
  scanLines: (file, limit, encoding) =>
    raw(
      `SELECT line FROM read_csv(${literal(escapeGlob(file)).text}, auto_detect = false, header = false, ` +
        `delim = chr(1), quote = '', escape = '', strict_mode = false, columns = {'line': 'VARCHAR'}, ` +
        `max_line_size = ${MAX_RECORD}, buffer_size = ${BUFFER}` +
        `${encoding === undefined ? '' : `, encoding = ${literal(encoding).text}`}) LIMIT ${limit}`,
    ),
  scanJson: (files, lines, columns, folders, longest) => {
    const types = columns?.map(({ name, nativeType }) => `${literal(name).text}: ${literal(nativeType).text}`)
    // Formats that no text has: what looks like a date is not taken for one.
    const found = "sample_size = -1, dateformat = '@%Y', timestampformat = '@%Y'"
    const size = longest === undefined ? '' : `maximum_object_size = ${longest}, `
    return raw(
      `read_json(${fileList(files)}, format = '${lines ? 'newline_delimited' : 'auto'}', ${size}` +
        `${types ? `columns = {${types.join(', ')}}` : found}, ${hiveOptions(folders)})`,
    )
  },
  scanObjects: (files, lines) =>
    raw(`read_json_objects(${fileList(files)}, format = '${lines ? 'newline_delimited' : 'auto'}')`),
  scanParquet: (files, folders, unified = false) =>
    raw(`read_parquet(${fileList(files)}, ${hiveOptions(folders)}${unified ? ', union_by_name = true' : ''})`),
  parquetShapes: (files) =>
    raw(
      `SELECT file_name, string_agg(concat_ws(' ', name, type, logical_type, converted_type, scale, precision), ',' ` +
        `ORDER BY column_id) AS shape FROM parquet_schema(${fileList(files)}) WHERE column_id > 0 GROUP BY file_name`,
    ),
  parquetRows: (files) => raw(`SELECT file_name, num_rows FROM parquet_file_metadata(${fileList(files)})`),
  numberParquet: (files, column) => {
    if (files.length === 1) return raw(`file_row_number + 1 AS ${ident(column).text}`)
    const list = `[${join(files.map((file) => literal(file))).text}]`
    const rows = `SELECT num_rows, list_position(${list}, file_name) AS place FROM parquet_file_metadata(${fileList(files)})`
    const before = `SELECT place, sum(num_rows) OVER (ORDER BY place) - num_rows AS before FROM (${rows})`
    const offsets = `(SELECT list(CAST(before AS BIGINT) ORDER BY place) FROM (${before}))`
    return raw(`${offsets}[CAST(file_index AS BIGINT) + 1] + file_row_number + 1 AS ${ident(column).text}`)
  },
  copy: (query, file, { format, delimiter, compression, header, nulls }) => {
    const layout = `HEADER ${header}, DELIMITER ${literal(delimiter).text}, NULLSTR ${literal(nulls).text}`
    const options = {
      csv: `FORMAT csv, ${layout}, COMPRESSION ${compression}`,
      json: `FORMAT json, ARRAY true, COMPRESSION ${compression}`,
      jsonl: `FORMAT json, ARRAY false, COMPRESSION ${compression}`,
      parquet: `FORMAT parquet, COMPRESSION ${compression === 'none' ? 'uncompressed' : compression}`,
    }[format]
    return raw(`COPY (${query.text}) TO ${literal(file).text} (${options}, USE_TMP_FILE false)`)
  },
}

/** Bytes that one record may have, where DuckDB's own limit is 2 MB. The buffer is the one that it takes with that limit. */
const MAX_RECORD = 32_000_000
const BUFFER = 32_000_000

function csvOptions(layout: CsvLayout): string {
  const encoding = layout.encoding === undefined ? '' : `, encoding = ${literal(layout.encoding).text}`
  // The engine wants at least one: where there is none, one that no text holds.
  const nulls = `[${literal(layout.nulls.length > 0 ? layout.nulls : ['\u{10FFFF}']).text}]`
  return (
    `header = ${layout.header}, delim = ${literal(layout.delimiter).text}, quote = ${literal(layout.quote).text}, ` +
    `escape = ${literal(layout.escape ?? layout.quote).text}, nullstr = ${nulls}, ` +
    `skip = ${(layout.skip ?? 0) + layout.blankLines}, comment = ${literal(layout.comment ?? '').text}, ` +
    `max_line_size = ${MAX_RECORD}, buffer_size = ${BUFFER}${layout.serial ? ', parallel = false' : ''}${encoding}`
  )
}

/** DuckDB reads `* ? [` in a file's name as a pattern; within brackets they are themselves. */
function escapeGlob(file: string): string {
  return file.replaceAll(/[*?[]/g, '[$&]')
}

function fileList(files: readonly string[]): string {
  return `[${join(files.map((file) => literal(escapeGlob(file)))).text}]`
}

function hiveOptions(folders: readonly TypedName[] = []): string {
  if (folders.length === 0) return 'hive_partitioning = false'
  const types = folders.map(({ name, nativeType }) => `${ident(name).text}: ${nativeType}`)
  return `hive_partitioning = true, hive_types_autocast = false, hive_types = {${types.join(', ')}}`
}
