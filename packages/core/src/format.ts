/** How the rows of a file are written. */
export type FileFormat = 'csv' | 'json' | 'jsonl' | 'parquet' | 'arrow'

/** Whether a text names a format. */
export function isFormat(text: unknown): text is FileFormat {
  return FORMATS.some(([, format]) => format === text)
}

const FORMATS: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.(csv|tsv|txt)(\.gz|\.zst)?$/i, 'csv'],
  [/\.(jsonl|ndjson)(\.gz|\.zst)?$/i, 'jsonl'],
  [/\.json(\.gz|\.zst)?$/i, 'json'],
  [/\.(parquet|pq)$/i, 'parquet'],
  [/\.(arrows?|feather|ipc)$/i, 'arrow'],
]

/**
 * The format that a file's name tells, if it does.
 *
 * @example formatOf('a.csv.gz') // 'csv'
 */
export function formatOf(file: string): FileFormat | undefined {
  return FORMATS.find(([pattern]) => pattern.test(file))?.[1]
}
