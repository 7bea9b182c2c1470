import { failure } from '../codes.ts'
import type { CatalogEntry } from '../entry.ts'
import { compareContent, compareRevisions, findEntry, foldEntries, isLegacyOf } from '../fold.ts'
import type { CatalogStore } from '../store.ts'
import { summaryOf } from '../summary.ts'

/**
 * A catalog that lasts as long as the process: for tests, and for programs that put one together to export it.
 *
 * @param lines that it begins with
 * @example const store = memoryStore()
 */
export function memoryStore(lines: Iterable<CatalogEntry> = []): CatalogStore {
  // Copies, as every other store gives.
  const all = [...lines].map((line) => structuredClone(line))
  const current = (): CatalogEntry[] => foldEntries(all, '/')
  return {
    place: 'memory',
    list: async () => current().map((entry) => structuredClone(summaryOf(entry))),
    get: async (key) => structuredClone(findEntry(current(), key, '/')),
    put: async (entry) => {
      const { dataset_name, namespace = '', name = '' } = entry
      const previous = findEntry(current(), { namespace, name, dataset_name }, '/')
      if ((previous?.revision ?? 0) + 1 !== entry.revision) {
        throw failure('DS_CATALOG_CONFLICT', `${dataset_name} was changed meanwhile`, { where: 'memory' })
      }
      all.push(structuredClone(entry))
    },
    history: async (key) =>
      all
        .filter((line) => (line.namespace === key.namespace && line.name === key.name) || isLegacyOf(line, key, '/'))
        .sort((a, b) => compareRevisions(a, b, compareContent))
        .map((line) => structuredClone(line)),
  }
}
