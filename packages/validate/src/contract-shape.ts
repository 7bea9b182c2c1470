import { isSql, nearest } from '@dayshift/core'
import type { z } from 'zod'
import { isZodObject, isZodSchema } from './checks/schema.ts'

/** What a value must be: whether it is, and in words. */
interface Kind {
  readonly is: (value: unknown) => boolean
  readonly words: string
}

/** What is looked at elsewhere. */
const ANY: Kind = { is: () => true, words: 'anything' }
const TEXT: Kind = { is: (value) => typeof value === 'string', words: 'a text' }
const FLAG: Kind = { is: (value) => typeof value === 'boolean', words: 'true or false' }
const FUNCTION: Kind = { is: (value) => typeof value === 'function', words: 'a function of a row' }
const LIST: Kind = { is: Array.isArray, words: 'a list' }
const FILLED: Kind = { is: (value) => Array.isArray(value) && value.length > 0, words: 'a list of values' }
const TEXTS: Kind = {
  is: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  words: "a list of texts, as ['a', 'b']",
}
const EXTRA: Kind = oneOf('allow', 'forbid', 'strip')

function oneOf(...words: readonly string[]): Kind {
  return { is: (value) => words.includes(value as string), words: words.map((word) => `'${word}'`).join(' or ') }
}

/** What may be said, by place: anything else is misspelt, and would be passed over. */
type Known = Readonly<Record<string, Kind>>

const STRICTNESS = { severity: ANY, mostly: ANY }

/** Options of a column. */
const OPTIONS = {
  ...STRICTNESS,
  warnings: TEXTS,
  coerce: FLAG,
  forbidden: LIST,
  physicalType: TEXT,
  unique: FLAG,
  primaryKey: FLAG,
  missing: TEXTS,
  description: TEXT,
  pii: FLAG,
}

const KNOWN = {
  contract: {
    name: TEXT,
    description: TEXT,
    columns: ANY,
    options: ANY,
    patterns: ANY,
    extra: EXTRA,
    ordered: FLAG,
    missing: TEXTS,
    unique: ANY,
    references: ANY,
    rows: ANY,
    checks: ANY,
    notes: LIST,
  },
  column: { schema: ANY, ...OPTIONS },
  pattern: { name: ANY, column: ANY, required: FLAG },
  unique: { ...STRICTNESS, columns: TEXTS },
  reference: { ...STRICTNESS, columns: TEXTS, to: ANY, on: TEXTS, both: FLAG },
  rows: { min: ANY, max: ANY },
  condition: { ...STRICTNESS, that: ANY, when: ANY, name: TEXT, message: TEXT },
  refine: { ...STRICTNESS, name: TEXT, columns: TEXTS, refine: FUNCTION, when: FUNCTION, message: TEXT },
  measure: {
    severity: ANY,
    column: TEXT,
    measure: ANY,
    min: ANY,
    max: ANY,
    exclusiveMin: FLAG,
    exclusiveMax: FLAG,
  },
  values: { severity: ANY, column: TEXT, contains: FILLED, equals: FILLED, mostFrequentIn: FILLED },
} satisfies Readonly<Record<string, Known>>

/** What is misspelt in a definition, or of another shape than it must be, in words. */
export function shapeProblems(definition: object): string[] {
  const { columns, options, patterns, unique, references, rows, checks } = definition as Readonly<
    Record<string, unknown>
  >
  const other = otherSchema(definition) ?? (isObject(columns) ? otherSchema(columns) : undefined)
  if (other !== undefined) return [`the columns are ${other}`]
  if (namesUnseen(columns)) return [`columns: ${UNSEEN_PROBLEM}`]
  const kind = [definition, columns].find((one) => isZodSchema(one) && !isZodObject(one))
  if (isZodSchema(kind)) {
    return [`the columns are a z.${kind._zod.def.type}: a contract describes one row, as z.object({ … }) does`]
  }
  if (Array.isArray(columns)) return ['columns: give z.object({ … }), or schemas by name']
  const byName = isObject(columns) && !isZodSchema(columns) ? Object.entries(columns) : []
  return [
    ...keyProblems(definition, KNOWN.contract, 'the contract'),
    ...byName.flatMap(([name, column]) => columnProblems(name, column)),
    ...(isZodObject(columns) ? optionsWithin(columns) : []),
    ...optionProblems(options),
    ...listProblems(patterns, 'patterns', KNOWN.pattern),
    ...listProblems(unique, 'unique', KNOWN.unique, Array.isArray, "a list of columns, as ['a', 'b']"),
    ...listProblems(references, 'references', KNOWN.reference),
    ...(rows === undefined ? [] : isObject(rows) ? keyProblems(rows, KNOWN.rows, 'rows') : ['rows: give { min, max }']),
    ...listProblems(checks, 'checks', undefined, isSql, 'sql`a < b`, or an object'),
  ]
}

/** The name of a column that Zod does not look at: to objects it is what they inherit from. */
export const UNSEEN = '__proto__'

/** Why there can be no rules for such a column. */
export const UNSEEN_PROBLEM = `Zod does not look at '${UNSEEN}': rename that column as the data is read`

/** Whether columns name one that Zod does not look at, in brackets or as what they inherit from. */
function namesUnseen(columns: unknown): boolean {
  if (!isObject(columns)) return false
  const shape: object = isZodObject(columns) ? columns._zod.def.shape : columns
  const inherited = Object.getPrototypeOf(shape) as { readonly schema?: unknown } | null
  return Object.hasOwn(shape, UNSEEN) || isZodSchema(inherited) || isZodSchema(inherited?.schema)
}

function columnProblems(name: string, column: unknown): string[] {
  // Some libraries' schemas are functions.
  const given = typeof column === 'function' ? otherSchema(column) : undefined
  if (given !== undefined) return [`the column '${name}' is ${given}`]
  if (!isObject(column) || isZodSchema(column)) return []
  const { schema } = column as { readonly schema?: unknown }
  const other = otherSchema(column) ?? (isObject(schema) ? otherSchema(schema) : undefined)
  if (other !== undefined) return [`the column '${name}' is ${other}`]
  return keyProblems(column, KNOWN.column, `the column '${name}'`)
}

/** Columns of a `z.object` with options, which have no place there. */
function optionsWithin(columns: z.ZodObject): string[] {
  return Object.entries(columns._zod.def.shape as Readonly<Record<string, unknown>>).flatMap(([name, schema]) => {
    if (isZodSchema(schema)) return []
    const isDefinition = isObject(schema) && isZodSchema((schema as { readonly schema?: unknown }).schema)
    if (!isDefinition) return columnProblems(name, schema)
    return [`the column '${name}': column(…) stands in columns by name; of a z.object give options: { ${name}: { … } }`]
  })
}

function optionProblems(options: unknown): string[] {
  if (options === undefined) return []
  if (!isObject(options)) return ['options: give options by the names of columns']
  return Object.entries(options).flatMap(([name, own]: [string, unknown]) =>
    isObject(own)
      ? keyProblems(own, OPTIONS, `the column '${name}'`)
      : [`options: '${name}' is options of a column, not ${shown(own)}`],
  )
}

/** Which other kind of schema something is; nothing where it is none, or one of Zod 4. */
function otherSchema(given: object): string | undefined {
  if (isZodSchema(given)) return undefined
  const wanted = "a contract takes those of Zod 4.5 or later, as import { z } from 'zod' gives them"
  if ('_def' in given && 'safeParse' in given) return `a schema of Zod 3: ${wanted}`
  const { '~standard': standard } = given as { readonly '~standard'?: { readonly vendor?: unknown } }
  return standard === undefined ? undefined : `a schema of ${String(standard.vendor)}: ${wanted}`
}

function listProblems(
  list: unknown,
  place: string,
  known: Known | undefined,
  isOther: (item: unknown) => boolean = () => false,
  other = 'an object',
): string[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) return [`${place}: give a list`]
  return (list as unknown[]).flatMap((item) => {
    if (isOther(item)) return []
    if (!isObject(item)) return [`${place}: ${shown(item)} is not ${other}`]
    const keys = known ?? keysOfCheck(item)
    return keys ? keyProblems(item, keys, place) : [`${place}: ${shown(item)} asks nothing: give ${ASKED.join(', ')}`]
  })
}

/** What checks ask: one of these. */
const ASKED = ['that', 'refine', 'measure', 'contains', 'equals', 'mostFrequentIn'] as const

function keysOfCheck(check: object): Known | undefined {
  const asked = ASKED.find((key) => key in check)
  if (asked === 'that') return KNOWN.condition
  return asked === 'refine' || asked === 'measure' ? KNOWN[asked] : asked && KNOWN.values
}

function keyProblems(given: object, known: Known, place: string): string[] {
  return Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    const kind = Object.hasOwn(known, key) ? known[key] : undefined
    if (kind)
      return value === undefined || kind.is(value) ? [] : [`${place}: '${key}' is ${kind.words}, not ${shown(value)}`]
    const names = Object.keys(known)
    const near = nearest(key, names)
    return [
      `${place}: there is no option '${key}'${near === undefined ? `, but ${names.join(', ')}` : ` (did you mean '${near}'?)`}`,
    ]
  })
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
