import { removeEntry } from '@dayshift/catalog'
import { editFlags, entryNamed, openCatalog } from '../../catalog/command.ts'
import { editOutcome } from '../../catalog/edited.ts'
import { defineCommand } from '../../command.ts'
import { onlyWord } from '../../only-word.ts'

export const command = defineCommand({
  name: 'catalog remove',
  summary: 'remove a dataset from the catalog',
  usage: '<name>',
  description: [
    'Removes a dataset from lists and searches, by a line that says so: the data is not touched, history stays, and restore or',
    'registering it again brings it back.',
  ],
  flags: { ...editFlags },
  examples: ['dayshift catalog remove weather_v1'],
  formats: ['text', 'json'],
  run: async (context) => {
    const { flags, positionals, cwd, signal } = context
    const opened = await openCatalog(context)
    const { summary } = await entryNamed(opened, onlyWord(positionals, 'name'), cwd)
    const dryRun = flags['dry-run'] === true
    const edited = await removeEntry(opened.store, summary, { dryRun, folder: opened.folder, signal })
    return editOutcome(edited, 'removed', dryRun)
  },
})
