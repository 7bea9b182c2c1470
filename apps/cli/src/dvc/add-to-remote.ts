import { importUrl, type RepoOptions } from '@dayshift/dvc'
import type { Outcome } from '../command.ts'
import { failure } from '../codes.ts'
import { numberFlag } from '../flags.ts'
import { gitHint } from '../render/git-hint.ts'
import { printable } from '../render/words.ts'
import type { Terminal } from '../terminal.ts'
import { readingOn } from './command.ts'
import { retryingOn } from './transfer.ts'

interface Wish {
  readonly flags: {
    readonly out?: string | undefined
    readonly remote?: string | undefined
    readonly force?: boolean | undefined
    readonly glob?: boolean | undefined
    readonly 'no-commit'?: boolean | undefined
    readonly 'remote-jobs'?: string | undefined
  }
  readonly repo: RepoOptions
  readonly cwd: string
  readonly terminal: Terminal
  readonly dryRun: boolean
}

/** Brings what lies elsewhere to a remote, and tracks it as data like any other: `add --to-remote`. */
export async function addToRemote(
  [url = '', ...more]: readonly string[],
  { flags, repo, cwd, terminal, dryRun }: Wish,
): Promise<Outcome> {
  if (more.length > 0) throw failure('DS_USAGE', '--to-remote takes one path or address at a time')
  const other = (['glob', 'no-commit'] as const).find((name) => flags[name])
  if (other !== undefined) throw failure('DS_USAGE', `--${other} and --to-remote do not go together`)
  const { root, file, digits, bytes, unstaged } = await importUrl(url, {
    ...repo,
    dryRun,
    extent: 'remote',
    isFollowed: false,
    out: flags.out,
    remote: flags.remote,
    force: flags.force,
    jobs: numberFlag('remote-jobs', flags['remote-jobs']),
    onProgress: readingOn(terminal, 'add'),
    onRetry: retryingOn(terminal),
  })
  const result = { root, file, digits, bytes, unstaged }
  if (!dryRun) return { reports: [], result, text: gitHint(root, unstaged, cwd) }
  const plan = [`write ${printable(file)}`]
  return { reports: [], result, plan, text: plan }
}
