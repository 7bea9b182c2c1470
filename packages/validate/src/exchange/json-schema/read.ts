import { messageOf } from '@dayshift/core'
import type { ColumnOptions } from '../../column.ts'
import { ecmaPattern } from '../ecma-pattern.ts'
import { isFormat, schemaOf } from '../calls.ts'
import type { ColumnModel, ContractModel, ModelType, PatternModel, Rule, RuleValue } from '../model.ts'
import type { Notes } from '../notes.ts'
import type { RowSchema } from './form.ts'

/** Reads a JSON Schema of rows. What is more than a type with limits is left to Zod's own reader of JSON Schema. */
export function readJsonSchema(schema: RowSchema, notes: Notes): ContractModel {
  const { properties, required, additionalProperties, title, description } = schema
  if (typeof additionalProperties === 'object' && additionalProperties !== null) {
    notes.add('additionalProperties', 'columns that are not named are not looked at')
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'dependentRequired', 'dependentSchemas']) {
    if (keyword in schema) notes.add(keyword, 'conditions on whole rows are not looked at')
  }
  return {
    name: title,
    description,
    columns: [
      ...Object.entries(properties).map(([name, property]) => columnOf(name, property, schema, required, notes)),
      ...required.flatMap((name) => (Object.hasOwn(properties, name) ? [] : [anythingNamed(name)])),
    ],
    patterns: Object.entries(schema.patternProperties).flatMap(([pattern, property]): PatternModel[] => {
      const compiled = ecmaPattern(pattern, `patternProperties.${pattern}`, notes)
      if (compiled === undefined) return []
      const column = columnOf(pattern, property, schema, [], notes)
      return [{ name: { rule: 'pattern', pattern: compiled }, column, required: false }]
    }),
    extra: additionalProperties === false ? 'forbid' : 'allow',
    ordered: false,
    unique: schema['x-unique'].map((columns) => ({ columns })),
    references: [],
    checks: [],
    notes: notes.all,
  }
}

type Keywords = Readonly<Record<string, unknown>>

/** `anyOf` with null, which is how Zod writes `nullable`, as one type that may be null. */
function withoutNull(property: Keywords): Keywords {
  const { anyOf, ...rest } = property
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return property
  const [one, other] = anyOf as [Keywords, Keywords]
  const isNull = other['type'] === 'null' && Object.keys(other).length === 1
  return isNull && typeof one['type'] === 'string' ? { ...rest, ...one, type: [one['type'], 'null'] } : property
}

/** A column that must be there, of which nothing else is said. */
function anythingNamed(name: string): ColumnModel {
  return { name, type: 'any', nullable: true, optional: 'no', rules: [], options: {} }
}

/** Keywords that a column of a plain type may have. */
const PLAIN: ReadonlySet<string> = new Set(
  (
    'type title description $comment examples deprecated readOnly writeOnly default minimum maximum ' +
    'exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format enum const ' +
    'x-unique x-severity x-mostly x-pii x-forbidden'
  ).split(' '),
)

const TYPES: Readonly<Record<string, ModelType>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
}

/** Formats of JSON Schema by Zod's names. */
const FORMATS: Readonly<Record<string, string>> = { 'date-time': 'datetime', uri: 'url' }

function columnOf(
  name: string,
  given: Keywords,
  root: RowSchema,
  required: readonly string[],
  notes: Notes,
): ColumnModel {
  const property = withoutNull(given)
  const types = (Array.isArray(property['type']) ? property['type'] : [property['type']]) as unknown[]
  const [only, ...more] = types.filter((type) => type !== 'null')
  const type = typeof only === 'string' && more.length === 0 ? TYPES[only] : undefined
  const common = {
    name,
    nullable: types.includes('null'),
    optional: required.includes(name) ? 'no' : 'value',
    options: optionsOf(name, property, root),
  } as const
  const rules = type === undefined ? undefined : rulesOf(property, type, `properties.${name}`, notes)
  if (type !== undefined && rules !== undefined && Object.keys(property).every((key) => PLAIN.has(key))) {
    return { ...common, type, rules }
  }
  if (Object.keys(property).every((key) => key === 'description' || key === 'title')) {
    return { ...common, type: 'any', nullable: true, rules: [] }
  }
  const shared = Object.fromEntries(['$defs', 'definitions'].flatMap((key) => (key in root ? [[key, root[key]]] : [])))
  const own = Object.fromEntries(Object.entries(property).filter(([key]) => !key.startsWith('x-')))
  const column: ColumnModel = {
    ...common,
    nullable: false,
    type: 'any',
    rules: [],
    jsonSchema: { ...shared, ...typed(own, undefined, `properties.${name}`, notes) },
  }
  try {
    schemaOf(column)
    return column
  } catch (error) {
    notes.add(`properties.${name}`, messageOf(error))
    return { ...common, type: 'any', nullable: true, rules: [] }
  }
}

/** Keywords that Zod reads of schemas with a type alone. */
const LIMITING =
  'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format'.split(' ')
const COMBINED = ['allOf', 'anyOf', 'oneOf'] as const

/** The schema with the type of what stands around it: Zod passes over the limits of schemas without a type. */
function typed(schema: Keywords, outer: unknown, place: string, notes: Notes): Keywords {
  const type = schema['type'] ?? outer
  const limits = LIMITING.filter((keyword) => keyword in schema)
  if (type === undefined && limits.length > 0) notes.add(place, `${limits.join(', ')} without a type is not looked at`)
  const { format } = schema
  if (typeof format === 'string' && !isFormat(FORMATS[format] ?? format)) {
    notes.add(place, `the format ${format} is not looked at`)
  }
  const combined = COMBINED.flatMap((keyword) => {
    const list = schema[keyword]
    return Array.isArray(list)
      ? [[keyword, (list as Keywords[]).map((one) => typed(one, type, `${place}.${keyword}`, notes))] as const]
      : []
  })
  const isPlain = combined.length === 0 && !('$ref' in schema || 'enum' in schema || 'const' in schema)
  return { ...(outer !== undefined && isPlain ? { type } : {}), ...schema, ...Object.fromEntries(combined) }
}

function optionsOf(name: string, property: Keywords, root: RowSchema): ColumnOptions {
  const { description, title } = property
  const told = typeof description === 'string' ? description : title
  const mostly = property['x-mostly']
  const forbidden = property['x-forbidden']
  return {
    ...(root['x-primaryKey'].includes(name) ? { primaryKey: true } : {}),
    ...(property['x-unique'] === true ? { unique: true } : {}),
    ...(property['x-severity'] === 'warn' ? { severity: 'warn' } : {}),
    ...(typeof mostly === 'number' ? { mostly } : {}),
    ...(property['x-pii'] === true ? { pii: true } : {}),
    ...(Array.isArray(forbidden) ? { forbidden: forbidden as string[] } : {}),
    ...(typeof told === 'string' ? { description: told } : {}),
  }
}

/** The rules of a plain type; nothing where one of them is not plain. */
function rulesOf(property: Keywords, type: ModelType, place: string, notes: Notes): Rule[] | undefined {
  const { minLength, maxLength, pattern, format, multipleOf, default: fallback } = property
  if (fallback !== undefined) return undefined
  const rules: Rule[] = []
  for (const [keyword, rule, exclusive] of LIMITS) {
    const value = property[keyword]
    if (value === undefined) continue
    // Drafts up to 4 have it as true or false.
    if (typeof value !== 'number') return undefined
    // Zod writes the limits of whole numbers that JavaScript holds exactly.
    if (type === 'integer' && Math.abs(value) === Number.MAX_SAFE_INTEGER) continue
    rules.push({ rule, value, ...(exclusive ? { exclusive } : {}) })
  }
  if (typeof multipleOf === 'number') rules.push({ rule: 'multiple_of', value: multipleOf })
  if (minLength !== undefined || maxLength !== undefined) {
    rules.push({ rule: 'length', min: minLength as number | undefined, max: maxLength as number | undefined })
  }
  if (typeof format === 'string' && type === 'string') {
    const form = FORMATS[format] ?? format
    if (!isFormat(form)) return undefined
    rules.push({ rule: 'format', format: form })
  }
  if (typeof pattern === 'string') {
    const compiled = ecmaPattern(pattern, `${place}.pattern`, notes)
    if (compiled) rules.push({ rule: 'pattern', pattern: compiled })
  }
  const listed = 'const' in property ? [property['const']] : property['enum']
  if (listed === undefined) return rules
  if (!Array.isArray(listed) || !listed.every((value) => isOfType(value, type))) return undefined
  return [...rules, { rule: 'one_of', values: listed as RuleValue[] }]
}

const LIMITS = [
  ['minimum', 'min', false],
  ['maximum', 'max', false],
  ['exclusiveMinimum', 'min', true],
  ['exclusiveMaximum', 'max', true],
] as const

function isOfType(value: unknown, type: ModelType): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeof value === type
}
