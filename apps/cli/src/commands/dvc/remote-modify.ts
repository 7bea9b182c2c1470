import { modifyRemote } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { configFilesAt, levelFlags, levelOf } from '../../dvc/config-level.ts'
import { defineDvcCommand, dryFlags } from '../../dvc/command.ts'
import { remoteOutcome } from '../../dvc/remote-outcome.ts'

export const command = defineDvcCommand({
  name: 'dvc remote modify',
  summary: 'set or take out a setting of a remote',
  usage: '<name> <option> [value]',
  description: [
    'Sets an option of a remote, such as region, jobs or url; DVC’s names are taken. Passwords, keys and tokens go into',
    '.dvc/config.local with --local (or --global, --system): git records .dvc/config, so they are refused there.',
  ],
  flags: {
    unset: { type: 'boolean', short: 'u', help: 'take the option out' },
    ...levelFlags,
    ...dryFlags,
  },
  examples: [
    'dayshift dvc remote modify s3 region eu-central-1',
    'dayshift dvc remote modify --local s3 secret_access_key KEY',
    'dayshift dvc remote modify store -u jobs',
  ],
  run: async ({ flags, positionals, repo, cwd, dryRun, terminal }) => {
    const [name, option, value, fourth] = positionals
    // What is too much may be the rest of a password, so it is not told.
    if (fourth !== undefined) {
      throw failure('DS_USAGE', 'there are too many words: a name, an option and a value are taken', {
        hint: 'Put a value with spaces in quotes.',
      })
    }
    if (name === undefined || option === undefined) {
      throw failure('DS_USAGE', `the name of the ${name === undefined ? 'remote' : 'option'} is missing`, {
        hint: 'As dayshift dvc remote modify store jobs 4.',
      })
    }
    if (flags.unset && value !== undefined) throw failure('DS_USAGE', '--unset takes no value')
    if (!flags.unset && value === undefined) {
      throw failure('DS_USAGE', 'the value is missing', { hint: '--unset takes an option out.' })
    }
    const files = await configFilesAt(cwd, repo.user)
    const edit = await modifyRemote(files, name, option, value, { cwd, level: levelOf(flags), dryRun })
    return remoteOutcome(edit, dryRun, terminal, [])
  },
})
