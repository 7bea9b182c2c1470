import { open } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { failure } from '../codes.ts'
import type { DatasetRef } from '../dataset.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import type { Finding } from '../finding.ts'
import { placesInLines, type RowPlace } from '../places.ts'
import { selectFrom, typesOf, type Relation } from '../relation.ts'
import type { Source } from '../source.ts'
import { ident, join, raw } from '../sql.ts'
import { columnsOfAll, columnsOfHead, headRows, typeOf, unseenColumns, type CsvColumn } from '../text/columns.ts'
import { checkWhole } from '../text/file-bytes.ts'
import { scratchCopy } from '../text/scratch-copy.ts'
import { typed } from './typed.ts'

/**
 * JSON files: one object a line (`jsonl`), or one array of objects (`json`). Types are found by reading every object.
 *
 * @param declared engine types of columns by name; the others are found in the values
 */
export async function jsonSource(
  engine: Engine,
  dataset: DatasetRef,
  files: readonly string[],
  lines: boolean,
  declared: Readonly<Record<string, string>> = {},
  options: QueryOptions = {},
): Promise<Source> {
  for (const file of files) await checkWhole(file, options)
  const read = await Promise.all(files.map((file) => withoutMark(engine, file, options)))
  const found = engine.dialect.scanJson(read, lines)
  const types = textTypes(await typesOf(engine, { from: found, names: [] }, options))
  const columns = [...types].map(([name, nativeType]) => ({ name, nativeType }))
  const relation: Relation = { from: found, names: [...types.keys()] }
  // The one column that the engine shows where it saw no object.
  if (relation.names.join() === 'json') {
    const rows = await engine.query(`SELECT 1 FROM ${relation.from.text} LIMIT 1`, options)
    if (rows.length === 0) {
      throw failure('DS_SOURCE_EMPTY', `${files[0]} holds no object, so its columns are unknown`, {
        where: files[0] as string,
        hint: 'Write at least one row, or use CSV or Parquet, which name their columns without rows.',
      })
    }
  }
  if (relation.names.join() === 'json') await refuseOthers(engine, files, read, lines, options)
  const scan = relation.names.join() === 'json' ? found : engine.dialect.scanJson(read, lines, columns)
  const settled = await settle(engine, { ...relation, from: scan }, types, options)
  const timed = await withTimes(engine, settled.relation, types, declared, options)
  const objects = engine.dialect.scanObjects?.(read, lines)
  return {
    dataset,
    files,
    relation: typed(timed, declared),
    ...(objects && Object.keys(declared).length === 0 ? { objects: { from: objects, names: ['json'] } } : {}),
    ...(lines ? { places: () => placesInLines(files) } : {}),
    // What was declared is no surprise.
    notes: () => settled.notes.filter(({ column }) => column === undefined || declared[column] === undefined),
  }
}

/** What values of JSON are called that are no objects. */
const KINDS: Readonly<Record<string, string>> = { ARRAY: 'a list', VARCHAR: 'a text', BOOLEAN: 'true or false' }

/**
 * Refuses values that are no objects: with one of them the engine knows no columns any more.
 *
 * @throws DS_SOURCE_MALFORMED with the place of the first
 */
async function refuseOthers(
  engine: Engine,
  files: readonly string[],
  read: readonly string[],
  lines: boolean,
  options: QueryOptions,
): Promise<void> {
  const scan = engine.dialect.scanObjects?.(read, lines)
  if (!scan) return
  const numbered = `SELECT json_type(json) AS type, row_number() OVER () AS row FROM ${scan.text}`
  const [other] = await engine.query(
    `SELECT type, row FROM (${numbered}) WHERE type NOT IN ('OBJECT', 'NULL') ORDER BY row LIMIT 1`,
    options,
  )
  if (!other) return
  const row = Number(other['row'])
  const { file = files[0] ?? '', line } = lines ? await placeOf(files, row) : {}
  const place = line === undefined ? `value ${row}` : `line ${line}`
  throw failure(
    'DS_SOURCE_MALFORMED',
    `${file}: ${place} is no object, but ${KINDS[String(other['type'])] ?? 'a number'}`,
    {
      where: file,
      hint: lines
        ? 'JSON Lines hold one object a line, each with its keys.'
        : 'A file of JSON holds one list of objects.',
    },
  )
}

async function placeOf(files: readonly string[], row: number): Promise<RowPlace> {
  const places = placesInLines(files)
  try {
    return await places.placeOf(row)
  } finally {
    await places.close()
  }
}

/** What texts of JSON may be beside texts: a number in quotes is one. */
const TIMES: ReadonlySet<string> = new Set(['TIME', 'DATE', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE'])

/**
 * Types of columns, where what the engine makes of texts is text: it writes UUIDs in small letters, and takes words as
 * `epoch` for the year 1900.
 */
function textTypes(types: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...types].map(([name, type]) => [name, type === 'UUID' || TIMES.has(type) ? 'VARCHAR' : type]))
}

/** Rows by which columns are told that hold no times. */
const HEAD_ROWS = 4096

/** The columns that may still hold times, with nothing else that they may be. */
function timesOnly(columns: readonly CsvColumn[]): CsvColumn[] {
  return columns
    .map((column) => ({ ...column, candidates: column.candidates.filter((type) => TIMES.has(type)) }))
    .filter(({ candidates }) => candidates.length > 0)
}

/** Makes times of the texts of columns that hold nothing else, by the rules of text tables. */
async function withTimes(
  engine: Engine,
  relation: Relation,
  types: ReadonlyMap<string, string>,
  declared: Readonly<Record<string, string>>,
  options: QueryOptions,
): Promise<Relation> {
  const texts = relation.names.filter((name) => types.get(name) === 'VARCHAR' && declared[name] === undefined)
  if (texts.length === 0) return relation
  const unseen = timesOnly(unseenColumns(texts, new Map()))
  const rows = headRows(HEAD_ROWS, texts.length)
  const head = await columnsOfHead(engine, relation.from, unseen, rows, [], options)
  const likely = timesOnly(head.columns)
  if (likely.length === 0) return relation
  const all = head.whole ? likely : await columnsOfAll(engine, relation.from, likely, [], options)
  const found = new Map(all.map((column) => [column.name, typeOf(column)]))
  const list = relation.names.map((name) => {
    const type = found.get(name) ?? 'VARCHAR'
    return type === 'VARCHAR' ? ident(name) : raw(`CAST(${ident(name).text} AS ${type}) AS ${ident(name).text}`)
  })
  return selectFrom(relation, join(list), relation.names)
}

/**
 * Gives plain types to columns that the engine has none for: whole numbers of 64 bits, where signs made it take 128; text,
 * where numbers and texts are mixed, which it leaves as JSON with quotes.
 */
async function settle(
  engine: Engine,
  relation: Relation,
  types: ReadonlyMap<string, string>,
  options: QueryOptions,
): Promise<{ relation: Relation; notes: readonly Finding[] }> {
  const odd = [...types].filter(([, type]) => type === 'HUGEINT' || type === 'JSON')
  if (odd.length === 0) return { relation, notes: [] }
  const tests = odd.map(([name, type]) => {
    const column = ident(name).text
    return type === 'HUGEINT'
      ? `bool_and(${column} BETWEEN -9223372036854775808 AND 9223372036854775807)`
      : `bool_and(json_type(${column}) NOT IN ('OBJECT', 'ARRAY')) AND bool_or(json_type(${column}) = 'VARCHAR')`
  })
  const [found] = await engine.query(
    `SELECT ${tests.map((test, at) => `${test} AS c${at}`).join(', ')} FROM ${relation.from.text}`,
    options,
  )
  const plain = new Map(odd.flatMap(([name, type], at) => (found?.[`c${at}`] === true ? [[name, type] as const] : [])))
  const list = relation.names.map((name) => {
    const column = ident(name).text
    const type = plain.get(name)
    if (type === undefined) return ident(name)
    return raw(`${type === 'HUGEINT' ? `CAST(${column} AS BIGINT)` : `(${column} ->> '$')`} AS ${column}`)
  })
  const notes = [...plain].flatMap(([name, type]): Finding[] =>
    type === 'HUGEINT'
      ? []
      : [
          {
            severity: 'warn',
            code: 'source.column_mixed',
            column: name,
            message: `'${name}' is read as text: it holds texts, and values of other kinds`,
            hint: `Say its type to read it so all the same: types: { ${name}: 'VARCHAR' }.`,
          },
        ],
  )
  return { relation: plain.size > 0 ? selectFrom(relation, join(list), relation.names) : relation, notes }
}

/** The file, or a copy without the byte order mark that some programs put before JSON. */
async function withoutMark(engine: Engine, file: string, options: QueryOptions): Promise<string> {
  if (/\.(gz|zst)$/i.test(file) || !engine.scratch) return file
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(3), 0, 3, 0)
    if (bytesRead < 3 || buffer[0] !== 0xef || buffer[1] !== 0xbb || buffer[2] !== 0xbf) return file
  } finally {
    await handle.close()
  }
  return scratchCopy(engine, file, createReadStream(file, { start: 3 }), options)
}
