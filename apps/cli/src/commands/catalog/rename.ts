import { renameEntry } from '@dayshift/catalog'
import { editFlags } from '../../catalog/command.ts'
import { editNamed } from '../../catalog/edited.ts'
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
  run: (context) => {
    const [name, next, third] = context.positionals
    if (name === undefined || next === undefined || third !== undefined)
      throw failure('DS_USAGE', 'rename takes two words: the name, and the new name')
    return editNamed(
      context,
      name,
      ({ store, summary, options }) => renameEntry(store, summary, next, options),
      ({ dataset_name }) => `the new name of ${dataset_name}`,
    )
  },
})
