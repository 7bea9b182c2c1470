import { get, locate } from '@dayshift/dvc'
import { defineDvcCommand, readingOn } from '../../dvc/command.ts'
import { choiceOf, sourceFlags, sourceWords } from '../../dvc/elsewhere.ts'
import { retryingOn } from '../../dvc/transfer.ts'
import { numberFlag } from '../../flags.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc get',
  summary: 'get data from another repository',
  usage: '<repository> <path>',
  description: [
    'Gets a file or directory of another repository, tracked by DVC or by git, without tracking it here: no repository is',
    'needed. The repository is a folder, or any address that git takes. What comes is held against its name, and appears',
    'whole or not at all. --config FILE names settings over those of the other repository.',
  ],
  flags: {
    out: { type: 'string', short: 'o', value: 'PATH', help: 'where to put it (default: under its own name here)' },
    rev: { type: 'string', value: 'COMMIT', help: 'at a git revision or tag of it' },
    force: { type: 'boolean', short: 'f', help: 'replace what is there' },
    'show-url': { type: 'boolean', help: 'print where the data is stored, get nothing' },
    ...sourceFlags,
    jobs: { type: 'string', short: 'j', value: 'N', help: 'objects at a time (default: 8)' },
  },
  examples: [
    'dayshift dvc get https://example.com/airports.git data/images --rev v1.0',
    'dayshift dvc get ../airports data/train.csv -o train.csv',
  ],
  run: async ({ flags, positionals, repo, terminal }) => {
    const { url, path } = sourceWords(positionals, 'get')
    const options = { ...repo, ...choiceOf(flags), revision: flags.rev }
    if (flags['show-url']) {
      const place = await locate(url, path, options)
      return { reports: [], result: { url: place }, text: [printable(place)] }
    }
    const result = await get(url, path, {
      ...options,
      out: flags.out,
      force: flags.force,
      jobs: numberFlag('jobs', flags.jobs),
      onProgress: readingOn(terminal, 'get'),
      onRetry: retryingOn(terminal),
    })
    return { reports: [], result, text: [] }
  },
})
