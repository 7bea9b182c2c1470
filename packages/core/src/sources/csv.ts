import type { DatasetRef } from '../dataset.ts'
import type { CsvLayout } from '../dialect.ts'
import type { Engine } from '../engine.ts'
import { isDayshiftError } from '../errors.ts'
import { selectFrom, type Relation } from '../relation.ts'
import type { CsvOptions, Source } from '../source.ts'
import { ident, join, literal, raw } from '../sql.ts'
import { columnsOf, emptyFile, USUAL_MARKERS, type CsvColumn } from './csv-columns.ts'
import { cellCounts, detectDelimiter } from './delimiter.ts'

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
      files,
      over: async (others) => withoutMarkers({ from: engine.dialect.scanCsv(others, layout, stored), names }, columns),
    },
  }
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
