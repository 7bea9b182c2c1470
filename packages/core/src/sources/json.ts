import { open } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { failure } from '../codes.ts'
import type { DatasetRef } from '../dataset.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import type { Finding } from '../finding.ts'
import { selectFrom, typesOf, type Relation } from '../relation.ts'
import type { Source } from '../source.ts'
import { ident, join, raw } from '../sql.ts'
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
  const scan = engine.dialect.scanJson(read, lines)
  const types = await typesOf(engine, { from: scan, names: [] }, options)
  const relation: Relation = { from: scan, names: [...types.keys()] }
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
  const settled = await settle(engine, relation, types, options)
  return { dataset, files, relation: typed(settled.relation, declared), notes: () => settled.notes }
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
