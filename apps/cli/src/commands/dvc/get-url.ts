import { getUrl } from '@dayshift/dvc'
import { defineDvcCommand, readingOn } from '../../dvc/command.ts'
import { settingsOf, urlFlags, urlWords } from '../../dvc/elsewhere.ts'
import { retryingOn } from '../../dvc/transfer.ts'
import { numberFlag } from '../../flags.ts'

export const command = defineDvcCommand({
  name: 'dvc get-url',
  summary: 'get data from an address',
  usage: '<url> [out]',
  description: [
    'Gets a file or directory from an address or a path of this machine: https://, s3://, or remote://NAME/path for what lies',
    'on a remote of the repository here. No repository is needed. It appears whole or not at all.',
  ],
  flags: {
    out: { type: 'string', short: 'o', value: 'PATH', help: 'where to put it, as the second word' },
    force: { type: 'boolean', short: 'f', help: 'replace what is there' },
    jobs: { type: 'string', short: 'j', value: 'N', help: 'objects at a time (default: as the server likes it)' },
    ...urlFlags,
  },
  examples: ['dayshift dvc get-url https://example.com/weather.csv', 'dayshift dvc get-url s3://lake/raw data/raw'],
  run: async ({ flags, positionals, repo, terminal }) => {
    const { url, out } = urlWords(positionals, flags)
    const result = await getUrl(url, {
      ...repo,
      out,
      force: flags.force,
      settings: settingsOf('fs-config', flags['fs-config'] ?? []),
      jobs: numberFlag('jobs', flags.jobs),
      onProgress: readingOn(terminal, 'get-url'),
      onRetry: retryingOn(terminal),
    })
    return { reports: [], result, text: [] }
  },
})
