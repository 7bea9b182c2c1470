import { importUrl } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags, lockFlags, readingOn } from '../../dvc/command.ts'
import { importWords, refuseLoneRemote, settingsOf, urlFlags, urlWords } from '../../dvc/elsewhere.ts'
import { retryingOn } from '../../dvc/transfer.ts'
import { numberFlag } from '../../flags.ts'
import { gitHint } from '../../render/git-hint.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc import-url',
  summary: 'track data of an address',
  usage: '<url> [out]',
  description: [
    'Gets a file or directory from an address or a path of this machine: https://, s3://, or remote://NAME/path for what lies',
    'on a remote. Where it is from, and by what it is known there, goes into a .dvc file, which dvc update follows.',
  ],
  flags: {
    out: { type: 'string', short: 'o', value: 'PATH', help: 'where to put it, as the second word' },
    force: { type: 'boolean', short: 'f', help: 'replace what is there' },
    'no-exec': { type: 'boolean', help: 'write the .dvc file, do not even look there' },
    'no-download': { type: 'boolean', help: 'write the .dvc file with what it is known by, get no data' },
    'to-remote': { type: 'boolean', help: 'bring the data to a remote, not here' },
    remote: { type: 'string', short: 'r', value: 'NAME', help: 'with --to-remote: that remote, not the default one' },
    'version-aware': { type: 'boolean', help: 'follow versions of the cloud', later: 'remotes that keep versions' },
    jobs: { type: 'string', short: 'j', value: 'N', help: 'objects at a time (default: as the server likes it)' },
    ...urlFlags,
    ...dryFlags,
    ...lockFlags,
  },
  examples: [
    'dayshift dvc import-url https://example.com/weather.csv',
    'dayshift dvc import-url s3://lake/raw data/raw --to-remote',
  ],
  run: async ({ flags, positionals, repo, cwd, terminal, dryRun }) => {
    const { url, out } = urlWords(positionals, flags)
    refuseLoneRemote(flags)
    const extents = { 'no-exec': 'nothing', 'no-download': 'record', 'to-remote': 'remote' } as const
    const named = (Object.keys(extents) as (keyof typeof extents)[]).filter((name) => flags[name])
    const [first] = named
    if (named.length > 1) {
      throw failure('DS_USAGE', `${named.map((name) => `--${name}`).join(' and ')} are given: only one may be`)
    }
    const extent = first === undefined ? 'all' : extents[first]
    const { root, shown, file, from, unstaged, ...about } = await importUrl(url, {
      ...repo,
      dryRun,
      extent,
      out,
      remote: flags.remote,
      force: flags.force,
      settings: settingsOf('fs-config', flags['fs-config'] ?? []),
      jobs: numberFlag('jobs', flags.jobs),
      onProgress: readingOn(terminal, 'import-url'),
      onRetry: retryingOn(terminal),
    })
    const result = { root, from, ...about, file, unstaged }
    const said = extent === 'all' || extent === 'record' ? [importWords(from, shown)] : []
    if (!dryRun) return { reports: [], result, text: [...said, ...gitHint(root, unstaged, cwd)] }
    const plan = [...said, `write ${printable(file)}`]
    return { reports: [], result, plan, text: plan }
  },
})
