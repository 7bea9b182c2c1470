import { move } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags, lockFlags } from '../../dvc/command.ts'
import { gitHint } from '../../render/git-hint.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc move',
  summary: 'rename tracked data',
  usage: '<from> <to>',
  description: ['Gives tracked data another name or place, with its .dvc file and its line in .gitignore.'],
  flags: { ...dryFlags, ...lockFlags },
  examples: ['dayshift dvc move data/train.csv data/2026.csv', 'dayshift dvc move train.csv archive/'],
  run: async ({ positionals, repo, cwd, dryRun }) => {
    const [from, to, third] = positionals
    if (from === undefined || to === undefined || third !== undefined) {
      throw failure('DS_USAGE', 'move takes two paths: what there is, and where it goes')
    }
    const { root, file, unstaged, ...moved } = await move(from, to, { ...repo, dryRun })
    const result = { root, from: moved.from, to: moved.to, file: { from: file.from, to: file.to }, unstaged }
    const plan = [
      `move ${printable(moved.from)} to ${printable(moved.to)}`,
      ...(file.from === file.to ? [] : [`remove ${printable(file.from)}`]),
      `write ${printable(file.to)}`,
    ]
    return { reports: [], result, text: dryRun ? plan : gitHint(root, unstaged, cwd), ...(dryRun ? { plan } : {}) }
  },
})
