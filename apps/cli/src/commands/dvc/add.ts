import { add } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags, lockFlags, tell } from '../../dvc/command.ts'
import { gitHint } from '../../render/git-hint.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc add',
  summary: 'track files or directories',
  usage: '<path…>',
  description: [
    'Puts the content of files and directories into the cache, its hash into a .dvc file beside each, and a line into',
    '.gitignore. A path inside of a tracked directory brings that one path up to date.',
  ],
  flags: {
    'no-commit': { type: 'boolean', help: 'write the .dvc files, store nothing in the cache' },
    glob: { type: 'boolean', help: 'take paths as globs, as "*.csv"' },
    force: { type: 'boolean', short: 'f', help: 'taken for DVC’s sake: it is of --out only' },
    'no-relink': { type: 'boolean', help: 'leave files as they are where cache.type asks for links' },
    out: { type: 'string', short: 'o', value: 'PATH', help: 'where to put it', later: 'remotes' },
    'to-remote': { type: 'boolean', help: 'store it in a remote', later: 'remotes' },
    remote: { type: 'string', short: 'r', value: 'NAME', help: 'the remote', later: 'remotes' },
    'remote-jobs': { type: 'string', value: 'N', help: 'transfers at a time', later: 'remotes' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: [
    'dayshift dvc add data/train.csv data/images',
    'dayshift dvc add data/images/new.png',
    'dayshift dvc add --glob "data/*.parquet"',
  ],
  run: async ({ flags, positionals, repo, cwd, terminal, dryRun }) => {
    if (positionals.length === 0) throw failure('DS_USAGE', 'a path is missing')
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
