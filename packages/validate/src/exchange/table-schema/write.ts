import { messageOf } from '@dayshift/core'
import type { ExtraColumns } from '../../contract.ts'
import { isMeasureCheck, isRowCheck } from '../../table-check.ts'
import { checkPlace } from '../check-place.ts'
import { literalPattern } from '../literal-pattern.ts'
import {
  mayBeMissing,
  type ColumnModel,
  type ContractModel,
  type ModelType,
  type ReferenceModel,
  type Rule,
  type RuleValue,
} from '../model.ts'
import { Notes } from '../notes.ts'
import { tellUnsaid } from '../unsaid.ts'
import { pythonSource } from '../python/to-python.ts'
import type { Written } from '../written.ts'

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
  tellUnsaid(model, ['missing'], notes)
  for (const { name } of model.patterns)
    notes.add(`patterns.${String(name.pattern)}`, 'Table Schema has no columns by pattern')
  for (const check of model.checks) {
    const what = isRowCheck(check) ? 'SQL' : isMeasureCheck(check) ? 'measures' : 'rules of all values'
    notes.add(checkPlace(check), `Table Schema has no ${what}`)
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
  const { name, rules, options } = column
  const place = `columns.${name}`
  if (column.fallback !== undefined) notes.add(`${place}.default`, 'Table Schema has no defaults')
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
    ...(written ?? typeWords(column)),
    ...(options.description === undefined ? {} : { description: options.description }),
    ...(options.missing ? { missingValues: ['', ...options.missing] } : {}),
    ...(Object.keys(constraints).length === 0 ? {} : { constraints }),
  }
}

/** The type of a field, with the texts that mean its values where those are not the usual ones. */
function typeWords({ type, textForm }: ColumnModel): object {
  switch (textForm?.form) {
    case 'day':
      return { type: 'date' }
    case 'year':
      return { type: 'year' }
    case 'words':
      return { type: 'boolean', trueValues: textForm.truthy, falseValues: textForm.falsy }
    default:
      // Table Schema has 1 and 0 among them.
      return type === 'boolean'
        ? { type, trueValues: TRUE_WORDS, falseValues: FALSE_WORDS }
        : { type: FIELD_TYPES[type] }
  }
}

const TRUE_WORDS = ['true', 'True', 'TRUE']
const FALSE_WORDS = ['false', 'False', 'FALSE']

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
      return { pattern: `${part(rule.text)}[\\s\\S]*` }
    case 'ends_with':
      return { pattern: `[\\s\\S]*${part(rule.text)}` }
    case 'includes':
      return { pattern: `[\\s\\S]*${part(rule.text)}[\\s\\S]*` }
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

function part(text: string): string {
  return pythonSource(new RegExp(literalPattern(text), 'u'))
}

function writtenValue(value: RuleValue): string | number | boolean {
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z')
  return typeof value === 'bigint' ? Number(value) : value
}
