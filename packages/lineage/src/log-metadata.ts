import { basename } from 'node:path'
import type { Column, DatasetRef, Report, TableSchema } from '@dayshift/core'
import { datasetOf } from '@dayshift/core/ground'
import { columnLineageFacet } from './dataset-facets.ts'
import type { JobRef } from './facets.ts'
import { columnsOfFrame, type FrameLike } from './frame-columns.ts'
import { log, type LogInput, type LogOptions } from './log.ts'

/** What is known of data at one stage of a pipeline. */
export interface Metadata {
  /** The data: a path, an address, or a reference. */
  readonly dataset: string | DatasetRef
  /** Where it came from: a path, an address, or words. */
  readonly origin: string
  readonly rows?: number | undefined
  /** Their names, or names and types. */
  readonly columns?: readonly (string | { readonly name: string; readonly type?: string | undefined })[] | undefined
  /**
   * The frame that the data is written from. It tells what is not given: rows and columns, and, unless it is the data as it
   * was opened, the datasets that it was made of, and which of their columns each column is made of.
   */
  readonly frame?: MetadataFrame | undefined
  /** Default: the file’s name without its ending, in the namespace `default`. */
  readonly job?: JobRef | string | undefined
}

/** What is asked of a frame of `@dayshift/core`. */
export interface MetadataFrame extends FrameLike {
  count(): Promise<number>
  schema(): Promise<TableSchema>
}

/**
 * Logs where data came from, in one line at any stage of a pipeline: START and COMPLETE of one run.
 *
 * @throws as {@link log}
 * @example await logMetadata({ dataset: 'clean.csv', origin: 'https://example.org/w.csv', frame: weather.dropNulls('temp') })
 * @example await logMetadata({ dataset: 'weather.csv', origin: 's3://lake/w.csv', rows: 26115, columns: ['city', 'temp'] })
 */
export async function logMetadata(metadata: Metadata, options: LogOptions = {}): Promise<Report<'log'>> {
  const { dataset: place, origin, frame, columns, job } = metadata
  const dataset = typeof place === 'string' ? datasetOf(place, options.cwd ?? process.cwd()) : place
  const name = typeof job === 'string' ? job : basename(dataset.name).replace(/(?<=.)\..*$/, '') || 'log'
  const rows = metadata.rows ?? (await frame?.count())
  const schema = columns ? { columns: columns.map(columnOf) } : await frame?.schema()
  const { notes = [], ...found } = frame ? await foundOf(frame, dataset) : {}
  return log(
    {
      dataset,
      origin,
      job: typeof job === 'object' ? job : { namespace: 'default', name },
      ...(rows === undefined ? {} : { rows }),
      ...(schema === undefined ? {} : { schema }),
      ...found,
    },
    { ...options, notes: [...(options.notes ?? []), ...notes] },
  )
}

/** What a frame was made of. Where that is the data itself, it was only opened, and its origin is all that is known. */
async function foundOf(
  frame: FrameLike,
  { namespace, name }: DatasetRef,
): Promise<Pick<LogInput, 'inputs' | 'facets'> & Pick<LogOptions, 'notes'>> {
  const { inputs, lineage, warnings } = await columnsOfFrame(frame)
  if (inputs.length === 0 || inputs.some((input) => input.namespace === namespace && input.name === name)) return {}
  return { inputs, notes: warnings, ...(lineage ? { facets: { columnLineage: columnLineageFacet(lineage) } } : {}) }
}

function columnOf(column: string | { readonly name: string; readonly type?: string | undefined }): Column {
  const { name, type = '' } = typeof column === 'string' ? { name: column } : column
  return { name, type: 'unknown', nativeType: type }
}
