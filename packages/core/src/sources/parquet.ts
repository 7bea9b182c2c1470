import type { DatasetRef } from '../dataset.ts'
import type { Engine } from '../engine.ts'
import { nameList } from '../relation.ts'
import type { Source } from '../source.ts'
import { raw } from '../sql.ts'
import { describe } from './describe.ts'

/** Parquet files. Names and types come from the file's own footer. */
export async function parquetSource(engine: Engine, dataset: DatasetRef, files: readonly string[]): Promise<Source> {
  const { dialect } = engine
  const relation = { ...(await describe(engine, dialect.scanParquet(files))), byColumn: true as const }
  const source = { dataset, files, relation }
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
