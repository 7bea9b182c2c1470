import { deprecateEntry } from '@dayshift/catalog'
import { editFlags, entryNamed } from '../../catalog/command.ts'
import { editNamed } from '../../catalog/edited.ts'
import { defineCommand } from '../../command.ts'
import { onlyWord } from '../../only-word.ts'

export const command = defineCommand({
  name: 'catalog deprecate',
  summary: 'say that a dataset is not to be used',
  usage: '<name>',
  description: [
    'Says that a dataset is not to be used any more, why, and what instead. It is found last in searches from then on.',
  ],
  flags: {
    reason: { type: 'string', value: 'TEXT', help: 'why' },
    replacement: { type: 'string', value: 'NAME', help: 'the dataset to use instead' },
    ...editFlags,
  },
  examples: ['dayshift catalog deprecate weather_v1 --reason "the feed ended" --replacement weather'],
  formats: ['text', 'json'],
  run: (context) => {
    const { flags, positionals, cwd } = context
    return editNamed(
      context,
      onlyWord(positionals, 'name'),
      async ({ store, summary, opened, options }) => {
        const { reason } = flags
        // The replacement is named as the catalog calls it.
        const replacement = flags.replacement && (await entryNamed(opened, flags.replacement, cwd)).summary.dataset_name
        const why = { ...(reason ? { reason } : {}), ...(replacement ? { replacement } : {}) }
        return deprecateEntry(store, summary, why, options)
      },
      () => 'deprecated',
    )
  },
})
