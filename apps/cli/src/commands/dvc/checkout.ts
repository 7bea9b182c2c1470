import { checkout, type CheckoutResult } from '@dayshift/dvc'
import { changesOf, failureOf } from '../../dvc/checked-out.ts'
import { defineDvcCommand, dryFlags, lockFlags, readingOn, targetFlags, tell } from '../../dvc/command.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc checkout',
  summary: 'bring tracked data from the cache',
  usage: '[target…]',
  description: [
    'Makes the workspace what the .dvc files say, after git checkout for one. A file is replaced when its replacement is',
    'complete; where the cache lacks an object, or an output cannot be looked at or written, what is there stays, the rest',
    'comes, and the exit code is 1.',
  ],
  flags: {
    summary: { type: 'boolean', help: 'print how many files changed, not which outputs' },
    ...targetFlags,
    force: { type: 'boolean', short: 'f', help: 'give up data that no version holds' },
    relink: { type: 'boolean', help: 'make files links, or copies, as cache.type says' },
    'allow-missing': { type: 'boolean', help: 'take it as it comes where the cache lacks an object' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc checkout', 'dayshift dvc checkout data/images --summary', 'dayshift dvc checkout --relink'],
  run: async ({ flags, positionals, repo, terminal, dryRun }) => {
    const done = await checkout(positionals, {
      ...repo,
      dryRun,
      force: flags.force,
      relink: flags.relink,
      recursive: flags.recursive,
      withDeps: flags['with-deps'],
      onProgress: readingOn(terminal, 'checkout'),
    })
    const { added, modified, deleted, stats, failed, findings } = done
    const wrong = flags['allow-missing'] === true ? failed.filter(({ changed, error }) => changed ?? error) : failed
    const fails = wrong.length > 0
    const most = flags.verbose ? Infinity : NAMED
    if (fails) for (const line of failureOf(wrong, most)) terminal.alert(line)
    if (flags.verbose && failed.length === 0) for (const line of filesOf(done)) terminal.note(line)
    tell(findings, terminal)
    const lines = changesOf(done)
    const result = { root: done.plan.root, added, modified, deleted, stats, failed, findings }
    const told = flags.summary ? [summaryOf(stats)] : lines
    const text = flags.relink && failed.length === 0 && !dryRun ? [...told, 'Relinked successfully'] : told
    return { reports: [], result, fails, text, ...(dryRun ? { plan: lines } : {}) }
  },
})

/** Files that are named of an output, unless more is asked for. */
const NAMED = 3

/** Every file that changed, and how. */
function filesOf({ plan }: CheckoutResult): string[] {
  return plan.outputs.flatMap(({ files }) => files.map(({ path, change }) => `${change} ${printable(path)}`))
}

function summaryOf(stats: CheckoutResult['stats']): string {
  const parts = (['modified', 'added', 'deleted'] as const)
    .filter((change) => stats[change] > 0)
    .map((change) => `${stats[change]} ${stats[change] === 1 ? 'file' : 'files'} ${change}`)
  if (parts.length === 0) return 'No changes.'
  const last = parts.pop() as string
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`
}
