import type { ModelType, Rule, TextForm } from '../model.ts'
import type { Notes } from '../notes.ts'
import type { Field } from './form.ts'

/** What a field's values are, and what may be asked of them. */
export interface FieldType {
  readonly type: ModelType
  readonly rules: readonly Rule[]
  /** How they are written in text tables. */
  readonly textForm?: TextForm
  /** Whether they are texts, which have a length and a pattern. */
  readonly isText: boolean
  /** Whether they have an order. */
  readonly isOrdered: boolean
}

/** What the types come to; those that are texts of a form have it. */
const TYPES: Readonly<Record<string, readonly [type: ModelType, format?: string]>> = {
  string: ['string'],
  number: ['number'],
  integer: ['integer'],
  boolean: ['boolean'],
  date: ['datetime'],
  datetime: ['datetime'],
  time: ['string'],
  year: ['integer'],
  duration: ['string', 'duration'],
  any: ['any'],
}
/** What texts mean true, and false, where a field does not say. */
const TRUE_VALUES: readonly string[] = ['true', 'True', 'TRUE', '1']
const FALSE_VALUES: readonly string[] = ['false', 'False', 'FALSE', '0']

/** Zod takes times without them too. */
const SECONDS: Rule = { rule: 'pattern', pattern: /:\d{2}:/ }
const YEAR_MONTH: Rule = { rule: 'pattern', pattern: /^-?\d{4,}-(0[1-9]|1[0-2])$/ }
const GEO_POINT: Rule = { rule: 'pattern', pattern: /^-?\d+(\.\d+)?, ?-?\d+(\.\d+)?$/ }
const STRING_FORMATS: Readonly<Record<string, string>> = { email: 'email', uri: 'url', uuid: 'uuid', binary: 'base64' }

/** Times of a day and months of a year have the order of their texts. */
const ORDERED: ReadonlySet<string> = new Set('number integer year date datetime time yearmonth'.split(' '))

/** What of the values of a field is said beside its type, and is not looked at, with what is lost. */
const UNREAD: Readonly<Record<string, string>> = {
  decimalChar: 'is not looked at: say it when the data is read',
  groupChar: 'is not looked at: say it when the data is read',
  categories: 'names values, and asks for none of them: enum does',
}

/** What the values of a field are, by its type and its format. */
export function typeOf(field: Field, place: string, notes: Notes): FieldType {
  for (const [key, lost] of Object.entries(UNREAD)) if (key in field) notes.add(`${place}.${key}`, lost)
  if (field['bareNumber'] === false) notes.add(`${place}.bareNumber`, 'numbers with units are not read')
  const { type, rules, isTextAlone = false } = formOf(field, place, notes)
  return {
    type,
    rules,
    ...(isTextAlone ? {} : textFormOf(field, place, notes)),
    isText: field.type === 'string',
    isOrdered: ORDERED.has(field.type) && !isTextAlone,
  }
}

function textFormOf(field: Field, place: string, notes: Notes): { textForm?: TextForm } {
  const { type, format, trueValues = TRUE_VALUES, falseValues = FALSE_VALUES } = field
  // What is stored as true is written so, whatever the words of text tables are.
  const withStored = (value: boolean): readonly string[] => {
    const words = value ? trueValues : falseValues
    if ([...trueValues, ...falseValues].includes(String(value))) return words
    notes.add(`${place}.${value ? 'trueValues' : 'falseValues'}`, `the text ${value} means ${value} as well`)
    return [...words, String(value)]
  }
  switch (type) {
    case 'boolean':
      return { textForm: { form: 'words', truthy: withStored(true), falsy: withStored(false) } }
    case 'year':
      return { textForm: { form: 'year' } }
    case 'date':
    case 'datetime':
      return format === 'any' ? {} : { textForm: { form: type === 'date' ? 'day' : 'instant' } }
    default:
      return {}
  }
}

interface Form {
  readonly type: ModelType
  readonly rules: readonly Rule[]
  /** Whether values of the type are kept as texts, whose order is another one. */
  readonly isTextAlone?: boolean
}

function formOf({ type, format }: Field, place: string, notes: Notes): Form {
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
  if (format === 'any' && known[0] === 'datetime') {
    notes.add(`${place}.format`, 'only texts of ISO 8601 are read')
  } else if (format !== 'default') {
    notes.add(`${place}.format`, `the form ${format} is not read: values are kept as texts`)
    return { type: 'string', rules: [], isTextAlone: true }
  }
  if (type === 'time') return { type: 'string', rules: [{ rule: 'format', format: 'time' }, SECONDS] }
  return { type: known[0], rules: known[1] === undefined ? [] : [{ rule: 'format', format: known[1] }] }
}
