import { globalRegistry, safeParse, type $ZodType } from 'zod/v4/core'
import { columnsOf } from './checks/object.ts'
import type { Contract } from './contract.ts'

/** What a contract declares of a column, for those who only describe data. */
export interface DeclaredColumn {
  readonly name: string
  /** Whether a row may lack a value of it. */
  readonly nullable: boolean
  /** As `.describe()` or `.meta()` says. */
  readonly description?: string
}

/**
 * What a contract declares of its columns by name, for catalogs and pages.
 *
 * @example declaredColumns(contract)[0] // { name: 'age', nullable: false, description: 'in years' }
 */
export function declaredColumns({ columns }: Pick<Contract, 'columns'>): DeclaredColumn[] {
  return columnsOf(columns).map(([name, schema]) => {
    const description = globalRegistry.get(schema)?.description
    return {
      name,
      nullable: takes(schema, null) || takes(schema, undefined),
      ...(description === undefined ? {} : { description }),
    }
  })
}

function takes(schema: $ZodType, value: null | undefined): boolean {
  try {
    return safeParse(schema, value).success
  } catch {
    // A refinement that is asynchronous, or throws: nobody can say.
    return false
  }
}
