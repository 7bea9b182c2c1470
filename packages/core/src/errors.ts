/**
 * What went wrong that stops the work.
 *
 * - `usage`: the caller asked for something that cannot be: a flag, an option, a project file. Nothing was done.
 * - `failed`: the request was right, but could not be carried out: a missing file, broken input, a full disk.
 */
export type ErrorKind = 'usage' | 'failed'

/** One row of a package's table of error codes. */
export interface ErrorEntry {
  readonly kind: ErrorKind
  /** What the code means, for `docs/errors.md`. */
  readonly meaning: string
  /** The next thing to do, where the place that throws knows nothing better. */
  readonly hint: string
}

/** A package's error codes. Codes start with `DS_` and never change their meaning within a major version. */
export type ErrorTable = Readonly<Record<string, ErrorEntry>>

/** What an error concerns beyond its message. */
export interface ErrorDetails {
  /** The next thing to do; replaces the table's hint. */
  readonly hint?: string
  /** The file, line, column or field that the error is about, as `data.csv:7` or `config.ts › datasets.a.source`. */
  readonly where?: string
  /** The error beneath this one. */
  readonly cause?: unknown
}

/**
 * The one error that dayshift throws on purpose. Test `error.code`, not the class: two copies of a package make two
 * classes.
 *
 * @example
 * try {
 *   await open('missing.csv')
 * } catch (error) {
 *   if (isDayshiftError(error)) console.error(error.code, error.hint) // DS_SOURCE_NOT_FOUND, Check the path …
 * }
 */
export class DayshiftError extends Error {
  override readonly name = 'DayshiftError'
  readonly code: string
  readonly kind: ErrorKind
  readonly hint: string
  readonly where: string | undefined

  constructor(code: string, kind: ErrorKind, message: string, details: ErrorDetails & { readonly hint: string }) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.kind = kind
    this.hint = details.hint
    this.where = details.where
  }
}

/**
 * Makes the function by which a package creates its errors, from its table of codes.
 *
 * @example
 * const failure = errorsOf({ DS_LIMIT: { kind: 'usage', meaning: 'A limit is below zero.', hint: 'Give 0 or more.' } })
 * throw failure('DS_LIMIT', 'limit is -1')
 */
export function errorsOf<Table extends ErrorTable>(
  table: Table,
): (code: keyof Table & string, message: string, details?: ErrorDetails) => DayshiftError {
  return (code, message, details = {}) => {
    const entry = table[code] as ErrorEntry
    return new DayshiftError(code, entry.kind, message, { hint: entry.hint, ...details })
  }
}

/** Whether a thrown value is a {@link DayshiftError}, also one of another copy of this package. */
export function isDayshiftError(error: unknown): error is DayshiftError {
  return (
    error instanceof Error &&
    error.name === 'DayshiftError' &&
    typeof (error as { code?: unknown }).code === 'string' &&
    typeof (error as { hint?: unknown }).hint === 'string'
  )
}

/** The code of a system error (`ENOENT`, `ENOSPC` …), or `undefined` where the value is none. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : undefined
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
