import { messageOf } from '@dayshift/core'
import { z } from 'zod'
import { isMeasureCheck, isRowCheck, type ExtraColumns } from '../contract.ts'
import {
  mayBeMissing,
  type ColumnModel,
  type ContractModel,
  type ModelType,
  type Optional,
  type ReferenceModel,
  type Rule,
  type RuleValue,
} from './model.ts'
import { Notes } from './notes.ts'
import { pythonPattern } from './python/from-python.ts'
import { pythonSource } from './python/to-python.ts'
import type { Written } from './written.ts'

const Names = z
  .union([z.string(), z.array(z.string())])
  .transform((names) => (typeof names === 'string' ? [names] : names))
const Missing = z.array(z.union([z.string(), z.looseObject({ value: z.string() }).transform(({ value }) => value)]))
const Limit = z.union([z.number(), z.string()])

const Constraints = z.looseObject({
  required: z.boolean().optional(),
  unique: z.boolean().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: Limit.optional(),
  maximum: Limit.optional(),
  exclusiveMinimum: Limit.optional(),
  exclusiveMaximum: Limit.optional(),
  pattern: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  jsonSchema: z.unknown().optional(),
})
type Constraints = z.infer<typeof Constraints>

const Field = z.looseObject({
  name: z.string(),
  type: z.string().default('string'),
  format: z.string().default('default'),
  title: z.string().optional(),
  description: z.string().optional(),
  missingValues: Missing.optional(),
  constraints: Constraints.default({}),
})
type Field = z.infer<typeof Field>

/** The form of a Table Schema of Frictionless Data, of its first and its second version. */
export const TableSchema = z.looseObject({
  fields: z.array(Field),
  name: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  fieldsMatch: z
    .union([z.string(), z.array(z.string()).transform(([first]) => first)])
    .default('exact')
    .pipe(z.enum(['exact', 'equal', 'subset', 'superset', 'partial'])),
  primaryKey: Names.optional(),
  uniqueKeys: z.array(Names).default([]),
  foreignKeys: z
    .array(
      z.looseObject({ fields: Names, reference: z.looseObject({ resource: z.string().default(''), fields: Names }) }),
    )
    .default([]),
  missingValues: Missing.optional(),
})
export type TableSchema = z.infer<typeof TableSchema>

/**
 * Reads a Table Schema of Frictionless Data.
 *
 * @param pathOf the file of a resource of the same data package
 */
export function readTableSchema(
  schema: TableSchema,
  pathOf: (resource: string) => string | undefined = () => undefined,
): ContractModel {
  const notes = new Notes()
  const { fieldsMatch, primaryKey = [], name, title, description } = schema
  const mayLack = fieldsMatch === 'superset' || fieldsMatch === 'partial' ? 'column' : 'no'
  if (fieldsMatch === 'partial') notes.add('fieldsMatch', 'that at least one field is there is not looked at')
  return {
    name: name ?? title,
    description,
    columns: schema.fields.map((field) => columnOf(field, primaryKey, mayLack, notes)),
    patterns: [],
    extra: fieldsMatch === 'subset' || fieldsMatch === 'partial' ? 'allow' : 'forbid',
    ordered: fieldsMatch === 'exact',
    ...(schema.missingValues ? { missing: schema.missingValues.filter((marker) => marker !== '') } : {}),
    unique: schema.uniqueKeys.map((columns) => ({ columns })),
    references: schema.foreignKeys.flatMap(({ fields, reference }): ReferenceModel[] => {
      const to = reference.resource === '' ? undefined : pathOf(reference.resource)
      if (to !== undefined) return [{ columns: fields, to, on: reference.fields }]
      const whose = reference.resource === '' ? 'of a table to itself' : `to the resource ${reference.resource}`
      notes.add(`foreignKeys.${fields.join('+')}`, `a reference ${whose} has no file here`)
      return []
    }),
    checks: [],
    notes: notes.all,
  }
}

/** What the types come to; those that are texts of a form have it. */
const TYPES: Readonly<Record<string, readonly [type: ModelType, format?: string]>> = {
  string: ['string'],
  number: ['number'],
  integer: ['integer'],
  boolean: ['boolean'],
  date: ['datetime'],
  datetime: ['datetime'],
  time: ['string', 'time'],
  year: ['integer'],
  duration: ['string', 'duration'],
  any: ['any'],
}
const YEAR_MONTH: Rule = { rule: 'pattern', pattern: /^-?\d{4,}-(0[1-9]|1[0-2])$/ }
const GEO_POINT: Rule = { rule: 'pattern', pattern: /^-?\d+(\.\d+)?, ?-?\d+(\.\d+)?$/ }
const STRING_FORMATS: Readonly<Record<string, string>> = { email: 'email', uri: 'url', uuid: 'uuid', binary: 'base64' }

function columnOf(field: Field, primaryKey: readonly string[], optional: Optional, notes: Notes): ColumnModel {
  const { name, constraints, missingValues, title, description } = field
  const place = `fields.${name}`
  const { type, rules } = typeOf(field, place, notes)
  const isKey = primaryKey.includes(name)
  return {
    name,
    type,
    nullable: constraints.required !== true && !isKey,
    optional,
    rules: [...rules, ...constraintRules(constraints, type, place, notes)],
    options: {
      ...(isKey ? { primaryKey: true } : {}),
      ...(constraints.unique ? { unique: true } : {}),
      ...(missingValues ? { missing: missingValues.filter((marker) => marker !== '') } : {}),
      ...((description ?? title) ? { description: description ?? title } : {}),
    },
  }
}

function typeOf(field: Field, place: string, notes: Notes): { type: ModelType; rules: Rule[] } {
  const { type, format } = field
  if (type === 'yearmonth') return { type: 'string', rules: [YEAR_MONTH] }
  if (type === 'geopoint' && format === 'default') return { type: 'string', rules: [GEO_POINT] }
  const known = TYPES[type]
  if (!known) {
    notes.add(`${place}.type`, `the type ${type} is not looked at`)
    return { type: 'any', rules: [] }
  }
  if (type === 'string') {
    const form = STRING_FORMATS[format]
    if (form === undefined && format !== 'default') notes.add(`${place}.format`, `the form ${format} is not looked at`)
    return { type: 'string', rules: form === undefined ? [] : [{ rule: 'format', format: form }] }
  }
  if (format !== 'default' && !(format === 'any' && known[0] === 'datetime')) {
    notes.add(`${place}.format`, `the form ${format} is not read: values are kept as texts`)
    return { type: 'string', rules: [] }
  }
  const odd = ['decimalChar', 'groupChar', 'trueValues', 'falseValues', 'categories'].filter((key) => key in field)
  for (const key of odd) notes.add(`${place}.${key}`, 'is not looked at: say it when the data is read')
  if (field['bareNumber'] === false) notes.add(`${place}.bareNumber`, 'numbers with units are not read')
  return { type: known[0], rules: known[1] === undefined ? [] : [{ rule: 'format', format: known[1] }] }
}

function constraintRules(constraints: Constraints, type: ModelType, place: string, notes: Notes): Rule[] {
  const { minLength, maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum, pattern } = constraints
  const limit = (rule: 'min' | 'max', value: string | number | undefined, exclusive: boolean): Rule[] =>
    value === undefined ? [] : [{ rule, value: readValue(value, type) as number, ...(exclusive ? { exclusive } : {}) }]
  const rules: Rule[] = [
    ...(minLength === undefined && maxLength === undefined
      ? []
      : [{ rule: 'length', min: minLength, max: maxLength } as const]),
    ...limit('min', minimum, false),
    ...limit('max', maximum, false),
    ...limit('min', exclusiveMinimum, true),
    ...limit('max', exclusiveMaximum, true),
    ...(constraints.enum
      ? [{ rule: 'one_of', values: constraints.enum.map((value) => readValue(value, type)) } as const]
      : []),
  ]
  if (constraints.jsonSchema !== undefined) notes.add(`${place}.jsonSchema`, 'is not looked at')
  if (pattern === undefined) return rules
  try {
    return [
      ...rules,
      { rule: 'pattern', pattern: pythonPattern(pattern, 'fullmatch'), python: pattern, anchoring: 'fullmatch' },
    ]
  } catch (error) {
    notes.add(`${place}.pattern`, messageOf(error))
    return rules
  }
}

/** Values of schemas may be written as texts, whatever the type. */
function readValue(value: unknown, type: ModelType): RuleValue {
  if (typeof value !== 'string') return value as RuleValue
  if (type === 'integer' || type === 'number') return Number(value)
  if (type === 'boolean') return value.toLowerCase() === 'true'
  return type === 'datetime'
    ? new Date(/[zZ]$|:\d\d[+-]/.test(value) || value.length <= 10 ? value : `${value}Z`)
    : value
}

const MATCH: Readonly<Record<ExtraColumns, string>> = { allow: 'subset', strip: 'subset', forbid: 'equal' }
const FIELD_TYPES: Readonly<Record<ModelType, string>> = {
  string: 'string',
  integer: 'integer',
  bigint: 'integer',
  number: 'number',
  boolean: 'boolean',
  datetime: 'datetime',
  any: 'any',
}
const FORMAT_TYPES: Readonly<Record<string, object>> = {
  email: { type: 'string', format: 'email' },
  url: { type: 'string', format: 'uri' },
  uuid: { type: 'string', format: 'uuid' },
  base64: { type: 'string', format: 'binary' },
  date: { type: 'date' },
  time: { type: 'time' },
  duration: { type: 'duration' },
}

/** A contract as a Table Schema. */
export function writeTableSchema(model: ContractModel): Written {
  const notes = new Notes()
  for (const { name } of model.patterns)
    notes.add(`patterns.${String(name.pattern)}`, 'Table Schema has no columns by pattern')
  for (const check of model.checks) {
    const what = isRowCheck(check) ? 'SQL' : isMeasureCheck(check) ? 'measures' : 'rules of all values'
    notes.add(
      `checks.${isRowCheck(check) ? (check.name ?? check.that.text) : check.column}`,
      `Table Schema has no ${what}`,
    )
  }
  if (model.rows) notes.add('rows', 'Table Schema has no number of rows')
  const optional = model.columns.some((column) => column.optional !== 'no')
  const all = optional && model.columns.every((column) => column.optional !== 'no')
  const anyOrder = model.extra === 'forbid' ? (optional ? 'superset' : 'equal') : MATCH[model.extra]
  if (optional && !(all && model.extra === 'forbid')) {
    notes.add('fieldsMatch', 'Table Schema cannot say of some columns that they may be left out')
  }
  if (model.ordered && anyOrder !== 'equal')
    notes.add('ordered', 'Table Schema has an order only where nothing else may be')
  const primaryKey = model.columns.flatMap(({ name, options }) => (options.primaryKey ? [name] : []))
  const document = {
    $schema: 'https://datapackage.org/profiles/2.0/tableschema.json',
    ...(model.name === undefined ? {} : { name: model.name }),
    ...(model.description === undefined ? {} : { description: model.description }),
    fields: model.columns.map((column) => fieldOf(column, notes)),
    fieldsMatch: model.ordered && anyOrder === 'equal' ? 'exact' : anyOrder,
    ...(primaryKey.length === 0 ? {} : { primaryKey }),
    ...(model.unique.length === 0 ? {} : { uniqueKeys: model.unique.map(({ columns }) => columns) }),
    ...(model.references.length === 0 ? {} : { foreignKeys: model.references.map(foreignKey) }),
    ...(model.missing ? { missingValues: ['', ...model.missing] } : {}),
  }
  return { document, notes: notes.all }
}

function foreignKey({ columns, to, on }: ReferenceModel): object {
  const resource = to.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '')
  return { fields: columns, reference: { resource, fields: on ?? columns } }
}

function fieldOf(column: ColumnModel, notes: Notes): object {
  const { name, type, rules, options } = column
  const place = `columns.${name}`
  if ((options.mostly ?? 1) < 1 || options.severity === 'warn') notes.add(place, 'Table Schema tolerates nothing')
  if (options.forbidden) notes.add(`${place}.forbidden`, 'Table Schema has no list of values that may not be')
  const format = rules.find((rule) => rule.rule === 'format')
  const written = format && FORMAT_TYPES[format.format]
  const constraints: Record<string, unknown> = {
    ...(mayBeMissing(column) || options.primaryKey ? {} : { required: true }),
    ...(options.unique ? { unique: true } : {}),
  }
  for (const rule of rules) {
    if (rule.rule === 'format' && written) continue
    try {
      const added = constraintOf(rule)
      const twice = Object.keys(added).find((key) => key in constraints)
      if (twice === undefined) Object.assign(constraints, added)
      else notes.add(`${place}.${twice}`, 'Table Schema has each constraint once')
    } catch (error) {
      notes.add(`${place}.${rule.rule}`, messageOf(error))
    }
  }
  return {
    name,
    ...(written ?? { type: FIELD_TYPES[type] }),
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.missing ? { missingValues: ['', ...options.missing] } : {}),
    ...(Object.keys(constraints).length === 0 ? {} : { constraints }),
  }
}

function constraintOf(rule: Rule): Readonly<Record<string, unknown>> {
  switch (rule.rule) {
    case 'min':
      return { [rule.exclusive ? 'exclusiveMinimum' : 'minimum']: writtenValue(rule.value) }
    case 'max':
      return { [rule.exclusive ? 'exclusiveMaximum' : 'maximum']: writtenValue(rule.value) }
    case 'length':
      return {
        ...(rule.min === undefined ? {} : { minLength: rule.min }),
        ...(rule.max === undefined ? {} : { maxLength: rule.max }),
      }
    case 'one_of':
      return { enum: rule.values.map(writtenValue) }
    case 'pattern':
    case 'format': {
      if (rule.rule === 'pattern' && rule.python !== undefined && rule.anchoring === 'fullmatch') {
        return { pattern: rule.python }
      }
      if (!rule.pattern) throw new TypeError(`Table Schema has no form ${(rule as { format: string }).format}`)
      return { pattern: wholePattern(rule.pattern) }
    }
    case 'starts_with':
      return { pattern: `${pythonSource(literalPattern(rule.text))}[\\s\\S]*` }
    case 'ends_with':
      return { pattern: `[\\s\\S]*${pythonSource(literalPattern(rule.text))}` }
    case 'includes':
      return { pattern: `[\\s\\S]*${pythonSource(literalPattern(rule.text))}[\\s\\S]*` }
    default:
      throw new TypeError('Table Schema has no multiples')
  }
}

/** A pattern that is found somewhere, as one of whole texts: patterns of Table Schema are anchored at both ends. */
function wholePattern(pattern: RegExp): string {
  const source = pythonSource(pattern)
  const whole = /^\^((?:(?!\||\\Z).)*)\\Z$/s.exec(source)
  return whole?.[1] ?? `[\\s\\S]*?(?:${source})[\\s\\S]*`
}

function literalPattern(text: string): RegExp {
  return new RegExp(text.replaceAll(/[\^$\\.*+?()[\]{}|/]/g, String.raw`\$&`), 'u')
}

function writtenValue(value: RuleValue): string | number | boolean {
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z')
  return typeof value === 'bigint' ? Number(value) : value
}
