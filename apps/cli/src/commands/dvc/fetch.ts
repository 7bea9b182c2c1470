import { parseSize } from '@dayshift/core/ground'
import { fetch, type FetchResult } from '@dayshift/dvc'
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
  untransferred,
} from '../../dvc/transfer.ts'
import { printable } from '../../render/words.ts'
import type { Terminal } from '../../terminal.ts'

export const command = defineDvcCommand({
  name: 'dvc fetch',
  summary: 'bring tracked data from a remote into the cache',
  usage: '[target…]',
  description: [
    'Brings what the cache lacks from a remote; the workspace stays as it is. What comes is held against its name on the way:',
    'nothing else gets into the cache. What no remote has is named, and the exit code is 1; what did not get through is named,',
    'and the exit code is 3. Run again, it brings the rest. A remote that cannot be reached keeps no other from giving what it has.',
  ],
  flags: {
    ...remoteFlags,
    ...scopeFlags,
    rev: { type: 'string', value: 'COMMIT', help: 'what this commit refers to, and nothing else' },
    ...targetFlags,
    glob: { type: 'boolean', help: 'targets are globs, as data/*.csv' },
    ...runCacheFlags,
    'max-size': { type: 'string', value: 'SIZE', help: 'only data of at most this size, as 10MB' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc fetch', 'dayshift dvc fetch data/images/a.png', 'dayshift dvc fetch --rev v1.2.0 --dry-run'],
  run: async ({ flags, positionals, repo, terminal, dryRun }) => {
    const verbose = flags.verbose ?? false
    const options = { ...repo, ...transferOf(flags, terminal), dryRun }
    const maxSize = flags['max-size'] === undefined ? undefined : parseSize(flags['max-size'])
    const fetched = await fetch(positionals, { ...options, revision: flags.rev, maxSize })
    const { missing, unreached, isComplete } = fetched
    const came = cameOf(fetched)
    const plan = planLines(fetched.transfers, verbose)
    const calm = came > 0 || !isComplete ? filesSaid(came, 'fetched') : 'Everything is up to date.'
    return {
      ...tellFetched(fetched, verbose, terminal),
      reports: [],
      result: { ...transferResult(fetched.transfers), missing, unreached, isComplete },
      fails: !isComplete,
      text: dryRun ? plan : [calm],
      ...(dryRun ? { plan } : {}),
    }
  },
})

/** How many objects have come. */
export function cameOf({ transfers, runs }: FetchResult): number {
  return transfers.reduce((sum, { done }) => sum + done.length, runs)
}

/** Tells what has not come; @returns the error where that was a remote's fault. */
export function tellFetched(fetched: FetchResult, verbose: boolean, terminal: Terminal): { readonly error?: Error } {
  const { transfers, missing, unreached, isComplete } = fetched
  tellUnreached(unreached, isComplete, terminal)
  const names = new Set(transfers.map(({ plan }) => plan.remote))
  for (const { remote } of unreached) names.delete(remote)
  // What one remote failed to give, another may have given.
  const lacking = new Set(missing.map(({ hash }) => hash.digits))
  const failed = transfers
    .filter(({ plan }) => names.has(plan.remote))
    .flatMap((one) => one.failed)
    .filter(({ hash }) => lacking.has(hash.digits))
  const told = new Set(failed.map(({ hash }) => hash.digits))
  const absent = missing.filter(({ hash }) => !told.has(hash.digits))
  const asked = names.size > 0 ? `Neither the cache nor a remote (${[...names].map(printable).join(', ')})` : 'Nobody'
  tellMissing(`${asked} has:`, absent, verbose, terminal)
  const { error } = tellFailed(failed, verbose, terminal)
  if (error) return { error }
  return isComplete || unreached.length === 0 ? {} : { error: untransferred(missing.length) }
}
