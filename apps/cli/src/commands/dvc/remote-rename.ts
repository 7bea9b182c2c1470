import { renameRemote } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { configFilesAt, levelFlags, levelOf } from '../../dvc/config-level.ts'
import { defineDvcCommand, dryFlags } from '../../dvc/command.ts'
import { remoteOutcome } from '../../dvc/remote-outcome.ts'

export const command = defineDvcCommand({
  name: 'dvc remote rename',
  summary: 'give a remote another name',
  usage: '<name> <new>',
  description: [
    'Renames a remote, also in what .dvc/config.local says of it, as the default, and in urls like remote://NAME/folder.',
  ],
  flags: { ...levelFlags, ...dryFlags },
  examples: ['dayshift dvc remote rename store archive'],
  run: async ({ flags, positionals, repo, cwd, dryRun, terminal }) => {
    const [name, to, third] = positionals
    if (name === undefined || to === undefined) {
      throw failure('DS_USAGE', `the ${name === undefined ? 'name of the remote' : 'new name'} is missing`, {
        hint: 'As dayshift dvc remote rename store archive.',
      })
    }
    if (third !== undefined) throw failure('DS_USAGE', `'${third}' is too much: two names are taken`)
    const edit = await renameRemote(await configFilesAt(cwd, repo.user), name, to, { level: levelOf(flags), dryRun })
    return remoteOutcome(edit, dryRun, terminal, [])
  },
})
