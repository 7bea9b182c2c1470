import { resolve } from 'node:path'
import { writeArrow } from './arrow/write.ts'
import { writeAtomically } from './atomic.ts'
import type { Engine, QueryOptions } from './engine.ts'
import { queryOf, type Relation } from './relation.ts'
import { writePartitions } from './writing/partitions.ts'
import { withoutHuge } from './writing/huge-integers.ts'
import { writtenForm, type FileForm, type FormOptions } from './writing/form.ts'

/** How to write a frame. */
export interface WriteOptions<Name extends string = string> extends FormOptions, QueryOptions {
  /**
   * Columns whose values make folders, `year=2024/country=DE`, with a file of the other columns in each: `open` gives them
   * back as columns.
   */
  readonly partitionBy?: readonly Name[] | undefined
  /** Whether a folder of partitions that is there is replaced, as files always are. Default: false, which makes it an error. */
  readonly overwrite?: boolean | undefined
}

/**
 * Writes a relation's rows to a file or a folder, whole or not at all.
 *
 * @throws DS_SOURCE_UNSUPPORTED where the name tells no format
 * @throws DS_OPTION for options that do not go together
 * @throws DS_WRITE where the file cannot be written
 */
export async function writeFrame(
  engine: Engine,
  relation: Relation,
  path: string,
  options: WriteOptions = {},
): Promise<void> {
  const form = writtenForm(path, options, options.partitionBy !== undefined)
  const query = { signal: options.signal, onProgress: options.onProgress }
  if (form.format !== 'parquet' && form.format !== 'arrow') return writeForm(engine, relation, path, form, options)
  return withoutHuge(engine, relation, query, (fitting) => writeForm(engine, fitting, path, form, options))
}

async function writeForm(
  engine: Engine,
  relation: Relation,
  path: string,
  form: FileForm,
  options: WriteOptions,
): Promise<void> {
  const query = { signal: options.signal, onProgress: options.onProgress }
  const write = (rows: Relation, file: string, wanted: QueryOptions): Promise<void> =>
    writeFile(engine, rows, file, form, wanted)
  if (options.partitionBy === undefined) {
    return writeAtomically(resolve(path), (temporary) => write(relation, temporary, query))
  }
  const by = { names: options.partitionBy, overwrite: options.overwrite ?? false, form }
  return writePartitions(engine, relation, resolve(path), by, write, query)
}

async function writeFile(
  engine: Engine,
  relation: Relation,
  file: string,
  form: FileForm,
  options: QueryOptions,
): Promise<void> {
  if (form.format === 'arrow') return writeArrow(engine, relation, file, options)
  await engine.query(engine.dialect.copy(queryOf(relation), file, form).text, options)
}
