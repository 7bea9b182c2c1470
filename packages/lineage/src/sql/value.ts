import { NONE, together, transformed, type Sources } from './sources.ts'
import { folded, Untold } from './tree.ts'

/** A value, and what is known of the fields that it has where it is a struct. */
export interface SqlValue {
  readonly sources: Sources
  /** The fields of a struct that the SQL puts together, in order. */
  readonly fields?: readonly SqlField[]
  /** Whether such structs are in it in a way that does not tell of what each of their fields is made. */
  readonly mixed?: true
  /** Whether it is a struct by its type. */
  readonly isStruct?: true
}

/** A field of a struct. */
export interface SqlField extends SqlValue {
  /** Undefined where it is known by its place alone. */
  readonly name: string | undefined
}

/** Made of no column. */
export const NOTHING: SqlValue = { sources: NONE }

/** Whether structs are in a value that the SQL puts together. */
export function holdsStructs({ fields, mixed }: SqlValue): boolean {
  return fields !== undefined || mixed === true
}

/** Whether a value is a struct for sure. */
export function isStruct({ fields, isStruct: byType }: SqlValue): boolean {
  return fields !== undefined || byType === true
}

/**
 * A field of a value: of a struct that the SQL puts together it is made of less than the whole.
 *
 * @throws Untold where that is not known
 */
export function fieldOf(value: SqlValue, name: string): SqlValue {
  if (value.mixed) throw new Untold(`of which columns the field ${name} is made is not clear`)
  if (!value.fields) return { sources: transformed(value.sources) }
  const [found, second] = value.fields.filter(
    (field) => field.name !== undefined && folded(field.name) === folded(name),
  )
  if (!found || second) throw new Untold(`which field is called ${name} is not clear`)
  return found
}

/** A field by its place, 1 is the first. */
export function fieldAt(value: SqlValue, place: number): SqlValue | undefined {
  return value.fields?.[place - 1]
}

/** A value that is one of several. */
export function eitherOf(values: readonly SqlValue[]): SqlValue {
  const [first, ...others] = values
  if (!first) return NOTHING
  const sources = together(values.map((value) => value.sources))
  if (others.length === 0 || !values.some(holdsStructs)) return { ...first, sources }
  const { fields } = first
  const isAlike = others.every(
    (other) =>
      other.fields?.length === fields?.length &&
      fields?.every(({ name = '' }, at) => folded(other.fields?.[at]?.name ?? '') === folded(name)),
  )
  if (!fields || !isAlike) return { sources, mixed: true }
  const all = fields.map(({ name }, at) => ({ ...eitherOf(values.flatMap((value) => value.fields?.[at] ?? [])), name }))
  return { sources, fields: all }
}

/** How much is known of a value: what grows has not been gone through. */
export function sizeOfValue({ sources, fields = [] }: SqlValue): number {
  return fields.reduce((sum, field) => sum + sizeOfValue(field), sources.size)
}
