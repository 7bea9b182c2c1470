import { nearest } from '@dayshift/core/ground'
import type { CatalogEntry, EntryColumn, EntryColumnProfile } from './entry.ts'
import { typeRelation } from './type-order.ts'

/**
 * What a change of a schema does to who reads the data:
 *
 * - `compatible`: readers of before go on.
 * - `widening`: there may be values that there could not be before.
 * - `breaking`: a reader of before may fail, or go wrong without failing.
 */
export type ChangeClass = 'compatible' | 'widening' | 'breaking'

/** What happened to a column. */
export type ChangeKind =
  | 'added'
  | 'dropped'
  | 'renamed'
  | 'widened'
  | 'narrowed'
  | 'retyped'
  | 'required'
  | 'optional'
  | 'moved'

/** One change of a schema. */
export interface SchemaChange {
  readonly kind: ChangeKind
  readonly class: ChangeClass
  /** The column, by the name that it had before; of an added one, by its own. */
  readonly column: string
  /** A type, a name or a position. */
  readonly before?: string
  readonly after?: string
  readonly message: string
}

const CLASS: Readonly<Record<ChangeKind, ChangeClass>> = {
  added: 'compatible',
  moved: 'compatible',
  widened: 'widening',
  optional: 'widening',
  dropped: 'breaking',
  renamed: 'breaking',
  narrowed: 'breaking',
  retyped: 'breaking',
  required: 'breaking',
}

const WEIGHT: Readonly<Record<ChangeClass, number>> = { compatible: 0, widening: 1, breaking: 2 }

/** The worst class of several changes; `undefined` where there are none. */
export function worstClass(changes: readonly SchemaChange[]): ChangeClass | undefined {
  return changes.map((one) => one.class).sort((a, b) => WEIGHT[b] - WEIGHT[a])[0]
}

/** What of an entry tells its schema. */
type Described = Pick<CatalogEntry, 'schema' | 'profile'>

/**
 * How a schema differs from the one before, and whom that breaks. A column that is gone while one of the same type is new, with
 * a like name, the same values or in the same place, is told as renamed.
 *
 * @returns breaking changes first; none where either schema is not known
 * @example compareSchemas(before, after)[0] // { kind: 'dropped', class: 'breaking', column: 'fare', message: … }
 */
export function compareSchemas(before: Described, after: Described): SchemaChange[] {
  if (!before.schema || !after.schema) return []
  const old = new Map(before.schema.map((column) => [column.name, column]))
  const now = new Map(after.schema.map((column) => [column.name, column]))
  const gone = before.schema.filter(({ name }) => !now.has(name))
  const fresh = after.schema.filter(({ name }) => !old.has(name))
  const renamed = renames(gone, fresh, before, after)
  const taken = new Set(renamed.values())
  const changes: SchemaChange[] = []
  for (const column of before.schema) {
    const same = now.get(column.name)
    const as = renamed.get(column)
    if (same) changes.push(...changesOf(column, same))
    else if (as)
      changes.push(
        change(
          'renamed',
          column.name,
          `${column.name} is gone, ${as.name} is new: renamed, it seems`,
          column.name,
          as.name,
        ),
      )
    else changes.push(change('dropped', column.name, `${column.name} (${column.type}) is gone`, column.nativeType))
  }
  for (const column of fresh) {
    if (!taken.has(column))
      changes.push(change('added', column.name, `${column.name} (${column.type}) is new`, undefined, column.nativeType))
  }
  changes.push(...moves(before.schema, after.schema))
  return changes.sort((a, b) => WEIGHT[b.class] - WEIGHT[a.class])
}

function change(kind: ChangeKind, column: string, message: string, before?: string, after?: string): SchemaChange {
  return {
    kind,
    class: CLASS[kind],
    column,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    message,
  }
}

function changesOf(before: EntryColumn, after: EntryColumn): SchemaChange[] {
  const { name } = before
  const changes: SchemaChange[] = []
  const [from, to] = [before.nativeType, after.nativeType]
  const relation = typeRelation(from, to)
  if (relation === 'wider')
    changes.push(change('widened', name, `${name} takes more values: ${from} → ${to}`, from, to))
  if (relation === 'narrower')
    changes.push(change('narrowed', name, `${name} takes fewer values: ${from} → ${to}`, from, to))
  if (relation === 'other')
    changes.push(change('retyped', name, `${name} is of another type: ${from} → ${to}`, from, to))
  if (before.nullable === true && after.nullable === false)
    changes.push(change('required', name, `${name} must have a value now`, 'nullable', 'required'))
  if (before.nullable === false && after.nullable === true)
    changes.push(change('optional', name, `${name} may lack a value now`, 'required', 'nullable'))
  return changes
}

/** Columns that are in another order, the ones that came and went apart: one change, since one move shifts many. */
function moves(before: readonly EntryColumn[], after: readonly EntryColumn[]): SchemaChange[] {
  const left = new Set(after.map(({ name }) => name))
  const stayed = before.filter(({ name }) => left.has(name)).map(({ name }) => name)
  const known = new Set(stayed)
  const order = after.filter(({ name }) => known.has(name)).map(({ name }) => name)
  const first = stayed.findIndex((name, at) => name !== order[at])
  if (first < 0) return []
  const [was, is] = [stayed[first] as string, order[first] as string]
  return [change('moved', is, `columns are in another order, from ${is} on (where ${was} was)`)]
}

/** Which columns that are gone seem to be which of the new ones. */
function renames(
  gone: readonly EntryColumn[],
  fresh: readonly EntryColumn[],
  before: Described,
  after: Described,
): Map<EntryColumn, EntryColumn> {
  const pairs = new Map<EntryColumn, EntryColumn>()
  const free = new Set(fresh)
  const [old, now] = [profilesOf(before), profilesOf(after)]
  const [was, is] = [placesOf(before), placesOf(after)]
  const alike: ((a: EntryColumn, b: EntryColumn) => boolean)[] = [
    (a, b) => hasSameValues(old.get(a.name), now.get(b.name)),
    ...(gone.length * fresh.length > MOST_PAIRS
      ? []
      : [(a: EntryColumn, b: EntryColumn) => isLikeName(a.name, b.name)]),
    (a, b) => was.get(a) === is.get(b),
  ]
  for (const isAlike of alike) {
    for (const column of gone) {
      if (pairs.has(column)) continue
      const as = firstOf(free, (one) => one.nativeType === column.nativeType && isAlike(column, one))
      if (!as) continue
      pairs.set(column, as)
      free.delete(as)
    }
  }
  return pairs
}

/** Pairs of names that are compared letter by letter; beyond, it would take minutes, and no column be recognized. */
const MOST_PAIRS = 50_000

function firstOf(columns: Iterable<EntryColumn>, fits: (column: EntryColumn) => boolean): EntryColumn | undefined {
  for (const column of columns) if (fits(column)) return column
  return undefined
}

function profilesOf({ profile = [] }: Described): Map<string, EntryColumnProfile> {
  return new Map(profile.map((one) => [one.name, one]))
}

function placesOf({ schema = [] }: Described): Map<EntryColumn, number> {
  return new Map(schema.map((column, at) => [column, at]))
}

function hasSameValues(a: EntryColumnProfile | undefined, b: EntryColumnProfile | undefined): boolean {
  if (!a || !b || a.min === null) return false
  return a.nulls === b.nulls && a.distinct === b.distinct && a.min === b.min && a.max === b.max
}

/** `fare` and `fare_usd`, `custId` and `customer_id`, `wieght` and `weight`. */
function isLikeName(a: string, b: string): boolean {
  const [one, other] = [a, b].map((name) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')) as [string, string]
  if (one === other) return true
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return (short.length >= 3 && long.includes(short)) || nearest(one, [other]) !== undefined
}
