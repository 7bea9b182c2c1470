import { createHash } from 'node:crypto'
import { datasetOf, type DatasetRef } from '@dayshift/core'
import { canonicalJson } from './canonical.ts'
import { isLegacy, type CatalogEntry } from './entry.ts'

/** What finds an entry: the dataset's identity; by `dataset_name` too where the only entry is a legacy line. */
export interface EntryKey {
  readonly namespace: string
  readonly name: string
  readonly dataset_name?: string
}

/** The lines of one dataset, reduced to what decides. */
interface Group {
  readonly latest: CatalogEntry
  readonly eldest: CatalogEntry
}

/**
 * The current entries of a catalog, from all its lines.
 *
 * - Lines of one namespace and name are one dataset. The line with the higher revision holds, then the later
 *   `updated_at`, then the greater hash. The id is that of the line with the earliest `created_at`, then the smaller id:
 *   two branches that registered the same dataset merge into one entry.
 * - Legacy lines of one name and path are one entry, which gives way to a full line of the same id, name or path.
 *
 * Neither the order of the lines nor their repetition changes the result, so that lines may be merged in any way.
 *
 * @param folder absolute; where relative paths of legacy lines start, as a rule the folder of the catalog
 * @returns in the order of names
 */
export function foldEntries(lines: Iterable<CatalogEntry>, folder: string): CatalogEntry[] {
  const full = new Map<string, Group>()
  const legacy = new Map<string, CatalogEntry[]>()
  const taken = new Set<string>()
  for (const line of lines) {
    if (isLegacy(line)) {
      const key = JSON.stringify([line.dataset_name, line.storage_path])
      const group = legacy.get(key)
      if (group === undefined) legacy.set(key, [line])
      else group.push(line)
    } else {
      for (const mark of marksOf(line, folder)) taken.add(mark)
      const key = JSON.stringify([line.namespace, line.name])
      full.set(key, joined(full.get(key), line))
    }
  }
  const untouched = [...legacy.values()].filter(
    (group) => !group.some((line) => marksOf(line, folder).some((mark) => taken.has(mark))),
  )
  const groups = [
    ...full.values(),
    ...untouched.map((group) => group.reduce<Group | undefined>(joined, undefined) as Group),
  ]
  return groups.map(merged).sort(byName)
}

/** The entry of a dataset among folded entries: its own, or the legacy one that a registration would update. */
export function findEntry(entries: readonly CatalogEntry[], key: EntryKey, folder: string): CatalogEntry | undefined {
  return (
    entries.find(({ namespace, name }) => namespace === key.namespace && name === key.name) ??
    entries.find((entry) => isLegacyOf(entry, key, folder))
  )
}

/** Whether a line is a legacy line of a dataset: of the same `dataset_name`, or of the same path. */
export function isLegacyOf(entry: CatalogEntry, key: EntryKey, folder: string): boolean {
  if (!isLegacy(entry)) return false
  const { namespace, name } = legacyDataset(entry, folder)
  return entry.dataset_name === key.dataset_name || (namespace === key.namespace && name === key.name)
}

/** Compares two lines of one dataset: above zero where `a` holds against `b`. */
export function compareRevisions(a: CatalogEntry, b: CatalogEntry): number {
  return a.revision - b.revision || timeOf(a.updated_at) - timeOf(b.updated_at) || compareText(hashOf(a), hashOf(b))
}

function joined(group: Group | undefined, line: CatalogEntry): Group {
  if (group === undefined) return { latest: line, eldest: line }
  return {
    latest: compareRevisions(line, group.latest) > 0 ? line : group.latest,
    eldest: compareAge(line, group.eldest) < 0 ? line : group.eldest,
  }
}

function merged({ latest, eldest }: Group): CatalogEntry {
  const created = eldest.created_at === undefined ? {} : { created_at: eldest.created_at }
  return { ...latest, unique_id: eldest.unique_id, ...created }
}

/** By any of these, a legacy line has given way to a full one. */
function marksOf(entry: CatalogEntry, folder: string): string[] {
  const { namespace, name } = isLegacy(entry) ? legacyDataset(entry, folder) : entry
  return [`id ${entry.unique_id}`, `called ${entry.dataset_name}`, `at ${JSON.stringify([namespace, name])}`]
}

function legacyDataset({ storage_path }: CatalogEntry, folder: string): DatasetRef {
  return datasetOf(storage_path, folder)
}

function compareAge(a: CatalogEntry, b: CatalogEntry): number {
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

/** Of the line without what merging may change, so that a merged entry ranks as the line that it came from. */
function hashOf({ unique_id: _id, created_at: _at, ...content }: CatalogEntry): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex')
}

function byName(a: CatalogEntry, b: CatalogEntry): number {
  return (
    compareText(a.dataset_name, b.dataset_name) ||
    compareText(a.namespace ?? '', b.namespace ?? '') ||
    compareText(a.name ?? a.storage_path, b.name ?? b.storage_path)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
