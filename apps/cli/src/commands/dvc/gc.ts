import { formatSize } from '@dayshift/core/ground'
import { gc, TRASH_DAYS, undoGc, type GcPlan, type RepoOptions } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import type { Outcome } from '../../command.ts'
import { defineDvcCommand, dryFlags, lockFlags, tell } from '../../dvc/command.ts'
import { remoteFlags, transferOf } from '../../dvc/transfer.ts'
import { numberFlag } from '../../flags.ts'
import { count, printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc gc',
  summary: 'remove what nothing refers to from the cache',
  usage: '',
  description: [
    'Removes objects from the cache that neither the workspace nor the commits named refer to. It asks nothing: without --force',
    `it says what would go, and exits with 2. What it removes from the cache lies in a trash for ${TRASH_DAYS} days, from which --undo`,
    'brings it back. Where remotes are configured, an object that no place would have then stays, unless --last-copies lets it go.',
  ],
  flags: {
    workspace: { type: 'boolean', short: 'w', help: 'keep what the workspace refers to (it is kept in any case)' },
    rev: { type: 'string', value: 'COMMIT', help: 'keep what this commit refers to' },
    num: { type: 'string', short: 'n', value: 'N', help: 'with --rev or -a: the last N commits (default: 1)' },
    'all-branches': { type: 'boolean', short: 'a', help: 'keep what the tips of all branches refer to' },
    'all-tags': { type: 'boolean', short: 'T', help: 'keep what all tags refer to' },
    'all-commits': {
      type: 'boolean',
      short: 'A',
      help: 'keep what any commit refers to, those in git’s reflog and stashes too',
    },
    date: { type: 'string', value: '2026-01-31', help: 'keep what commits of that day and later refer to' },
    projects: {
      type: 'string',
      short: 'p',
      multiple: true,
      greedy: true,
      value: 'DIR…',
      help: 'keep what these repositories use too',
    },
    'skip-failed': { type: 'boolean', help: 'pass over revisions that cannot be read' },
    force: { type: 'boolean', short: 'f', help: 'remove it' },
    yes: { type: 'boolean', help: 'the same' },
    'all-experiments': { type: 'boolean', help: 'keep what experiments refer to', later: 'pipelines' },
    'not-in-remote': { type: 'boolean', help: 'keep only what a remote lacks, also of what is referred to' },
    cloud: { type: 'boolean', short: 'c', help: 'remove it from a remote too' },
    ...remoteFlags,
    'last-copies': { type: 'boolean', help: 'remove also what no other place would have then' },
    'no-trash': { type: 'boolean', help: 'remove it for good: nothing goes into the trash' },
    undo: { type: 'boolean', help: 'bring back what the last gc removed from the cache' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc gc --all-commits --dry-run', 'dayshift dvc gc --all-tags --rev main --num 5 --force'],
  run: async ({ flags, positionals, repo, terminal, dryRun }) => {
    if (positionals.length > 0) throw failure('DS_USAGE', `'${positionals[0]}' is too much: gc takes flags only`)
    if (flags.undo) return undone(repo, dryRun)
    if (flags.remote && !flags.cloud && !flags['not-in-remote'])
      throw failure('DS_USAGE', '--remote goes with --cloud or --not-in-remote')
    const isAgreed = flags.force ?? flags.yes ?? false
    const { jobs, onRetry } = transferOf(flags, terminal)
    const plan = await gc({
      ...repo,
      workspace: flags.workspace,
      revision: flags.rev,
      count: numberFlag('num', flags.num),
      allBranches: flags['all-branches'],
      allTags: flags['all-tags'],
      allCommits: flags['all-commits'],
      since: flags.date,
      projects: flags.projects,
      skipFailed: flags['skip-failed'],
      cloud: flags.cloud,
      notInRemote: flags['not-in-remote'],
      remotes: flags.remote,
      lastCopies: flags['last-copies'],
      trash: flags['no-trash'] !== true,
      jobs,
      onRetry,
      dryRun: dryRun || !isAgreed,
    })
    for (const { revision, reason } of plan.skipped) {
      terminal.note(`${terminal.paint('yellow', 'warn')}  ${printable(`${revision} was passed over: ${reason}`)}`)
    }
    tell(plan.findings, terminal)
    const fromRemotes = plan.remotes.reduce((sum, { unused, strays }) => sum + unused.length + strays.length, 0)
    const goes = plan.unused.length + plan.strays.length + fromRemotes
    if (!dryRun && !isAgreed && goes > 0) {
      throw failure(
        'DS_USAGE',
        `${count(goes, 'object')} (${formatSize(allBytes(plan))}) would be removed from ${placesOf(plan)}`,
        {
          hint:
            sharedHint(plan) ?? 'Nothing was removed. Give --force to remove them, or --dry-run to see which they are.',
        },
      )
    }
    if (dryRun && plan.isShared) terminal.note(sharedHint(plan) ?? '')
    if (!dryRun && goes > 0 && plan.isShared && flags.projects === undefined)
      terminal.note(
        printable(`${plan.cacheDir} lies outside of this repository; nobody else that uses it was asked (--projects).`),
      )
    const text = linesOf(plan, dryRun)
    const result = { ...plan, removed: !dryRun }
    return { reports: [], result, text, ...(dryRun ? { plan: text } : {}) }
  },
})

async function undone(repo: RepoOptions, dryRun: boolean): Promise<Outcome> {
  const { at, objects, bytes } = await undoGc({ ...repo, dryRun })
  const said = at
    ? `${dryRun ? 'Would bring' : 'Brought'} back ${count(objects, 'object')} (${formatSize(bytes)}), removed at ${at.toISOString()}.`
    : `The trash is empty: it holds what gc has removed for ${TRASH_DAYS} days, or until it is brought back.`
  const result = { at: at?.toISOString(), objects, bytes }
  return { reports: [], result, fails: !at, text: [said], ...(dryRun ? { plan: [said] } : {}) }
}

function allBytes({ bytes, remotes }: GcPlan): number {
  return remotes.reduce((sum, one) => sum + one.bytes, bytes)
}

function placesOf({ cacheDir, remotes }: GcPlan): string {
  return [cacheDir, ...remotes.map(({ name, url }) => `${name} (${url})`)].map(printable).join(' and ')
}

function sharedHint({ isShared, cacheDir }: GcPlan): string | undefined {
  if (!isShared) return undefined
  return `${printable(cacheDir)} lies outside of this repository: name others that use it with --projects, then give --force.`
}

/** The words of DVC. */
function linesOf({ unused, strays, bytes, lastCopies, remotes, trash }: GcPlan, dryRun: boolean): string[] {
  const verb = dryRun ? 'Would remove' : 'Removed'
  const lines = dryRun
    ? [...unused.map(({ path }) => path), ...strays].map((path) => `Removing ${printable(path)}`)
    : []
  for (const [name, algorithm] of [
    ['repo', 'md5'],
    ['legacy', 'md5-dos2unix'],
  ] as const) {
    const gone = unused.filter(({ hash }) => hash.algorithm === algorithm).length
    const words = gone === 1 ? '1 object' : `${gone} objects`
    lines.push(gone === 0 ? `No unused '${name}' cache to remove.` : `${verb} ${words} from ${name} cache.`)
  }
  for (const { name, unused: gone, strays: left, bytes: freed } of remotes) {
    const where = `remote '${printable(name)}'`
    if (left.length > 0) lines.push(`${verb} ${count(left.length, 'unfinished file')} of killed pushes from ${where}.`)
    lines.push(
      gone.length === 0
        ? `No unused objects to remove from ${where}.`
        : `${verb} ${count(gone.length, 'object')} (${formatSize(freed)}) from ${where}.`,
    )
  }
  const lasting = lastCopies.length + remotes.reduce((sum, one) => sum + one.lastCopies, 0)
  if (lasting > 0) {
    lines.push(`${count(lasting, 'object')} that nothing refers to stay: no other place has them (--last-copies).`)
  }
  if (bytes === 0) return lines
  if (trash !== undefined) {
    return [...lines, `${formatSize(bytes)} lie in the trash for ${TRASH_DAYS} days; --undo brings them back.`]
  }
  return [...lines, `${dryRun ? 'Would free' : 'Freed'} ${formatSize(bytes)}.`]
}
