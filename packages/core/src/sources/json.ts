import { failure } from '../codes.ts'
import type { DatasetRef } from '../dataset.ts'
import type { Engine } from '../engine.ts'
import type { Source } from '../source.ts'
import { describe } from './describe.ts'

/**
 * JSON files: one object a line (`jsonl`), or one array of objects (`json`). Types are found by reading every object.
 */
export async function jsonSource(
  engine: Engine,
  dataset: DatasetRef,
  files: readonly string[],
  lines: boolean,
): Promise<Source> {
  const relation = await describe(engine, engine.dialect.scanJson(files, lines))
  // The one column that the engine shows where it saw no object.
  if (relation.names.join() === 'json') {
    const rows = await engine.query(`SELECT 1 FROM ${relation.from.text} LIMIT 1`)
    if (rows.length === 0) {
      throw failure('DS_SOURCE_EMPTY', `${files[0]} holds no object, so its columns are unknown`, {
        where: files[0] as string,
        hint: 'Write at least one row, or use CSV or Parquet, which name their columns without rows.',
      })
    }
  }
  return { dataset, files, relation }
}
