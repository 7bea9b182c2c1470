import { du } from '@dayshift/dvc'
import { defineDvcCommand } from '../../dvc/command.ts'
import { choiceOf, sourceFlags } from '../../dvc/elsewhere.ts'
import { namedRepo } from '../../dvc/named-repo.ts'
import { humanSize } from '../../render/human-size.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc du',
  summary: 'say how large it is',
  usage: '[repository] [path]',
  description: [
    'Says how large files of git and data of DVC are, whether the data is there or not. The repository is a folder in one, or',
    'any address that git takes; by default this one.',
  ],
  flags: {
    rev: { type: 'string', value: 'COMMIT', help: 'at a git revision or tag' },
    summarize: { type: 'boolean', short: 's', help: 'print the sum only' },
    ...sourceFlags,
  },
  examples: ['dayshift dvc du', 'dayshift dvc du . data/images --rev v1.0 -s'],
  run: async ({ flags, positionals, repo }) => {
    const named = await namedRepo(positionals, repo.cwd)
    const { entries, total } = await du({
      ...repo,
      ...named,
      ...choiceOf(flags),
      revision: flags.rev,
      summarize: flags.summarize,
    })
    const last = named.path === undefined ? '' : printable(named.path)
    const rows = [...entries.map((one) => [humanSize(one.bytes), printable(one.path)]), [humanSize(total), last]]
    const wide = Math.max(...rows.map(([size = '']) => size.length))
    return {
      reports: [],
      result: { entries, total },
      text: rows.map(([size = '', name = '']) => (name === '' ? size : `${size.padEnd(wide)}  ${name}`)),
    }
  },
})
