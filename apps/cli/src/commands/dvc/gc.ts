import { formatSize } from '@dayshift/core/ground'
import { gc, type GcPlan } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, dryFlags, lockFlags } from '../../dvc/command.ts'
import { numberFlag } from '../../flags.ts'
import { count, printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc gc',
  summary: 'remove what nothing refers to from the cache',
  usage: '',
  description: [
    'Removes objects from the cache that neither the workspace nor the commits named refer to. It asks nothing: without --force',
    'it says what would go, and exits with 2. What is removed cannot be brought back, but from a remote.',
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
    'not-in-remote': { type: 'boolean', help: 'keep what a remote lacks', later: 'remotes' },
    cloud: { type: 'boolean', short: 'c', help: 'of a remote too', later: 'remotes' },
    remote: { type: 'string', short: 'r', value: 'NAME', help: 'the remote', later: 'remotes' },
    jobs: { type: 'string', short: 'j', value: 'N', help: 'transfers at a time', later: 'remotes' },
    ...dryFlags,
    ...lockFlags,
  },
  examples: ['dayshift dvc gc --all-commits --dry-run', 'dayshift dvc gc --all-tags --rev main --num 5 --force'],
  run: async ({ flags, positionals, repo, terminal, dryRun }) => {
    if (positionals.length > 0) throw failure('DS_USAGE', `'${positionals[0]}' is too much: gc takes flags only`)
    const isAgreed = flags.force ?? flags.yes ?? false
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
      dryRun: dryRun || !isAgreed,
    })
    for (const { revision, reason } of plan.skipped) {
      terminal.note(`${terminal.paint('yellow', 'warn')}  ${printable(`${revision} was passed over: ${reason}`)}`)
    }
    const goes = plan.unused.length + plan.strays.length
    if (!dryRun && !isAgreed && goes > 0) {
      throw failure(
        'DS_USAGE',
        `${count(goes, 'object')} (${formatSize(plan.bytes)}) would be removed from ${plan.cacheDir}`,
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

function sharedHint({ isShared, cacheDir }: GcPlan): string | undefined {
  if (!isShared) return undefined
  return `${printable(cacheDir)} lies outside of this repository: name others that use it with --projects, then give --force.`
}

/** The words of DVC. */
function linesOf({ unused, strays, bytes }: GcPlan, dryRun: boolean): string[] {
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
  return bytes === 0 ? lines : [...lines, `${dryRun ? 'Would free' : 'Freed'} ${formatSize(bytes)}.`]
}
