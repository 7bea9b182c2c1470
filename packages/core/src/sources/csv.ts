import { failure } from '../codes.ts'
import { originalOf } from '../text/copies.ts'
import type { DatasetRef } from '../dataset.ts'
import type { CsvLayout } from '../dialect.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { isDayshiftError } from '../errors.ts'
import { bytesOf } from '../files.ts'
import type { Finding } from '../finding.ts'
import { distinctNames, resolveNames } from '../names.ts'
import { prepareOnce } from '../preparation.ts'
import { selectFrom, type Relation } from '../relation.ts'
import type { CsvOptions, Source, TextTable } from '../source.ts'
import { ident, join, literal, raw, type Sql } from '../sql.ts'
import {
  columnsOfAll,
  columnsOfHead,
  hasMarkers,
  headRows,
  typeOf,
  unseenColumns,
  USUAL_MARKERS,
  type CsvColumn,
} from '../text/columns.ts'
import { namesOf } from '../text/header.ts'
import { layoutFor, layoutOf, type FoundLayout } from '../text/layout.ts'
import { widenedNotes } from '../text/notes.ts'
import { checkWhole } from '../text/file-bytes.ts'
import { mend } from '../text/mend.ts'
import { orderlyLayout } from '../text/quoted-breaks.ts'
import { withoutPrefaces } from '../text/preface.ts'
import { readableFiles, withoutMixedEnds } from '../text/readable.ts'
import { newTable } from './table-name.ts'

/** How text tables are opened, apart from what is said of them. */
export interface CsvLimits {
  /** Rows by which types are found before all rows are looked at. */
  readonly headRows: number
  /** Up to this many bytes, all rows are looked at when a table is opened; above, when its types are first needed. */
  readonly openWhole: number
}

const LIMITS: CsvLimits = { headRows: 4096, openWhole: 64_000_000 }

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
  options: CsvOptions & QueryOptions = {},
  limits: CsvLimits = LIMITS,
): Promise<Source> {
  const query = { signal: options.signal, onProgress: options.onProgress }
  const readable = await withoutPrefaces(engine, await readableFiles(engine, files, options, query), options, query)
  const whole = (await bytesOf(files)) <= limits.openWhole
  const first = await layoutOf(engine, readable[0] as string, files[0] as string, options, query)
  const orderly = whole || (options.badLines ?? 'error') !== 'error'
  const found = orderly ? { ...first, layout: await orderlyLayout(readable, first.layout, query) } : first
  const table =
    (options.badLines ?? 'error') === 'error'
      ? await evenTable(
          engine,
          readable,
          found,
          (even) => openTable(engine, even, options, limits, whole, query),
          query,
        )
      : await openTable(
          engine,
          await mendedTable(engine, readable, found, options, query),
          options,
          limits,
          whole,
          query,
        )
  return {
    dataset,
    files,
    relation: table.typed,
    text: {
      relation: table.text,
      get layout() {
        return table.read.layout
      },
      nullsDeclared: options.nulls !== undefined,
      get files() {
        return table.read.files
      },
      get typesSettled() {
        return table.settled()
      },
      over: table.over,
    },
    notes: () => table.notes,
  }
}

/** Files that are read, and how they are written. */
interface ReadTable {
  readonly files: readonly string[]
  readonly layout: CsvLayout
  readonly cells: number
  readonly notes: readonly Finding[]
}

/** A table with its columns, as far as they are known. */
interface OpenTable {
  read: ReadTable
  readonly typed: Relation
  readonly text: Relation
  readonly over: TextTable['over']
  readonly settled: () => boolean
  readonly notes: Finding[]
}

async function mendedTable(
  engine: Engine,
  files: readonly string[],
  found: FoundLayout,
  { badLines }: CsvOptions,
  query: QueryOptions,
): Promise<ReadTable> {
  const quarantine = typeof badLines === 'object' ? badLines.quarantine : undefined
  return { cells: found.cells, ...(await mend(engine, files, found, quarantine, query)) }
}

/** Does something with a table; where the engine refuses it, once more with lines that all end alike. */
async function evenTable<Done>(
  engine: Engine,
  files: readonly string[],
  { layout, cells }: FoundLayout,
  work: (table: ReadTable) => Promise<Done>,
  query: QueryOptions,
): Promise<Done> {
  try {
    return await work({ files, layout, cells, notes: [] })
  } catch (error) {
    if (!isDayshiftError(error) || error.code !== 'DS_SOURCE_MALFORMED') throw error
    const even: string[] = []
    const notes: Finding[] = []
    for (const file of files) {
      const copy = await withoutMixedEnds(engine, file, layout, query)
      if (copy) notes.push(copy.note)
      even.push(copy?.file ?? file)
    }
    if (notes.length === 0) throw error
    return work({ files: even, layout, cells, notes })
  }
}

async function openTable(
  engine: Engine,
  read: ReadTable,
  options: CsvOptions,
  limits: CsvLimits,
  openWhole: boolean,
  query: QueryOptions,
): Promise<OpenTable> {
  const names = await namesOfAll(engine, read, options.names, query)
  const markers = options.nulls === undefined ? USUAL_MARKERS : []
  const text = textScan(engine, read.files, read.layout, names)
  // The first rows are at the front.
  const front = textScan(engine, read.files, { ...read.layout, serial: true }, names)
  const unseen = unseenColumns(names, declaredTypes(options, names))
  const head = await columnsOfHead(engine, front, unseen, headRows(limits.headRows, names.length), markers, query)
  let settled: readonly CsvColumn[] | undefined
  const settle = async (table: ReadTable, wanted: QueryOptions): Promise<readonly CsvColumn[]> => {
    for (const file of table.files) await checkWhole(file, wanted)
    const rows = textScan(engine, table.files, table.layout, names)
    const all = head.whole ? head.columns : await columnsOfAll(engine, rows, head.columns, markers, wanted)
    const widened = await widenedNotes(engine, table.files, table.layout, head.columns, all, markers, wanted)
    notes.push(...widened)
    settled = all
    return all
  }
  const notes = [...read.notes]
  const over: TextTable['over'] = async (files, wanted) => {
    const own = await layoutFor(engine, files[0] as string, { ...read.layout, skip: 0 }, wanted)
    const layout = await orderlyLayout(files, own.layout, wanted ?? {})
    const rows = textScan(engine, files, layout, names)
    const columns = settled ?? (await columnsOfAll(engine, rows, head.columns, markers, wanted))
    return typedScan(engine, files, layout, columns)
  }
  if (openWhole || head.whole) {
    const columns = await settle(read, query)
    return {
      read,
      typed: typedScan(engine, read.files, read.layout, columns),
      text: { from: text, names },
      over,
      settled: () => true,
      notes,
    }
  }
  const views = { typed: newTable('csv'), text: newTable('csv') }
  const need = prepareOnce(`the types of ${names.length} columns, by all their cells`, async (wanted = {}) => {
    await evenTable(
      engine,
      read.files,
      read,
      async (mixed) => {
        const even = { ...mixed, layout: await orderlyLayout(mixed.files, mixed.layout, wanted) }
        const columns = await settle(even, wanted)
        const rows = textScan(engine, even.files, even.layout, names)
        await createView(engine, views.typed, typedScan(engine, even.files, even.layout, columns).from, wanted)
        await createView(engine, views.text, rows, wanted)
        table.read = { ...table.read, files: even.files, layout: even.layout }
        notes.unshift(...even.notes)
      },
      wanted,
    )
  })
  const table: OpenTable = {
    read,
    typed: { from: raw(views.typed), names, needs: [need] },
    text: { from: raw(views.text), names, needs: [need] },
    over,
    settled: () => settled !== undefined,
    notes,
  }
  return table
}

async function createView(engine: Engine, name: string, from: Sql, options: QueryOptions): Promise<void> {
  await engine.query(`CREATE OR REPLACE VIEW ${name} AS SELECT * FROM ${from.text}`, options)
}

async function namesOfAll(
  engine: Engine,
  { files, layout, cells }: ReadTable,
  given: readonly string[] | undefined,
  query: QueryOptions,
): Promise<readonly string[]> {
  const [first, ...others] = files as [string, ...string[]]
  const names = await namesOf(engine, first, layout, cells, query)
  for (const file of others) {
    const other = await layoutFor(engine, file, layout, query)
    const found = await namesOf(engine, file, layout, other.cells, query)
    if (names.join('\n') !== found.join('\n')) {
      const [path, usual] = [originalOf(file), originalOf(first)]
      throw failure('DS_SOURCE_MALFORMED', `${path} has other columns than ${usual}`, {
        where: path,
        hint: `${usual}: ${names.join(', ')}. ${path}: ${found.join(', ')}.`,
      })
    }
  }
  if (given === undefined) return names
  if (given.length !== names.length) {
    throw failure('DS_OPTION', `names: ${given.length} names for ${names.length} columns`, {
      hint: 'Give a name for each cell of the first line.',
    })
  }
  return distinctNames(given, 'names')
}

function declaredTypes({ types = {} }: CsvOptions, names: readonly string[]): Map<string, string> {
  const typed = resolveNames(Object.keys(types), names, 'types')
  return new Map(Object.values(types).map((type, at) => [typed[at] as string, type]))
}

function textScan(engine: Engine, files: readonly string[], layout: CsvLayout, names: readonly string[]): Sql {
  return engine.dialect.scanCsv(
    files,
    layout,
    names.map((name) => ({ name, nativeType: 'VARCHAR' })),
  )
}

/**
 * A table with its columns' types. Columns with markers are read as text, and what is left of them is cast. (The
 * engine's own way, null strings for some columns only, picks the wrong columns once a query leaves some out.)
 */
function typedScan(
  engine: Engine,
  files: readonly string[],
  layout: CsvLayout,
  columns: readonly CsvColumn[],
): Relation {
  const names = columns.map(({ name }) => name)
  const stored = columns.map((column) => ({
    name: column.name,
    nativeType: hasMarkers(column) ? 'VARCHAR' : typeOf(column),
  }))
  const relation = { from: engine.dialect.scanCsv(files, layout, stored), names }
  if (!columns.some(hasMarkers)) return relation
  const markers = literal(USUAL_MARKERS).text
  const list = columns.filter(hasMarkers).map((column) => {
    const name = ident(column.name).text
    return raw(`CAST(CASE WHEN ${name} NOT IN (${markers}) THEN ${name} END AS ${typeOf(column)}) AS ${name}`)
  })
  // All others as they are, also what a scan gives beyond its columns.
  return selectFrom(relation, raw(`* REPLACE (${join(list).text})`), names)
}
