import { update } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags, lockFlags, readingOn } from '../../dvc/command.ts'
import { importWords, refuseLoneRemote } from '../../dvc/elsewhere.ts'
import { retryingOn } from '../../dvc/transfer.ts'
import { numberFlag } from '../../flags.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc update',
  summary: 'bring imports up to date',
  usage: '<target…>',
  description: [
    'Looks where imports came from, and brings their records and data up to what is there now; one that has it already is',
    'left alone. Data here that no version holds is not overwritten, unless --force gives it up.',
  ],
  flags: {
    rev: { type: 'string', value: 'COMMIT', help: 'the git revision or tag that they follow from now on' },
    recursive: { type: 'boolean', short: 'R', help: 'a folder means all imports beneath it' },
    'no-download': { type: 'boolean', help: 'write the .dvc files, get no data' },
    force: { type: 'boolean', short: 'f', help: 'give up data that no version holds' },
    'to-remote': { type: 'boolean', help: 'bring data from an address to a remote, not here' },
    remote: { type: 'string', short: 'r', value: 'NAME', help: 'with --to-remote: that remote, not the default one' },
    jobs: { type: 'string', short: 'j', value: 'N', help: 'objects at a time (default: 8)' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc update data.dvc', 'dayshift dvc update --rev v2.0 data.dvc', 'dayshift dvc update -R .'],
  run: async ({ flags, positionals, repo, terminal, dryRun }) => {
    if (positionals.length === 0) throw failure('DS_USAGE', 'an import is missing: a .dvc file, or its data')
    refuseLoneRemote(flags)
    if (flags['to-remote'] && flags['no-download']) {
      throw failure('DS_USAGE', '--to-remote and --no-download are given: only one may be')
    }
    const { root, imports } = await update(positionals, {
      ...repo,
      dryRun,
      revision: flags.rev,
      recursive: flags.recursive,
      download: flags['no-download'] !== true,
      toRemote: flags['to-remote'],
      remote: flags.remote,
      force: flags.force,
      jobs: numberFlag('jobs', flags.jobs),
      onProgress: readingOn(terminal, 'update'),
      onRetry: retryingOn(terminal),
    })
    const text = imports.map(({ file, path, from, changed }) =>
      changed
        ? `${dryRun ? 'Would update: ' : ''}${importWords(from, path)}`
        : `'${printable(file)}' didn't change, skipping`,
    )
    return { reports: [], result: { root, imports }, text, ...(dryRun ? { plan: text } : {}) }
  },
})
