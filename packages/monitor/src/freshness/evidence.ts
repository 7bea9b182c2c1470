import type { FileFormat, Finding, Frame } from '@dayshift/core'

/** Why there is no time. */
export type Absent =
  | 'missing'
  | 'no_match'
  | 'unreadable'
  | 'empty'
  | 'empty_folder'
  | 'no_rows'
  | 'no_times'
  | 'no_column'
  | 'no_partition'
  | 'empty_run'
  | 'no_history'
  | 'no_run'

/** What one basis says of the age of data: plain data, which {@link judge} weighs. Times are milliseconds since 1970, UTC. */
export interface Evidence {
  /** The basis that says so. */
  readonly basis: string
  /** Of the newest data; null where there is none. */
  readonly time: number | null
  /** Why there is no time. */
  readonly absent?: Absent
  /** Data with a time: what it is. Without: what is missing, or a sentence that says what is empty. */
  readonly subject: string
  /** What a person should know besides. */
  readonly findings: readonly Finding[]
  /** Earliest and latest instant that `time` may be, where it has no zone or is not known for sure. */
  readonly span?: readonly [earliest: number, latest: number]
  /** What is said where data would be stale by the earliest of these. Default: that its times have no zone. */
  readonly doubt?: Finding
  /** What makes the age unsure, whatever it is: a part of the times that cannot be read, or be right. */
  readonly unsure?: readonly Finding[]
  /** What the clock of who keeps the data showed, where it was told. */
  readonly clock?: number
  /** Each part, where every one of them must be fresh; `time` is that of the oldest. */
  readonly parts?: readonly { readonly subject: string; readonly time: number }[]
  /** Rows of the data, where they were counted. */
  readonly rows?: number
  /** Rows newer than the newest of the check before, where that could be told. */
  readonly newRows?: number
}

/** What an earlier check found: what came since then is held against it. */
export interface PastCheck {
  /** ISO 8601. */
  readonly newest?: string | null | undefined
  readonly rows?: number | undefined
}

/** What a basis looks at. */
export interface Look {
  /** Absolute: files, folders, globs. None where the rows lie in no file. */
  readonly paths: readonly string[]
  /** Rows that are open already. */
  readonly frame?: Frame | undefined
  /** How the files are written. Default: what their names tell. */
  readonly format?: FileFormat | undefined
  /** Opens the rows at a path. */
  open(path: string): Promise<Frame>
  /** Milliseconds since 1970. */
  readonly now: number
  /** Latest time that is believed: `now`, and how far clocks may differ. */
  readonly horizon: number
  readonly previous?: PastCheck | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Where a time of data is read. Anything of this shape does, beside those that are there.
 *
 * @example
 * const marker: Basis = {
 *   name: 'marker',
 *   read: async () => ({ basis: 'marker', time: await lastCommitOfTable(), subject: 'orders', findings: [] }),
 * }
 */
export interface Basis {
  readonly name: string
  read(look: Look): Promise<Evidence>
}
