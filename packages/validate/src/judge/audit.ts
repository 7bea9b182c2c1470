import { factValue, ident } from '@dayshift/core'
import { failure } from '../codes.ts'
import { failConditions } from '../guards/conditions.ts'
import { judgeOf, type Violation } from './judge.ts'
import type { PlannedColumn } from '../planned-column.ts'
import { endsWithin, LONGEST } from './time-limit.ts'

/** Rows at the front of which every value that SQL let pass is judged again. */
export const FRONT = 200

/** The share of all other rows of which they are, and about how many there are at most. */
const SHARE = 0.0001
const MOST = 1000

/** The share of so many rows that is looked at by chance, wherever they stand. */
export function shareOf(rows: number): number {
  return Math.min(SHARE, MOST / Math.max(1, rows))
}

/**
 * Has Zod judge values that SQL let pass, for a while: with patterns that backtrack a single one may take for ever.
 *
 * @returns how many were judged
 * @throws DS_VALIDATE_PARITY where Zod refuses one of them
 */
export function audit(column: PlannedColumn, values: readonly unknown[]): number {
  const judge = judgeOf(column)
  let at = 0
  let refused: { readonly stored: unknown; readonly violation: Violation } | undefined
  endsWithin(LONGEST, () => {
    for (; at < values.length && refused === undefined; at++) {
      const [violation] = judge.violations(judge.decode(values[at]))
      if (violation !== undefined) refused = { stored: values[at], violation }
    }
  })
  if (refused !== undefined) {
    const { stored, violation } = refused
    const where = `${column.rules.column}: ${violation.check}`
    throw failure(
      'DS_VALIDATE_PARITY',
      `${where}: SQL lets ${column.hidden ? 'a value' : JSON.stringify(factValue(stored))} pass, Zod does not: ${violation.message}`,
      { where, cause: new Error(passes(column)) },
    )
  }
  return at
}

/** SQL of the values that the engine lets pass. */
function passes(column: PlannedColumn): string {
  const condition =
    column.accept ??
    failConditions(column)
      .map(([, fails]) => `NOT (${fails})`)
      .join(' AND ')
  return `${ident(column.name).text} IS NOT NULL AND ${condition}`
}
