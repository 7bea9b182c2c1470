import type { Edited } from '@dayshift/catalog'
import type { Outcome } from '../command.ts'
import { printable } from '../render/words.ts'

/** What an edit of an entry came to. */
export function editOutcome({ entry, changed }: Edited, words: string, dryRun: boolean): Outcome {
  const name = printable(entry.dataset_name)
  const line =
    changed.length === 0
      ? `${name} is so already, revision ${entry.revision}; nothing was written`
      : `${name} ${dryRun ? 'would be' : 'is'} ${words}, revision ${entry.revision}`
  const result = { id: entry.unique_id, name: entry.dataset_name, revision: entry.revision, changed }
  return { reports: [], result, text: [line], ...(dryRun ? { plan: [line] } : {}) }
}
