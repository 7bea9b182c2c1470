import { ecmaPattern } from '../ecma-pattern.ts'
import type { ModelType, Rule } from '../model.ts'
import type { Notes } from '../notes.ts'
import { FORMATS, type Property } from './form.ts'

type TypeOptions = Property['logicalTypeOptions']

/** Options that types of the standard have and columns of a contract do not, with what is lost. */
const UNREAD: Readonly<Record<string, string>> = {
  timezone: 'whether times have a zone is not looked at',
  defaultTimezone: 'times without a zone are read as those of UTC',
}

const READ: ReadonlySet<string> = new Set(
  'minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'.split(' '),
)

/** What options are about: those of other types are passed over, with a note. */
const ABOUT: readonly (readonly [options: RegExp, types: readonly ModelType[]])[] = [
  [/^(minLength|maxLength|pattern)$/, ['string']],
  [/^multipleOf$/, ['integer', 'number']],
  [/imum$/, ['integer', 'number', 'datetime']],
]

/** The rules that the options of a column's type come to. */
export function optionRules(
  { name, logicalType, logicalTypeOptions }: Property,
  type: ModelType,
  notes: Notes,
): Rule[] {
  const place = `schema.${name}.logicalTypeOptions`
  const isTime = logicalType === 'time'
  const options: TypeOptions = Object.fromEntries(
    Object.entries(logicalTypeOptions).filter(([key, value]) => {
      const types = ABOUT.find(([pattern]) => pattern.test(key))?.[1]
      const fits = types === undefined || types.includes(type) || (isTime && key.endsWith('imum'))
      const lost = READ.has(key) ? (fits ? undefined : `is not looked at in a column of this type`) : 'is not looked at'
      if (value !== undefined && lost !== undefined) notes.add(`${place}.${key}`, UNREAD[key] ?? lost)
      return lost === undefined
    }),
  )
  const { minLength, maxLength, multipleOf } = options
  const limits = [...limitRules(options, 'min', type, place, notes), ...limitRules(options, 'max', type, place, notes)]
  return [
    ...limits,
    ...(minLength === undefined && maxLength === undefined
      ? []
      : [{ rule: 'length', min: minLength, max: maxLength } as const]),
    ...(multipleOf === undefined ? [] : [{ rule: 'multiple_of', value: multipleOf } as const]),
    ...(isTime ? [{ rule: 'format', format: 'time' } as const] : []),
    ...formatRules(options.format, limits, type, { isTime, place: `${place}.format`, notes }),
    ...patternRules(options.pattern, `${place}.pattern`, notes),
  ]
}

function patternRules(source: string | undefined, place: string, notes: Notes): Rule[] {
  const pattern = source === undefined ? undefined : ecmaPattern(source, place, notes)
  return pattern === undefined ? [] : [{ rule: 'pattern', pattern }]
}

function limitRules(options: TypeOptions, side: 'min' | 'max', type: ModelType, place: string, notes: Notes): Rule[] {
  const [inclusiveKey, exclusiveKey] =
    side === 'min' ? (['minimum', 'exclusiveMinimum'] as const) : (['maximum', 'exclusiveMaximum'] as const)
  const inclusive = options[inclusiveKey]
  const other = options[exclusiveKey]
  const limit = (key: string, given: string | number, exclusive: boolean): Rule[] => {
    const value = type === 'datetime' ? new Date(given) : type === 'string' ? String(given) : Number(given)
    if (typeof value !== 'string' && (String(given).trim() === '' || Number.isNaN(Number(value)))) {
      notes.mistake(`${place}.${key}`, `${given} is no ${type === 'datetime' ? 'time' : 'number'}`)
      return []
    }
    return [{ rule: side, value, ...(exclusive ? { exclusive } : {}) }]
  }
  return [
    ...(inclusive === undefined ? [] : limit(inclusiveKey, inclusive, other === true)),
    ...(other === undefined || typeof other === 'boolean' ? [] : limit(exclusiveKey, other, true)),
  ]
}

interface FormatPlace {
  readonly isTime: boolean
  readonly place: string
  readonly notes: Notes
}

/** What the form of a value asks of it: of texts a pattern, of numbers the range of their width, by Rust's names. */
function formatRules(
  format: string | undefined,
  limits: readonly Rule[],
  type: ModelType,
  { isTime, place, notes }: FormatPlace,
): Rule[] {
  if (format === undefined) return []
  if (type === 'string' && !isTime) {
    const form = FORMATS[format]
    if (form !== undefined) return [{ rule: 'format', format: form }]
    notes.add(place, `the form ${format} is not looked at`)
    return []
  }
  if (type === 'integer' || type === 'number') {
    const range = rangeOf(format, type)
    if (range === undefined) notes.add(place, `the form ${format} is not looked at`)
    return (range ?? []).filter((rule) => !limits.some((limit) => isWithin(limit, rule)))
  }
  const isIso = isTime ? /^HH:mm/i.test(format) : type === 'datetime' && /^yyyy-MM-dd/i.test(format)
  if (!isIso) notes.add(place, `the form ${format} is not read: texts must be ISO 8601`)
  return []
}

/** The largest number of 32 bits. */
const MOST_FLOAT = 3.402_823_466_385_288_6e38

/** The values of a width. Beyond those that JavaScript holds exactly, whole numbers fail anyway. */
function rangeOf(format: string, type: ModelType): Rule[] | undefined {
  if (type === 'number' && format === 'f64') return []
  if (type === 'number' && format === 'f32') return between(-MOST_FLOAT, MOST_FLOAT)
  const [, sign, bits] = /^([iu])(8|16|32|64|128)$/.exec(format) ?? []
  if (bits === undefined) return undefined
  const width = Number(bits)
  if (sign === 'u') return width > 53 ? [{ rule: 'min', value: 0 }] : between(0, 2 ** width - 1)
  return width > 53 ? [] : between(-(2 ** (width - 1)), 2 ** (width - 1) - 1)
}

function between(min: number, max: number): Rule[] {
  return [
    { rule: 'min', value: min },
    { rule: 'max', value: max },
  ]
}

/** Whether a limit says as much as one of a width. */
function isWithin(limit: Rule, width: Rule): boolean {
  if (limit.rule !== width.rule || (width.rule !== 'min' && width.rule !== 'max')) return false
  if (limit.rule !== 'min' && limit.rule !== 'max') return false
  return limit.rule === 'min' ? limit.value >= width.value : limit.value <= width.value
}
