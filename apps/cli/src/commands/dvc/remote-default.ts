import { defaultRemote, setDefaultRemote } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { configFilesAt, levelFlags, levelOf } from '../../dvc/config-level.ts'
import { defineDvcCommand, dryFlags } from '../../dvc/command.ts'
import { remoteOutcome } from '../../dvc/remote-outcome.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc remote default',
  summary: 'say or set the default remote',
  usage: '[name]',
  description: [
    'Prints the remote that data goes to and comes from where none is named, or sets it. Where there is none, the exit code is 1.',
  ],
  flags: {
    unset: { type: 'boolean', short: 'u', help: 'have none' },
    ...levelFlags,
    ...dryFlags,
  },
  examples: [
    'dayshift dvc remote default',
    'dayshift dvc remote default store',
    'dayshift dvc remote default -u --local',
  ],
  run: async ({ flags, positionals, repo, cwd, dryRun, terminal }) => {
    const [name, second] = positionals
    if (second !== undefined) throw failure('DS_USAGE', `'${second}' is too much: one name is taken`)
    if (flags.unset && name !== undefined) throw failure('DS_USAGE', '--unset takes no name')
    const files = await configFilesAt(cwd, repo.user)
    const level = levelOf(flags)
    if (flags.unset || name !== undefined) {
      return remoteOutcome(await setDefaultRemote(files, name, { level, dryRun }), dryRun, terminal, [])
    }
    const found = await defaultRemote(files, level)
    const text = [found === undefined ? 'No default remote set' : printable(found)]
    return { reports: [], result: { default: found ?? null }, fails: found === undefined, text }
  },
})
