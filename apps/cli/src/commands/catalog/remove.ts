import { removeEntry } from '@dayshift/catalog'
import { editFlags } from '../../catalog/command.ts'
import { editNamed } from '../../catalog/edited.ts'
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
  run: (context) =>
    editNamed(
      context,
      onlyWord(context.positionals, 'name'),
      ({ store, summary, options }) => removeEntry(store, summary, options),
      () => 'removed',
    ),
})
