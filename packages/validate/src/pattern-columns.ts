import type { TableSchema } from '@dayshift/core'
import type { z } from 'zod'
import { isZodSchema } from './checks/schema.ts'
import { failure } from './codes.ts'
import type { ColumnOptions } from './column.ts'
import type { Contract } from './contract.ts'
import { UNSEEN, UNSEEN_PROBLEM } from './contract-shape.ts'

/**
 * The contract with those columns of the data by name that its patterns match.
 *
 * @throws DS_CONTRACT_INVALID where one of them is a column that Zod does not look at
 */
export function withPatternColumns(contract: Contract, { columns }: TableSchema): Contract {
  const schemas: Record<string, z.ZodType> = {}
  const options: Record<string, ColumnOptions> = {}
  for (const { name } of columns) {
    if (Object.hasOwn(contract.columns.shape, name)) continue
    const fitting = contract.patterns.find((pattern) => pattern.name.test(name))
    if (!fitting) continue
    if (name === UNSEEN) throw failure('DS_CONTRACT_INVALID', `${String(fitting.name)}: ${UNSEEN_PROBLEM}`)
    const { schema, ...own } = isZodSchema(fitting.column) ? { schema: fitting.column } : fitting.column
    schemas[name] = schema as z.ZodType
    options[name] = own
  }
  const names = Object.keys(schemas)
  if (names.length === 0) return contract
  return {
    ...contract,
    columns: contract.columns.safeExtend(schemas),
    options: { ...contract.options, ...options },
    unique: [
      ...contract.unique,
      ...names.flatMap((name) => (options[name]?.unique ? [{ ...options[name], columns: [name] }] : [])),
    ],
  }
}
