import { isKeywords, type Keywords } from './keywords.ts'

/** What a reference leads to. */
export interface Definition {
  /** The last part of the reference. */
  readonly name: string
  readonly schema: unknown
}

/** The schemas that the references of a document lead to. Nothing outside of it is read. */
export class Definitions {
  readonly #root: Keywords
  readonly #row: Keywords

  /** @param row the schema within that rows have, where definitions may stand as well */
  constructor(root: Keywords, row: Keywords) {
    this.#root = root
    this.#row = row
  }

  /** @returns nothing for references that lead nowhere, or out of the document */
  find(reference: string): Definition | undefined {
    if (reference === '#') return { name: 'row', schema: this.#root }
    if (/^#[^/]/.test(reference)) return this.#anchored(reference.slice(1))
    if (!reference.startsWith('#/')) return undefined
    const keys = reference.slice(2).split('/').map(decoded)
    return pointed(this.#root, keys) ?? pointed(this.#row, keys)
  }

  #anchored(anchor: string): Definition | undefined {
    const all = [this.#root, this.#row]
      .flatMap((one) => [one['$defs'], one['definitions']])
      .flatMap((defs) => (isKeywords(defs) ? Object.values(defs) : []))
    const schema = all.find((one) => isKeywords(one) && one['$anchor'] === anchor)
    return schema === undefined ? undefined : { name: anchor, schema }
  }
}

function pointed(root: Keywords, keys: readonly string[]): Definition | undefined {
  let schema: unknown = root
  for (const key of keys) {
    if (typeof schema !== 'object' || schema === null || !Object.hasOwn(schema, key)) return undefined
    schema = (schema as Keywords)[key]
  }
  return isSchema(schema) ? { name: keys.at(-1) ?? 'row', schema } : undefined
}

function isSchema(value: unknown): boolean {
  return typeof value === 'boolean' || isKeywords(value)
}

/** A part of a JSON Pointer in a URL. */
function decoded(part: string): string {
  const text = part.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
