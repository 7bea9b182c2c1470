import { du } from '@dayshift/dvc'
import { defineDvcCommand } from '../../dvc/command.ts'
import { localRepo } from '../../dvc/local-repo.ts'
import { humanSize } from '../../render/human-size.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc du',
  summary: 'say how large it is',
  usage: '[repository] [path]',
  description: [
    'Says how large files of git and data of DVC are, whether the data is there or not. The repository is a folder in one, by',
    'default this one.',
  ],
  flags: {
    rev: { type: 'string', value: 'COMMIT', help: 'at a git revision or tag' },
    summarize: { type: 'boolean', short: 's', help: 'print the sum only' },
    remote: { type: 'string', value: 'NAME', help: 'the remote', later: 'remotes' },
    'remote-config': { type: 'string', multiple: true, value: 'NAME=VALUE', help: 'of the remote', later: 'remotes' },
  },
  examples: ['dayshift dvc du', 'dayshift dvc du . data/images --rev v1.0 -s'],
  run: async ({ flags, positionals, repo }) => {
    const { cwd, path } = localRepo(positionals, repo.cwd)
    const { entries, total } = await du({ ...repo, cwd, path, revision: flags.rev, summarize: flags.summarize })
    const last = path === undefined ? '' : printable(path)
    const rows = [...entries.map((one) => [humanSize(one.bytes), printable(one.path)]), [humanSize(total), last]]
    const wide = Math.max(...rows.map(([size = '']) => size.length))
    return {
      reports: [],
      result: { entries, total },
      text: rows.map(([size = '', name = '']) => (name === '' ? size : `${size.padEnd(wide)}  ${name}`)),
    }
  },
})
