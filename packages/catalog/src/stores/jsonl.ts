import { dirname, join, resolve } from 'node:path'
import {
  canonicalJson,
  appendJournal,
  foldJournal,
  readJournalLines,
  realPath,
  withLock,
  type Folded,
  type JournalRecord,
} from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { isLegacy, type CatalogEntry } from '../entry.ts'
import { compareContent, compareRevisions, findEntry, isLegacyOf, merged, type EntryKey } from '../fold.ts'
import { entryOf, lineOf } from '../line.ts'
import { parseQuery } from '../query.ts'
import { searchAmong } from '../search.ts'
import type { CatalogStore } from '../store.ts'
import {
  catalogFold,
  entryOfLine,
  LineMoved,
  linesOf,
  searchables,
  type CatalogLine,
  type CatalogState,
} from './jsonl-fold.ts'

/** How a catalog file is kept. */
export interface JsonlStoreOptions {
  /** Seconds to wait for other writers; 10 by default. */
  readonly lockTimeout?: number
  /**
   * The folder for snapshots, by which a catalog of more than a mebibyte opens at once; default `.dayshift/index` beside the
   * file, false for none.
   */
  readonly snapshots?: string | false
}

/** Damaged lines that are told one by one; a check of the file tells all. */
const MOST_TOLD = 20

/** Seconds: work under the lock takes milliseconds, so that a lock as old as this was left behind. */
const STALE_AFTER = 60

/**
 * A catalog in a JSON Lines file: a line a revision, only ever appended to. While it writes, a lock file stands beside
 * it (`data_catalog.jsonl.lock`). Two branches of git merge with `data_catalog.jsonl merge=union` in `.gitattributes`.
 *
 * @param path of the file; it need not exist, its folder must. Where it is a link, the catalog is what that leads to
 * @example const entries = await jsonlStore('data_catalog.jsonl').list()
 */
export function jsonlStore(path: string, { lockTimeout, snapshots }: JsonlStoreOptions = {}): Required<CatalogStore> {
  const file = realPath(resolve(path))
  const folder = dirname(file)
  const kept = snapshots === false ? undefined : (snapshots ?? join(folder, '.dayshift', 'index'))
  const fold = catalogFold(file)
  // What this process has folded before; each reading takes it over.
  let before: Folded<CatalogState>['snapshot']
  const state = async (): Promise<Folded<CatalogState>> => {
    const taken = before
    before = undefined
    const folded = await foldJournal(file, fold, { snapshots: kept, before: taken })
    before = folded.snapshot
    return folded
  }
  const lines = async (): Promise<CatalogLine[]> => linesOf((await state()).state, folder)
  const find = async (key: EntryKey): Promise<CatalogLine | undefined> => {
    const { state: now } = await state()
    const own = now.full.get(JSON.stringify([key.namespace, key.name]))
    if (own) return merged(own)
    // Only lines of the first catalogs are found by anything but their identity.
    return now.legacy.size === 0 ? undefined : findEntry(linesOf(now, folder), key, folder)
  }

  return {
    place: path,
    get: async (key) =>
      patiently(async () => {
        const line = await find(key)
        return line && entryOfLine(line, folder)
      }),
    list: async () => (await patiently(lines)).map(({ place: _place, ...summary }) => summary),
    entries: async () => patiently(async () => (await lines()).map((line) => entryOfLine(line, folder))),
    search: async (query, limit = 20) => {
      const wanted = parseQuery(query)
      const { state: now } = await patiently(state)
      return searchAmong(searchables(now, folder), wanted, limit)
    },
    put: (entry) =>
      withLock(
        `${file}.lock`,
        async () => {
          const { dataset_name, namespace = '', name = '' } = entry
          const line = lineOf(entry, folder)
          refuseUnreadable(line, folder)
          const current = await patiently(async () => find({ namespace, name, dataset_name }))
          if ((current?.revision ?? 0) + 1 !== entry.revision) {
            throw failure('DS_CATALOG_CONFLICT', `${dataset_name} was changed by another process`, { where: path })
          }
          appendJournal(file, [line])
        },
        { timeout: lockTimeout, staleAfter: STALE_AFTER },
      ),
    history: async (key) => revisionsOf(file, key, folder),
    check: async () => {
      const { state: now, damage } = await patiently(state)
      const broken = [...damage, ...now.broken].sort((a, b) => a.offset - b.offset)
      const more = broken.length - MOST_TOLD
      return broken.slice(0, MOST_TOLD).map(({ file: where, offset, reason }, at) => ({
        severity: 'warn',
        code: 'catalog.damaged-line',
        message: `${where === file ? path : where}, byte ${offset}: ${reason}${at === MOST_TOLD - 1 && more > 0 ? `; ${more} more lines are damaged` : ''}`,
        hint: 'All other lines were read. catalog fsck --repair takes it out and keeps it in a quarantine file.',
      }))
    },
  }
}

/** @throws DS_CATALOG_INPUT for a line that no reader would take for an entry: it would be lost as soon as it is written */
function refuseUnreadable(line: JournalRecord, folder: string): void {
  const entry = entryOf(line, folder)
  if (typeof entry !== 'string') return
  throw failure('DS_CATALOG_INPUT', `cannot write ${String(line['dataset_name'])}: ${entry.replace(/^.*?: /, '')}`)
}

/** Times that a catalog may be compacted while it is read. */
const ATTEMPTS = 20

/** Reads again where the file was replaced between folding it and reading a line of it. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof LineMoved)) throw error
      if (attempt === ATTEMPTS) throw failure('DS_CATALOG_CONFLICT', error.message, { cause: error })
    }
  }
}

/** All revisions of a dataset, the oldest first; what git's merges have put there twice stands once. */
async function revisionsOf(file: string, key: EntryKey, folder: string): Promise<CatalogEntry[]> {
  const found = new Map<string, CatalogEntry>()
  await readJournalLines(
    file,
    ({ record }) => {
      const entry = entryOf(record, folder)
      if (typeof entry === 'string') return
      const isOne = entry.namespace === key.namespace && entry.name === key.name
      if (isOne || isLegacyOf(entry, key, folder)) found.set(canonicalJson(entry), entry)
    },
    { history: true, only: mentions(key) },
  )
  return [...found.values()].sort((a, b) => compareRevisions(a, b, compareInHistory))
}

/** A quick look at a line's bytes, whether it may be about a dataset. */
function mentions({ name, dataset_name = '' }: EntryKey): ((line: Buffer) => boolean) | undefined {
  const last = name.slice(name.search(/[^/\\]*$/))
  const words = dataset_name === '' ? [last] : [last, dataset_name]
  // What JSON or an address may write in more than one way cannot be looked for; nor can nothing, as after `raw/`.
  if (words.some((word) => !/^[\w.-]+$/.test(word))) return undefined
  const needles = words.map((word) => Buffer.from(word))
  return (line) => needles.some((needle) => line.includes(needle))
}

/** Lines of the first catalogs stand in the order of the file. */
function compareInHistory(a: CatalogEntry, b: CatalogEntry): number {
  return isLegacy(a) && isLegacy(b) ? 0 : compareContent(a, b)
}
