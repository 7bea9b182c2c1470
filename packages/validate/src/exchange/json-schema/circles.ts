import type { Definitions } from './definitions.ts'
import { isKeywords } from './keywords.ts'

/** What is wrong with a reference into a circle. */
export const CIRCLE = 'leads in a circle, with nothing between'

/**
 * Finds schemas that lead back to themselves with nothing between: by reference, or in `allOf` and its like, where the value is
 * the same. No value is ever judged by such a schema; one that comes back in an item or a property is a tree.
 */
export class Circles {
  readonly #definitions: Definitions
  /** Those that are known to lead into none. */
  readonly #free = new Set<unknown>()

  constructor(definitions: Definitions) {
    this.#definitions = definitions
  }

  /** Whether a schema is in a circle, or leads into one. */
  isNear(schema: unknown): boolean {
    const path = [{ schema, left: this.#sameValue(schema) }]
    const within = new Set([schema])
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.left.pop()
      if (next === undefined) {
        this.#free.add(last.schema)
        within.delete(last.schema)
        path.pop()
      } else if (within.has(next)) return true
      else if (!this.#free.has(next)) {
        path.push({ schema: next, left: this.#sameValue(next) })
        within.add(next)
      }
    }
    return false
  }

  /** The schemas that a value of a schema is judged by as well. */
  #sameValue(schema: unknown): unknown[] {
    if (!isKeywords(schema)) return []
    const { $ref } = schema
    return [
      ...(typeof $ref === 'string' ? [this.#definitions.find($ref)?.schema] : []),
      ...['allOf', 'anyOf', 'oneOf'].flatMap((key) => (Array.isArray(schema[key]) ? (schema[key] as unknown[]) : [])),
      ...['not', 'if', 'then', 'else'].map((key) => schema[key]),
    ].filter((one) => isKeywords(one))
  }
}
