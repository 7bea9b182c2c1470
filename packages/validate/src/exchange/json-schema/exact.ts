import { DEEPEST } from '../nesting.ts'
import type { Notes } from '../notes.ts'
import { CIRCLE, Circles } from './circles.ts'
import type { Definitions } from './definitions.ts'
import { isKeywords, keywordsRead, LIMITS_OF, TYPES, type Keywords } from './keywords.ts'

/**
 * Rewrites schemas so that Zod's reader of JSON Schema finds in them what JSON Schema says. That reader looks at one thing of
 * a schema: a reference, a list of values, a type with its limits; here each stands alone, and `allOf` around them.
 */
export class ExactSchemas {
  /** The definitions that were referred to, rewritten, by name. */
  readonly defs: Record<string, Keywords> = {}
  readonly #names = new Map<unknown, string>()
  readonly #definitions: Definitions
  readonly #circles: Circles
  /** How many references led here. */
  #depth = 0
  readonly #notes: Notes

  constructor(definitions: Definitions, notes: Notes) {
    this.#definitions = definitions
    this.#circles = new Circles(definitions)
    this.#notes = notes
  }

  /**
   * @param outer the types that what stands around the schema lets pass
   * @returns the schema, without what is told in the notes
   */
  of(schema: unknown, place: string, outer?: readonly string[]): Keywords {
    if (schema === true) return {}
    if (schema === false) return NEVER
    if (!isKeywords(schema)) {
      this.#notes.mistake(place, `${JSON.stringify(schema)} is no schema`)
      return {}
    }
    const read = keywordsRead(schema, place, this.#notes)
    if (read['default'] !== undefined) this.#notes.add(`${place}.default`, 'is not filled in within a value')
    const types = this.#typesOf(read, []) ?? outer
    const listed = this.#listed(read, place)
    const parts = [
      ...this.#reference(read, place),
      ...listed,
      ...this.#typed(read, types, place, listed.length > 0),
      ...(['allOf', 'anyOf', 'oneOf'] as const).flatMap((keyword) => this.#combined(read, keyword, types, place)),
      ...this.#excluded(read, place),
    ]
    const [only] = parts
    if (parts.length > 1 && parts.some((part) => this.#isClosed(part))) {
      this.#notes.add(place, 'that there are no other properties is not looked at beside other conditions')
    }
    return parts.length > 1 ? { allOf: parts } : (only ?? {})
  }

  /** The types that a schema lets pass, told by itself or by what must hold as well. */
  #typesOf(schema: Keywords, within: readonly unknown[]): readonly string[] | undefined {
    const own = typesOf(schema)
    if (own !== undefined) return own
    const { $ref, allOf } = schema
    const target = typeof $ref === 'string' ? this.#definitions.find($ref)?.schema : undefined
    const others = [target, ...(Array.isArray(allOf) ? (allOf as unknown[]) : [])]
    for (const other of others) {
      const types = isKeywords(other) && !within.includes(other) ? this.#typesOf(other, [...within, other]) : undefined
      if (types !== undefined) return types
    }
    return undefined
  }

  #reference({ $ref }: Keywords, place: string): Keywords[] {
    if (typeof $ref !== 'string') return []
    const found = this.#definitions.find($ref)
    if (found === undefined) {
      this.#notes.add(`${place}.$ref`, `${$ref} leads to no schema of this file`)
      return []
    }
    const known = this.#names.get(found.schema)
    if (known !== undefined) return [{ $ref: `#/$defs/${known}` }]
    if (this.#circles.isNear(found.schema)) {
      this.#notes.mistake(`${place}.$ref`, `${$ref} ${CIRCLE}`)
      return []
    }
    const base = found.name.replaceAll(/[^\w-]/g, '_')
    const taken = new Set(this.#names.values())
    let name = base
    for (let more = 2; taken.has(name); more++) name = `${base}${more}`
    this.#names.set(found.schema, name)
    if (++this.#depth > DEEPEST) throw new RangeError('references lead too far')
    this.defs[name] = this.of(found.schema, `${place}.$ref`)
    this.#depth--
    return [{ $ref: `#/$defs/${name}` }]
  }

  #listed(schema: Keywords, place: string): Keywords[] {
    const lists = [
      ...('const' in schema ? [[schema['const']]] : []),
      ...(Array.isArray(schema['enum']) ? [schema['enum'] as unknown[]] : []),
    ]
    return lists.flatMap((values): Keywords[] => {
      if (values.some((value) => typeof value === 'object' && value !== null)) {
        this.#notes.add(`${place}.enum`, 'lists of objects and lists are not looked at')
        return []
      }
      const fitting = values.filter((value) => isOfTypes(value, typesOf(schema)))
      return [fitting.length === 0 ? NEVER : { enum: fitting }]
    })
  }

  /** A type with its limits; limits alone are those of the types around, or let all other types pass. */
  #typed(schema: Keywords, outer: readonly string[] | undefined, place: string, isListed: boolean): Keywords[] {
    const own = typesOf(schema)
    const limits = Object.keys(schema).filter((key) => Object.values(LIMITS_OF).some((of) => of.has(key)))
    if (limits.length === 0 && (own === undefined || isListed)) return []
    const types = own ?? outer ?? TYPES
    if (own === undefined && outer === undefined) {
      this.#notes.add(
        place,
        `${limits.join(', ')} without a type lets values of other types pass, as cells of text tables`,
      )
    }
    const kept = Object.fromEntries(
      limits.flatMap((key) =>
        types.some((type) => LIMITS_OF[type === 'integer' ? 'number' : type]?.has(key))
          ? [[key, schema[key]] as const]
          : [],
      ),
    )
    const type = types.length === 1 ? types[0] : types
    return [
      {
        type,
        ...kept,
        ...this.#pattern(kept, place),
        ...this.#array(kept, place),
        ...this.#object(kept, schema, place),
      },
    ]
  }

  /** Zod compiles patterns without the flag `u`. */
  #pattern({ pattern }: Keywords, place: string): Keywords {
    if (typeof pattern !== 'string' || !/\\[pPu]\{|[\u{10000}-\u{10FFFF}]/u.test(pattern)) return {}
    this.#notes.add(`${place}.pattern`, 'patterns with Unicode’s classes are not looked at within other schemas')
    return { pattern: undefined }
  }

  #array(schema: Keywords, place: string): Keywords {
    const { items, prefixItems, contains, additionalItems } = schema
    const each = (list: unknown, name: string): unknown =>
      Array.isArray(list)
        ? list.map((one, at) => this.of(one, `${place}.${name}.${at}`))
        : this.#sub(list, `${place}.${name}`)
    // Lengths count only beside items to Zod.
    const counted = 'minItems' in schema || 'maxItems' in schema
    return {
      ...(items === undefined
        ? counted && prefixItems === undefined
          ? { items: {} }
          : {}
        : { items: each(items, 'items') }),
      ...(prefixItems === undefined ? {} : { prefixItems: each(prefixItems, 'prefixItems') }),
      ...(additionalItems === undefined
        ? {}
        : { additionalItems: this.#sub(additionalItems, `${place}.additionalItems`) }),
      ...(contains === undefined ? {} : { contains: this.#sub(contains, `${place}.contains`) }),
    }
  }

  #object(schema: Keywords, whole: Keywords, place: string): Keywords {
    const { properties, patternProperties, additionalProperties, propertyNames, required, unevaluatedProperties } =
      schema
    const byName = (given: unknown, name: string): Record<string, Keywords> =>
      Object.fromEntries(
        Object.entries(isKeywords(given) ? given : {}).map(([key, one]) => [
          key,
          this.of(one, `${place}.${name}.${key}`),
        ]),
      )
    const named = byName(properties, 'properties')
    // Names that must be there count only where they are described to Zod.
    const all = Object.fromEntries(
      (Array.isArray(required) ? (required as string[]) : []).flatMap((name) =>
        Object.hasOwn(named, name) ? [] : [[name, {}] as const],
      ),
    )
    const isAlone = !COMBINING.some((keyword) => keyword in whole)
    const rest = additionalProperties ?? (isAlone ? unevaluatedProperties : undefined)
    if (isKeywords(rest) && patternProperties !== undefined) {
      this.#notes.add(`${place}.additionalProperties`, 'is not looked at beside patternProperties')
    }
    if (unevaluatedProperties !== undefined && !isAlone) {
      this.#notes.add(`${place}.unevaluatedProperties`, 'is not looked at beside other conditions')
    }
    const isDescribed = properties !== undefined || Object.keys(all).length > 0
    return {
      ...(isDescribed ? { properties: { ...named, ...all } } : {}),
      ...(patternProperties === undefined ? {} : { patternProperties: byName(patternProperties, 'patternProperties') }),
      ...(rest === undefined ? {} : { additionalProperties: this.#sub(rest, `${place}.additionalProperties`) }),
      ...(propertyNames === undefined
        ? {}
        : { propertyNames: this.of(propertyNames, `${place}.propertyNames`, ['string']) }),
      ...('unevaluatedProperties' in schema ? { unevaluatedProperties: undefined } : {}),
    }
  }

  /** True and false are read by Zod where they stand within others. */
  #sub(schema: unknown, place: string): unknown {
    return typeof schema === 'boolean' ? schema : this.of(schema, place)
  }

  #combined(
    schema: Keywords,
    keyword: 'allOf' | 'anyOf' | 'oneOf',
    types: readonly string[] | undefined,
    place: string,
  ): Keywords[] {
    const list = schema[keyword]
    if (!Array.isArray(list)) return []
    const before = this.#notes.all.length
    const parts = list.map((one, at) => this.of(one, `${place}.${keyword}.${at}`, types))
    if (keyword === 'allOf') return parts
    // Of parts that say less than they should, more than one may hold.
    if (keyword === 'anyOf' || this.#notes.all.length === before) return [{ [keyword]: parts }]
    this.#notes.add(`${place}.oneOf`, 'that only one of them holds is not looked at')
    return [{ anyOf: parts }]
  }

  #excluded({ not }: Keywords, place: string): Keywords[] {
    if (not === undefined || not === false) return []
    if (not === true || (isKeywords(not) && Object.keys(not).length === 0)) return [NEVER]
    this.#notes.add(`${place}.not`, 'what values must not be is not looked at')
    return []
  }

  /** Zod lets a property pass that one part knows. */
  #isClosed({ type, additionalProperties, patternProperties, $ref, allOf }: Keywords): boolean {
    const types: readonly unknown[] = Array.isArray(type) ? type : [type]
    if (types.includes('object') && additionalProperties === false && patternProperties === undefined) return true
    if (Array.isArray(allOf)) return (allOf as Keywords[]).some((part) => this.#isClosed(part))
    const target = typeof $ref === 'string' ? this.defs[$ref.slice('#/$defs/'.length)] : undefined
    return target !== undefined && this.#isClosed(target)
  }
}

const NEVER: Keywords = { not: {} }
const COMBINING = ['$ref', 'allOf', 'anyOf', 'oneOf']

/** The types that a schema tells, if it does. */
function typesOf({ type }: Keywords): readonly string[] | undefined {
  return typeof type === 'string' ? [type] : Array.isArray(type) ? (type as string[]) : undefined
}

/** Whether a value is of one of the types. */
function isOfTypes(value: unknown, types: readonly string[] | undefined): boolean {
  if (types === undefined) return true
  const type = value === null ? 'null' : typeof value
  return types.includes(type) || (types.includes('integer') && Number.isInteger(value))
}
