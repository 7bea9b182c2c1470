import type { $ZodType } from 'zod/v4/core'
import { addedChecks, allChecks } from './check-def.ts'
import { nameOf } from './check-name.ts'
import { kindOf, type ValueKind } from './kind.ts'
import { numericRules, type NumericRules } from './numeric.ts'
import { plainSchema, type PlainSchema } from './plain.ts'
import { defOf } from './schema.ts'
import { innerOf, isOptional, isPlain, unwrap } from './wrapper.ts'

/** What a column's schema asks for, as plain data. */
export interface ColumnRules {
  readonly column: string
  readonly schema: $ZodType
  readonly kind: ValueKind
  /** What a missing value is to the schema. */
  readonly missing: null | undefined
  readonly acceptsMissing: boolean
  /** Whether the column may be left out. */
  readonly optional: boolean
  /** The names of the checks, in the order in which Zod runs them. */
  readonly checks: readonly string[]
  readonly numeric?: NumericRules
  /** The schema itself, where nothing around it changes what it says. */
  readonly plain?: PlainSchema
}

/** Reads a column's Zod schema. This folder is the only one that knows Zod's inner shape. */
export function rulesOf(column: string, schema: $ZodType): ColumnRules {
  const accepts = (value: unknown): boolean => {
    try {
      return (schema as unknown as { safeParse(value: unknown): { success: boolean } }).safeParse(value).success
    } catch {
      // A refinement that cannot bear a missing value, or an asynchronous one, which the run reports with its place.
      return false
    }
  }
  const acceptsNull = accepts(null)
  const acceptsUndefined = accepts(undefined)
  const inner = unwrap(schema)
  const numeric = numericRules(inner)
  const plain = plainSchema(schema)
  return {
    column,
    schema,
    kind: kindOf(inner),
    missing: acceptsNull ? null : undefined,
    acceptsMissing: acceptsNull || acceptsUndefined,
    // What Zod itself asks of a key of an object: `any` takes undefined, and its key must be there all the same.
    optional: isOptional(schema),
    checks: [
      ...(acceptsNull || acceptsUndefined ? [] : ['not_null']),
      ...new Set([...checksOf(inner), ...wrapperChecks(schema, inner)]),
    ],
    // Defaults and catches change what later checks see; such schemas run as they are.
    ...(numeric && isPlain(schema) ? { numeric } : {}),
    ...(plain ? { plain } : {}),
  }
}

/** The names of the checks that stand on wrappers: `z.number().nullable().refine(…)`. */
function wrapperChecks(schema: $ZodType, inner: $ZodType): string[] {
  if (schema === inner) return []
  const names = addedChecks(schema).flatMap((check) => nameOf(check) ?? [])
  const next = innerOf(schema)
  const within = next ? wrapperChecks(next, inner) : []
  return [...within, ...names]
}

/** The names of the checks that a schema is known to make; `checkOfIssue` gives an issue the same name. */
function checksOf(schema: $ZodType): string[] {
  const def = defOf(schema)
  const names: string[] = []
  if (def.type === 'enum' || def.type === 'literal') names.push('one_of')
  else if (def.type === 'union') names.push('union')
  else if (def.type === 'custom') names.push('refine')
  else if (def.type !== 'any' && def.type !== 'unknown') names.push('type')
  return [...names, ...allChecks(schema).flatMap((check) => nameOf(check) ?? [])]
}
