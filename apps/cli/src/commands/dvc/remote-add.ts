import { addRemote } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { configFilesAt, levelFlags, levelOf } from '../../dvc/config-level.ts'
import { defineDvcCommand, dryFlags } from '../../dvc/command.ts'
import { remoteOutcome } from '../../dvc/remote-outcome.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc remote add',
  summary: 'add a remote',
  usage: '<name> <url>',
  description: [
    'Names a place that data is pushed to and pulled from: a folder, s3://bucket/folder, https://…, or any address of DVC’s. A',
    'relative path is taken from here, and written relative to the config file. A url with a password in it is refused where git',
    'would record it.',
  ],
  flags: {
    default: { type: 'boolean', short: 'd', help: 'make it the default' },
    force: { type: 'boolean', short: 'f', help: 'let a remote of that name give way, with its settings' },
    ...levelFlags,
    ...dryFlags,
  },
  examples: [
    'dayshift dvc remote add -d store /mnt/shared/dvc-store',
    'dayshift dvc remote add s3 s3://my-bucket/dvc',
    'dayshift dvc remote add --local -d mine ../my-store',
  ],
  run: async ({ flags, positionals, repo, cwd, dryRun, terminal }) => {
    const [name, url, third] = positionals
    if (name === undefined || url === undefined) {
      throw failure('DS_USAGE', `the ${name === undefined ? 'name' : 'url'} of the remote is missing`, {
        hint: 'As dayshift dvc remote add store /mnt/shared/dvc-store.',
      })
    }
    if (third !== undefined) throw failure('DS_USAGE', `'${third}' is too much: a name and a url are taken`)
    const isDefault = flags.default === true
    const edit = await addRemote(await configFilesAt(cwd, repo.user), name, url, {
      cwd,
      level: levelOf(flags),
      force: flags.force,
      isDefault,
      dryRun,
    })
    const text = isDefault ? [`Setting '${printable(edit.name)}' as a default remote.`] : []
    return remoteOutcome(edit, dryRun, terminal, text)
  },
})
