import { restoreEntry } from '@dayshift/catalog'
import { editFlags } from '../../catalog/command.ts'
import { editNamed } from '../../catalog/edited.ts'
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
  run: (context) =>
    editNamed(
      context,
      onlyWord(context.positionals, 'name'),
      ({ store, summary, options }) => restoreEntry(store, summary, options),
      () => 'there again',
    ),
})
