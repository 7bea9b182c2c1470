import { dataStatus, type DataChanges, type DataStatus } from '@dayshift/dvc'
import { failure } from '../../codes.ts'
import { defineDvcCommand, listenOn, lockFlags, readingOn } from '../../dvc/command.ts'
import { retryingOn } from '../../dvc/transfer.ts'
import { oneOf } from '../../flags.ts'
import { printable } from '../../render/words.ts'

export const command = defineDvcCommand({
  name: 'dvc data status',
  summary: 'say what changed since git’s last commit',
  usage: '[target…]',
  description: [
    'Says what changed between git’s last commit, the .dvc files and the data, in the manner of git status. Paths are told from',
    'the repository’s root. --json prints DVC’s JSON. What cannot be looked at is told and unknown, and the exit code is 3.',
  ],
  flags: {
    granular: { type: 'boolean', help: 'tell the files in directories one by one' },
    unchanged: { type: 'boolean', help: 'tell what has not changed too' },
    'untracked-files': {
      type: 'string',
      bare: 'all',
      value: 'all|no',
      help: 'tell files that neither git nor DVC knows too (alone: all)',
    },
    'not-in-remote': { type: 'boolean', help: 'tell what the remote lacks too' },
    'no-remote-refresh': { type: 'boolean', help: 'trust what is known of a remote', later: 'a record of what it has' },
    remote: { type: 'string', short: 'r', value: 'NAME', help: 'with --not-in-remote: instead of the default one' },
    ...lockFlags,
  },
  examples: [
    'dayshift dvc data status',
    'dayshift dvc data status --granular --json data/images',
    'dayshift dvc data status --not-in-remote',
  ],
  run: async ({ flags, positionals, repo, terminal }) => {
    const untracked = oneOf('untracked-files', flags['untracked-files'], ['all', 'no'], 'no') === 'all'
    if (flags.remote !== undefined && !flags['not-in-remote']) {
      throw failure('DS_USAGE', '--remote goes with --not-in-remote')
    }
    const listener = listenOn(terminal)
    const found = await dataStatus({
      ...repo,
      onFinding: listener.onFinding,
      targets: positionals,
      granular: flags.granular,
      untracked,
      notInRemote: flags['not-in-remote'],
      remotes: flags.remote === undefined ? [] : [flags.remote],
      onRetry: retryingOn(terminal),
      onProgress: readingOn(terminal, 'data status'),
    })
    const shown = { ...found, unchanged: flags.unchanged ? found.unchanged : [] }
    return { reports: [], foreign: jsonOf(shown), text: linesOf(shown), ...listener.unseen() }
  },
})

/** As DVC prints it: without git, and without what is empty. */
function jsonOf(found: DataStatus): Readonly<Record<string, unknown>> {
  const kept = Object.entries(found).filter(([key, list]) => key !== 'git' && Object.keys(list as object).length > 0)
  return Object.fromEntries(kept)
}

const KINDS = ['added', 'modified', 'deleted', 'renamed', 'unknown'] as const

const INDENT = ' '.repeat(8)

function linesOf({
  not_in_cache,
  not_in_remote,
  committed,
  uncommitted,
  untracked,
  unchanged,
  git,
}: DataStatus): string[] {
  const sections = [
    section('Not in cache:', ['(use "dvc fetch <file>..." to download files)'], not_in_cache),
    section('Not in remote:', ['(use "dvc push <file>..." to upload files)'], not_in_remote),
    section(
      'DVC committed changes:',
      ['(git commit the corresponding dvc files to update the repo)'],
      changesOf(committed),
    ),
    section(
      'DVC uncommitted changes:',
      ['(use "dvc commit <file>..." to track changes)', '(use "dvc checkout <file>..." to discard changes)'],
      changesOf(uncommitted),
    ),
    section(
      'Untracked files:',
      ['(use "git add <file> ..." or "dvc add <file>..." to commit to git or to dvc)'],
      untracked,
    ),
    section('DVC unchanged files:', [], unchanged),
  ].filter((lines) => lines.length > 0)
  const told = sections.flatMap((lines, at) => (at > 0 ? ['', ...lines] : lines))
  const nothing = git?.is_empty ? 'No changes in an empty git repo.' : 'No changes.'
  const others = told.length > 0 ? 'other changes' : 'changes'
  return [
    ...(told.length > 0 ? told : [nothing]),
    ...(git?.is_dirty ? [`(there are ${others} not tracked by dvc, use "git status" to see)`] : []),
  ]
}

function section(title: string, hints: readonly string[], items: readonly string[]): string[] {
  if (items.length === 0) return []
  return [title, ...hints.map((hint) => `  ${hint}`), ...items.map((item) => INDENT + printable(item))]
}

function changesOf(changes: DataChanges): string[] {
  return KINDS.flatMap((kind) => {
    const list: readonly (string | { readonly old: string; readonly new: string })[] = changes[kind] ?? []
    return list.map((one) => `${kind}: ${typeof one === 'string' ? one : `${one.old} -> ${one.new}`}`)
  })
}
