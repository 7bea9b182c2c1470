export { column, type CheckSeverity, type ColumnDefinition, type ColumnOptions, type Strictness } from './column.ts'
export {
  asContract,
  defineContract,
  isContract,
  type ColumnsByName,
  type Contract,
  type ContractDefinition,
  type ExtraColumns,
  type ObjectOf,
  type PatternColumn,
} from './contract.ts'
export type {
  Measure,
  Partition,
  MeasureCheck,
  Reference,
  RefineCheck,
  RowCheck,
  RowCount,
  TableCheck,
  UniqueKey,
  ValuesCheck,
} from './table-check.ts'
export { explainPlan, planChecks, type CheckPlan, type MetadataCheck } from './plan.ts'
export { planRun } from './plan-run.ts'
export type { PlannedColumn, RunAs } from './planned-column.ts'
export type { PlannedTableCheck } from './table/plan.ts'
export type { ValueKind } from './checks/kind.ts'
export type { Bound, NumericRules } from './checks/numeric.ts'
export type { ColumnRules } from './checks/rules.ts'
export { declaredColumns, type DeclaredColumn } from './declared.ts'
export { compareContracts } from './compare.ts'
export { contractSource } from './contract-source.ts'
export {
  CONTRACT_FORMATS,
  readContract,
  writeContract,
  type ContractFormat,
  type ReadContract,
  type ReadContractOptions,
  type WriteContractOptions,
  type WrittenContract,
} from './exchange/contract-file.ts'
export type {
  ColumnModel,
  ContractModel,
  ModelType,
  Optional,
  ReferenceModel,
  Rule,
  RuleValue,
} from './exchange/model.ts'
export { pythonPattern, type Anchoring } from './exchange/python/from-python.ts'
export { infer, type Confidence, type Inference, type InferOptions, type InferredColumn } from './infer.ts'
export { notContract, type NotContract } from './not-contract.ts'
export type { Note } from './note.ts'
export type { Split } from './output/split.ts'
export type { Change, Difference } from './compare/difference.ts'
export { checkTargets, type Targets } from './output/targets.ts'
export { validate, type ValidateOptions, type ValidateProgress } from './validate.ts'
export { validateErrors } from './codes.ts'
export type { ListedValue } from './listed-value.ts'
