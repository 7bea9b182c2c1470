import { removeRemote } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { configFilesAt, levelFlags, levelOf } from '../../dvc/config-level.ts'
import { defineDvcCommand, dryFlags } from '../../dvc/command.ts'
import { remoteOutcome } from '../../dvc/remote-outcome.ts'

export const command = defineDvcCommand({
  name: 'dvc remote remove',
  summary: 'remove a remote',
  usage: '<name>',
  description: [
    'Takes a remote out of the settings, with what .dvc/config.local says of it, such as passwords; and the default where it was',
    'this one. The data there stays.',
  ],
  flags: { ...levelFlags, ...dryFlags },
  examples: ['dayshift dvc remote remove store', 'dayshift dvc remote remove --local mine'],
  run: async ({ flags, positionals, repo, cwd, dryRun, terminal }) => {
    const [name, second] = positionals
    if (name === undefined) throw failure('DS_USAGE', 'the name of the remote is missing')
    if (second !== undefined) throw failure('DS_USAGE', `'${second}' is too much: one name is taken`)
    const edit = await removeRemote(await configFilesAt(cwd, repo.user), name, { level: levelOf(flags), dryRun })
    return remoteOutcome(edit, dryRun, terminal, [])
  },
})
