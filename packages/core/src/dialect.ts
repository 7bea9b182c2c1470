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
}

/** How a file is to be written. */
export interface WrittenForm {
  readonly format: 'csv' | 'json' | 'jsonl' | 'parquet'
  /** Text tables only. */
  readonly delimiter: ',' | '\t'
  /** Text tables and JSON only; Parquet is compressed within. */
  readonly compression: 'none' | 'gzip' | 'zstd'
}

/** The few things that engines say differently. */
export interface Dialect {
  readonly name: string
  /** The dayshift type of a native type's name. */
  columnType(nativeType: string): ColumnType
  /** A query that gives `column_name` and `column_type` of another query. */
  describe(query: Sql): Sql
  /** A relation over text tables with the columns given, in this order. */
  scanCsv(files: readonly string[], layout: CsvLayout, columns: readonly { name: string; nativeType: string }[]): Sql
  /** The first lines of text files, as the column `line`. */
  scanLines(file: string, limit: number, encoding: string | undefined): Sql
  /** A relation over JSON files: one object a line, or one array. */
  scanJson(files: readonly string[], lines: boolean): Sql
  /** A relation over Parquet files. */
  scanParquet(files: readonly string[]): Sql
  /** A column of the numbers, from 1, that rows have in `scanParquet` of these files. Without it they are counted. */
  numberParquet?(files: readonly string[], column: string): Sql
  /**
   * A scan with one more column: the number of the file that a row is from, as `numbers` tells it by path. Without it,
   * folders give no columns.
   */
  numberFiles?(scan: Sql, numbers: ReadonlyMap<string, number>, column: string): Sql
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
  scanCsv: (files, layout, columns) => {
    const types = columns.map(({ name, nativeType }) => `${literal(name).text}: ${literal(nativeType).text}`)
    return raw(
      `read_csv(${fileList(files)}, auto_detect = false, strict_mode = true, hive_partitioning = false, ${csvOptions(layout)}, ` +
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
  scanJson: (files, lines) =>
    raw(
      `read_json(${fileList(files)}, format = '${lines ? 'newline_delimited' : 'auto'}', sample_size = -1, hive_partitioning = false)`,
    ),
  scanParquet: (files) => raw(`read_parquet(${fileList(files)}, hive_partitioning = false)`),
  numberParquet: (files, column) => {
    if (files.length === 1) return raw(`file_row_number + 1 AS ${ident(column).text}`)
    const list = `[${join(files.map((file) => literal(file))).text}]`
    const rows = `SELECT num_rows, list_position(${list}, file_name) AS place FROM parquet_file_metadata(${fileList(files)})`
    const before = `SELECT place, sum(num_rows) OVER (ORDER BY place) - num_rows AS before FROM (${rows})`
    const offsets = `(SELECT list(CAST(before AS BIGINT) ORDER BY place) FROM (${before}))`
    return raw(`${offsets}[CAST(file_index AS BIGINT) + 1] + file_row_number + 1 AS ${ident(column).text}`)
  },
  numberFiles: (scan, numbers, column) => {
    const name = ident(column).text
    const cases = [...numbers].map(([path, number]) => `WHEN ${literal(path).text} THEN ${number}`)
    // A scan is a call, whose arguments end with the last bracket.
    const withPath = `${scan.text.slice(0, -1)}, filename = ${literal(column).text})`
    return raw(`(SELECT * REPLACE (CASE ${name} ${cases.join(' ')} END AS ${name}) FROM ${withPath})`)
  },
  copy: (query, file, { format, delimiter, compression }) => {
    const options = {
      csv: `FORMAT csv, HEADER true, DELIMITER ${literal(delimiter).text}, COMPRESSION ${compression}`,
      json: `FORMAT json, ARRAY true, COMPRESSION ${compression}`,
      jsonl: `FORMAT json, ARRAY false, COMPRESSION ${compression}`,
      parquet: 'FORMAT parquet, COMPRESSION zstd',
    }[format]
    return raw(`COPY (${query.text}) TO ${literal(file).text} (${options}, USE_TMP_FILE false)`)
  },
}

/** Bytes that one record may have. DuckDB's own limit is 2 MB; the buffer is what it reads with that limit. */
const MAX_RECORD = 1 << 25
const BUFFER = 1 << 25

function csvOptions(layout: CsvLayout): string {
  const encoding = layout.encoding === undefined ? '' : `, encoding = ${literal(layout.encoding).text}`
  // The engine wants at least one: where there is none, one that no text holds.
  const nulls = `[${literal(layout.nulls.length > 0 ? layout.nulls : ['\u{10FFFF}']).text}]`
  return (
    `header = ${layout.header}, delim = ${literal(layout.delimiter).text}, quote = ${literal(layout.quote).text}, ` +
    `escape = ${literal(layout.escape ?? layout.quote).text}, nullstr = ${nulls}, ` +
    `skip = ${(layout.skip ?? 0) + layout.blankLines}, comment = ${literal(layout.comment ?? '').text}, ` +
    `max_line_size = ${MAX_RECORD}, buffer_size = ${BUFFER}${encoding}`
  )
}

/** DuckDB reads `* ? [` in a file's name as a pattern; within brackets they are themselves. */
function escapeGlob(file: string): string {
  return file.replaceAll(/[*?[]/g, '[$&]')
}

function fileList(files: readonly string[]): string {
  return `[${join(files.map((file) => literal(escapeGlob(file)))).text}]`
}
