import { unprotect } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags, lockFlags } from '../../dvc/command.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc unprotect',
  summary: 'make links into files of your own',
  usage: '<path…>',
  description: [
    'Replaces files that are links to the cache (cache.type hardlink or symlink) by copies, so that they may be edited',
    'without harm to the cache.',
  ],
  flags: { ...dryFlags, ...lockFlags },
  examples: ['dayshift dvc unprotect data/train.csv'],
  run: async ({ positionals, repo, dryRun }) => {
    if (positionals.length === 0) throw failure('DS_USAGE', 'a path is missing')
    const files = await unprotect(positionals, { ...repo, dryRun })
    const plan = files.map((path) => `unprotect ${printable(path)}`)
    return { reports: [], result: { files }, text: dryRun ? plan : [], ...(dryRun ? { plan } : {}) }
  },
})
