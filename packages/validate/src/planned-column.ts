import type { CellForm } from '@dayshift/core'
import type { ColumnRules } from './checks/rules.ts'

/**
 * How a column's checks are run.
 *
 * - `bytes`: cells of text tables pass where their bytes have a form that Zod surely accepts, and Zod judges the others
 * - `objects`: the objects of JSON files are parsed, and Zod judges each value
 * - `sql`: counted by the engine, where SQL says exactly what Zod says
 * - `guarded`: the engine lets pass what Zod surely accepts, and Zod judges each different value that is left
 * - `distinct`: the engine groups equal values, Zod itself judges each different value once
 * - `rows`: Zod judges whole rows
 */
export type RunAs = 'bytes' | 'objects' | 'sql' | 'guarded' | 'distinct' | 'rows'

/** What is to be done for one column. */
export interface PlannedColumn {
  readonly rules: ColumnRules
  /** The column's name as the data writes it. */
  readonly name: string
  readonly runAs: RunAs
  /** Whether values are decoded from the cells' text, rather than taken as the engine typed them. */
  readonly fromText: boolean
  /** Whether values are those of JSON objects, as `JSON.parse` gives them. */
  readonly fromObjects: boolean
  /** Whether the engine holds integers exactly, so that those beyond 2^53 − 1 are bigint to Zod. */
  readonly exactIntegers: boolean
  /** Whether the engine holds dates without a time. */
  readonly dateOnly: boolean
  /** Whether the engine holds decimal numbers. */
  readonly decimal: boolean
  /** SQL of what the engine groups values by, so that JavaScript cannot tell those of a group apart. */
  readonly groupBy: string
  /** SQL of a condition under which Zod surely accepts a value, of guarded columns. */
  readonly accept?: string | undefined
  /** What the bytes of a cell must be to pass, of columns that run as `bytes`. */
  readonly form?: CellForm | undefined
  /** The column's own markers of missing values, or the contract's. */
  readonly missing: readonly string[] | undefined
  /** Whether its values are not to be shown. */
  readonly hidden: boolean
  readonly why: string
}
