import { mkdirSync } from 'node:fs'
import { withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { runGit, type Environment } from '../git/git.ts'
import { unwritable } from '../write.ts'

/** How a commit is brought. */
export interface CloneOptions {
  readonly env?: Environment | undefined
  readonly signal?: AbortSignal | undefined
}

/** What git must not do, whatever an address or somebody else's settings say. */
const CAREFUL = ['-c', 'protocol.ext.allow=never', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false']

/** Whether a revision is a commit's full name. */
const FULL = /^[0-9a-f]{40}$/

/** Branches and tags, without what servers keep beside them, such as all that was ever proposed. */
const ALL = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']

const THEIR_HEAD = 'refs/elsewhere/HEAD'

/**
 * Brings a commit of another repository, alone where the other side lets one have that: what is written into a new bare
 * repository is as large as the files of the commit.
 *
 * @param revision the newest of its main branch by default
 * @param gitDir a folder that is not there yet
 * @returns the commit's full name
 * @throws DS_GIT_REMOTE with git's own last line, DS_GIT_REVISION, DS_GIT_MISSING, DS_DVC_WRITE, DS_ABORTED
 */
export async function cloneCommit(
  url: string,
  revision: string | undefined,
  gitDir: string,
  options: CloneOptions,
): Promise<string> {
  try {
    mkdirSync(gitDir, { recursive: true })
  } catch (error) {
    throw unwritable(gitDir, error)
  }
  // Said outright: within a hook of git's, its variables name another repository.
  const git = (...args: string[]) =>
    runGit(gitDir, [...CAREFUL, `--git-dir=${gitDir}`, ...args], options.env, {
      signal: options.signal,
      isUnattended: true,
    })
  const need = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await git(...args)
    if (code === 0) return stdout
    throw unreached(url, stderr)
  }
  const commitOf = async (name: string): Promise<string | undefined> => {
    const { code, stdout } = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`)
    return code === 0 ? stdout.trim() : undefined
  }

  await need('init', '--quiet', '--bare', '--template=')
  const ref = await refOf(revision, () => need('ls-remote', '--quiet', '--', url))
  if (ref !== undefined) {
    const fetched = await git('fetch', '--quiet', '--depth=1', '--no-tags', '--', url, ref)
    const commit = fetched.code === 0 ? await commitOf('FETCH_HEAD') : undefined
    if (commit !== undefined && (!FULL.test(ref) || commit === ref)) return commit
  }
  // Old servers give no single commit; and what is counted from another one (`main~2`) takes the history.
  await need('fetch', '--quiet', '--no-tags', '--', url, `+HEAD:${THEIR_HEAD}`, ...ALL)
  await need('symbolic-ref', 'HEAD', THEIR_HEAD)
  for (const name of namesOf(revision)) {
    const commit = await commitOf(name)
    if (commit !== undefined) return commit
  }
  throw failure('DS_GIT_REVISION', `${withoutSecrets(url)} has no revision '${revision ?? 'HEAD'}'`, {
    where: revision ?? 'HEAD',
    hint: `List them with git ls-remote ${withoutSecrets(url)}.`,
  })
}

/**
 * The commit that a revision of another repository names, without bringing it.
 *
 * @param folder where git runs
 * @returns `undefined` where only the repository's history can tell
 * @throws DS_GIT_REMOTE, DS_GIT_MISSING, DS_ABORTED
 */
export async function peekCommit(
  url: string,
  revision: string | undefined,
  folder: string,
  { env, signal }: CloneOptions,
): Promise<string | undefined> {
  if (revision !== undefined && FULL.test(revision)) return revision
  const args = [...CAREFUL, 'ls-remote', '--quiet', '--', url]
  const { code, stdout, stderr } = await runGit(folder, args, env, { signal, isUnattended: true })
  if (code !== 0) throw unreached(url, stderr)
  const refs = new Map(stdout.split('\n').map((line) => line.split('\t').toReversed() as [string, string | undefined]))
  for (const name of namesOf(revision)) {
    // What an annotated tag stands for.
    const commit = refs.get(`${name}^{}`) ?? refs.get(name)
    if (commit !== undefined) return commit
  }
  return undefined
}

/** What the other side is asked for; `undefined` where only its history can tell. */
async function refOf(revision: string | undefined, list: () => Promise<string>): Promise<string | undefined> {
  if (revision !== undefined && FULL.test(revision)) return revision
  const refs = new Set((await list()).split('\n').map((line) => line.split('\t')[1]))
  if (!refs.has('HEAD')) throw failure('DS_GIT_REVISION', 'there are no commits in that repository yet')
  return namesOf(revision).find((name) => refs.has(name))
}

/** What a revision may stand for there, as git looks for it. */
function namesOf(revision = 'HEAD'): string[] {
  return revision === 'HEAD' ? ['HEAD'] : [revision, `refs/tags/${revision}`, `refs/heads/${revision}`]
}

/** What git says after all that it says of a place that it cannot read. */
const ANYWAY =
  /^(?:fatal: Could not read from remote repository\.|Please make sure you have the correct access rights|and the repository exists\.|)$/

/** What git says last says most, without the password that the address may hold. */
function unreached(url: string, stderr: string): Error {
  const lines = stderr.trim().split(/\r?\n/)
  const last = lines.findLast((line) => !ANYWAY.test(line)) ?? lines[0] ?? ''
  const shown = withoutSecrets(url)
  return failure('DS_GIT_REMOTE', `${shown} cannot be read: ${withoutSecrets(last.replaceAll(url, shown))}`, {
    where: shown,
  })
}
