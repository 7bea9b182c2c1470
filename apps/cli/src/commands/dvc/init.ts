import { resolve } from 'node:path'
import { statSync } from 'node:fs'
import { init } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags, lockFlags } from '../../dvc/command.ts'

export const command = defineDvcCommand({
  name: 'dvc init',
  summary: 'make a DVC repository',
  usage: '[folder]',
  description: [
    'Makes a DVC repository at the root of a git repository: .dvc/ for settings and the cache, .dvcignore beside it,',
    'staged in git.',
  ],
  flags: {
    'no-scm': { type: 'boolean', help: 'do without git' },
    subdir: { type: 'boolean', help: 'of a folder below the root of its git repository' },
    force: { type: 'boolean', short: 'f', help: 'begin the settings of a repository anew; its cache stays' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc init', 'dayshift dvc init --subdir services/model', 'dayshift dvc init --no-scm'],
  run: async ({ flags, positionals, repo, dryRun }) => {
    if (positionals.length > 1) throw failure('DS_USAGE', `'${positionals[1]}' is too much: one folder is taken`)
    const cwd = resolve(repo.cwd, positionals[0] ?? '.')
    if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
      throw failure('DS_USAGE', `${positionals[0]} is not a folder`)
    }
    const noScm = flags['no-scm']
    const made = await init({ ...repo, cwd, noScm, subdir: flags.subdir, force: flags.force, dryRun })
    const plan = made.files.map((file) => `write ${file}`)
    if (dryRun) return { reports: [], result: made, plan, text: plan }
    const text = [
      'Initialized DVC repository.',
      ...(made.staged ? ['', 'You can now commit the changes to git.'] : []),
      '',
      'Next: dayshift dvc add <file or folder>',
    ]
    return { reports: [], result: made, text }
  },
})
