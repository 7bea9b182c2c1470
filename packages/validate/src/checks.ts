import type { z } from 'zod'
import type { $ZodIssue, $ZodType, $ZodTypes } from 'zod/v4/core'

/** What kind of JavaScript value a schema takes: text cells are decoded to it. */
export type ValueKind = 'string' | 'number' | 'bigint' | 'boolean' | 'date' | 'any'

/** A bound of a number. */
export interface Bound {
  readonly check: string
  readonly op: '<' | '<=' | '>' | '>='
  readonly value: number
}

/** A schema that comes down to a finite number between bounds: what SQL can count exactly. */
export interface NumericRules {
  /** Whole numbers within ±(2^53 − 1) only. */
  readonly integer: boolean
  readonly bounds: readonly Bound[]
}

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

/** A schema of texts, numbers, truth values, dates or a list of values, as plain data. */
export interface PlainSchema {
  readonly type: 'string' | 'number' | 'boolean' | 'date' | 'values'
  /** In the order in which Zod runs them. */
  readonly checks: readonly CheckDef[]
  /** The values of an enum or a literal. */
  readonly values?: readonly unknown[]
}

/** Wrappers that hand a value on to the schema within. */
const WRAPPERS = new Set(['optional', 'nullable', 'default', 'prefault', 'nonoptional', 'readonly', 'catch', 'success'])

/** Tells a Zod 4 object schema of any copy of Zod, zod/mini included. */
export function isZodObject(value: unknown): value is z.ZodObject {
  const def = (value as { _zod?: { def?: { type?: unknown } } } | null | undefined)?._zod?.def
  return def?.type === 'object'
}

/** Tells a Zod 4 schema of any copy of Zod, zod/mini included. */
export function isZodSchema(value: unknown): value is $ZodType {
  return typeof (value as { _zod?: { def?: { type?: unknown } } } | null | undefined)?._zod?.def?.type === 'string'
}

/** The columns of an object schema with their own schemas, in the order of the contract. */
export function columnsOf(object: z.ZodObject): [column: string, schema: $ZodType][] {
  return Object.entries(object._zod.def.shape)
}

/** Whether an object schema has refinements of whole rows. */
export function refinesRows(object: z.ZodObject): boolean {
  return (object._zod.def.checks ?? []).length > 0
}

/**
 * The schema of keys that an object schema does not name: where it has one of its own, and where it lets them pass and has
 * refinements, which see them.
 */
export function schemaOfOthers(object: z.ZodObject): $ZodType | undefined {
  const { catchall } = object._zod.def
  const type = catchall?._zod.def.type
  if (type === undefined || type === 'never') return undefined
  return type === 'unknown' && !refinesRows(object) ? undefined : catchall
}

/** Whether an object schema refuses keys that it does not name. */
export function forbidsOthers(object: z.ZodObject): boolean {
  return object._zod.def.catchall?._zod.def.type === 'never'
}

/** Reads a column's Zod schema. This file is the only one that knows Zod's inner shape. */
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
    ...plainField(schema, inner),
  }
}

function plainField(schema: $ZodType, inner: $ZodType): { readonly plain?: PlainSchema } {
  const def = defOf(inner)
  if (!isPlain(schema) || (def as { coerce?: boolean }).coerce === true) return {}
  const own = (def as { check?: string }).check === undefined ? [] : [def as unknown as CheckDef]
  const checks = [...own, ...(def.checks ?? []).map((check) => check._zod.def as unknown as CheckDef)]
  const listed = def.type === 'enum' ? Object.values(def.entries) : def.type === 'literal' ? def.values : []
  if ([...listed, ...checks.flatMap((check) => Object.values(check))].some(hasLoneSurrogate)) return {}
  switch (def.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'date':
      return { plain: { type: def.type, checks } }
    case 'enum':
      return { plain: { type: 'values', checks, values: Object.values(def.entries) } }
    case 'literal':
      return { plain: { type: 'values', checks, values: def.values } }
    default:
      return {}
  }
}

/** Whether a text cannot be written as bytes: what stands for it there is another one. */
function hasLoneSurrogate(value: unknown): boolean {
  return typeof value === 'string' && /\p{Surrogate}/u.test(value)
}

function defOf(schema: $ZodType): $ZodTypes['_zod']['def'] {
  return (schema as $ZodTypes)._zod.def
}

function unwrap(schema: $ZodType): $ZodType {
  const def = defOf(schema)
  const inner = innerOf(schema)
  if (inner) return unwrap(inner)
  if (def.type === 'pipe') {
    const { in: first, out } = def
    return unwrap(defOf(first).type === 'transform' ? out : first)
  }
  return schema
}

/** The schema in a wrapper, or behind `lazy`; nothing for others, and for one that is behind itself. */
function innerOf(schema: $ZodType): $ZodType | undefined {
  const def = defOf(schema)
  if (WRAPPERS.has(def.type)) return (def as { innerType: $ZodType }).innerType
  if (def.type !== 'lazy') return undefined
  const passed = new Set<$ZodType>([schema])
  let inner = def.getter()
  for (let at = defOf(inner); at.type === 'lazy' && !passed.has(inner); at = defOf(inner)) {
    passed.add(inner)
    inner = at.getter()
  }
  return passed.has(inner) ? undefined : inner
}

/**
 * The place of something within a value, as `.lines[].price`. Keys that only the data knows, as those of records, are `*`: of
 * them there may be as many as there are rows.
 */
export function placeWithin(schema: $ZodType, path: readonly PropertyKey[]): string {
  let at = alternatives(schema)
  return path
    .map((key) => {
      const isIndex = typeof key === 'number'
      const named = at.filter((one) => defOf(one).type === 'object' && Object.hasOwn(keysOf(one), key))
      const next = named.length > 0 ? named.map((one) => keysOf(one)[key as string]) : at.map((one) => partOf(one, key))
      at = next.flatMap((one) => (one ? alternatives(one) : []))
      return isIndex ? '[]' : named.length > 0 ? `.${String(key)}` : '.*'
    })
    .join('')
}

function keysOf(schema: $ZodType): Readonly<Record<PropertyKey, $ZodType>> {
  return (defOf(schema) as { shape: Readonly<Record<PropertyKey, $ZodType>> }).shape
}

/** The schemas that a value may be judged by: those in wrappers, in unions and on both sides of pipes. */
function alternatives(schema: $ZodType): $ZodType[] {
  const found = new Set<$ZodType>()
  const left = [schema]
  for (let one = left.pop(); one; one = left.pop()) {
    if (found.has(one)) continue
    found.add(one)
    const def = defOf(one)
    const inner = innerOf(one)
    if (inner) left.push(inner)
    else if (def.type === 'union') left.push(...def.options)
    else if (def.type === 'intersection') left.push(def.left, def.right)
    else if (def.type === 'pipe') left.push(def.in, def.out)
  }
  return [...found]
}

/** The schema of what stands in a list, or under a key that no schema names. */
function partOf(schema: $ZodType, key: PropertyKey): $ZodType | undefined {
  const def = defOf(schema)
  switch (def.type) {
    case 'array':
      return def.element
    case 'tuple':
      return def.items[Number(key)] ?? def.rest ?? undefined
    case 'record':
    case 'map':
    case 'set':
      return def.valueType
    case 'object':
      return def.catchall
    default:
      return undefined
  }
}

/** Whether a column of a schema may be left out. */
export function isOptional(schema: $ZodType): boolean {
  return (schema as { _zod: { optin?: unknown } })._zod.optin !== undefined
}

/** Whether nothing but `nullable`, `optional` and `readonly` stands around the schema. */
function isPlain(schema: $ZodType): boolean {
  const def = defOf(schema)
  if (def.type !== 'optional' && def.type !== 'nullable' && def.type !== 'readonly') {
    return !WRAPPERS.has(def.type) && def.type !== 'pipe' && def.type !== 'lazy'
  }
  // A refinement of the wrapper is code, as any other.
  return (def.checks ?? []).length === 0 && isPlain(def.innerType)
}

function kindOf(schema: $ZodType): ValueKind {
  const def = defOf(schema)
  if ((def as { coerce?: boolean }).coerce === true) return 'string'
  switch (def.type) {
    case 'string':
    case 'template_literal':
      return 'string'
    case 'number':
    case 'nan':
      return 'number'
    case 'bigint':
    case 'boolean':
    case 'date':
      return def.type
    case 'enum':
      return kindOfValues(Object.values(def.entries))
    case 'literal':
      return kindOfValues(def.values)
    default:
      return 'any'
  }
}

function kindOfValues(values: readonly unknown[]): ValueKind {
  const types = new Set(values.filter((value) => value !== null && value !== undefined).map((value) => typeof value))
  const [only] = types
  if (types.size !== 1 || only === undefined) return 'any'
  return only === 'string' || only === 'number' || only === 'bigint' || only === 'boolean' ? only : 'any'
}

/** The names of the checks that stand on wrappers: `z.number().nullable().refine(…)`. */
function wrapperChecks(schema: $ZodType, inner: $ZodType): string[] {
  if (schema === inner) return []
  const def = defOf(schema)
  const names = (def.checks ?? []).flatMap((check) => nameOf(check._zod.def as unknown as CheckDef) ?? [])
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
  const own = (def as { check?: string }).check === undefined ? [] : [def as unknown as CheckDef]
  const added = (def.checks ?? []).map((check) => check._zod.def as unknown as CheckDef)
  for (const check of [...own, ...added]) {
    const name = nameOf(check)
    if (name !== undefined) names.push(name)
  }
  return names
}

/**
 * What a schema is, as `array`, and the schema of its items, where it is a list.
 *
 * @param within whether to look within `nullable`, `optional` and `readonly`
 */
export function shapeOf(schema: $ZodType, within = false): { readonly type: string; readonly item?: $ZodType } {
  const def = defOf(schema)
  if (within && (def.type === 'optional' || def.type === 'nullable' || def.type === 'readonly')) {
    return shapeOf(def.innerType, within)
  }
  if (within && (def as { coerce?: boolean }).coerce === true) return { type: `coerce.${def.type}` }
  return def.type === 'array' ? { type: def.type, item: def.element } : { type: def.type }
}

/** What limits a schema: bounds and lengths, and the number of values that it lists. */
export interface Limits {
  readonly values: number | undefined
  readonly checks: readonly CheckDef[]
  /** Whether nothing is of it. */
  readonly isNever: boolean
  /** Whether its values are whole numbers. */
  readonly isInteger: boolean
}

/** The limits of a schema, wrappers taken off. Other than numbers, texts, dates and lists of values have none. */
export function limitsOf(schema: $ZodType): Limits {
  const inner = unwrap(schema)
  const def = defOf(inner)
  const values =
    def.type === 'enum' ? Object.values(def.entries).length : def.type === 'literal' ? def.values.length : undefined
  const checks = (def.checks ?? []).map((check) => check._zod.def as unknown as CheckDef)
  const isInteger =
    def.type === 'number' && [def as unknown as CheckDef, ...checks].some(({ check, format }) => isWhole(check, format))
  return { values, checks, isNever: def.type === 'never', isInteger }
}

function isWhole(check: unknown, format: unknown): boolean {
  return check === 'number_format' && /^(safe|u?)int/.test(String(format))
}

/** A check of a schema, as Zod keeps it. */
export interface CheckDef {
  readonly check: string
  readonly [key: string]: unknown
}

/** What a check is called; nothing for those that are the type's own. */
export function nameOf(def: CheckDef): string | undefined {
  switch (def.check) {
    case 'greater_than':
      return boundName('>', def['inclusive'] === true, def['value'])
    case 'less_than':
      return boundName('<', def['inclusive'] === true, def['value'])
    case 'multiple_of':
      return `multiple_of ${String(def['value'])}`
    case 'min_length':
      return `length >= ${String(def['minimum'])}`
    case 'max_length':
      return `length <= ${String(def['maximum'])}`
    case 'length_equals':
      return `length = ${String(def['length'])}`
    case 'string_format':
      return formatName(String(def['format']), def['pattern'])
    case 'custom':
      return 'refine'
    default:
      return undefined
  }
}

/** How a check against a bound is called: `>= 0`, `< 10`. Dates are written as ISO 8601. */
export function boundName(op: '<' | '>', inclusive: boolean, value: unknown): string {
  const isTime = value instanceof Date && !Number.isNaN(value.getTime())
  return `${op}${inclusive ? '=' : ''} ${isTime ? value.toISOString() : String(value)}`
}

/** How a check of a text's form is called: `format email`, `matches /^a/`. */
export function formatName(format: string, pattern: unknown): string {
  return format === 'regex' ? `matches ${String(pattern)}` : `format ${format}`
}

/** The rules of a plain finite number, or undefined where the schema asks for more than SQL can say exactly. */
function numericRules(schema: $ZodType): NumericRules | undefined {
  const def = defOf(schema)
  if (def.type !== 'number' || (def as { coerce?: boolean }).coerce === true) return undefined
  const own = def as unknown as Partial<CheckDef>
  const checks = (def.checks ?? []).map((check) => check._zod.def as unknown as CheckDef)
  const formats = checks.filter(({ check }) => check === 'number_format')
  // A format that comes after a bound leaves the bound's failures standing; only a leading one stops the rest.
  if (formats.length > (own.check === undefined && checks[0]?.check === 'number_format' ? 1 : 0)) return undefined
  const leading = own.check === 'number_format' ? own : formats[0]
  const format = leading?.['format']
  if (format !== undefined && (format !== 'safeint' || leading?.['abort'] === true)) return undefined
  const bounds: Bound[] = []
  for (const check of checks) {
    if (check.check === 'number_format') continue
    const { value } = check
    // NaN is the largest number to the engine, and neither more nor less than any to JavaScript.
    const usual = typeof value === 'number' && !Number.isNaN(value) && check['abort'] !== true && !check['when']
    if (!usual || (check.check !== 'greater_than' && check.check !== 'less_than')) return undefined
    const name = nameOf(check) as string
    // A bound that is said twice is one check.
    if (bounds.some((bound) => bound.check === name)) continue
    bounds.push({ check: name, op: name.split(' ')[0] as Bound['op'], value })
  }
  return { integer: format === 'safeint', bounds }
}

/** What stands for a missing value, and the schema of values that are there; nothing where a schema has no such thing. */
export function defaultOf(schema: $ZodType): { readonly inner: $ZodType; readonly value: unknown } | undefined {
  const def = defOf(schema)
  if (def.type === 'default' || def.type === 'prefault') return { inner: def.innerType, value: def.defaultValue }
  if (def.type !== 'optional' && def.type !== 'nullable') return undefined
  return defaultOf(def.innerType)
}

const NONE: readonly $ZodIssue[] = []

/**
 * What a schema finds in a value, without messages: what `safeParse` runs, before it makes an error of it.
 *
 * @returns nothing for an asynchronous schema
 */
export function bareIssues(schema: $ZodType, value: unknown): readonly $ZodIssue[] | undefined {
  const result = schema._zod.run({ value, issues: [] }, { async: false })
  if (result instanceof Promise) return undefined
  if (result.issues.length === 0) return NONE
  return result.issues.map((issue) => (issue.path ? issue : { ...issue, path: [] }) as $ZodIssue)
}
