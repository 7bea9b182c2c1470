import type { CatalogEntry } from './entry.ts'
import { changedFields } from './input.ts'
import { compareSchemas, worstClass, type ChangeClass, type SchemaChange } from './schema-change.ts'

/** A field that differs, as it was and as it is; left out where it was not there. */
export interface FieldChange {
  readonly field: string
  readonly before?: unknown
  readonly after?: unknown
}

/** How one revision of an entry differs from another. */
export interface EntryDiff {
  readonly before: number
  readonly after: number
  /** In the order of the line; the schema and the profile are not among them. */
  readonly fields: readonly FieldChange[]
  /** Breaking changes first. */
  readonly schema: readonly SchemaChange[]
  /** The worst of the schema's changes; left out where there are none. */
  readonly class?: ChangeClass
}

/** Told as changes of columns, or too long to be told. */
const APART: ReadonlySet<string> = new Set(['schema', 'profile'])

/**
 * How one revision of an entry differs from another.
 *
 * @example diffEntries(first, second).class // 'breaking'
 */
export function diffEntries(before: CatalogEntry, after: CatalogEntry): EntryDiff {
  const fields = changedFields(before, after)
    .filter((field) => !APART.has(field))
    .map((field) => ({
      field,
      ...(before[field] === undefined ? {} : { before: before[field] }),
      ...(after[field] === undefined ? {} : { after: after[field] }),
    }))
  const schema = compareSchemas(before, after)
  const worst = worstClass(schema)
  return {
    before: before.revision,
    after: after.revision,
    fields,
    schema,
    ...(worst === undefined ? {} : { class: worst }),
  }
}
