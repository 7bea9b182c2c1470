export { catalogErrors } from './codes.ts'
export {
  isLegacy,
  type CatalogEntry,
  type Deprecation,
  type EntryColumn,
  type EntryColumnProfile,
  type EntryContract,
  type EntryLink,
} from './entry.ts'
export { keyOf, lifecycleOf, summaryOf, type EntrySummary, type Lifecycle } from './summary.ts'
export { changedFields, entryFrom, type DeclaredColumn, type RegisterInput } from './input.ts'
export { findEntry, foldEntries, type EntryKey } from './fold.ts'
export { entryOf, lineOf } from './line.ts'
export { register, type RegisterOptions } from './register.ts'
export { deprecateEntry, removeEntry, renameEntry, restoreEntry, type Edited, type EditOptions } from './edit.ts'
export { namedEntry } from './find.ts'
export { parseQuery, type FilterName, type SearchQuery } from './query.ts'
export { searchEntries, type SearchHit, type SearchResult } from './search.ts'
export { compareSchemas, worstClass, type ChangeClass, type ChangeKind, type SchemaChange } from './schema-change.ts'
export { typeRelation, type TypeRelation } from './type-order.ts'
export { changesOfRevisions, type Revision } from './history.ts'
export { diffEntries, type EntryDiff, type FieldChange } from './diff.ts'
export { impactOf, type Touched } from './impact.ts'
export { exportCatalog, type ExportedCatalog, type ExportOptions } from './export.ts'
export { checkCatalog, compactCatalog, repairCatalog } from './upkeep.ts'
export type { CatalogStore } from './store.ts'
export { jsonlStore, type JsonlStoreOptions } from './stores/jsonl.ts'
export { memoryStore } from './stores/memory.ts'
