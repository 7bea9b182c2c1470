import { add } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { addToRemote } from '../../dvc/add-to-remote.ts'
import { defineDvcCommand, dryFlags, lockFlags, tell } from '../../dvc/command.ts'
import { gitHint } from '../../render/git-hint.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc add',
  summary: 'track files or directories',
  usage: '<path…>',
  description: [
    'Puts the content of files and directories into the cache, its hash into a .dvc file beside each, and a line into',
    '.gitignore. A path inside of a tracked directory brings that one path up to date. With --to-remote, what lies elsewhere',
    'goes to a remote, and neither into the workspace nor into the cache; dvc pull brings it.',
  ],
  flags: {
    'no-commit': { type: 'boolean', help: 'write the .dvc files, store nothing in the cache' },
    glob: { type: 'boolean', help: 'take paths as globs, as "*.csv"' },
    force: { type: 'boolean', short: 'f', help: 'with --to-remote: replace the record that is there' },
    'no-relink': { type: 'boolean', help: 'leave files as they are where cache.type asks for links' },
    'to-remote': { type: 'boolean', help: 'bring a file, a directory or an address to a remote, not here' },
    out: { type: 'string', short: 'o', value: 'PATH', help: 'with --to-remote: where it is to be' },
    remote: { type: 'string', short: 'r', value: 'NAME', help: 'with --to-remote: that remote, not the default one' },
    'remote-jobs': { type: 'string', value: 'N', help: 'with --to-remote: objects at a time' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: [
    'dayshift dvc add data/train.csv data/images',
    'dayshift dvc add data/images/new.png',
    'dayshift dvc add --glob "data/*.parquet"',
    'dayshift dvc add --to-remote s3://lake/raw -o data/raw',
  ],
  run: async ({ flags, positionals, repo, cwd, terminal, dryRun }) => {
    if (positionals.length === 0) throw failure('DS_USAGE', 'a path is missing')
    if (flags['to-remote']) return addToRemote(positionals, { flags, repo, cwd, terminal, dryRun })
    const alone = (['out', 'remote', 'remote-jobs'] as const).find((name) => flags[name] !== undefined)
    if (alone !== undefined) throw failure('DS_USAGE', `--${alone} goes with --to-remote`)
    const { root, files, writes, unstaged, findings } = await add(positionals, {
      ...repo,
      dryRun,
      glob: flags.glob,
      commit: flags['no-commit'] !== true,
      relink: flags['no-relink'] !== true,
      onProgress: (done, total) => terminal.progress('add', total > 0 ? done / total : undefined),
    })
    tell(findings, terminal)
    const result = { root, files, written: writes.map(({ path }) => path), unstaged, findings }
    const plan = [
      ...files.map(({ path, hash, changed }) => `${changed ? 'store' : 'unchanged'} ${printable(path)} ${hash}`),
      ...writes.map(({ path }) => `write ${printable(path)}`),
    ]
    if (!dryRun) {
      if (flags.verbose) plan.forEach((line) => terminal.note(line))
      return { reports: [], result, text: gitHint(root, unstaged, cwd) }
    }
    return { reports: [], result, plan, text: plan }
  },
})
