import { listRemotes, type RemoteEntry } from '@dayshift/dvc'
import { configFilesAt, levelFlags, levelOf } from '../../dvc/config-level.ts'
import { defineDvcCommand } from '../../dvc/command.ts'
import { width } from '../../render/table.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc remote list',
  summary: 'list the remotes',
  usage: '',
  description: ['Prints each remote with its url, and which is the default. Users and passwords in urls are left out.'],
  flags: levelFlags,
  examples: ['dayshift dvc remote list', 'dayshift dvc remote list --local'],
  run: async ({ flags, repo, cwd }) => {
    const remotes = await listRemotes(await configFilesAt(cwd, repo.user), levelOf(flags))
    return { reports: [], result: { remotes }, text: remotes.map(lineOf) }
  },
})

function lineOf({ name, url, isDefault }: RemoteEntry): string {
  return expanded([name, url, ...(isDefault ? ['(default)'] : [])].map(printable))
}

/** Cells at the tab stops that DVC prints them at: every eighth column. */
function expanded(cells: readonly string[]): string {
  return cells.reduce((line, cell) => line + ' '.repeat(8 - (width(line) % 8)) + cell)
}
