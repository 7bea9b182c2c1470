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
  return { dataset, files, relation: await describe(engine, engine.dialect.scanJson(files, lines)) }
}
