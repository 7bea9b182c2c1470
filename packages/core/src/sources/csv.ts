import { failure } from '../codes.ts'
import { originalOf } from '../text/copies.ts'
import type { DatasetRef } from '../dataset.ts'
import type { CsvLayout } from '../dialect.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { isDayshiftError } from '../errors.ts'
import { bytesOf } from '../files.ts'
import type { Finding } from '../finding.ts'
import { distinctNames, resolveNames } from '../names.ts'
import { placesInText } from '../places.ts'
import { prepareOnce } from '../preparation.ts'
import { selectFrom, type Relation } from '../relation.ts'
import type { CsvOptions, RenamedColumn, Source, TextTable } from '../source.ts'
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
import { columnNames, headerOf, renamedColumns, renamedNotes } from '../text/header.ts'
import { layoutFor, layoutOf, type FoundLayout } from '../text/layout.ts'
import { widenedNotes } from '../text/notes.ts'
import { checkWhole } from '../text/file-bytes.ts'
import { mend } from '../text/mend.ts'
import { typesOfAll, type SettledTypes } from '../text/all-types.ts'
import { cellCheck } from '../text/cell-check.ts'
import { checkQuotes } from '../text/open-quotes.ts'
import { orderlyLayout } from '../text/quoted-breaks.ts'
import { textScan } from '../text/text-scan.ts'
import { isRegular, walkForms, type WalkedTable } from '../text/form-walk.ts'
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
  const open = (read: ReadTable): Promise<OpenTable> => openTable(engine, read, options, limits, whole, query)
  const table =
    (options.badLines ?? 'error') === 'error'
      ? await evenTable(engine, readable, first, open, query)
      : await open(await mendedTable(engine, readable, first, options, query))
  return {
    dataset,
    files,
    relation: table.typed,
    text: {
      relation: table.text,
      get layout() {
        return table.read.layout
      },
      renamed: table.renamed,
      nullsDeclared: options.nulls !== undefined,
      get files() {
        return table.read.files
      },
      get typesSettled() {
        return table.settled()
      },
      typesCheck: table.typesCheck,
      isRegular: table.isRegular,
      walk: table.walk,
      over: table.over,
    },
    notes: () => table.notes,
    places: () => placesInText(files, table.read.files, { ...table.read.layout, columns: table.read.cells }),
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
  readonly typesCheck: TextTable['typesCheck']
  readonly isRegular: TextTable['isRegular']
  readonly walk: TextTable['walk']
  readonly settled: () => boolean
  readonly renamed: readonly RenamedColumn[]
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
  const layout = await orderlyLayout(files, found.layout, query).catch((error: unknown) => {
    // Where a quote stays open, that is one of the lines to leave out.
    if (isDayshiftError(error) && error.code === 'DS_SOURCE_MALFORMED') return { ...found.layout, serial: true }
    throw error
  })
  return { cells: found.cells, ...(await mend(engine, files, { ...found, layout }, quarantine, query)) }
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
  const { names, renamed } = await namesOfAll(engine, read, options.names, query)
  const markers = options.nulls === undefined ? USUAL_MARKERS : []
  // The first rows are at the front.
  const front = textScan(engine, read.files, { ...read.layout, serial: true }, names)
  const unseen = unseenColumns(names, declaredTypes(options, names))
  const head = await columnsOfHead(engine, front, unseen, headRows(limits.headRows, names.length), markers, query)
  const notes = [...read.notes, ...renamedNotes(renamed)]
  let settled: SettledTypes | undefined
  let table: OpenTable
  const settle = async (some: ReadTable, wanted: QueryOptions): Promise<SettledTypes> => {
    if (settled) return settled
    for (const file of some.files) {
      await checkWhole(file, wanted)
      if (head.whole) await checkQuotes(file, some.layout, wanted)
    }
    settled = head.whole
      ? { columns: head.columns, layout: await orderlyLayout(some.files, some.layout, wanted) }
      : await typesOfAll(engine, some, head.columns, markers, wanted)
    const { columns, layout } = settled
    notes.push(...(await widenedNotes(engine, some.files, layout, head.columns, columns, markers, wanted)))
    return settled
  }
  const over: TextTable['over'] = async (files, wanted) => {
    const own = await layoutFor(engine, files[0] as string, { ...read.layout, skip: 0 }, wanted)
    const layout = await orderlyLayout(files, own.layout, wanted ?? {})
    const rows = textScan(engine, files, layout, names)
    const columns = settled?.columns ?? (await columnsOfAll(engine, rows, head.columns, markers, wanted))
    return typedScan(engine, files, layout, columns)
  }
  const seen = (): WalkedTable => ({ ...table.read, regular: settled?.regular })
  const walk: TextTable['walk'] = (look, wanted) => walkForms(seen(), look, wanted)
  // Found once: the files stay as they are.
  let regular: Promise<boolean> | undefined
  const isRegularTable: TextTable['isRegular'] = (wanted) => (regular ??= isRegular(seen(), names.length, wanted))
  if (openWhole || head.whole) {
    const { columns, layout } = await settle(read, query)
    table = {
      read: { ...read, layout },
      typed: typedScan(engine, read.files, layout, columns),
      text: { from: textScan(engine, read.files, layout, names), names },
      over,
      isRegular: isRegularTable,
      walk,
      typesCheck: () => undefined,
      settled: () => true,
      renamed,
      notes,
    }
    return table
  }
  const views = { typed: newTable('csv'), text: newTable('csv') }
  const need = prepareOnce(`the types of ${names.length} columns, by all their cells`, async (wanted = {}) => {
    await evenTable(
      engine,
      read.files,
      read,
      async (even) => {
        const { columns, layout } = await settle(even, wanted)
        await createView(engine, views.typed, typedScan(engine, even.files, layout, columns).from, wanted)
        await createView(engine, views.text, textScan(engine, even.files, layout, names), wanted)
        table.read = { ...table.read, files: even.files, layout }
        notes.unshift(...even.notes)
      },
      wanted,
    )
  })
  const typesCheck: TextTable['typesCheck'] = () => {
    const check = settled ? undefined : cellCheck(head.columns, markers, read.layout)
    if (!check) return undefined
    // Nothing is noted: where a column came out wider, the walk has not told, and all is looked at again.
    const settleBy = async (breaks: boolean, wanted: QueryOptions): Promise<void> => {
      const columns = await check.columns(engine, wanted)
      if (columns) settled ??= { columns, layout: breaks ? { ...read.layout, serial: true } : read.layout }
      await need.run(wanted)
    }
    return { task: check.task, settle: settleBy }
  }
  table = {
    read,
    typed: { from: raw(views.typed), names, needs: [need] },
    text: { from: raw(views.text), names, needs: [need] },
    over,
    isRegular: isRegularTable,
    walk,
    typesCheck,
    settled: () => settled !== undefined,
    renamed,
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
): Promise<{ readonly names: readonly string[]; readonly renamed: readonly RenamedColumn[] }> {
  const [first, ...others] = files as [string, ...string[]]
  const header = await headerOf(engine, first, layout, cells, query)
  const names = columnNames(header)
  for (const file of others) {
    const other = await layoutFor(engine, file, layout, query)
    if (other.layout.blankLines !== layout.blankLines) throw unevenStart(file, other.layout, first, layout)
    const found = columnNames(await headerOf(engine, file, layout, other.cells, query))
    if (names.join('\n') !== found.join('\n')) {
      const [path, usual] = [originalOf(file), originalOf(first)]
      throw failure('DS_SOURCE_MALFORMED', `${path} has other columns than ${usual}`, {
        where: path,
        hint: `${usual}: ${names.join(', ')}. ${path}: ${found.join(', ')}.`,
      })
    }
  }
  if (given === undefined) return { names, renamed: renamedColumns(header, names) }
  if (given.length !== names.length) {
    throw failure('DS_OPTION', `names: ${given.length} names for ${names.length} columns`, {
      hint: 'Give a name for each cell of the first line.',
    })
  }
  return { names: distinctNames(given, 'names'), renamed: [] }
}

/** All files are read in one way: lines that are left out at the start are as many in each. */
function unevenStart(file: string, layout: CsvLayout, first: string, usual: CsvLayout): Error {
  const path = originalOf(file)
  return failure(
    'DS_SOURCE_MALFORMED',
    `${path} has ${blankLines(layout)}, ${originalOf(first)} has ${blankLines(usual)}`,
    {
      where: path,
      hint: 'Remove these lines, or open such files by themselves and put them together with union().',
    },
  )
}

function blankLines({ blankLines: lines, header }: CsvLayout): string {
  return `${lines} empty lines before its ${header ? 'header' : 'rows'}`
}

function declaredTypes({ types = {} }: CsvOptions, names: readonly string[]): Map<string, string> {
  const typed = resolveNames(Object.keys(types), names, 'types')
  return new Map(Object.values(types).map((type, at) => [typed[at] as string, type]))
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
