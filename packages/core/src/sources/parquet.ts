import type { DatasetRef } from '../dataset.ts'
import type { Engine } from '../engine.ts'
import type { Source } from '../source.ts'
import { describe } from './describe.ts'

/** Parquet files. Names and types come from the file's own footer. */
export async function parquetSource(engine: Engine, dataset: DatasetRef, files: readonly string[]): Promise<Source> {
  return { dataset, files, relation: await describe(engine, engine.dialect.scanParquet(files)) }
}
