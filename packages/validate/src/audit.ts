import { factValue, ident } from '@dayshift/core'
import { failure } from './codes.ts'
import { failConditions } from './conditions.ts'
import { judgeOf } from './judge.ts'
import type { PlannedColumn } from './planned-column.ts'

/** Values of a column that Zod looks at again in each run. */
const AUDITED = 100

/**
 * SQL of some of the values that the engine let pass: those of the lowest hashes, which are different ones from everywhere
 * in the data, and cost no pass of their own.
 */
export function auditTerm(column: PlannedColumn): string {
  const name = ident(column.name).text
  const passes =
    column.accept ??
    failConditions(column)
      .map(([, fails]) => `NOT (${fails})`)
      .join(' AND ')
  return `arg_min(${name}, hash(${name}), ${AUDITED}) FILTER (${name} IS NOT NULL AND ${passes})`
}

/**
 * Has Zod judge values that the engine let pass.
 *
 * @param values what {@link auditTerm} gave
 * @returns how many there were
 * @throws DS_VALIDATE_PARITY where Zod refuses one of them
 */
export function audit(column: PlannedColumn, values: unknown): number {
  const judge = judgeOf(column)
  const list = (values ?? []) as readonly unknown[]
  for (const stored of list) {
    const [verdict] = judge.verdicts(judge.decode(stored))
    if (verdict === undefined) continue
    const where = `${column.rules.column}: ${verdict.check}`
    throw failure(
      'DS_VALIDATE_PARITY',
      `${where}: SQL lets ${column.hidden ? 'a value' : JSON.stringify(factValue(stored))} pass, Zod does not: ${verdict.message}`,
      { where, cause: new Error(auditTerm(column)) },
    )
  }
  return list.length
}
