import { checkout, type CheckoutResult } from '@dayshift/dvc'
import { defineDvcCommand, dryFlags, lockFlags, readingOn, targetFlags } from '../../dvc/command.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc checkout',
  summary: 'bring tracked data from the cache',
  usage: '[target…]',
  description: [
    'Makes the workspace what the .dvc files say, after git checkout for one. A file is replaced when its replacement is',
    'complete; where the cache lacks an object, what is there stays, the rest comes, and the exit code is 1.',
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
      onProgress: readingOn(terminal, 'checkout'),
    })
    const { added, modified, deleted, stats, failed } = done
    const fails = failed.length > 0 && flags['allow-missing'] !== true
    if (fails) for (const line of failureOf(failed)) terminal.alert(line)
    const lines = changesOf(done)
    const result = { root: done.plan.root, added, modified, deleted, stats, failed }
    const told = flags.summary ? [summaryOf(stats)] : lines
    const text = flags.relink && failed.length === 0 && !dryRun ? [...told, 'Relinked successfully'] : told
    return { reports: [], result, fails, text, ...(dryRun ? { plan: lines } : {}) }
  },
})

function changesOf({ modified, added, deleted }: CheckoutResult): string[] {
  const changes = { M: modified, A: added, D: deleted }
  return Object.entries(changes).flatMap(([sign, paths]) => paths.map((path) => `${sign}       ${printable(path)}`))
}

function summaryOf(stats: CheckoutResult['stats']): string {
  const parts = (['modified', 'added', 'deleted'] as const)
    .filter((change) => stats[change] > 0)
    .map((change) => `${stats[change]} ${stats[change] === 1 ? 'file' : 'files'} ${change}`)
  if (parts.length === 0) return 'No changes.'
  const last = parts.pop() as string
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`
}

/** Missing objects that are named of an output. */
const NAMED = 3

function failureOf(failed: CheckoutResult['failed']): string[] {
  return [
    'Checkout failed for following targets:',
    ...failed.map(({ path, missing }) => {
      const named = missing.slice(0, NAMED).map(printable).join(', ')
      const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : ''
      const isWhole = missing.length === 1 && missing[0] === path.replace(/\/$/, '')
      return isWhole ? printable(path) : `${printable(path)} (lacks ${named}${more})`
    }),
    'Is your cache up to date?',
    'What is there of them stays as it is; dvc pull gets the rest from a remote.',
  ]
}
