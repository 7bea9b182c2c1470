import { failure } from '../codes.ts'
import type { DatasetRef } from '../dataset.ts'
import type { Engine } from '../engine.ts'
import type { Finding } from '../finding.ts'
import { placesByCount } from '../places.ts'
import { nameList, typesOf, type Relation } from '../relation.ts'
import type { Source } from '../source.ts'
import { raw } from '../sql.ts'
import { describe } from './describe.ts'

/**
 * Parquet files. Names and types come from the files' own footers; where files have other types, wide enough for all.
 *
 * @throws DS_SOURCE_MALFORMED where files have other columns
 */
export async function parquetSource(engine: Engine, dataset: DatasetRef, files: readonly string[]): Promise<Source> {
  const { dialect } = engine
  const others = await otherShapes(engine, files)
  const scan = dialect.scanParquet(files, undefined, others.length > 0)
  const relation = { ...(await describe(engine, scan)), byColumn: true as const }
  const notes = await notesOf(engine, files, others, relation)
  const source = {
    dataset,
    files,
    relation,
    notes: () => notes,
    ...(files.length > 1 ? { places: () => placesByCount(files, () => rowsOfFiles(engine, files)) } : {}),
  }
  if (!dialect.numberParquet || relation.names.some((name) => /^(file_row_number|file_index)$/i.test(name)))
    return source
  const number = dialect.numberParquet.bind(dialect)
  return {
    ...source,
    numbered: (column) => ({
      from: raw(`(SELECT ${nameList(relation.names).text}, ${number(files, column).text} FROM ${relation.from.text})`),
      names: [...relation.names, column],
    }),
  }
}

/** How many rows each file has, by its footer. */
async function rowsOfFiles(engine: Engine, files: readonly string[]): Promise<number[]> {
  const rows = await engine.query(engine.dialect.parquetRows(files).text)
  const counts = new Map(rows.map((row) => [String(row['file_name']), Number(row['num_rows'])]))
  return files.map((file) => counts.get(file) ?? 0)
}

/** One file of each way in which the columns are not as in the first file. */
async function otherShapes(engine: Engine, files: readonly string[]): Promise<string[]> {
  if (files.length === 1) return []
  const rows = await engine.query(engine.dialect.parquetShapes(files).text)
  const shapes = new Map(rows.map((row) => [String(row['file_name']), row['shape']]))
  const seen = new Set([shapes.get(files[0] as string)])
  return files.filter((file) => {
    const isNew = !seen.has(shapes.get(file))
    seen.add(shapes.get(file))
    return isNew
  })
}

/** Compares the columns of files with those of the first one: others are an error, other types are told. */
async function notesOf(
  engine: Engine,
  files: readonly string[],
  others: readonly string[],
  all: Relation,
): Promise<readonly Finding[]> {
  if (others.length === 0) return []
  const first = await typesOf(engine, { from: engine.dialect.scanParquet([files[0] as string]), names: [] })
  const notes = new Map<string, Finding>()
  const whole = await typesOf(engine, all)
  for (const file of others) {
    const columns = await typesOf(engine, { from: engine.dialect.scanParquet([file]), names: [] })
    if ([...columns.keys()].sort().join('\n') !== [...first.keys()].sort().join('\n')) {
      throw failure('DS_SOURCE_MALFORMED', `${file} has other columns than ${files[0]}`, {
        where: file,
        hint: `${files[0]}: ${[...first.keys()].join(', ')}. ${file}: ${[...columns.keys()].join(', ')}. Open them apart and join them with union.`,
      })
    }
    for (const [name, type] of columns) {
      if (type === first.get(name)) continue
      notes.set(name, {
        severity: 'info',
        code: 'source.column_widened',
        column: name,
        message: `'${name}' is read as ${whole.get(name)}: it is ${first.get(name)} in ${files[0]}, ${type} in ${file}`,
      })
    }
  }
  return [...notes.values()]
}
