import { dirname, resolve } from 'node:path'
import {
  checkJournal,
  compactJournal,
  realPath,
  repairJournal,
  type Compaction,
  type CompactOptions,
  type JournalCheck,
  type JournalLine,
  type Repair,
} from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { CatalogEntry } from './entry.ts'
import { compareContent, groupsOf, merged, takeIn, type Fold } from './fold.ts'
import { entryOf, lineOf } from './line.ts'

/** How the upkeep of a catalog's file is stopped. */
interface UpkeepOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads all of a catalog's file and tells every line that is damaged or no entry, with the byte where it starts.
 *
 * @throws DS_SOURCE_UNREADABLE, DS_ABORTED
 * @example (await checkCatalog('data_catalog.jsonl')).damage // []
 */
export function checkCatalog(path: string, { signal }: UpkeepOptions = {}): Promise<JournalCheck> {
  return checkJournal(path, { judge: judgeIn(path), signal })
}

/**
 * Takes lines out that are damaged or no entries, into a quarantine file; entries that stand whole within them are kept.
 *
 * @throws DS_WRITE, DS_LOCKED, DS_SOURCE_UNREADABLE, DS_ABORTED
 */
export function repairCatalog(path: string, { signal }: UpkeepOptions = {}): Promise<Repair> {
  return repairJournal(path, { judge: judgeIn(path), signal })
}

/**
 * Rewrites a catalog's file with one line an entry, by id, so that git shows as little change as there is. All revisions
 * are kept in a file beside it, which history goes on to read.
 *
 * @throws DS_JOURNAL_DAMAGED where a line cannot be read or is no entry: nothing is done then; DS_WRITE, DS_LOCKED, DS_SOURCE_UNREADABLE,
 * DS_ABORTED
 */
export function compactCatalog(path: string, options: CompactOptions = {}): Promise<Compaction> {
  const folder = folderOf(path)
  return compactJournal(
    path,
    async (read) => {
      // Of each entry one line at a time: a file may have many more of them than fit into memory.
      const fold: Fold<CatalogEntry> = { full: new Map(), legacy: new Map() }
      await read(({ record, file, offset }) => {
        const entry = entryOf(record, folder)
        if (typeof entry === 'string')
          throw failure('DS_JOURNAL_DAMAGED', `${file}, byte ${offset}: ${entry}`, { where: file })
        takeIn(fold, entry, compareContent)
      })
      return groupsOf(fold, folder)
        .map(merged)
        .sort((a, b) => (a.unique_id < b.unique_id ? -1 : 1))
        .map((entry) => lineOf(entry, folder))
    },
    options,
  )
}

/** Where relative paths of a catalog's lines start. */
function folderOf(path: string): string {
  return dirname(realPath(resolve(path)))
}

function judgeIn(path: string): (line: JournalLine) => string | undefined {
  const folder = folderOf(path)
  return ({ record }) => {
    const entry = entryOf(record, folder)
    return typeof entry === 'string' ? entry : undefined
  }
}
