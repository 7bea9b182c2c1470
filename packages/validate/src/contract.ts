import type { z } from 'zod'
import { forbidsOthers, isZodObject } from './checks.ts'
import { failure } from './codes.ts'

/** Marks contracts across copies of this package. */
const MARK = Symbol.for('dayshift.contract')

/** What to do with columns that a contract does not name: let them pass, or report each. */
export type ExtraColumns = 'allow' | 'forbid'

/** What defines a contract. */
export interface ContractDefinition<Columns extends z.ZodObject> {
  /** One Zod schema a column; refinements of the object see whole rows. */
  readonly columns: Columns
  /** Default: `forbid` for `z.strictObject`, else `allow`. */
  readonly extra?: ExtraColumns
  /** Cells of text tables that mean "no value", besides the empty one. Default: those that the reader takes. */
  readonly missing?: readonly string[]
}

/** What must hold for a dataset. */
export interface Contract<Columns extends z.ZodObject = z.ZodObject> {
  readonly [MARK]: true
  readonly columns: Columns
  readonly extra: ExtraColumns
  readonly missing: readonly string[] | undefined
  /** Validates one object with plain Zod: the same contract for an API's payload. */
  check(row: unknown): z.ZodSafeParseResult<z.infer<Columns>>
}

/**
 * Defines a contract: for one object, or for a dataset of any size.
 *
 * A missing value in the data is `null` to Zod where the column's schema accepts null, else `undefined`; so `.nullable()`,
 * `.optional()` and `.default()` all let it pass. Cells of text tables are decoded by the schema: `30` is a number to
 * `z.int()` and text to `z.string()`; a cell that cannot be decoded stays text, and fails as Zod says.
 *
 * @throws DS_CONTRACT_INVALID where the columns are no `z.object`
 * @example
 * const employees = defineContract({
 *   columns: z.object({ age: z.int().min(0).max(120), country: z.enum(['US', 'UK', 'IN', 'CA', 'DE']) }),
 * })
 * type Employee = z.infer<typeof employees.columns>
 * employees.check({ age: 30, country: 'US' }).success // true
 */
export function defineContract<Columns extends z.ZodObject>(
  definition: ContractDefinition<Columns> | Columns,
): Contract<Columns> {
  const { columns, extra, missing } = isZodObject(definition)
    ? ({ columns: definition } as ContractDefinition<Columns>)
    : definition
  if (!isZodObject(columns)) {
    throw failure('DS_CONTRACT_INVALID', 'the columns of a contract must be z.object({ … })')
  }
  return {
    [MARK]: true,
    columns,
    extra: extra ?? (forbidsOthers(columns) ? 'forbid' : 'allow'),
    missing,
    check: (row) => columns.safeParse(row),
  }
}

/**
 * Takes what a contract file exports as a contract: a contract of any copy of this package, or a bare `z.object`.
 *
 * @throws DS_CONTRACT_INVALID for anything else
 */
export function asContract(value: unknown): Contract {
  if (typeof value === 'object' && value !== null && MARK in value) return value as Contract
  if (isZodObject(value)) return defineContract(value)
  throw failure(
    'DS_CONTRACT_INVALID',
    `a contract is expected, not ${value === undefined ? 'nothing' : `a ${typeof value}`}`,
  )
}

/** Whether a value can be taken as a contract. */
export function isContract(value: unknown): boolean {
  return isZodObject(value) || (typeof value === 'object' && value !== null && MARK in value)
}
