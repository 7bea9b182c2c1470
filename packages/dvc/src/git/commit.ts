import type { Finding } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import type { Git } from './git.ts'
import type { AddPlan } from '../add.ts'
import { INIT_FILES, type DvcRepo } from '../repo.ts'
import { WITH_GIT } from './revision.ts'

/** What concerns git in versioning. */
export interface CommitOptions {
  readonly message?: string | undefined
  readonly tag?: string | undefined
  readonly commit?: boolean | undefined
}

/** What came of it in git. */
export interface Committed {
  readonly commit?: string
  readonly tag?: string
  readonly findings?: readonly Finding[]
}

/**
 * Commits the files of a version that has been written, and sets the tag. Files of the repository itself that no commit
 * holds yet go along. Without a git identity the files are staged only, and a finding says what to do: an error where a
 * tag or a message was asked for.
 *
 * @throws DS_GIT_FAILED, where a hook refuses for one
 */
export async function commitVersion(repo: DvcRepo, plan: AddPlan, options: CommitOptions): Promise<Committed> {
  const { git, config } = repo
  if (!git) return {}
  const paths = await pathsToCommit(git, plan)
  if (options.commit === false) {
    if (config.autostage && paths.length > 0) await git.add(paths)
    return {}
  }
  if (paths.length > 0) await git.add(paths)
  if ((paths.length > 0 || options.tag !== undefined) && !(await git.hasIdentity()))
    return { findings: [noIdentity(options)] }
  const message = options.message ?? messageFor(plan)
  const commit = paths.length > 0 ? await git.commit(message, paths) : undefined
  if (options.tag !== undefined && (await git.resolve(`refs/tags/${options.tag}`)) === undefined) {
    await git.tag(options.tag, message)
  }
  return { ...(commit === undefined ? {} : { commit }), ...(options.tag === undefined ? {} : { tag: options.tag }) }
}

/**
 * Refuses a tag that could not be set: before the data is read, and again, with the plan, before files are written.
 *
 * @throws DS_GIT_TAG
 */
export async function refuseTag(repo: DvcRepo, options: CommitOptions, plan?: AddPlan): Promise<void> {
  const { tag } = options
  if (tag === undefined) return
  const refuse = (reason: string, more: { readonly hint?: string } = {}): Error =>
    failure('DS_GIT_TAG', `cannot set the tag '${tag}': ${reason}`, more)
  if (!repo.git) throw refuse('the repository works without git', { hint: WITH_GIT })
  if (options.commit === false)
    throw refuse('nothing is to be committed', { hint: 'Leave out --no-commit (in code commit: false), or the tag.' })
  if (!(await repo.git.isTagName(tag))) throw refuse('git does not allow such a name')
  const tagged = await repo.git.resolve(`refs/tags/${tag}`)
  if (tagged === undefined) return
  const isCurrent = tagged === (await repo.git.resolve('HEAD'))
  const isCommitted = !plan || (plan.writes.length === 0 && (await pathsToCommit(repo.git, plan)).length === 0)
  if (!isCurrent || !isCommitted) throw refuse(`it is on ${tagged.slice(0, 10)} already`)
}

/**
 * Refuses to commit in the middle of a merge, before anything is written or staged: git would refuse it afterwards.
 *
 * @throws DS_GIT_FAILED
 */
export async function refuseMerge(repo: DvcRepo, options: CommitOptions): Promise<void> {
  if (options.commit === false || (await repo.git?.resolve('MERGE_HEAD')) === undefined) return
  throw failure('DS_GIT_FAILED', 'a merge is in progress, and git commits no single files meanwhile', {
    where: repo.root,
    hint: 'Finish the merge first, or write the files without a commit (commit: false, --no-commit).',
  })
}

/** A `.gitignore` goes along with its `.dvc` file only: changes that the user made to it otherwise are his to commit. */
async function pathsToCommit(git: Git, { records, writes }: AddPlan): Promise<string[]> {
  const written = new Set(writes.map(({ path }) => path))
  const open = new Set(await git.uncommitted([...new Set(records.map(({ dvcFile }) => dvcFile))]))
  const beside = records
    .filter(({ dvcFile, ignoreFile }) => open.has(dvcFile) || written.has(ignoreFile))
    .map(({ ignoreFile }) => ignoreFile)
  const isNew = (await git.show('HEAD', '.dvc/config')) === undefined
  const along = [...new Set([...beside, ...(isNew ? INIT_FILES : [])])]
  const more = along.length > 0 ? await git.uncommitted(along) : []
  if (open.size === 0 && written.size === 0) return []
  return [...more, ...open]
}

function messageFor({ files }: AddPlan): string {
  const names = files.slice(0, 3).map(({ path }) => path)
  const rest = files.length - names.length
  return `Version ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

function noIdentity({ tag, message }: CommitOptions): Finding {
  const untagged = tag === undefined ? '' : `, and the tag '${tag}' is not set`
  return {
    severity: tag === undefined && message === undefined ? 'warn' : 'error',
    code: 'version.no_identity',
    message: `the files are staged, but not committed${untagged}: git does not know who you are`,
    hint: 'Run git config user.name "Your Name" and git config user.email you@example.com, then run it again.',
  }
}
