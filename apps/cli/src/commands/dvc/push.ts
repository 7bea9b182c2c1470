import { push } from '@dayshift/dvc'
import { printable } from '../../render/words.ts'
import { gitHint } from '../../render/git-hint.ts'
import { defineDvcCommand, dryFlags, lockFlags, targetFlags } from '../../dvc/command.ts'
import {
  filesSaid,
  planLines,
  remoteFlags,
  runCacheFlags,
  scopeFlags,
  tellFailed,
  tellMissing,
  tellUnreached,
  transferOf,
  transferResult,
  unreachedError,
} from '../../dvc/transfer.ts'

export const command = defineDvcCommand({
  name: 'dvc push',
  summary: 'send tracked data to a remote',
  usage: '[target…]',
  description: [
    'Sends what the cache has and a remote lacks, byte for byte where DVC would put it. Each object is held against its name',
    'on the way, and a directory’s manifest goes when all its files are there. What neither side has is named, and the exit',
    'code is 1; what did not get through is named, and the exit code is 3. Run again, it sends the rest.',
    'A remote that cannot be reached keeps no other from getting what it lacks.',
  ],
  flags: {
    ...remoteFlags,
    ...scopeFlags,
    ...targetFlags,
    glob: { type: 'boolean', help: 'targets are globs, as data/*.csv' },
    ...runCacheFlags,
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc push', 'dayshift dvc push data/images -r backup', 'dayshift dvc push --all-tags --dry-run'],
  run: async ({ flags, positionals, repo, terminal, dryRun }) => {
    const verbose = flags.verbose ?? false
    const options = { ...repo, ...transferOf(flags, terminal), dryRun }
    const { transfers, runs, unreached, isComplete, root } = await push(positionals, options)
    tellUnreached(unreached, false, terminal)
    const failed = transfers.flatMap((one) => one.failed)
    const missing = transfers.flatMap(({ plan }) => plan.missing)
    const sent = transfers.reduce((sum, { done }) => sum + done.length, runs)
    for (const { plan } of transfers) {
      const title = `Neither the cache nor the remote '${printable(plan.remote)}' has:`
      tellMissing(title, plan.missing, verbose, terminal)
    }
    if (missing.length > 0) terminal.note('Where the workspace has it, dayshift dvc commit brings it into the cache.')
    const plan = planLines(transfers, verbose)
    const recorded = transfers.flatMap((one) => one.recorded ?? [])
    const calm = sent > 0 || !isComplete ? filesSaid(sent, 'pushed') : 'Everything is up to date.'
    return {
      ...(unreached.length > 0 ? { error: unreachedError(unreached) } : {}),
      ...tellFailed(failed, verbose, terminal),
      reports: [],
      result: { ...transferResult(transfers), runs, unreached, isComplete },
      fails: !isComplete,
      text: dryRun ? plan : [calm, ...gitHint(root, recorded, repo.cwd)],
      ...(dryRun ? { plan } : {}),
    }
  },
})
