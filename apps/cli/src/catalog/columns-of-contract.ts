import type { DeclaredColumn } from '@dayshift/catalog'
import type { TableSchema } from '@dayshift/core'
import { asContract, declaredColumns } from '@dayshift/validate'
import type { DatasetDefinition } from '../define-project.ts'

/** What a dataset's contract declares of the columns that the data has. */
export function columnsOfContract(
  contract: NonNullable<DatasetDefinition['contract']>,
  { columns }: TableSchema,
): DeclaredColumn[] {
  const there = new Set(columns.map(({ name }) => name))
  return declaredColumns(asContract(contract)).filter(({ name }) => there.has(name))
}
