import { dirname } from 'node:path'
import type { ColumnType } from '@dayshift/core'
import {
  canonicalJson,
  messageOf,
  readJournalLine,
  type JournalFold,
  type JournalPlace,
  type JournalRecord,
} from '@dayshift/core/ground'
import { isLegacy, type CatalogEntry } from '../entry.ts'
import { compareContent, compareNames, groupsOf, merged, takeIn, type Fold, type Group, type Groups } from '../fold.ts'
import { entryOf } from '../line.ts'
import { searchText, type Searchable } from '../search.ts'
import { summaryOf, type EntrySummary } from '../summary.ts'

/** A line of a catalog's file: its summary, and where the rest of it is. */
export interface CatalogLine extends EntrySummary {
  readonly place: JournalPlace
}

/** A catalog's file as it is folded, and lines that are no entries. */
export interface CatalogState extends Fold<CatalogLine> {
  readonly full: FrozenGroups
  readonly legacy: FrozenGroups
  readonly broken: (JournalPlace & { readonly reason: string })[]
}

/**
 * Groups of lines of which most are still text, as a snapshot has it: key, what is searched, and the group as JSON. A group is
 * made of its text when it is asked for, so that a catalog of 100 000 entries opens at once.
 */
class FrozenGroups implements Groups<CatalogLine> {
  /** The catalog's own file, which the text does not name. */
  readonly #file: string
  readonly #lines: readonly string[]
  /** By key; made of the lines when a key is asked for. */
  #groups: Map<string, Group<CatalogLine> | string> | undefined

  constructor(file: string, lines: readonly string[] = []) {
    this.#file = file
    this.#lines = lines
  }

  get(key: string): Group<CatalogLine> | undefined {
    const groups = this.#byKey()
    const found = groups.get(key)
    if (typeof found !== 'string') return found
    const group = thawed(found, this.#file)
    groups.set(key, group)
    return group
  }

  set(key: string, group: Group<CatalogLine>): void {
    this.#byKey().set(key, group)
  }

  values(): Group<CatalogLine>[] {
    return this.#all().map((group) => (typeof group === 'string' ? thawed(group, this.#file) : group))
  }

  get size(): number {
    return this.#groups?.size ?? this.#lines.length
  }

  lines(): string[] {
    return this.#all().map((group) => (typeof group === 'string' ? group : frozen(group, this.#file)))
  }

  searchables(): Searchable[] {
    return this.#all().map((group) => {
      if (typeof group !== 'string') return { text: searchText(group.latest), entry: () => summaryOfGroup(group) }
      const [start, end] = textOf(group)
      return { text: group.slice(start, end), entry: () => summaryOfGroup(thawed(group, this.#file)) }
    })
  }

  #all(): readonly (Group<CatalogLine> | string)[] {
    return this.#groups ? [...this.#groups.values()] : this.#lines
  }

  #byKey(): Map<string, Group<CatalogLine> | string> {
    this.#groups ??= new Map(this.#lines.map((line) => [line.slice(0, line.indexOf('\t')), line]))
    return this.#groups
  }
}

/** A group as JSON, without what its other fields tell. */
interface Packed {
  readonly group: Omit<Group<CatalogLine>, 'latest'>
  readonly latest: Omit<CatalogLine, 'columns' | 'place'>
  /** Names and types by turns. */
  readonly columns: readonly string[]
  readonly place: readonly [offset: number, length: number, file?: string]
}

function frozen({ latest, ...group }: Group<CatalogLine>, own: string): string {
  const { columns, place, ...kept } = latest
  const { namespace, name, dataset_name, storage_path } = latest
  const packed: Packed = {
    group,
    latest: kept,
    columns: columns.flatMap((column) => [column.name, column.type]),
    place: place.file === own ? [place.offset, place.length] : [place.offset, place.length, place.file],
  }
  const key = JSON.stringify(isLegacy(latest) ? [dataset_name, storage_path] : [namespace, name])
  return `${key}\t${searchText(latest)}\t${JSON.stringify(packed)}`
}

function thawed(line: string, own: string): Group<CatalogLine> {
  const { group, latest, columns, place } = JSON.parse(line.slice(textOf(line)[1] + 1)) as Packed
  const [offset, length, file = own] = place
  const pairs: { name: string; type: ColumnType }[] = []
  for (let at = 0; at < columns.length; at += 2)
    pairs.push({ name: columns[at] as string, type: columns[at + 1] as ColumnType })
  return Object.assign(group, { latest: Object.assign(latest, { columns: pairs, place: { file, offset, length } }) })
}

function summaryOfGroup(group: Group<CatalogLine>): EntrySummary {
  const { place: _place, ...summary } = merged(group)
  return summary
}

/** Where what is searched stands in the text of a group. */
function textOf(line: string): [start: number, end: number] {
  const start = line.indexOf('\t') + 1
  return [start, line.indexOf('\t', start)]
}

/**
 * How a catalog's file is folded.
 *
 * @param own absolute; the file
 */
export function catalogFold(own: string): JournalFold<CatalogState> {
  const folder = dirname(own)
  return {
    name: 'catalog-2',
    start: () => ({ full: new FrozenGroups(own), legacy: new FrozenGroups(own), broken: [] }),
    add: (state, { record, file, offset, length }) => {
      const place = { file, offset, length }
      const entry = entryOf(record, folder)
      if (typeof entry === 'string') state.broken.push({ ...place, reason: entry })
      else {
        const line: CatalogLine = { ...summaryOf(entry), place }
        takeIn(state, line, (a, b) => compareContent(readEntry(a, folder), readEntry(b, folder)))
      }
    },
    freeze: ({ full, legacy, broken }) => [
      JSON.stringify({ full: full.size, broken }),
      ...full.lines(),
      ...legacy.lines(),
    ],
    thaw: ([head = '', ...lines]) => {
      const { full, broken } = JSON.parse(head) as { full: number; broken: CatalogState['broken'] }
      const legacy = new FrozenGroups(own, lines.slice(full))
      return { full: new FrozenGroups(own, lines.slice(0, full)), legacy, broken }
    },
  }
}

/** The current lines of a folded catalog, in the order of names. */
export function linesOf(state: CatalogState, folder: string): CatalogLine[] {
  return groupsOf(state, folder).map(merged).sort(compareNames)
}

/** The same, as a search goes over them. */
export function searchables(state: CatalogState, folder: string): Searchable[] {
  if (state.legacy.size === 0) return state.full.searchables()
  return linesOf(state, folder).map((line) => ({ text: searchText(line), entry: () => line }))
}

/** The current entry that a folded line is the summary of. */
export function entryOfLine(line: CatalogLine, folder: string): CatalogEntry {
  const { unique_id, created_at } = line
  return { ...readEntry(line, folder), unique_id, ...(created_at === undefined ? {} : { created_at }) }
}

/** Thrown where a line is not where it was: the file was compacted, or another branch checked out, since it was folded. */
export class LineMoved extends Error {}

/** @throws LineMoved */
function readEntry(line: CatalogLine, folder: string): CatalogEntry {
  let record: JournalRecord
  try {
    record = readJournalLine(line.place)
  } catch (error) {
    throw new LineMoved(messageOf(error), { cause: error })
  }
  const entry = entryOf(record, folder)
  // Another line of the same length may stand there now.
  const isSame =
    typeof entry !== 'string' && IDENTIFYING.every((key) => canonicalJson(entry[key]) === canonicalJson(line[key]))
  if (!isSame) throw new LineMoved(`${line.place.file}, byte ${line.place.offset}: another line stands there`)
  return entry
}

/** What two lines of one catalog differ in. The id and time of creation are those of a dataset's first line. */
const IDENTIFYING = [
  'dataset_name',
  'storage_path',
  'namespace',
  'name',
  'revision',
  'updated_at',
  'description',
] as const
