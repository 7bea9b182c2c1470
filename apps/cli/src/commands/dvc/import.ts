import { withoutSecrets } from '@dayshift/core/ground'
import { importData } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags, lockFlags, readingOn } from '../../dvc/command.ts'
import { choiceOf, importWords, sourceFlags, sourceWords } from '../../dvc/elsewhere.ts'
import { retryingOn } from '../../dvc/transfer.ts'
import { numberFlag } from '../../flags.ts'
import { gitHint } from '../../render/git-hint.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc import',
  summary: 'track data of another repository',
  usage: '<repository> <path>',
  description: [
    'Gets a file or directory of another repository, tracked by DVC or by git, and records where it is from in a .dvc file:',
    'dvc update follows it, and dvc pull gets it from there. The repository is a folder, or any address that git takes. It is',
    'a commit’s data that is imported. --config FILE names settings over those of the other repository.',
  ],
  flags: {
    out: { type: 'string', short: 'o', value: 'PATH', help: 'where to put it (default: under its own name here)' },
    rev: { type: 'string', value: 'COMMIT', help: 'a git revision or tag of it, which updates follow' },
    force: { type: 'boolean', short: 'f', help: 'replace what is there' },
    'no-exec': { type: 'boolean', help: 'write the .dvc file, do not even look there' },
    'no-download': { type: 'boolean', help: 'write the .dvc file with the commit, get no data' },
    ...sourceFlags,
    jobs: { type: 'string', short: 'j', value: 'N', help: 'objects at a time (default: 8)' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: [
    'dayshift dvc import https://example.com/airports.git data/images',
    'dayshift dvc import git@example.com:airports.git data/train.csv -o data/ --rev v1.0',
  ],
  run: async ({ flags, positionals, repo, cwd, terminal, dryRun }) => {
    const { url, path } = sourceWords(positionals, 'import')
    if (flags['no-exec'] && flags['no-download']) {
      throw failure('DS_USAGE', '--no-exec and --no-download are given: only one may be')
    }
    const extent = flags['no-exec'] ? 'nothing' : flags['no-download'] ? 'record' : 'all'
    const done = await importData(url, path, {
      ...repo,
      ...choiceOf(flags),
      dryRun,
      extent,
      revision: flags.rev,
      out: flags.out,
      force: flags.force,
      jobs: numberFlag('jobs', flags.jobs),
      onProgress: readingOn(terminal, 'import'),
      onRetry: retryingOn(terminal),
    })
    const { root, shown, file, unstaged, ...about } = done
    const result = { root, ...about, file, unstaged }
    const said = extent === 'nothing' ? [] : [importWords(`${path} (${withoutSecrets(url)})`, shown)]
    if (!dryRun) return { reports: [], result, text: [...said, ...gitHint(root, unstaged, cwd)] }
    const plan = [...said, `write ${printable(file)}`]
    return { reports: [], result, plan, text: plan }
  },
})
