import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { withoutSecrets } from '@dayshift/core/ground'
import { configFiles, readConfig, type DvcConfig } from '../config.ts'
import { openGit, type Environment, type Git } from '../git/git.ts'
import { needCommit, needGit } from '../git/revision.ts'
import { findRepo, type DvcRepo, type UserConfig } from '../repo.ts'
import { writeAtomically } from '../write.ts'
import { gitAddress } from './address.ts'
import { cloneCommit, peekCommit } from './clone.ts'
import { overlaid, type RemoteChoice } from './overlay.ts'

/** Another repository, and which of its commits. */
export interface SourceRequest extends RemoteChoice {
  /** A folder, an address of git's, or `host:path`. */
  readonly url: string
  /** A revision; by default the newest of its main branch, or what a folder has checked out. */
  readonly revision?: string | undefined
  /** Whether a folder of this machine is looked at as it is, where no revision is asked for; false by default. */
  readonly asItIs?: boolean | undefined
  /** What a relative folder is taken from, in this order. */
  readonly folders: readonly string[]
}

/** With what another repository is opened. */
export interface SourceContext {
  /** A folder of one's own for what has to be brought; it is made. */
  readonly scratch: string
  /** The cache that its data goes to. */
  readonly cacheDir: string
  readonly cacheShared?: boolean | undefined
  readonly env?: Environment | undefined
  readonly user?: UserConfig | undefined
  readonly signal?: AbortSignal | undefined
}

/** Another repository. */
export interface Source {
  /** Where it is, without secrets. */
  readonly url: string
  /** The full name of the commit; absent where a folder is looked at as it is. */
  readonly commit?: string
  /** The repository that a path of it belongs to: there may be some within. */
  at(path: string): Promise<SourcePlace>
}

/** A place in another repository. */
export interface SourcePlace {
  /** The repository; its cache is the one that data goes to. */
  readonly repo: DvcRepo
  /** Relative to the repository's root, POSIX; empty for the root. */
  readonly path: string
  /** Absent where a folder is looked at as it is. */
  readonly revision?: string
  /** Where its own cache is, if that is on this machine. */
  readonly ownCache?: string
}

/**
 * Opens another repository: a folder with DVC in it in place, anything else through git.
 *
 * @throws DS_GIT_ADDRESS, DS_GIT_REMOTE, DS_GIT_REVISION, DS_GIT_MISSING, DS_DVC_CONFIG, DS_ABORTED
 */
export async function openSource(request: SourceRequest, context: SourceContext): Promise<Source> {
  const { url, isFolder } = gitAddress(request.url, request.folders)
  const repo = isFolder ? await findRepo(url, context.env, context.user) : undefined
  return repo ? openFolder(repo, request, context) : openClone(url, request, context)
}

/**
 * The commit that {@link openSource} would open, without bringing anything.
 *
 * @param folder where git runs
 * @returns `undefined` where nothing less than the repository's history tells it
 * @throws DS_GIT_ADDRESS, DS_GIT_REMOTE, DS_GIT_REVISION, DS_GIT_MISSING, DS_ABORTED
 */
export async function peekSource(
  request: SourceRequest,
  folder: string,
  { env, user, signal }: Pick<SourceContext, 'env' | 'user' | 'signal'>,
): Promise<string | undefined> {
  const { url, isFolder } = gitAddress(request.url, request.folders)
  const repo = isFolder ? await findRepo(url, env, user) : undefined
  if (repo) return needCommit(needGit(repo, 'revisions'), request.revision ?? 'HEAD')
  return peekCommit(url, request.revision, folder, { env, signal })
}

async function openFolder(top: DvcRepo, request: SourceRequest, context: SourceContext): Promise<Source> {
  const { revision, asItIs = false } = request
  const isBare = asItIs && revision === undefined
  const commit = isBare ? undefined : await needCommit(needGit(top, 'revisions'), revision ?? 'HEAD')
  return {
    url: top.root,
    ...(commit === undefined ? {} : { commit }),
    async at(said) {
      const path = pathFromRoot(said)
      const folder = foldersOf(path).find((one) => one !== '' && isDirectory(join(top.root, one, '.dvc')))
      const own =
        folder === undefined ? top : ((await findRepo(join(top.root, folder), context.env, context.user)) ?? top)
      const repo = { ...own, config: await configFor(own.config, request, context) }
      return {
        repo,
        path: folder === undefined ? path : path.slice(folder.length + 1),
        ...(commit === undefined ? {} : { revision: commit }),
        ownCache: own.config.cacheDir,
      }
    },
  }
}

async function openClone(url: string, request: SourceRequest, context: SourceContext): Promise<Source> {
  const { scratch, env, signal, user } = context
  const place = { gitDir: join(scratch, 'git'), workTree: join(scratch, 'tree') }
  const commit = await cloneCommit(url, request.revision, place.gitDir, { env, signal })
  mkdirSync(place.workTree, { recursive: true })
  const git = openGit(place.workTree, env, place)
  const blobs = new Map((await git.filesAt(commit)).map((blob) => [blob.path, blob.id]))
  return {
    url: withoutSecrets(url),
    commit,
    async at(said) {
      const path = pathFromRoot(said)
      const folder = foldersOf(path).find((one) => blobs.has(posix.join(one, '.dvc/config'))) ?? ''
      const root = join(place.workTree, folder)
      const dvcDir = join(root, '.dvc')
      mkdirSync(dvcDir, { recursive: true })
      await writeAtomically(join(dvcDir, 'config'), await textOf(git, blobs.get(posix.join(folder, '.dvc/config'))))
      const files = configFiles(dvcDir, user)
      const config = await configFor(await readConfig(dvcDir, files), request, context)
      const repo = { root, dvcDir, config, configFiles: files, git: openGit(root, env, place) }
      return { repo, path: folder === '' ? path : path.slice(folder.length + 1), revision: commit }
    },
  }
}

async function configFor(
  own: DvcConfig,
  request: SourceRequest,
  { cacheDir, cacheShared = false }: SourceContext,
): Promise<DvcConfig> {
  const { cacheShared: _, ...config } = await overlaid(own, request, request.folders[0] ?? '')
  return { ...config, cacheDir, ...(cacheShared ? { cacheShared } : {}) }
}

async function textOf(git: Git, id: string | undefined): Promise<string> {
  const [text] = id === undefined ? [] : await git.readBlobs([id])
  return text?.toString() ?? ''
}

/** As DVC takes paths: from the root, however they are written. */
function pathFromRoot(said: string): string {
  return posix.normalize(`/${said}`).replace(/^\/+|\/+$/g, '')
}

/** The folders that lead to a path, itself first, the root last. */
function foldersOf(path: string): string[] {
  const parts = path === '' ? [] : path.split('/')
  return Array.from({ length: parts.length + 1 }, (_, less) => parts.slice(0, parts.length - less).join('/'))
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}
