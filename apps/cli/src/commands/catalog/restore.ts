import { restoreEntry } from '@dayshift/catalog'
import { editFlags, entryNamed, openCatalog } from '../../catalog/command.ts'
import { editOutcome } from '../../catalog/edited.ts'
import { defineCommand } from '../../command.ts'
import { onlyWord } from '../../only-word.ts'

export const command = defineCommand({
  name: 'catalog restore',
  summary: 'take that back',
  usage: '<name>',
  description: ['Takes back that a dataset was removed; of one that is there, that it was deprecated.'],
  flags: { ...editFlags },
  examples: ['dayshift catalog restore weather_v1'],
  formats: ['text', 'json'],
  run: async (context) => {
    const { flags, positionals, cwd, signal } = context
    const opened = await openCatalog(context)
    const { summary } = await entryNamed(opened, onlyWord(positionals, 'name'), cwd)
    const dryRun = flags['dry-run'] === true
    const edited = await restoreEntry(opened.store, summary, { dryRun, folder: opened.folder, signal })
    return editOutcome(edited, 'there again', dryRun)
  },
})
