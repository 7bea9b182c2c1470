import { formatSize } from '@dayshift/core/ground'
import { whereis, type Whereabouts } from '@dayshift/dvc'
import { defineDvcCommand, tell } from '../../dvc/command.ts'
import { remoteFlags, transferOf } from '../../dvc/transfer.ts'
import { onlyWord } from '../../only-word.ts'
import { table } from '../../render/table.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc whereis',
  summary: 'say where every version of a path lies',
  usage: '<path>',
  description: [
    'Says of each version of tracked data, newest first, whether the cache has it and which remotes do. A directory is where its',
    'manifest is. A version that lies nowhere makes the exit code 1. All remotes of the config are asked, or those of --remote.',
  ],
  flags: { ...remoteFlags },
  examples: ['dayshift dvc whereis data/train.csv', 'dayshift dvc whereis data/images -r backup --json'],
  run: async ({ flags, positionals, repo, terminal }) => {
    const path = onlyWord(positionals, 'path')
    const { remotes, jobs, onRetry } = transferOf(flags, terminal)
    const found = await whereis(path, { ...repo, remotes, jobs, onRetry })
    tell(found.findings, terminal)
    const fails = found.versions.some(({ isCached, remotes: has }) => !isCached && has.length === 0)
    return { reports: [], result: { path, ...found }, fails, text: linesOf(found) }
  },
})

function linesOf({ versions }: Whereabouts): string[] {
  const rows = versions.map(({ commit, date, tags, bytes, hash, isCached, remotes }) => [
    commit?.slice(0, 7) ?? '–',
    date?.slice(0, 10) ?? 'not committed',
    tags.map(printable).join(', '),
    bytes === undefined ? '' : formatSize(bytes),
    hash.slice(4, 12),
    [...(isCached ? ['cache'] : []), ...remotes.map(printable)].join(', ') || 'nowhere',
  ])
  // Names of remotes are what was asked for: they are never cut.
  return table([['commit', 'date', 'tags', 'size', 'md5', 'lies in'], ...rows], '', Infinity)
}
