import type { Frame, QueryOptions } from '@dayshift/core'
import { asContract, type Contract } from './contract.ts'
import { withKnownGuards } from './guards/known.ts'
import { planChecks, type CheckPlan } from './plan.ts'

/**
 * Plans how a contract is checked against a frame, as a run of it does: looks through text tables for how they are written,
 * and asks the engine whether it takes the conditions. Judges nothing.
 *
 * @example explainPlan(await planRun(await open('employees.csv'), contract))
 */
export async function planRun(
  frame: Frame,
  contract: Contract | Contract['columns'],
  options: QueryOptions = {},
): Promise<CheckPlan> {
  const schema = await frame.schema(options)
  const regular = (await frame.text?.isRegular(options)) ?? false
  return withKnownGuards(frame, planChecks(asContract(contract), frame, schema, regular), options)
}
