import { basename } from 'node:path'
import type { Column, DatasetRef, Report } from '@dayshift/core'
import { datasetOf } from '@dayshift/core/ground'
import type { JobRef } from './facets.ts'
import { log, type LogOptions } from './log.ts'

/** What is known of data at one stage of a pipeline. */
export interface Metadata {
  /** The data: a path, an address, or a reference. */
  readonly dataset: string | DatasetRef
  /** Where it came from: a path, an address, or words. */
  readonly origin: string
  readonly rows?: number | undefined
  /** Their names, or names and types. */
  readonly columns?: readonly (string | { readonly name: string; readonly type?: string | undefined })[] | undefined
  /** Default: the file’s name without its ending, in the namespace `default`. */
  readonly job?: JobRef | string | undefined
}

/**
 * Logs where data came from, in one line at any stage of a pipeline: START and COMPLETE of one run.
 *
 * @throws as {@link log}
 * @example await logMetadata({ dataset: 'weather.csv', origin: 's3://lake/w.csv', rows: 26115, columns: ['city', 'temp'] })
 */
export function logMetadata(metadata: Metadata, options: LogOptions = {}): Promise<Report<'log'>> {
  const { dataset: place, origin, rows, columns, job } = metadata
  const dataset = typeof place === 'string' ? datasetOf(place, options.cwd ?? process.cwd()) : place
  const name = typeof job === 'string' ? job : basename(dataset.name).replace(/(?<=.)\..*$/, '') || 'log'
  return log(
    {
      dataset,
      origin,
      job: typeof job === 'object' ? job : { namespace: 'default', name },
      ...(rows === undefined ? {} : { rows }),
      ...(columns === undefined ? {} : { schema: { columns: columns.map(columnOf) } }),
    },
    options,
  )
}

function columnOf(column: string | { readonly name: string; readonly type?: string | undefined }): Column {
  const { name, type = '' } = typeof column === 'string' ? { name: column } : column
  return { name, type: 'unknown', nativeType: type }
}
