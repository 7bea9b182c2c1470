import type { Git } from './git.ts'
import { hasCommits } from './history.ts'

/** What `dvc data status` says of git. Paths are relative to the repository's root. */
export interface GitStatus {
  /** What the next commit changes. */
  readonly staged: Readonly<Partial<Record<'add' | 'delete' | 'modify', readonly string[]>>>
  /** Tracked files that differ from what is staged. */
  readonly unstaged: readonly string[]
  /** Files that git neither tracks nor ignores, where they were asked for. */
  readonly untracked: readonly string[]
  /** Whether there is no commit yet. */
  readonly is_empty: boolean
  readonly is_dirty: boolean
}

const STAGED = { A: 'add', D: 'delete' } as const

/**
 * Asks git what is staged, changed and untracked beneath the folder that it works in.
 *
 * @param untracked whether files that git does not know are looked for
 */
export async function readGitStatus(git: Git, untracked: boolean): Promise<GitStatus> {
  const prefix = (await git.ask('rev-parse', '--show-prefix')).replace(/\r?\n$/, '')
  const list = untracked ? '--untracked-files=all' : '--untracked-files=no'
  const lines = (await git.ask('status', '--porcelain', '--no-renames', '-z', list, '--', '.')).split('\0')
  const staged: { add?: string[]; delete?: string[]; modify?: string[] } = {}
  const unstaged: string[] = []
  const unknown: string[] = []
  for (const line of lines) {
    const [index = ' ', worktree = ' '] = line
    const path = line.slice(3 + prefix.length)
    if (line === '') continue
    if (index === '?') {
      unknown.push(path)
      continue
    }
    const kind = STAGED[index as keyof typeof STAGED] ?? 'modify'
    if (index !== ' ') (staged[kind] ??= []).push(path)
    if (worktree !== ' ') unstaged.push(path)
  }
  const isDirty = lines.some((line) => line !== '')
  return { staged, unstaged, untracked: unknown, is_empty: !(await hasCommits(git)), is_dirty: isDirty }
}
