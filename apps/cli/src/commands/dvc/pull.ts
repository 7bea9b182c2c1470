import { pull, type PullResult } from '@dayshift/dvc'
import { changesOf, failureOf } from '../../dvc/checked-out.ts'
import { defineDvcCommand, dryFlags, lockFlags, readingOn, targetFlags, tell } from '../../dvc/command.ts'
import {
  filesSaid,
  planLines,
  remoteFlags,
  runCacheFlags,
  scopeFlags,
  transferOf,
  transferResult,
} from '../../dvc/transfer.ts'
import { cameOf, tellFetched } from './fetch.ts'

export const command = defineDvcCommand({
  name: 'dvc pull',
  summary: 'bring tracked data from a remote into the workspace',
  usage: '[target…]',
  description: [
    'Fetches what the cache lacks from a remote, then makes the workspace what the .dvc files say. What can be brought is',
    'brought, also where something is missing: that is named, and the exit code is 1; it is 3 where a remote did not answer.',
  ],
  flags: {
    ...remoteFlags,
    ...scopeFlags,
    ...targetFlags,
    glob: { type: 'boolean', help: 'targets are globs, as data/*.csv' },
    ...runCacheFlags,
    force: { type: 'boolean', short: 'f', help: 'give up data that no version holds' },
    'allow-missing': { type: 'boolean', help: 'take it as it comes where no remote has an object' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc pull', 'dayshift dvc pull data/images -r backup', 'dayshift dvc pull --dry-run'],
  run: async ({ flags, positionals, repo, terminal, dryRun }) => {
    const verbose = flags.verbose ?? false
    const options = { ...repo, ...transferOf(flags, terminal), dryRun }
    const onProgress = readingOn(terminal, 'checkout')
    const pulled = await pull(positionals, { ...options, force: flags.force, onProgress })
    const { transfers, missing, unreached, isComplete, checkout } = pulled
    const allowed = flags['allow-missing'] === true
    const lacking = (checkout?.failed ?? []).filter(({ changed, error }) => !allowed || changed || error)
    const error = tellFetched(pulled, verbose, terminal)
    if (lacking.length > 0) for (const line of failureOf(lacking, verbose ? Infinity : 3, true)) terminal.alert(line)
    tell(checkout?.findings ?? [], terminal)
    const plan = planLines(transfers, verbose)
    const fails = (!isComplete && !allowed) || lacking.length > 0
    const { added = [], modified = [], deleted = [], stats, failed = [] } = checkout ?? {}
    const summary = summaryOf(pulled)
    const calm = fails ? 'Nothing came.' : 'Everything is up to date.'
    return {
      ...error,
      reports: [],
      result: { ...transferResult(transfers), missing, unreached, isComplete, added, modified, deleted, stats, failed },
      fails,
      text: dryRun ? plan : [...(checkout ? changesOf(checkout) : []), summary || calm],
      ...(dryRun ? { plan } : {}),
    }
  },
})

/** As DVC says it: `2 files fetched and 3 files added`. */
function summaryOf(pulled: PullResult): string {
  const { added = 0, deleted = 0, modified = 0 } = pulled.checkout?.stats ?? {}
  const numbers = { fetched: cameOf(pulled), added, deleted, modified }
  const parts = Object.entries(numbers).flatMap(([verb, number]) => (number > 0 ? [filesSaid(number, verb)] : []))
  const last = parts.pop() ?? ''
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`
}
