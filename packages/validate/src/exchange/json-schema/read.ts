import { messageOf } from '@dayshift/core'
import type { ColumnOptions } from '../../column.ts'
import { UNSEEN, UNSEEN_PROBLEM } from '../../contract-shape.ts'
import { isFormat, schemaOf } from '../calls.ts'
import { ecmaPattern } from '../ecma-pattern.ts'
import type { ColumnModel, ContractModel, ModelType, PatternModel, Rule, RuleValue } from '../model.ts'
import type { Notes } from '../notes.ts'
import { Definitions } from './definitions.ts'
import { ExactSchemas } from './exact.ts'
import { ANNOTATIONS, FORMATS, isKeywords, keywordsRead, type Keywords } from './keywords.ts'
import { rowSchemaOf } from './row.ts'

/** Reads a JSON Schema of a row, or of a list of rows. What is more than a type with limits is left to Zod's own reader of it. */
export function readJsonSchema(document: Keywords, notes: Notes): ContractModel {
  const { row, rows } = rowsOf(document, notes)
  const definitions = new Definitions(document, row)
  const { columns, required, patterns, others } = rowSchemaOf(row, definitions, notes)
  const reader = new ColumnReader(row, definitions, notes)
  const named = [...columns].flatMap(([name, schemas]) =>
    reader.column(name, schemas, `properties.${name}`, required.has(name)),
  )
  const byPattern = patterns.flatMap(([name, schema]) =>
    reader.pattern(name, schema, `patternProperties.${name.source}`),
  )
  const isOpen = others !== false && !(isKeywords(others) && Object.keys(others).every((key) => ANNOTATIONS.has(key)))
  return {
    name: textOf(row['title'] ?? document['title']),
    description: textOf(row['description'] ?? document['description']),
    columns: named,
    patterns: [
      ...byPattern,
      ...(isOpen && others !== true ? reader.pattern(/^/u, others, 'additionalProperties') : []),
    ],
    extra: others === false ? 'forbid' : 'allow',
    ordered: false,
    unique: listsOf(row['x-unique']).map((key) => ({ columns: key })),
    references: [],
    rows,
    checks: [],
    notes: notes.all,
  }
}

/** The schema of a row, and how many there are, of a list of them. */
function rowsOf(document: Keywords, notes: Notes): { row: Keywords; rows?: ContractModel['rows'] } {
  const { items, minItems: min, maxItems: max } = document
  if (document['type'] !== 'array' || !isKeywords(items)) return { row: document }
  for (const [key, value] of Object.entries(keywordsRead(document, 'rows', notes))) {
    const isRead = ['type', 'items', 'minItems', 'maxItems'].includes(key) || ANNOTATIONS.has(key)
    if (!isRead && value !== false) notes.add(key, 'conditions on the whole list are not looked at')
  }
  if (typeof min !== 'number' && typeof max !== 'number') return { row: items }
  return {
    row: items,
    rows: { ...(typeof min === 'number' ? { min } : {}), ...(typeof max === 'number' ? { max } : {}) },
  }
}

const TYPES: Readonly<Record<string, ModelType>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
}

class ColumnReader {
  readonly #row: Keywords
  readonly #definitions: Definitions
  readonly #notes: Notes

  constructor(row: Keywords, definitions: Definitions, notes: Notes) {
    this.#row = row
    this.#definitions = definitions
    this.#notes = notes
  }

  pattern(name: RegExp, schema: unknown, place: string): PatternModel[] {
    return this.column(name.source, [schema], place, false).map((column) => ({
      name: { rule: 'pattern', pattern: name },
      column,
      required: false,
    }))
  }

  /** A column for which several schemas hold. */
  column(name: string, schemas: readonly unknown[], place: string, isRequired: boolean): ColumnModel[] {
    if (name === UNSEEN) {
      this.#notes.mistake(place, UNSEEN_PROBLEM)
      return []
    }
    const given = schemas.length === 1 ? schemas[0] : schemas.length === 0 ? {} : { allOf: schemas }
    const property = isKeywords(given) ? withoutNull(this.#flat(given, [])) : given
    const own = isKeywords(property) ? property : {}
    const common = {
      name,
      nullable: false,
      optional: isRequired ? 'no' : 'value',
      options: optionsOf(name, own, this.#row),
    } as const
    if (isKeywords(property)) {
      const plain = this.#plain(property, place, isRequired)
      if (plain !== undefined) return [{ ...common, ...plain }]
    }
    const exact = new ExactSchemas(this.#definitions, this.#notes)
    const { default: _, ...asked } = own
    const jsonSchema = exact.of(isKeywords(property) ? asked : property, place)
    const anything = { ...common, type: 'any', nullable: true, rules: [] } as const
    if (Object.keys(jsonSchema).length === 0) return [anything]
    const defs = Object.keys(exact.defs).length === 0 ? {} : { $defs: exact.defs }
    const column = { ...common, ...this.#fallback(own, place, isRequired), type: 'any', rules: [] } as const
    const whole: ColumnModel = { ...column, jsonSchema: { ...defs, ...jsonSchema } }
    try {
      schemaOf(whole)
      return [whole]
    } catch (error) {
      this.#notes.add(place, messageOf(error))
      return [anything]
    }
  }

  /** References and `allOf` as keywords of the schema itself, where no two say the same. */
  #flat(schema: Keywords, within: readonly unknown[]): Keywords {
    const { $ref, allOf, ...own } = schema
    const target = typeof $ref === 'string' ? this.#definitions.find($ref)?.schema : undefined
    if ($ref !== undefined && (!isKeywords(target) || within.includes(target))) return schema
    const parts = [...(Array.isArray(allOf) ? (allOf as unknown[]) : []), ...(target === undefined ? [] : [target])]
    if (parts.length === 0 || !parts.every((part) => isKeywords(part))) return schema
    let flat: Record<string, unknown> = own
    for (const part of parts) {
      const inner = this.#flat(part, [...within, part])
      const isApart = Object.entries(inner).every(
        ([key, value]) => !(key in flat) || ANNOTATIONS.has(key) || (key === 'type' && value === flat['type']),
      )
      // Limits of a schema without a type let values of others pass, and what is not named depends on what is.
      if (!isApart || '$ref' in inner || 'properties' in inner || 'additionalProperties' in inner) return schema
      flat = { ...inner, ...flat }
    }
    return flat
  }

  /** A type with limits, or a list of values; nothing where there is more to say. */
  #plain(
    property: Keywords,
    place: string,
    isRequired: boolean,
  ): (Pick<ColumnModel, 'type' | 'nullable' | 'rules'> & Partial<ColumnModel>) | undefined {
    const listed = listOf(property)
    const types = typesOf(property) ?? (listed && typesOfValues(listed))
    const [only, ...more] = (types ?? []).filter((type) => type !== 'null')
    const type = typeof only === 'string' && more.length === 0 ? TYPES[only] : undefined
    if (type === undefined || !Object.keys(property).every((key) => isPlainKey(key))) return undefined
    const nullable = (types ?? []).includes('null') && (listed === undefined || listed.includes(null))
    // Null alone is no list of the type.
    if (nullable && listed?.every((value) => !isOfType(value, type))) return undefined
    // What is wrong in it, or passed over, is told once: here, or where it is written for Zod.
    const told = this.#notes.all.length
    const mistakes = this.#notes.mistakes.length
    const read = keywordsRead(property, place, this.#notes)
    const rules = rulesOf(read, type, listed, place, this.#notes)
    if (rules === undefined) {
      this.#notes.all.length = told
      this.#notes.mistakes.length = mistakes
      return undefined
    }
    return { type, nullable, rules, ...this.#fallback(property, place, isRequired) }
  }

  /** A default stands for what is missing, where it may be. */
  #fallback(
    { default: fallback }: Keywords,
    place: string,
    isRequired: boolean,
  ): { optional?: 'no'; fallback?: unknown } {
    if (fallback === undefined || fallback === null) return {}
    if (!isRequired) return { fallback, optional: 'no' }
    this.#notes.add(`${place}.default`, 'is not filled in: the column must be there')
    return {}
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The lists of texts within a list. */
function listsOf(value: unknown): string[][] {
  const lists: readonly unknown[] = Array.isArray(value) ? value : []
  return lists.filter((list) => Array.isArray(list)).map((list) => list.filter((name) => typeof name === 'string'))
}

/** `anyOf` with null, which is how Zod writes `nullable`, as one type that may be null. */
function withoutNull(property: Keywords): Keywords {
  const { anyOf, ...rest } = property
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return property
  const [one, other] = anyOf as unknown[]
  if (!isKeywords(one) || !isKeywords(other) || other['type'] !== 'null' || Object.keys(other).length > 1)
    return property
  const { enum: values, type } = one
  // A list of values and null are two lists.
  if (typeof type !== 'string' || 'const' in one || Object.keys(one).some((key) => key in rest)) return property
  return { ...rest, ...one, ...(Array.isArray(values) ? { enum: [...values, null] } : {}), type: [type, 'null'] }
}

/** Keywords that a column of a plain type may have, besides those that are told and passed over. */
const NOT_PLAIN: ReadonlySet<string> = new Set(
  (
    '$ref allOf anyOf oneOf not items prefixItems additionalItems contains properties patternProperties ' +
    'additionalProperties propertyNames required unevaluatedProperties minItems maxItems uniqueItems minContains ' +
    'maxContains minProperties maxProperties'
  ).split(' '),
)

function isPlainKey(key: string): boolean {
  return !NOT_PLAIN.has(key)
}

function typesOf({ type }: Keywords): readonly unknown[] | undefined {
  return type === undefined ? undefined : Array.isArray(type) ? type : [type]
}

/** The values that a schema lists, if it does. */
function listOf(property: Keywords): readonly unknown[] | undefined {
  const { enum: listed } = property
  const values = Array.isArray(listed) ? (listed as unknown[]) : undefined
  if (!('const' in property)) return values
  const { const: only } = property
  return values === undefined || values.includes(only) ? [only] : []
}

function typesOfValues(values: readonly unknown[]): string[] {
  return [
    ...new Set(
      values.map((value) => (value === null ? 'null' : Number.isSafeInteger(value) ? 'integer' : typeof value)),
    ),
  ]
}

function optionsOf(name: string, property: Keywords, row: Keywords): ColumnOptions {
  const { description, title } = property
  const told = typeof description === 'string' ? description : title
  const mostly = property['x-mostly']
  const forbidden = property['x-forbidden']
  const primaryKey = row['x-primaryKey']
  return {
    ...(Array.isArray(primaryKey) && primaryKey.includes(name) ? { primaryKey: true } : {}),
    ...(property['x-unique'] === true ? { unique: true } : {}),
    ...(property['x-severity'] === 'warn' ? { severity: 'warn' } : {}),
    ...(typeof mostly === 'number' ? { mostly } : {}),
    ...(property['x-pii'] === true ? { pii: true } : {}),
    ...(Array.isArray(forbidden) ? { forbidden: forbidden as string[] } : {}),
    ...(typeof told === 'string' ? { description: told } : {}),
  }
}

/** The rules of a plain type; nothing where one of them is not plain. */
function rulesOf(
  read: Keywords,
  type: ModelType,
  listed: readonly unknown[] | undefined,
  place: string,
  notes: Notes,
): Rule[] | undefined {
  const { minLength, maxLength, pattern, format, multipleOf } = read
  const isText = type === 'string'
  const isNumber = type === 'integer' || type === 'number'
  const rules: Rule[] = []
  for (const [keyword, rule, exclusive] of isNumber ? LIMITS : []) {
    const value = read[keyword]
    if (value === undefined) continue
    if (typeof value !== 'number') return undefined
    // Zod writes the limits of whole numbers that JavaScript holds exactly.
    if (type === 'integer' && Math.abs(value) === Number.MAX_SAFE_INTEGER) continue
    rules.push({ rule, value, ...(exclusive ? { exclusive } : {}) })
  }
  if (isNumber && typeof multipleOf === 'number') rules.push({ rule: 'multiple_of', value: multipleOf })
  if (isText && (minLength !== undefined || maxLength !== undefined)) {
    rules.push({ rule: 'length', min: minLength as number | undefined, max: maxLength as number | undefined })
  }
  if (isText && typeof format === 'string') {
    const form = FORMATS[format] ?? format
    // A time of JSON Schema has a zone, one of Zod's has none.
    if (!isFormat(form) || form === 'time') return undefined
    rules.push({ rule: 'format', format: form })
  }
  if (isText && typeof pattern === 'string') {
    const compiled = ecmaPattern(pattern, `${place}.pattern`, notes)
    if (compiled) rules.push({ rule: 'pattern', pattern: compiled })
  }
  if (listed === undefined) return rules
  const values = listed.filter((value): value is RuleValue => isOfType(value, type))
  return [...rules, { rule: 'one_of', values }]
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
