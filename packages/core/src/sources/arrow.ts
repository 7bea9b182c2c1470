import { basename } from 'node:path'
import { arrowLibrary, prepareCodec, type ArrowBatch, type ArrowField, type ArrowLibrary } from '../arrow/library.ts'
import { arrowMessages, type ArrowMessage } from '../arrow/messages.ts'
import { arrowName, readingOfField, type Reading } from '../arrow/read-type.ts'
import { failure } from '../codes.ts'
import type { DatasetRef } from '../dataset.ts'
import type { Batch, Engine, QueryOptions } from '../engine.ts'
import { isDayshiftError, messageOf } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { prepareOnce } from '../preparation.ts'
import type { Source } from '../source.ts'
import { ident, raw } from '../sql.ts'
import { newTable } from './table-name.ts'

/** Rows put into the table at once. */
const BATCH = 8192

/** Record batches are decoded together up to this size: every time, the dictionaries are decoded with them. */
const TOGETHER = 4 * 1024 ** 2

interface ReadColumn {
  readonly name: string
  readonly reading: Reading
}

/**
 * Arrow files: IPC files and streams, as pyarrow, polars, R and Feather (version 2) write them. Names and types come from
 * the file's own schema; the rows go into a table of the engine, one record batch after another, when they are first
 * needed.
 *
 * @throws DS_SOURCE_MALFORMED where a file is no Arrow, ends too early, or has other columns than the first
 * @throws DS_SOURCE_UNSUPPORTED for a column of a type that the engine has no place for
 */
export async function arrowSource(engine: Engine, dataset: DatasetRef, files: readonly string[]): Promise<Source> {
  if (!engine.append) throw failure('DS_ENGINE', `${engine.dialect.name} cannot take rows from JavaScript`)
  const library = await arrowLibrary()
  const columns = await columnsOf(library, files[0] as string)
  for (const file of files.slice(1)) sameColumns(columns, await columnsOf(library, file), files[0] as string, file)
  const table = newTable('arrow')
  const notes = new Map<string, Finding>()
  const from = files.length === 1 ? basename(files[0] as string) : `${files.length} Arrow files`
  const need = prepareOnce(`the table ${table} is filled from ${from}`, (options) =>
    load(engine, library, table, columns, files, notes, options),
  )
  const names = columns.map(({ name }) => name)
  return {
    dataset,
    files,
    relation: { from: raw(table), names, needs: [need], byColumn: true },
    notes: () => [...notes.values()],
  }
}

async function columnsOf(library: ArrowLibrary, file: string): Promise<readonly ReadColumn[]> {
  for await (const message of arrowMessages(file)) {
    if (message.kind !== 'schema') break
    if (message.bigEndian) {
      throw failure('DS_SOURCE_UNSUPPORTED', `${file} is written with the high byte first`, { where: file })
    }
    const { fields } = schemaOf(library, message.bytes, file)
    if (fields.length === 0) throw failure('DS_SOURCE_EMPTY', `${file} has no columns`, { where: file })
    const names = distinctNames(fields)
    return fields.map((field, at) => {
      const reading = readingOfField(field)
      if (reading) return { name: names[at] as string, reading }
      throw failure(
        'DS_SOURCE_UNSUPPORTED',
        `column '${field.name}' is a ${arrowName(field.type)}, which has no place here`,
        {
          where: file,
          hint: 'Leave the column out, or cast it, where the file is written.',
        },
      )
    })
  }
  throw failure('DS_SOURCE_MALFORMED', `${file} does not begin with a schema`, { where: file })
}

function schemaOf(library: ArrowLibrary, bytes: Uint8Array, file: string): { fields: readonly ArrowField[] } {
  try {
    return library.tableFromIPC([bytes], {}).schema
  } catch (error) {
    throw malformed(file, error)
  }
}

/** Arrow lets columns have no name, or the same; here they get a number, as those of text tables do. */
function distinctNames(fields: readonly ArrowField[]): readonly string[] {
  const taken = new Set<string>()
  return fields.map(({ name }, at) => {
    const base = name || `column${at}`
    let free = base
    for (let number = 1; taken.has(free.toLowerCase()); number++) free = `${base}_${number}`
    taken.add(free.toLowerCase())
    return free
  })
}

function sameColumns(
  first: readonly ReadColumn[],
  other: readonly ReadColumn[],
  file: string,
  otherFile: string,
): void {
  const text = (columns: readonly ReadColumn[]): string =>
    columns.map(({ name, reading }) => `${name} ${reading.nativeType}`).join(', ')
  if (text(first) === text(other)) return
  throw failure('DS_SOURCE_MALFORMED', `${otherFile} has other columns than ${file}: ${text(other)}`, {
    where: otherFile,
    hint: `Open only files with the columns ${text(first)}.`,
  })
}

async function load(
  engine: Engine,
  library: ArrowLibrary,
  table: string,
  columns: readonly ReadColumn[],
  files: readonly string[],
  notes: Map<string, Finding>,
  options: QueryOptions = {},
): Promise<void> {
  const define = (kind: 'nativeType' | 'staged'): string =>
    columns.map(({ name, reading }) => `${ident(name).text} ${reading[kind]}`).join(', ')
  const list = columns.map(({ name, reading }) => {
    const value = ident(name).text
    return `CAST(${reading.json ? `CAST(CAST(${value} AS JSON) AS ${reading.json})` : value} AS ${reading.nativeType})`
  })
  const staged = newTable('staged')
  await engine.query(`DROP TABLE IF EXISTS ${table}`)
  await engine.query(`CREATE TABLE ${table} (${define('nativeType')})`, options)
  for (const file of files) {
    try {
      for await (const batches of batchesOf(library, file, options.signal)) {
        await engine.query(`CREATE TABLE ${staged} (${define('staged')})`, options)
        await engine.append?.(staged, slices(batches, columns, file, notes), options)
        await engine.query(`INSERT INTO ${table} SELECT ${list.join(', ')} FROM ${staged}`, options)
        await engine.query(`DROP TABLE ${staged}`)
        options.onProgress?.({ fraction: undefined })
      }
    } catch (error) {
      await engine.query(`DROP TABLE IF EXISTS ${staged}`)
      throw isDayshiftError(error) && !/^DS_(QUERY|VALUE_MISFIT)$/.test(error.code) ? error : malformed(file, error)
    }
  }
}

/** Record batches, some at a time: each is the columns' values. */
async function* batchesOf(
  library: ArrowLibrary,
  file: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly (readonly ArrowBatch[])[]> {
  const head: Uint8Array[] = []
  let dictionaries: readonly (ArrowMessage & { readonly kind: 'dictionary' })[] = []
  let together: Uint8Array[] = []
  let size = 0
  const decoded = (): readonly (readonly ArrowBatch[])[] => {
    const messages = [...head, ...together]
    head.splice(1, Infinity, ...dictionaries.map(({ bytes }) => bytes))
    together = []
    size = 0
    const options = { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true }
    const { children } = library.tableFromIPC(messages, options)
    return (children[0]?.data ?? []).map((_, at) => children.map(({ data }) => data[at] as ArrowBatch))
  }
  for await (const message of arrowMessages(file, signal)) {
    if (message.kind === 'schema') {
      if (head.length === 0) head.push(message.bytes)
      continue
    }
    if (message.codec !== undefined) await prepareCodec(library, message.codec)
    together.push(message.bytes)
    if (message.kind === 'dictionary') {
      const kept = message.adds ? dictionaries : dictionaries.filter(({ id }) => id !== message.id)
      dictionaries = [...kept, message]
      continue
    }
    size += message.bytes.length
    if (size >= TOGETHER) yield decoded()
  }
  if (size > 0) yield decoded()
}

/** Rows of record batches as the table of the engine takes them. */
function* slices(
  batches: readonly (readonly ArrowBatch[])[],
  columns: readonly ReadColumn[],
  file: string,
  notes: Map<string, Finding>,
): Generator<Batch> {
  const names = columns.map(({ name }) => name)
  for (const batch of batches) {
    const length = batch[0]?.length ?? 0
    if (batch.some((column) => column.length !== length)) throw new Error('columns of different length')
    for (let from = 0; from < length; from += BATCH) {
      const rows = Math.min(BATCH, length - from)
      yield { names, rows, columns: columns.map((column, at) => valuesOf(column, batch[at] as ArrowBatch, from, rows)) }
    }
  }

  function valuesOf({ name, reading }: ReadColumn, batch: ArrowBatch, from: number, rows: number): unknown[] {
    const { give, pick, cuts } = reading
    return Array.from({ length: rows }, (_, at) => {
      const value = pick ? pick(batch, from + at) : batch.at(from + at)
      if (value === null || value === undefined) return null
      if (cuts?.(value) && !notes.has(name)) notes.set(name, cut(name, reading, file))
      return give(value)
    })
  }
}

function cut(column: string, { nativeType }: Reading, file: string): Finding {
  return {
    severity: 'warn',
    code: 'arrow.cut',
    message: `${basename(file)} has nanoseconds in '${column}', of which ${nativeType} keeps the microseconds`,
    column,
    hint: 'Write the column without a time zone: TIMESTAMP_NS keeps nanoseconds.',
  }
}

function malformed(file: string, error: unknown): Error {
  return failure('DS_SOURCE_MALFORMED', `${file} cannot be read as Arrow: ${messageOf(error)}`, {
    where: file,
    cause: error,
  })
}
