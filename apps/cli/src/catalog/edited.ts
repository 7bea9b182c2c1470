import type { CatalogStore, Edited, EditOptions, EntrySummary } from '@dayshift/catalog'
import type { Context, Outcome } from '../command.ts'
import { printable } from '../render/words.ts'
import { entryNamed, openCatalog, type editFlags, type OpenCatalog } from './command.ts'

/** What an edit of one entry works with. */
interface EditContext {
  readonly store: CatalogStore
  readonly summary: EntrySummary
  readonly opened: OpenCatalog
  readonly options: EditOptions
}

/**
 * Edits the entry that a word names, and tells what that came to.
 *
 * @param said what the entry is then: `removed`
 */
export async function editNamed(
  context: Context<typeof editFlags>,
  word: string,
  edit: (entry: EditContext) => Promise<Edited>,
  said: (summary: EntrySummary) => string,
): Promise<Outcome> {
  const { flags, cwd, signal } = context
  const opened = await openCatalog(context)
  const { summary } = await entryNamed(opened, word, cwd)
  const dryRun = flags['dry-run'] === true
  const options = { dryRun, folder: opened.folder, signal }
  const { entry, changed } = await edit({ store: opened.store, summary, opened, options })
  const name = printable(entry.dataset_name)
  const line =
    changed.length === 0
      ? `${name} is so already, revision ${entry.revision}; nothing was written`
      : `${name} ${dryRun ? 'would be' : 'is'} ${printable(said(summary))}, revision ${entry.revision}`
  const result = { id: entry.unique_id, name: entry.dataset_name, revision: entry.revision, changed }
  return { reports: [], result, text: [line], ...(dryRun ? { plan: [line] } : {}) }
}
