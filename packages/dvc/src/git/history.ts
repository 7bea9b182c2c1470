import type { Git } from './git.ts'

/** A commit, as `git log` tells of it. */
export interface Commit {
  readonly commit: string
  /** Seconds since 1970 at which it was committed. */
  readonly time: number
  readonly author: string
  readonly message: string
}

/** A tag of git. */
export interface GitTag {
  readonly name: string
  /** The commit that it stands on. */
  readonly commit: string
  readonly isAnnotated: boolean
  /** Seconds since 1970; those of the commit for a tag without annotation. */
  readonly time: number
  /** Empty for a tag without annotation. */
  readonly author: string
  readonly email: string
  readonly message: string
}

const FIELD = '\u001F'
const RECORD = '\u001E'

/** Whether there is any commit. */
export async function hasCommits(git: Git): Promise<boolean> {
  return (await git.resolve('HEAD')) !== undefined
}

/** The commit that a switch to another branch or commit has just left; `undefined` where git moved otherwise since. */
export async function leftBySwitch(git: Git): Promise<string | undefined> {
  if (!(await hasCommits(git))) return undefined
  const moves = await git.ask('log', '--walk-reflogs', '--max-count=2', '--format=%H %gs', 'HEAD', '--')
  const [last = '', before = ''] = moves.split('\n')
  return /^\S+ checkout: moving from /.test(last) && before !== '' ? before.slice(0, before.indexOf(' ')) : undefined
}

/** Whether records of data differ between two commits. */
export async function recordsDiffer(git: Git, before: string, after: string): Promise<boolean> {
  const paths = (await git.ask('diff', '--name-only', '-z', before, after)).split('\0')
  return paths.some((path) => /\.dvc$|(?:^|\/)dvc\.(?:yaml|lock)$/.test(path))
}

/** The last commit of each local branch, with the branch's name. */
export async function branchesOf(git: Git): Promise<{ readonly name: string; readonly commit: string }[]> {
  const lines = (await git.ask('for-each-ref', '--format=%(objectname) %(refname:short)', 'refs/heads')).split('\n')
  return lines.filter((line) => line !== '').map((line) => ({ commit: line.slice(0, 40), name: line.slice(41) }))
}

/** All tags that stand on commits, ordered by name. */
export async function tagsOf(git: Git): Promise<GitTag[]> {
  const fields = [
    '%(refname:lstrip=2)',
    '%(objecttype)',
    '%(objectname)',
    '%(*objectname)',
    '%(*objecttype)',
    '%(creatordate:unix)',
    '%(taggername)',
    '%(taggeremail:trim)',
    '%(contents)',
  ]
  // for-each-ref writes two hex digits after a percent sign as that byte.
  const text = await git.ask('for-each-ref', `--format=${fields.join('%1f')}%1e`, 'refs/tags')
  return text.split(RECORD).flatMap((record): GitTag[] => {
    const [name = '', type, own = '', target = '', targetType, time, author = '', email = '', message = ''] = record
      .replace(/^\n/, '')
      .split(FIELD)
    const isAnnotated = type === 'tag'
    if (name === '' || (isAnnotated ? targetType : type) !== 'commit') return []
    const said = isAnnotated ? { author, email, message: message.trim() } : { author: '', email: '', message: '' }
    return [{ name, commit: isAnnotated ? target : own, isAnnotated, time: Number(time), ...said }]
  })
}

/** All commits that any branch, tag, stash or other ref leads to, with the time of each in seconds since 1970. */
export async function allCommits(git: Git): Promise<{ readonly commit: string; readonly time: number }[]> {
  const heads = (await hasCommits(git)) ? ['HEAD'] : []
  // Refs lead to the last stash only.
  const stashes = (await git.ask('stash', 'list', '--format=%H')).split('\n').filter((line) => line !== '')
  const lines = (await git.ask('log', '--all', '--format=%H %ct', ...heads, ...stashes, '--')).split('\n')
  return lines
    .filter((line) => line !== '')
    .map((line) => ({ commit: line.slice(0, 40), time: Number(line.slice(41)) }))
}

/**
 * Commits that nothing but git's reflog leads to: they were amended, reset or rebased away, or their branch is gone, and may
 * be brought back until git forgets them.
 */
export async function forsakenCommits(git: Git): Promise<string[]> {
  const heads = (await hasCommits(git)) ? ['HEAD'] : []
  return (await git.ask('rev-list', '--reflog', '--not', '--all', ...heads, '--'))
    .split('\n')
    .filter((line) => line !== '')
}

/**
 * A commit and those before it, by first parents.
 *
 * @param count how many at most
 */
export async function lineOf(git: Git, commit: string, count: number): Promise<string[]> {
  const text = await git.ask('rev-list', '--first-parent', `--max-count=${count}`, commit, '--')
  return text.split('\n').filter((line) => line !== '')
}

/** The commits of all branches and tags that changed any of some files, newest first; side branches too. */
export async function commitsChanging(git: Git, files: readonly string[]): Promise<Commit[]> {
  if (!(await hasCommits(git))) return []
  const format = '--format=%H%x1f%ct%x1f%an%x1f%B%x1e'
  const text = await git.ask(
    'log',
    '--full-history',
    '--date-order',
    '--branches',
    '--tags',
    format,
    'HEAD',
    '--',
    ...files,
  )
  return text.split(RECORD).flatMap((record): Commit[] => {
    const [commit = '', time, author = '', message = ''] = record.replace(/^\n/, '').split(FIELD)
    return commit === '' ? [] : [{ commit, time: Number(time), author, message: message.trim() }]
  })
}
