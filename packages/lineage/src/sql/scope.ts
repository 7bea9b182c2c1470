import { NONE, together, transformed, type Sources } from './sources.ts'
import { fieldOf, NOTHING, type SqlValue } from './value.ts'
import { folded, Untold } from './tree.ts'

/** A column of a query or table. */
export interface SqlColumn extends SqlValue {
  /** Undefined where the engine makes the name up. */
  readonly name: string | undefined
  /** Whether the engine may make several columns of it, as of a struct. */
  readonly elastic?: true
}

/** Rows of a query or table. */
export interface SqlTable {
  readonly columns: readonly SqlColumn[]
  /** What decides which rows there are, and in which order. */
  readonly rows: Sources
}

/** A table in FROM. */
export interface Binding {
  /** What may stand before its columns' names, in small letters: `t`; `main`, `t`. */
  readonly qualifiers: readonly (readonly string[])[]
  readonly columns: readonly SqlColumn[]
}

/** A column of `*`. */
export interface StarColumn extends SqlColumn {
  readonly of: readonly Binding[]
}

/** What stands in FROM. */
export interface From {
  readonly bindings: readonly Binding[]
  /** What `*` means. Columns of USING come once. */
  readonly star: readonly StarColumn[]
  readonly rows: Sources
}

/** Nothing in FROM. */
export const NOWHERE: From = { bindings: [], star: [], rows: NONE }

/** Where names are looked up, from the inside out. */
export interface Scope {
  readonly from: From
  /** Names that the select list gives, in small letters. */
  readonly aliases?: ReadonlyMap<string, SqlValue>
  /** Parameters of a lambda, in small letters: what they hold is told by the list that is gone through. */
  readonly parameters?: ReadonlySet<string>
  /** What COLUMNS stands for now. */
  readonly columns?: Sources
  readonly parent: Scope | undefined
}

/** Whether columns of FROM or names of the select list come first; `unsure` where that depends. */
export type Precedence = 'from' | 'alias' | 'unsure'

/**
 * What a column's name means.
 *
 * @param names as `a`, or with what stands before and behind: `t`, `a`, `field`
 * @throws Untold where that is not clear
 */
export function lookUp(names: readonly string[], scope: Scope, precedence: Precedence = 'from'): SqlValue {
  const found = lookIn(names, scope, precedence)
  if (found) {
    refuseFarTable(names, scope)
    return found
  }
  if (scope.parent) return lookUp(names, scope.parent, scope.parameters ? precedence : 'from')
  throw new Untold(`where the column ${names.join('.')} comes from is not clear`)
}

function lookIn(names: readonly string[], scope: Scope, precedence: Precedence): SqlValue | undefined {
  const [first = '', ...fields] = names
  if (scope.parameters?.has(folded(first))) return NOTHING
  refuseUnpacked(scope.from)
  const inFrom = lookInFrom(names, scope.from)
  if (inFrom === undefined) refuseHidden(names, scope)
  const alias = scope.aliases?.get(folded(first))
  if (alias === undefined) return inFrom
  const inAlias = fields.reduce(fieldOf, alias)
  if (inFrom === undefined || (precedence === 'alias' && fields.length === 0)) return inAlias
  if (precedence === 'from' || isSame(inFrom.sources, inAlias.sources)) return inFrom
  throw new Untold(`${first} is the name of a column and of a result, and it is not clear which is meant`)
}

/** @throws Untold where a name may be that of a field here, and is that of a table's column further out */
function refuseFarTable(names: readonly string[], scope: Scope): void {
  if (names.length < 2 || isQualified(names, scope.from)) return
  for (let outer = scope.parent; outer; outer = outer.parent) {
    if (isQualified(names, outer.from))
      throw new Untold(`whether ${names.join('.')} is a field or the column of a table is not clear`)
  }
}

function isQualified(names: readonly string[], { bindings }: From): boolean {
  return names.slice(1).some((_, at) => bindings.some((binding) => isCalled(binding, names.slice(0, at + 1))))
}

/** @throws Untold where FROM has columns of a struct: one of them may have any name, so that others are called otherwise */
function refuseUnpacked({ star }: From): void {
  if (star.some(isUnpacked)) throw new Untold('what the columns of a struct are called is not clear')
}

/** Whether a column stands for those of a struct, of which the names are not known. */
export function isUnpacked({ name, elastic }: SqlColumn): boolean {
  return elastic === true && name === undefined
}

/** Columns that tables have without telling. */
const HIDDEN = /^(rowid|filename|file_row_number|file_index)$/i

/**
 * @throws Untold where FROM has columns of which the names are not known here: one of them may be meant before what is named
 *   so elsewhere
 */
function refuseHidden(names: readonly string[], { from: { star, bindings } }: Scope): void {
  const hasNameless = [...star, ...bindings.flatMap(({ columns }) => columns)].some(({ name }) => name === undefined)
  if (hasNameless || (bindings.length > 0 && HIDDEN.test(names.at(-1) ?? '')))
    throw new Untold(`where the column ${names.join('.')} comes from is not clear`)
}

function lookInFrom(names: readonly string[], { bindings, star }: From): SqlValue | undefined {
  for (let before = names.length - 1; before > 0; before--) {
    const qualifier = names.slice(0, before)
    const [field = '', ...within] = names.slice(before)
    const found = bindings
      .filter((binding) => isCalled(binding, qualifier))
      .flatMap(({ columns }) => named(columns, field))
    if (found.length > 0) return within.reduce(fieldOf, only(found, field))
  }
  const [first = '', ...within] = names
  const found = named(star, first)
  if (found.length > 0) return within.reduce(fieldOf, only(found, first))
  const table = names.length === 1 ? bindings.find((binding) => isCalled(binding, names)) : undefined
  return table && rowOf(table)
}

/** Whether a table is called so. */
export function isCalled({ qualifiers }: Binding, names: readonly string[]): boolean {
  return qualifiers.some((one) => one.length === names.length && one.every((name, at) => sameName(name, names[at])))
}

/**
 * Columns by their place. Of one the engine may make several, so that nothing is known of those behind it.
 *
 * @throws Untold
 */
export function placed(columns: readonly SqlColumn[]): readonly SqlColumn[] {
  if (columns.some(({ elastic }) => elastic)) throw new Untold('how many columns come of a struct is not clear')
  return columns
}

/** Whether two names are one for SQL. */
export function sameName(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && folded(one) === folded(other)
}

/** Columns by their names in small letters, of tables that were looked into. */
const indexes = new WeakMap<readonly SqlColumn[], ReadonlyMap<string, readonly SqlColumn[]>>()

/** The columns of a name. */
export function named<Column extends SqlColumn>(columns: readonly Column[], name: string): readonly Column[] {
  const index = indexes.get(columns) ?? indexOf(columns)
  return (index.get(folded(name)) ?? []) as readonly Column[]
}

function indexOf(columns: readonly SqlColumn[]): ReadonlyMap<string, readonly SqlColumn[]> {
  const index = new Map<string, SqlColumn[]>()
  for (const column of columns) {
    if (column.name === undefined) continue
    const key = folded(column.name)
    const found = index.get(key)
    if (found) found.push(column)
    else index.set(key, [column])
  }
  indexes.set(columns, index)
  return index
}

/** A row of a table as one value, a struct. */
function rowOf({ columns }: Binding): SqlValue {
  const sources = transformed(together(columns.map((column) => column.sources)))
  const isKnown = columns.every(({ name, elastic }) => name !== undefined && !elastic)
  return { sources, ...(isKnown ? { fields: columns } : { mixed: true }) }
}

function only(found: readonly SqlColumn[], name: string): SqlValue {
  const [first, second] = found
  if (first === undefined || second !== undefined) throw new Untold(`there are several columns ${name}`)
  const { sources, fields, mixed, isStruct } = first
  return {
    sources,
    ...(fields ? { fields } : {}),
    ...(mixed ? { mixed } : {}),
    ...(isStruct ? { isStruct } : {}),
  }
}

function isSame(one: Sources, other: Sources): boolean {
  return one.size === other.size && [...one.keys()].every((key) => other.has(key))
}
