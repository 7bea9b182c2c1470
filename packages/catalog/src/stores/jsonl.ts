import { dirname, resolve } from 'node:path'
import { appendJournal, readJournalLines, withLock, type Finding } from '@dayshift/core'
import { failure } from '../codes.ts'
import type { CatalogEntry } from '../entry.ts'
import { compareRevisions, findEntry, foldEntries, isLegacyOf } from '../fold.ts'
import { entryOf } from '../line.ts'
import type { CatalogStore } from '../store.ts'

/** How a catalog file is kept. */
export interface JsonlStoreOptions {
  /** Seconds to wait for other writers; 10 by default. */
  readonly lockTimeout?: number
}

/** Seconds: work under the lock takes milliseconds, so that a lock as old as this was left behind. */
const STALE_AFTER = 60

/**
 * A catalog in a JSON Lines file: a line a revision, only ever appended to. While it writes, a lock file stands beside
 * it (`data_catalog.jsonl.lock`). Two branches of git merge with `data_catalog.jsonl merge=union` in `.gitattributes`.
 *
 * @param path of the file; it need not exist, its folder must
 * @example const entries = await jsonlStore('data_catalog.jsonl').list()
 */
export function jsonlStore(path: string, { lockTimeout }: JsonlStoreOptions = {}): CatalogStore {
  const file = resolve(path)
  const folder = dirname(file)
  const get: CatalogStore['get'] = async (key) => findEntry(await list(), key, folder)
  const list = async (): Promise<CatalogEntry[]> => foldEntries((await readCatalog(file)).entries, folder)

  return {
    place: path,
    list,
    get,
    put: (entry) =>
      withLock(
        `${file}.lock`,
        async () => {
          const { dataset_name, namespace = '', name = '' } = entry
          const current = await get({ namespace, name, dataset_name })
          if ((current?.revision ?? 0) + 1 !== entry.revision) {
            throw failure('DS_CATALOG_CONFLICT', `${dataset_name} was changed by another process`, { where: path })
          }
          appendJournal(file, [entry])
        },
        { timeout: lockTimeout, staleAfter: STALE_AFTER },
      ),
    history: async (key) => {
      const { entries } = await readCatalog(file)
      return entries
        .filter(
          (entry) => (entry.namespace === key.namespace && entry.name === key.name) || isLegacyOf(entry, key, folder),
        )
        .sort(compareRevisions)
    },
    check: async () => (await readCatalog(file)).findings,
  }
}

interface CatalogFile {
  readonly entries: CatalogEntry[]
  /** Lines that are no entries, with the byte where they start. */
  readonly findings: Finding[]
}

async function readCatalog(path: string): Promise<CatalogFile> {
  const entries: CatalogEntry[] = []
  const broken: { offset: number; reason: string }[] = []
  const damage = await readJournalLines(path, ({ offset, record }) => {
    const entry = entryOf(record)
    if (typeof entry === 'string') broken.push({ offset, reason: entry })
    else entries.push(entry)
  })
  const findings = [...damage, ...broken]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, reason }): Finding => ({
      severity: 'warn',
      code: 'catalog.damaged-line',
      message: `${path}, byte ${offset}: ${reason}`,
      hint: 'Mend or delete that line; all others were read.',
    }))
  return { entries, findings }
}
