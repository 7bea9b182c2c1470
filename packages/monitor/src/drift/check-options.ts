import { failure } from '../codes.ts'
import { corrections } from '../multiplicity.ts'
import type { Pairing } from './pair-columns.ts'
import type { PlanOptions } from './plan.ts'

/** What is checked before anything is read. */
interface Checked extends PlanOptions {
  readonly learn?: { readonly alpha?: number | undefined } | undefined
  readonly correction?: string | undefined
  readonly minShare?: number | undefined
}

/** @throws DS_DRIFT_OPTION naming every option that is outside its range */
export function checkOptions({
  alpha = 0.05,
  correction = 'bh',
  minShare = 0.5,
  minEffect = 0,
  ...options
}: Checked): void {
  const problems: string[] = []
  const { alpha: learnAlpha = 0.05 } = options.learn ?? {}
  if (!(learnAlpha > 0 && learnAlpha < 1)) problems.push(`alpha of learn is ${learnAlpha}, not between 0 and 1`)
  if (!(alpha > 0 && alpha < 1)) problems.push(`alpha is ${alpha}, not between 0 and 1`)
  if (!(minShare > 0 && minShare <= 1)) problems.push(`minShare is ${minShare}, not above 0 and at most 1`)
  if (!corrections.some((known) => known === correction)) {
    problems.push(`correction is '${correction}', not one of ${corrections.join(', ')}`)
  }
  if (!(minEffect >= 0)) problems.push(`minEffect is ${minEffect}, not 0 or more`)
  if (options.detectors?.length === 0) problems.push('there is no detector')
  for (const [column, own] of Object.entries(options.overrides ?? {})) {
    const { alpha: ownAlpha = 0.05, minEffect: ownLeast = 0, detectors } = own
    if (!(ownAlpha > 0 && ownAlpha < 1)) problems.push(`alpha of ${column} is ${ownAlpha}, not between 0 and 1`)
    if (!(ownLeast >= 0)) problems.push(`minEffect of ${column} is ${ownLeast}, not 0 or more`)
    if (detectors?.length === 0) problems.push(`there is no detector for ${column}`)
  }
  if (problems.length > 0) throw failure('DS_DRIFT_OPTION', problems.join('; '))
}

/**
 * An override of a column that is not compared would be passed over in silence.
 *
 * @throws DS_COLUMN_UNKNOWN
 */
export function checkOverrides(
  { overrides = {} }: Checked,
  { columns, missingColumns, newColumns, retypedColumns }: Pairing,
): void {
  const names = columns.map(({ column }) => column.name)
  const known = new Set([...names, ...missingColumns, ...newColumns, ...retypedColumns.map(({ column }) => column)])
  const unknown = Object.keys(overrides).filter((name) => !known.has(name))
  if (unknown.length === 0) return
  throw failure('DS_COLUMN_UNKNOWN', `drift, overrides: no column '${unknown.join("', '")}' is compared`, {
    hint: `Columns: ${names.join(', ')}`,
  })
}
