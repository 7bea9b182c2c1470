import { isFormat } from '../calls.ts'
import { ecmaPattern } from '../ecma-pattern.ts'
import type { Notes } from '../notes.ts'

/** A JSON Schema that is more than true or false. */
export type Keywords = Readonly<Record<string, unknown>>

/** Tells a schema of keywords apart from true and false. */
export function isKeywords(schema: unknown): schema is Keywords {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema)
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** What is said to people and tools, and asks for nothing. */
export const ANNOTATIONS: ReadonlySet<string> = words(
  '$schema $id id $anchor $dynamicAnchor $recursiveAnchor $vocabulary $comment $defs definitions title description ' +
    'examples deprecated readOnly writeOnly',
)

/** The keywords that ask something of values of one type alone. */
export const LIMITS_OF: Readonly<Record<string, ReadonlySet<string>>> = {
  string: words('minLength maxLength pattern format'),
  number: words('minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'),
  array: words('items prefixItems additionalItems minItems maxItems uniqueItems contains minContains maxContains'),
  object: words(
    'properties patternProperties additionalProperties required propertyNames minProperties maxProperties unevaluatedProperties',
  ),
}

/** The types that values have. Whole numbers are among the numbers. */
export const TYPES: readonly string[] = ['string', 'number', 'boolean', 'null', 'array', 'object']

const GENERAL = words('type enum const $ref allOf anyOf oneOf not default')
const isKnown = (key: string): boolean =>
  GENERAL.has(key) || ANNOTATIONS.has(key) || Object.values(LIMITS_OF).some((limits) => limits.has(key))

/** Formats by Zod's names, where those are other ones. */
export const FORMATS: Readonly<Record<string, string>> = { 'date-time': 'datetime', uri: 'url' }

/**
 * The keywords of a schema that are looked at. Each of the others loses itself alone, with a note; one that is not as JSON
 * Schema has it is a mistake.
 */
export function keywordsRead(schema: Keywords, place: string, notes: Notes): Keywords {
  const { contentEncoding, format } = schema
  return Object.fromEntries(
    Object.entries(schema).filter(([key, value]) => {
      if (key.startsWith('x-')) return false
      const problem = problemOf(key, value)
      if (problem !== undefined) notes.mistake(`${place}.${key}`, problem)
      else if (key === 'pattern') return ecmaPattern(String(value), `${place}.pattern`, notes) !== undefined
      else if (key === 'format' && !isReadFormat(String(value))) {
        notes.add(`${place}.format`, `the format ${String(value)} is not looked at`)
        return false
      } else if (isKnown(key)) return true
      // Zod writes both of texts of base 64.
      else if (!key.startsWith('content') || contentEncoding !== format) {
        notes.add(`${place}.${key}`, UNREAD.get(key) ?? 'is no keyword that is known, and not looked at')
      }
      return false
    }),
  )
}

const CONDITION = 'conditions on other conditions are not looked at'
const CONTENT = 'what texts hold within is not looked at'
const UNREAD: ReadonlyMap<string, string> = new Map([
  ...['if', 'then', 'else'].map((key): [string, string] => [key, CONDITION]),
  ...['dependencies', 'dependentRequired', 'dependentSchemas'].map((key): [string, string] => [key, CONDITION]),
  ...['contentEncoding', 'contentMediaType', 'contentSchema'].map((key): [string, string] => [key, CONTENT]),
  ['unevaluatedItems', 'what no other keyword looks at is not looked at'],
])

/** What Zod's reader of JSON Schema takes for another form than JSON Schema does. */
const MISREAD = words('uri-reference guid')
const READ_BY_ZOD = words('time cidr cidr-v6 credit_card iban')

function isReadFormat(format: string): boolean {
  return !MISREAD.has(format) && (isFormat(FORMATS[format] ?? format) || READ_BY_ZOD.has(format))
}

const COUNTS = words('minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains')
const LISTS = words('allOf anyOf oneOf')
const TEXTS = words('pattern format $ref')
const SCHEMAS = words('properties patternProperties')
const NUMBERS = words('minimum maximum')
const EXCLUSIVE = words('exclusiveMinimum exclusiveMaximum')

/** What is wrong with the value of a keyword, in words. */
function problemOf(key: string, value: unknown): string | undefined {
  const said = JSON.stringify(value)
  if (COUNTS.has(key)) return Number.isInteger(value) && Number(value) >= 0 ? undefined : `${said} is no count`
  if (NUMBERS.has(key)) return typeof value === 'number' ? undefined : `${said} is no number`
  // Drafts up to 4 have it as true or false.
  if (EXCLUSIVE.has(key)) return ['number', 'boolean'].includes(typeof value) ? undefined : `${said} is no number`
  if (key === 'multipleOf') return typeof value === 'number' && value > 0 ? undefined : `${said} is no number above 0`
  if (TEXTS.has(key)) return typeof value === 'string' ? undefined : `${said} is no text`
  if (LISTS.has(key)) return Array.isArray(value) && value.length > 0 ? undefined : `${said} is no list of schemas`
  if (SCHEMAS.has(key)) return isKeywords(value) ? undefined : `${said} are no schemas by name`
  if (key === 'enum') return Array.isArray(value) ? undefined : `${said} is no list`
  if (key === 'required') {
    // Drafts up to 3 have it as true or false.
    return Array.isArray(value) && value.every((name) => typeof name === 'string')
      ? undefined
      : `${said} is no list of names`
  }
  if (key !== 'type') return undefined
  const types: readonly unknown[] = Array.isArray(value) ? value : [value]
  const wrong = types.find((type) => typeof type !== 'string' || !(TYPES.includes(type) || type === 'integer'))
  return wrong === undefined && types.length > 0 ? undefined : `there is no type ${JSON.stringify(wrong)}`
}
