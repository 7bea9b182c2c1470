export { catalogErrors } from './codes.ts'
export {
  changedFields,
  entryFrom,
  isLegacy,
  type CatalogEntry,
  type EntryColumn,
  type EntryColumnProfile,
  type EntryContract,
  type RegisterInput,
} from './entry.ts'
export { findEntry, foldEntries, type EntryKey } from './fold.ts'
export { entryOf } from './line.ts'
export { register, type RegisterOptions } from './register.ts'
export type { CatalogStore } from './store.ts'
export { jsonlStore, type JsonlStoreOptions } from './stores/jsonl.ts'
