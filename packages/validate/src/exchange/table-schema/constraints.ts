import { tellFailure } from '../mistake.ts'
import type { ModelType, Rule, RuleValue } from '../model.ts'
import type { Notes } from '../notes.ts'
import { pythonRule } from '../python/python-rule.ts'
import type { FieldType } from './field-type.ts'
import type { Constraints } from './form.ts'

/** Constraints of columns; of the others each is the matter of some types. */
const OF_ANY: ReadonlySet<string> = new Set(['required', 'unique', 'enum'])
const OF_TEXTS: ReadonlySet<string> = new Set(['minLength', 'maxLength', 'pattern'])
const OF_ORDER: ReadonlySet<string> = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'])

/** The rules that the constraints of a field come to. */
export function constraintRules(constraints: Constraints, field: FieldType, place: string, notes: Notes): Rule[] {
  const read: Constraints = Object.fromEntries(
    Object.entries(constraints).filter(([key, value]) => {
      const lost = lostOf(key, field)
      if (lost !== undefined && value !== undefined) notes.add(`${place}.${key}`, lost)
      return lost === undefined
    }),
  )
  const { minLength, maxLength, minimum, maximum, exclusiveMinimum, exclusiveMaximum, pattern } = read
  const limit = (rule: 'min' | 'max', key: string, given: string | number | undefined, exclusive: boolean): Rule[] => {
    const value = given === undefined ? undefined : valueOf(given, field.type, `${place}.${key}`, notes)
    return value === undefined ? [] : [{ rule, value: value as number, ...(exclusive ? { exclusive } : {}) }]
  }
  return [
    ...(minLength === undefined && maxLength === undefined
      ? []
      : [{ rule: 'length', min: minLength, max: maxLength } as const]),
    ...limit('min', 'minimum', minimum, false),
    ...limit('max', 'maximum', maximum, false),
    ...limit('min', 'exclusiveMinimum', exclusiveMinimum, true),
    ...limit('max', 'exclusiveMaximum', exclusiveMaximum, true),
    ...listRules(read.enum, field.type, `${place}.enum`, notes),
    ...patternRules(pattern, `${place}.pattern`, notes),
  ]
}

/** Why a constraint is not looked at; nothing where it is. */
function lostOf(key: string, { isText, isOrdered }: FieldType): string | undefined {
  const isKnown = OF_ANY.has(key) || OF_TEXTS.has(key) || OF_ORDER.has(key)
  if (!isKnown) return 'is no constraint that is known, and not looked at'
  const fits = OF_ANY.has(key) || (OF_TEXTS.has(key) ? isText : isOrdered)
  return fits ? undefined : 'is not looked at in a column of this type and form'
}

/** A list with what is none of the type is no list. */
function listRules(listed: readonly unknown[] | undefined, type: ModelType, place: string, notes: Notes): Rule[] {
  if (listed === undefined) return []
  const values = listed.flatMap((value) => valueOf(value, type, place, notes) ?? [])
  return values.length < listed.length ? [] : [{ rule: 'one_of', values }]
}

function patternRules(source: string | undefined, place: string, notes: Notes): Rule[] {
  if (source === undefined) return []
  try {
    return [pythonRule(source, 'fullmatch')]
  } catch (error) {
    tellFailure(error, place, notes)
    return []
  }
}

const TRUTH: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false }

/** Values of schemas may be written as texts, whatever the type. One that is none of the type is a mistake. */
function valueOf(value: unknown, type: ModelType, place: string, notes: Notes): RuleValue | undefined {
  const read = typeof value === 'string' ? readText(value, type) : value
  const fits =
    read !== null &&
    read !== undefined &&
    (type === 'integer' || type === 'number'
      ? typeof read === 'number' && !Number.isNaN(read)
      : type === 'datetime'
        ? read instanceof Date && !Number.isNaN(read.getTime())
        : type !== 'boolean' || typeof read === 'boolean')
  if (fits) return read as RuleValue
  notes.mistake(place, `${JSON.stringify(value)} is no ${NOUNS[type] ?? 'value'}`)
  return undefined
}

const NOUNS: Readonly<Partial<Record<ModelType, string>>> = {
  integer: 'number',
  number: 'number',
  datetime: 'time',
  boolean: 'truth value',
}

function readText(value: string, type: ModelType): unknown {
  if (type === 'integer' || type === 'number') return value.trim() === '' ? undefined : Number(value)
  if (type === 'boolean') return TRUTH[value.toLowerCase()]
  return type === 'datetime'
    ? new Date(/[zZ]$|:\d\d[+-]/.test(value) || value.length <= 10 ? value : `${value}Z`)
    : value
}
