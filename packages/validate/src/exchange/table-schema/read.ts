import { messageOf } from '@dayshift/core'
import type { ColumnModel, ContractModel, ModelType, Optional, ReferenceModel, Rule, RuleValue } from '../model.ts'
import { Notes } from '../notes.ts'
import { pythonPattern } from '../python/from-python.ts'
import type { Constraints, Field, TableSchema } from './form.ts'

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
