import { resolve } from 'node:path'
import { writeArrow } from './arrow/write.ts'
import { writeAtomically } from './atomic.ts'
import { failure } from './codes.ts'
import type { Engine, QueryOptions } from './engine.ts'
import { formatOf, type FileFormat } from './format.ts'
import { queryOf, type Relation } from './relation.ts'

/** How to write a frame. */
export interface WriteOptions extends QueryOptions {
  /** Default: told by the file's name. */
  readonly format?: FileFormat | undefined
}

/**
 * Writes a relation's rows to a file, whole or not at all.
 *
 * @throws DS_SOURCE_UNSUPPORTED where the name tells no format
 * @throws DS_WRITE where the file cannot be written
 */
export async function writeFrame(
  engine: Engine,
  relation: Relation,
  path: string,
  options: WriteOptions = {},
): Promise<void> {
  const format = options.format ?? formatOf(path)
  if (!format) {
    throw failure('DS_SOURCE_UNSUPPORTED', `the name ${path} does not tell how to write the file`, {
      hint: 'End it with .csv, .json, .jsonl, .parquet or .arrow, or say the format.',
    })
  }
  await writeAtomically(resolve(path), async (temporary) => {
    if (format === 'arrow') return writeArrow(engine, relation, temporary, options)
    const form = {
      format,
      delimiter: /\.tsv(\.|$)/i.test(path) ? '\t' : ',',
      compression: compressionOf(path),
    } as const
    await engine.query(engine.dialect.copy(queryOf(relation), temporary, form).text, options)
  })
}

function compressionOf(path: string): 'none' | 'gzip' | 'zstd' {
  if (path.endsWith('.gz')) return 'gzip'
  return path.endsWith('.zst') ? 'zstd' : 'none'
}
