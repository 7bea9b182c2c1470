import { commit } from '@dayshift/dvc'
import {
  defineDvcCommand,
  dryFlags,
  lockFlags,
  outputsUnseen,
  readingOn,
  targetFlags,
  tell,
} from '../../dvc/command.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc commit',
  summary: 'record what has changed in tracked data',
  usage: '[target…]',
  description: [
    'Stores tracked data in the cache, after add --no-commit for one. Data that differs from its .dvc file is refused,',
    'unless --force has the file follow. What cannot be looked at, and what a stage makes, is told, the rest is stored, and the exit code is 3.',
  ],
  flags: {
    force: { type: 'boolean', short: 'f', help: 'have records follow data that has changed' },
    ...targetFlags,
    'no-relink': { type: 'boolean', help: 'leave files as they are where cache.type asks for links' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc commit', 'dayshift dvc commit --force data/images'],
  run: async ({ flags, positionals, repo, terminal, dryRun }) => {
    const { root, outputs, writes, failed, findings } = await commit(positionals, {
      ...repo,
      dryRun,
      force: flags.force,
      // As DVC does it: who forces a commit records what there is.
      allowMissing: flags.force,
      recursive: flags.recursive,
      withDeps: flags['with-deps'],
      relink: flags['no-relink'] !== true,
      onProgress: readingOn(terminal, 'commit'),
    })
    tell(findings, terminal)
    for (const { path, error } of failed) {
      const { code, hint } = error
      const message = `${path} cannot be recorded: ${error.message}`
      tell([{ severity: 'error', code, message, ...(hint === undefined ? {} : { hint }) }], terminal)
    }
    const unseen = failed.length > 0 ? { error: outputsUnseen(failed.length, 'recorded') } : {}
    const result = { root, outputs, written: writes.map(({ path }) => path), failed, findings }
    const plan = [
      ...outputs.map(({ path, digits }) => `store ${printable(path)} md5:${digits}`),
      ...writes.map(({ path }) => `write ${printable(path)}`),
    ]
    if (!dryRun) {
      if (flags.verbose) plan.forEach((line) => terminal.note(line))
      return { reports: [], result, text: [], ...unseen }
    }
    return { reports: [], result, plan, text: plan, ...unseen }
  },
})
