import type { Notes } from '../notes.ts'
import { ecmaPattern } from '../ecma-pattern.ts'
import { CIRCLE } from './circles.ts'
import type { Definitions } from './definitions.ts'
import { ANNOTATIONS, isKeywords, type Keywords } from './keywords.ts'

/** What a JSON Schema says of the columns of a row: schemas, of which all hold that stand in one list. */
export interface RowSchema {
  readonly columns: ReadonlyMap<string, readonly unknown[]>
  readonly required: ReadonlySet<string>
  readonly patterns: readonly (readonly [name: RegExp, schema: unknown])[]
  /** Of the columns that are not named; true where nothing is said of them. */
  readonly others: unknown
}

/** What one schema says, before it is put together with others. */
interface Part {
  readonly properties: Keywords
  readonly required: readonly string[]
  readonly patterns: readonly (readonly [name: RegExp, schema: unknown])[]
  /** Nothing where no word is said of other columns. */
  readonly others?: unknown
}

/** Keywords of a row that are looked at. */
const READ: ReadonlySet<string> = new Set(
  'type properties patternProperties additionalProperties unevaluatedProperties required $ref allOf'.split(' '),
)
/** Schemas that may look at other columns, or not, from row to row. */
const OPEN = ['anyOf', 'oneOf', 'if', 'then', 'else', 'dependentSchemas', '$dynamicRef']

/** Reads what a JSON Schema says of a row: by itself, by reference, and in `allOf`. */
export function rowSchemaOf(schema: Keywords, definitions: Definitions, notes: Notes): RowSchema {
  return rowOf(partsOf(schema, '', { definitions, notes, within: [] }), notes)
}

interface Reading {
  readonly definitions: Definitions
  readonly notes: Notes
  /** The schemas that led here by reference. */
  readonly within: readonly unknown[]
}

function partsOf(schema: unknown, place: string, reading: Reading): Part[] {
  const { definitions, notes, within } = reading
  if (schema === true) return []
  if (!isKeywords(schema)) {
    notes.add(place, 'that no row may be is not looked at')
    return []
  }
  tellUnread(schema, place, notes)
  const { $ref, allOf } = schema
  const deeper = { ...reading, within: [...within, schema] }
  const target = typeof $ref === 'string' ? definitions.find($ref) : undefined
  const isBack = target !== undefined && deeper.within.includes(target.schema)
  const isLost = $ref !== undefined && (target === undefined || isBack)
  if (isBack) notes.mistake(`${place}$ref`, `${String($ref)} ${CIRCLE}`)
  else if (isLost) notes.add(`${place}$ref`, `${JSON.stringify($ref)} leads to no schema of this file`)
  const inner = [
    ownPart(schema, place, notes),
    ...(target && !isLost ? partsOf(target.schema, `${place}$ref.`, deeper) : []),
    ...(Array.isArray(allOf) ? allOf.flatMap((one, at) => partsOf(one, `${place}allOf.${at}.`, deeper)) : []),
  ]
  const { unevaluatedProperties: rest } = schema
  if (rest === undefined || rest === true) return inner
  if (OPEN.some((keyword) => keyword in schema)) {
    notes.add(`${place}unevaluatedProperties`, 'is not looked at beside conditions on whole rows')
    return inner
  }
  // What all of them together do not name.
  const { columns, patterns, others } = rowOf(inner, notes)
  if (inner.some((part) => 'others' in part)) return inner
  const named = Object.fromEntries([...columns].map(([name, schemas]) => [name, { allOf: schemas }]))
  return [
    {
      properties: named,
      required: inner.flatMap(({ required }) => required),
      patterns,
      others: others === true ? rest : others,
    },
  ]
}

function ownPart(schema: Keywords, place: string, notes: Notes): Part {
  const { properties, patternProperties, additionalProperties, required } = schema
  const check = (key: string, isRight: boolean, what: string): void => {
    if (schema[key] !== undefined && !isRight) notes.mistake(`${place}${key}`, `${JSON.stringify(schema[key])} ${what}`)
  }
  const isNames = Array.isArray(required) && required.every((name) => typeof name === 'string')
  check('properties', isKeywords(properties), 'are no schemas by name')
  check('patternProperties', isKeywords(patternProperties), 'are no schemas by name')
  check('required', isNames, 'is no list of names')
  return {
    properties: isKeywords(properties) ? properties : {},
    required: isNames ? required : [],
    patterns: Object.entries(isKeywords(patternProperties) ? patternProperties : {}).flatMap(([source, one]) => {
      const pattern = ecmaPattern(source, `${place}patternProperties.${source}`, notes)
      return pattern === undefined ? [] : [[pattern, one] as const]
    }),
    ...(additionalProperties === undefined ? {} : { others: additionalProperties }),
  }
}

/** All parts together. What one part says of the columns that it does not name holds for those that another one names. */
function rowOf(parts: readonly Part[], notes: Notes): RowSchema {
  const required = new Set(parts.flatMap((part) => part.required))
  const names = new Set([...parts.flatMap(({ properties }) => Object.keys(properties)), ...required])
  const columns = new Map(
    [...names].map((name) => [name, parts.flatMap((part) => schemasOf(part, name)).filter((one) => one !== true)]),
  )
  const patterns = parts.flatMap((part) => part.patterns)
  const others = parts.flatMap((part) => ('others' in part && part.others !== true ? [part.others] : []))
  const isMixed = patterns.length > 1 || (patterns.length > 0 && parts.filter((part) => 'others' in part).length > 1)
  if (isMixed) notes.add('patternProperties', 'of the patterns that a column has, only the first is looked at')
  return {
    columns,
    required,
    patterns,
    others: others.includes(false) ? false : others.length > 1 ? { allOf: others } : (others[0] ?? true),
  }
}

function schemasOf({ properties, patterns, others }: Part, name: string): unknown[] {
  const found = [
    ...(Object.hasOwn(properties, name) ? [properties[name]] : []),
    ...patterns.flatMap(([pattern, schema]) => (pattern.test(name) ? [schema] : [])),
  ]
  return found.length > 0 || others === undefined ? found : [others]
}

const CONDITIONS: ReadonlySet<string> = new Set(
  'anyOf oneOf not if then else dependencies dependentRequired dependentSchemas enum const'.split(' '),
)
const COUNTS: ReadonlySet<string> = new Set(['minProperties', 'maxProperties'])

function tellUnread(schema: Keywords, place: string, notes: Notes): void {
  const { type } = schema
  const types: readonly unknown[] = Array.isArray(type) ? type : [type]
  if (type !== undefined && !types.includes('object')) {
    notes.mistake(`${place}type`, `a row is an object, not ${JSON.stringify(type)}`)
  }
  for (const key of Object.keys(schema)) {
    if (READ.has(key) || ANNOTATIONS.has(key) || key.startsWith('x-') || key === 'default') continue
    if (key === 'propertyNames' && schema[key] === true) continue
    const lost = CONDITIONS.has(key)
      ? 'conditions on whole rows are not looked at'
      : COUNTS.has(key)
        ? 'how many columns a row has is not looked at'
        : key === 'propertyNames'
          ? 'what columns are called is not looked at'
          : 'is no keyword of a row that is known, and not looked at'
    notes.add(`${place}${key}`, lost)
  }
}
