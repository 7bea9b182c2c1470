export {
  asContract,
  defineContract,
  isContract,
  type Contract,
  type ContractDefinition,
  type ExtraColumns,
} from './contract.ts'
export { explainPlan, planChecks, type CheckPlan, type MetadataCheck, type PlannedColumn, type RunAs } from './plan.ts'
export type { Bound, ColumnRules, NumericRules, ValueKind } from './checks.ts'
export { validate, type ValidateOptions } from './validate.ts'
export { validateErrors } from './codes.ts'
