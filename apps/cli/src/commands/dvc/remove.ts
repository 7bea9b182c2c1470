import { remove } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags, lockFlags } from '../../dvc/command.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc remove',
  summary: 'stop tracking data',
  usage: '<file.dvc…>',
  description: [
    'Removes .dvc files, and the lines of their data from .gitignore. The data stays, unless --outs is given; what the cache',
    'holds stays in any case. With --outs, data that no version holds is refused, unless --force gives it up.',
  ],
  flags: {
    outs: { type: 'boolean', help: 'remove the data too' },
    force: { type: 'boolean', short: 'f', help: 'give up data that no version holds' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc remove data/train.csv.dvc', 'dayshift dvc remove data/images.dvc --outs'],
  run: async ({ flags, positionals, repo, dryRun }) => {
    if (positionals.length === 0) throw failure('DS_USAGE', 'a .dvc file is missing')
    const { root, files, outputs, outs } = await remove(positionals, {
      ...repo,
      dryRun,
      outs: flags.outs ?? false,
      force: flags.force ?? false,
    })
    const removed = [...files, ...(outs ? outputs : [])]
    const plan = removed.map((path) => `remove ${printable(path)}`)
    const result = { root, files, outputs, outs }
    return { reports: [], result, text: dryRun ? plan : [], ...(dryRun ? { plan } : {}) }
  },
})
