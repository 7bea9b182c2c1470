import { datasetOf } from '@dayshift/core/ground'
import { contentHash } from './content-hash.ts'
import { isLegacy, type CatalogEntry } from './entry.ts'

/** What finds an entry: the dataset's identity; by `dataset_name` too where the only entry is a legacy line. */
export interface EntryKey {
  readonly namespace: string
  readonly name: string
  readonly dataset_name?: string
}

/** What of a line decides. */
type Ranked = Pick<
  CatalogEntry,
  'unique_id' | 'dataset_name' | 'storage_path' | 'namespace' | 'name' | 'created_at' | 'updated_at' | 'revision'
>

/** The lines of one dataset, reduced to what decides. */
export interface Group<Line extends Ranked> {
  latest: Line
  /** Of the line that was there first. */
  unique_id: string
  created_at?: string
  /** Ids and names that lines before had, and the latest has not. */
  others?: string[]
}

/** Groups of lines by what makes them one; a Map is one. */
export interface Groups<Line extends Ranked> {
  get(key: string): Group<Line> | undefined
  set(key: string, group: Group<Line>): unknown
  values(): Iterable<Group<Line>>
}

/** A catalog while its lines are taken in. */
export interface Fold<Line extends Ranked> {
  /** By identity. */
  readonly full: Groups<Line>
  /** Legacy lines, by name and path. */
  readonly legacy: Groups<Line>
}

/** Compares two lines of one dataset that have the same revision and time. */
type TieBreak<Line> = (a: Line, b: Line) => number

/**
 * Takes a line into a fold.
 *
 * - Lines of one namespace and name are one dataset. The line with the higher revision holds, then the later
 *   `updated_at`, then the greater hash. The id is that of the line with the earliest `created_at`, then the smaller id:
 *   two branches that registered the same dataset merge into one entry.
 * - Legacy lines of one name and path are one entry, which gives way to a full line of the same id, name or path. Of such
 *   lines, which tell no time, the last one holds.
 *
 * Neither the order of full lines nor the repetition of lines changes the result, so that lines may be merged in any way.
 */
export function takeIn<Line extends Ranked>({ full, legacy }: Fold<Line>, line: Line, breakTie: TieBreak<Line>): void {
  const groups = isLegacy(line) ? legacy : full
  const key = JSON.stringify(isLegacy(line) ? [line.dataset_name, line.storage_path] : [line.namespace, line.name])
  const group = groups.get(key)
  const { unique_id, created_at } = line
  if (group === undefined) {
    groups.set(key, { latest: line, unique_id, ...(created_at === undefined ? {} : { created_at }) })
    return
  }
  const marks = new Set([...(group.others ?? []), ...ownMarks(group.latest), ...ownMarks(line)])
  // Lines of the first catalogs tell no time: what was appended later is what their script says now.
  const isLater = isLegacy(line) && isLegacy(group.latest) && line.revision === group.latest.revision
  if (isLater || compareRevisions(line, group.latest, breakTie) > 0) group.latest = line
  if (compareAge(line, group) < 0) {
    group.unique_id = unique_id
    if (created_at === undefined) delete group.created_at
    else group.created_at = created_at
  }
  for (const mark of ownMarks(group.latest)) marks.delete(mark)
  if (marks.size > 0) group.others = [...marks].sort()
  else delete group.others
}

/**
 * The groups of a fold that are entries of their own.
 *
 * @param folder absolute; where relative paths of legacy lines start: the folder of the catalog
 */
export function groupsOf<Line extends Ranked>({ full, legacy }: Fold<Line>, folder: string): Group<Line>[] {
  const groups = [...full.values()]
  const old = [...legacy.values()]
  if (old.length === 0) return groups
  const taken = new Set(groups.flatMap((group) => allMarks(group, folder)))
  return [...groups, ...old.filter((group) => !allMarks(group, folder).some((mark) => taken.has(mark)))]
}

/**
 * The current entries of a catalog, from all its lines, in any order.
 *
 * @param folder absolute; where relative paths of legacy lines start: the folder of the catalog
 * @returns in the order of names
 */
export function foldEntries(lines: Iterable<CatalogEntry>, folder: string): CatalogEntry[] {
  const fold: Fold<CatalogEntry> = { full: new Map(), legacy: new Map() }
  for (const line of lines) takeIn(fold, line, compareContent)
  return groupsOf(fold, folder).map(merged).sort(compareNames)
}

/** The entry of a dataset among current entries: its own, or the legacy one that a registration would update. */
export function findEntry<Line extends Ranked>(
  entries: readonly Line[],
  key: EntryKey,
  folder: string,
): Line | undefined {
  return (
    entries.find(({ namespace, name }) => namespace === key.namespace && name === key.name) ??
    entries.find((entry) => isLegacy(entry) && isAt(entry, key, folder)) ??
    entries.find((entry) => isLegacy(entry) && entry.dataset_name === key.dataset_name)
  )
}

/** Whether a line is a legacy line of a dataset: of the same `dataset_name`, or of the same path. */
export function isLegacyOf(entry: Ranked, key: EntryKey, folder: string): boolean {
  return isLegacy(entry) && (entry.dataset_name === key.dataset_name || isAt(entry, key, folder))
}

/** Whether a legacy line is about a dataset by its path, as it stands there or from the catalog's folder. */
function isAt({ storage_path }: Ranked, key: EntryKey, folder: string): boolean {
  if (key.namespace === '') return storage_path === key.name
  const { namespace, name } = datasetOf(storage_path, folder)
  return namespace === key.namespace && name === key.name
}

/** Compares two lines of one dataset: above zero where `a` holds against `b`. */
export function compareRevisions<Line extends Ranked>(a: Line, b: Line, breakTie: TieBreak<Line>): number {
  return a.revision - b.revision || timeOf(a.updated_at) - timeOf(b.updated_at) || breakTie(a, b)
}

/** Compares two entries of one revision and time by what they hold. */
export function compareContent(a: CatalogEntry, b: CatalogEntry): number {
  return compareText(contentHash(a), contentHash(b))
}

/** An entry with the id and time of creation of its dataset's first line. */
export function merged<Line extends Ranked>({ latest, unique_id, created_at }: Group<Line>): Line {
  return { ...latest, unique_id, ...(created_at === undefined ? {} : { created_at }) }
}

/** The order in which catalogs are listed. */
export function compareNames(a: Ranked, b: Ranked): number {
  return (
    compareText(a.dataset_name, b.dataset_name) ||
    compareText(a.namespace ?? '', b.namespace ?? '') ||
    compareText(a.name ?? a.storage_path, b.name ?? b.storage_path)
  )
}

/** By any of these, and by its place, a legacy line gives way to a full one. */
function ownMarks({ unique_id, dataset_name }: Ranked): string[] {
  return [`id ${unique_id}`, `called ${dataset_name}`]
}

function allMarks<Line extends Ranked>({ latest, unique_id, others = [] }: Group<Line>, folder: string): string[] {
  const { namespace, name } = isLegacy(latest) ? datasetOf(latest.storage_path, folder) : latest
  return [...ownMarks(latest), `id ${unique_id}`, ...others, `at ${JSON.stringify([namespace, name])}`]
}

function compareAge(a: Pick<Ranked, 'unique_id' | 'created_at'>, b: Pick<Ranked, 'unique_id' | 'created_at'>): number {
  return (
    timeOf(a.created_at) - timeOf(b.created_at) ||
    compareText(a.created_at ?? '', b.created_at ?? '') ||
    compareText(a.unique_id, b.unique_id)
  )
}

/** Milliseconds since 1970; 0 where there is no time. */
function timeOf(text: string | undefined): number {
  return text === undefined ? 0 : Date.parse(text)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
