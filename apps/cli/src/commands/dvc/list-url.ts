import { listUrl } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand } from '../../dvc/command.ts'
import { settingsOf, urlFlags } from '../../dvc/elsewhere.ts'
import { retryingOn } from '../../dvc/transfer.ts'
import { numberFlag } from '../../flags.ts'
import { humanSize } from '../../render/human-size.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc list-url',
  summary: 'list what is at an address',
  usage: '<url>',
  description: [
    'Lists a directory at an address or a path of this machine: s3://, or remote://NAME/path for what lies on a remote of the',
    'repository here. Servers of HTTP list nothing: there a file is told. --json prints a list of { path, isdir, size }.',
  ],
  flags: {
    recursive: { type: 'boolean', short: 'R', help: 'look into folders' },
    level: { type: 'string', short: 'L', value: 'N', help: 'with -R: how deep' },
    tree: { type: 'boolean', short: 'T', help: 'print a tree', later: 'a later version' },
    size: { type: 'boolean', help: 'print sizes' },
    ...urlFlags,
  },
  examples: ['dayshift dvc list-url s3://lake/raw', 'dayshift dvc list-url remote://store/data -R --size'],
  run: async ({ flags, positionals, repo, terminal }) => {
    const [url, surplus] = positionals
    if (url === undefined) throw failure('DS_USAGE', 'an address or a path is missing')
    if (surplus !== undefined) throw failure('DS_USAGE', `'${surplus}' is too much: one address is taken`)
    const level = numberFlag('level', flags.level)
    if (level !== undefined && !flags.recursive) throw failure('DS_USAGE', '--level goes with -R')
    const entries = await listUrl(url, {
      ...repo,
      level,
      recursive: flags.recursive,
      settings: settingsOf('fs-config', flags['fs-config'] ?? []),
      onRetry: retryingOn(terminal),
    })
    const sizes = entries.map(({ size }) => humanSize(size ?? null))
    const wide = Math.max(0, ...sizes.map((size) => size.length))
    const text = entries.map(({ path }, at) =>
      flags.size ? `${(sizes[at] as string).padStart(wide)}  ${printable(path)}` : printable(path),
    )
    return { reports: [], foreign: entries, text }
  },
})
