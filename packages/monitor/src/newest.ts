import type { Finding } from '@dayshift/core'

/** The newest time of some data, or why there is none. */
export interface Newest {
  /** Milliseconds since 1970, UTC; null where there is no data. */
  readonly time: number | null
  /** Why there is no time. */
  readonly absent?: 'missing' | 'empty'
  /** Data with a time: what it is. Missing data: the path. Empty data: a sentence that says what is empty. */
  readonly subject: string
  /** What a person should know besides. */
  readonly findings: readonly Finding[]
}

/** What a report says of data that is not there, or that has nothing in it. */
export function absence({ absent, subject }: Newest): Finding {
  return absent === 'missing'
    ? {
        severity: 'error',
        code: 'freshness.missing',
        message: `${subject} is missing`,
        hint: 'Check the path, and the job that writes it.',
      }
    : {
        severity: 'error',
        code: 'freshness.empty',
        message: subject,
        hint: 'Check what writes the data: something was made, but nothing is in it.',
      }
}
