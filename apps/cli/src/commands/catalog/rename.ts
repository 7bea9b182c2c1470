import { renameEntry } from '@dayshift/catalog'
import { editFlags, entryNamed, openCatalog } from '../../catalog/command.ts'
import { editOutcome } from '../../catalog/edited.ts'
import { failure } from '../../codes.ts'
import { defineCommand } from '../../command.ts'

export const command = defineCommand({
  name: 'catalog rename',
  summary: 'give a dataset another name',
  usage: '<name> <new name>',
  description: [
    'Gives a dataset another name. It is found by the old one still, and registering it under that keeps the new one.',
  ],
  flags: { ...editFlags },
  examples: ['dayshift catalog rename weather weather_hourly'],
  formats: ['text', 'json'],
  run: async (context) => {
    const { flags, positionals, cwd, signal } = context
    const [name, next, third] = positionals
    if (name === undefined || next === undefined || third !== undefined)
      throw failure('DS_USAGE', 'rename takes two words: the name, and the new name')
    const opened = await openCatalog(context)
    const { summary } = await entryNamed(opened, name, cwd)
    const dryRun = flags['dry-run'] === true
    const edited = await renameEntry(opened.store, summary, next, { dryRun, folder: opened.folder, signal })
    return editOutcome(edited, `the new name of ${summary.dataset_name}`, dryRun)
  },
})
