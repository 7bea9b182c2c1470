import { needRoot } from '@dayshift/dvc'
import { defineDvcCommand } from '../../dvc/command.ts'
import { shownFrom } from '../../render/git-hint.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc root',
  summary: 'say where the repository’s root is',
  usage: '',
  description: ['Prints the path from here to the root of the DVC repository.'],
  flags: {},
  examples: ['dayshift dvc root', 'cd "$(dayshift dvc root)"'],
  run: async ({ cwd }) => {
    const root = await needRoot(cwd)
    return { reports: [], result: { root }, text: [printable(shownFrom(cwd, root, ''))] }
  },
})
