import { failure } from '../codes.ts'
import type { WrittenForm } from '../dialect.ts'
import { formatOf, type FileFormat } from '../format.ts'

/** How a file is to look. */
export interface FormOptions {
  /** Default: told by the file's name; `parquet` for a folder of partitions whose name tells none. */
  readonly format?: FileFormat | undefined
  /**
   * Parquet: `zstd` (default), `snappy`, `gzip` or `none`. Text and JSON: `none`, `gzip` or `zstd`; default: as the name
   * ends, `.gz` or `.zst`.
   */
  readonly compression?: WrittenForm['compression'] | undefined
  /** Text tables only: one character. Default: a tab for `.tsv`, else a comma. */
  readonly delimiter?: string | undefined
  /** Text tables only: whether the first line names the columns. Default: true. */
  readonly header?: boolean | undefined
  /** Text tables only: what stands for a missing value. Default: nothing. */
  readonly nulls?: string | undefined
}

/** How a file will look. Arrow files have nothing to choose. */
export type FileForm = WrittenForm | { readonly format: 'arrow'; readonly compression: 'none' }

/**
 * Decides how a file is written, by its name and options.
 *
 * @param folder whether it is a folder of files, whose names are ours
 * @throws DS_SOURCE_UNSUPPORTED where the name tells no format
 * @throws DS_OPTION for options that do not go together, or with the name
 */
export function writtenForm(path: string, options: FormOptions, folder: boolean): FileForm {
  const named = formatOf(path)
  const format = options.format ?? named ?? (folder ? 'parquet' : undefined)
  if (!format) {
    throw failure('DS_SOURCE_UNSUPPORTED', `the name ${path} does not tell how to write the file`, {
      hint: 'End it with .csv, .json, .jsonl, .parquet or .arrow, or say the format.',
    })
  }
  if (format !== 'csv') {
    for (const option of ['delimiter', 'header', 'nulls'] as const) {
      if (options[option] !== undefined) throw misplaced(`${option} is for text tables, not for ${format}`)
    }
  }
  const compression = compressionOf(path, format, options.compression, named !== undefined && !folder)
  if (format === 'arrow') return { format, compression: 'none' }
  const delimiter = options.delimiter ?? (/\.tsv(\.|$)/i.test(path) ? '\t' : ',')
  if (Array.from(delimiter).length !== 1 || /["\r\n\0]/.test(delimiter)) {
    throw misplaced(`delimiter: ${JSON.stringify(delimiter)} is not one character that can stand between cells`)
  }
  const nulls = options.nulls ?? ''
  if (/["\r\n\0]/.test(nulls) || nulls.includes(delimiter)) {
    throw misplaced(`nulls: ${JSON.stringify(nulls)} cannot stand in a cell as it is`)
  }
  return { format, compression, delimiter, header: options.header ?? true, nulls }
}

const COMPRESSIONS: Readonly<Record<FileFormat, readonly string[]>> = {
  parquet: ['zstd', 'snappy', 'gzip', 'none'],
  csv: ['none', 'gzip', 'zstd'],
  json: ['none', 'gzip', 'zstd'],
  jsonl: ['none', 'gzip', 'zstd'],
  arrow: ['none'],
}

function compressionOf(
  path: string,
  format: FileFormat,
  wanted: WrittenForm['compression'] | undefined,
  named: boolean,
): WrittenForm['compression'] {
  const possible = COMPRESSIONS[format]
  if (wanted !== undefined && !possible.includes(wanted)) {
    throw misplaced(`compression: '${wanted}' is none of ${format}, which has ${possible.join(', ')}`)
  }
  if (format === 'parquet') return wanted ?? 'zstd'
  const told = /\.gz$/i.test(path) ? 'gzip' : /\.zst$/i.test(path) ? 'zstd' : 'none'
  if (wanted !== undefined && wanted !== told && (named || told !== 'none')) {
    const ending = { gzip: '.gz', zstd: '.zst', none: 'no .gz or .zst', snappy: '' }[wanted]
    throw misplaced(`compression: ${path} would not be read again as ${wanted}; end its name with ${ending}`)
  }
  return wanted ?? told
}

function misplaced(problem: string): Error {
  return failure('DS_OPTION', `write: ${problem}`)
}

/** How the names of files of this form end. */
export function endingOf({ format, compression }: FileForm): string {
  if (format === 'parquet' || format === 'arrow') return format
  return format + { none: '', gzip: '.gz', zstd: '.zst', snappy: '' }[compression]
}
