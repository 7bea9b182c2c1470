import type { z } from 'zod'
import type { $ZodType } from 'zod/v4/core'
import type { ListedValue } from './listed-value.ts'

/** How bad it is where a check fails. */
export type CheckSeverity = 'error' | 'warn'

/** How strictly a check is taken. */
export interface Strictness {
  /** Default: `error`. */
  readonly severity?: CheckSeverity | undefined
  /**
   * The share of the rows with a value that must pass, 0–1: 0.99 tolerates one row of a hundred. Default: 1, all. Where a
   * missing value is what fails, the share is of all rows.
   */
  readonly mostly?: number | undefined
}

/** What a contract says of a column beyond its schema. Severity and tolerance are those of each of its checks. */
export interface ColumnOptions extends Strictness {
  /** No value stands in two rows; missing values apart. All rows of a value that does are failures. */
  readonly unique?: boolean | undefined
  /** Part of the primary key: never missing, and unique together with the other columns of the key. */
  readonly primaryKey?: boolean | undefined
  /** Cells of text tables that mean "no value" in this column. */
  readonly missing?: readonly string[] | undefined
  /** Checks whose failures are warnings, as reports call them: `>= 0`, `format email`. Those of all others are of `severity`. */
  readonly warnings?: readonly string[] | undefined
  /** Whether texts are read as those of text tables are, where the file stores texts: `30` is a number to `z.int()`. Default: false. */
  readonly coerce?: boolean | undefined
  /** Values that it must not have. */
  readonly forbidden?: readonly ListedValue[] | undefined
  /**
   * What the data is stored as, where the file tells: a type of dayshift, in small letters (`integer` of any width), or of the
   * engine, in capital ones (`BIGINT`). Text tables store texts, whose cells the schema judges.
   */
  readonly physicalType?: string | undefined
  readonly description?: string | undefined
  /** Whether its values are about persons: reports then do not show them. */
  readonly pii?: boolean | undefined
}

/** A column's schema with its options. */
export interface ColumnDefinition<Schema extends $ZodType = $ZodType> extends ColumnOptions {
  readonly schema: Schema
}

/**
 * A column of a contract with options.
 *
 * @example defineContract({ columns: { id: column(z.int(), { primaryKey: true }), email: column(z.email(), { mostly: 0.99 }) } })
 */
export function column<Schema extends z.ZodType>(schema: Schema, options: ColumnOptions): ColumnDefinition<Schema> {
  return { schema, ...options }
}
