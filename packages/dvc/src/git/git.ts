import { spawn } from 'node:child_process'
import { existsSync, lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf, throwIfAborted } from '@dayshift/core/ground'
import { failure } from '../codes.ts'

/** The variables that git gets; `undefined` means those of this process. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The system's git at work in one folder. Paths are relative to that folder, and never taken as patterns. */
export interface Git {
  /** The folder that git runs in. */
  readonly folder: string
  /** Whether git has the path, or anything beneath it, in its index. */
  isTracked(path: string): Promise<boolean>
  /** Whether a `.gitignore` or another exclude file hides the path; being tracked does not count. */
  isIgnored(path: string): Promise<boolean>
  /**
   * Files that are tracked, or not but could be, in every folder.
   *
   * @param isWanted by their last name
   * @throws DS_DVC_PATH_NAME where what is wanted has a name that is not UTF-8: it could be neither read nor passed over
   */
  listFiles(isWanted: (name: string) => boolean): Promise<ListedFiles>
  /** Git for a folder beneath this one. */
  within(folder: string): Git
  /** Puts paths into the index. */
  add(paths: readonly string[]): Promise<void>
  /** Those among the paths that differ from the last commit, or are not in it. */
  uncommitted(paths: readonly string[]): Promise<string[]>
  /**
   * Commits these paths as they are on disk and nothing else: what is staged otherwise stays staged. They have to be in
   * the index.
   *
   * @returns the new commit's hash; `undefined` where the last commit holds all of it already
   */
  commit(message: string, paths: readonly string[]): Promise<string | undefined>
  /** Sets an annotated tag, on the last commit where no other is named. */
  tag(name: string, message: string, commit?: string): Promise<void>
  /** Whether git knows whom to name as author and committer. */
  hasIdentity(): Promise<boolean>
  /** The commit that a revision or tag names; `undefined` where there is none. */
  resolve(revision: string): Promise<string | undefined>
  /** A file's text at a commit; `undefined` where it is not in it. */
  show(commit: string, path: string): Promise<string | undefined>
  /** All files of a commit beneath the folder. */
  filesAt(commit: string): Promise<BlobAt[]>
  /** The contents of blobs, in order, through one process. */
  readBlobs(ids: readonly string[]): Promise<Buffer[]>
  /** The sizes of git's own objects in bytes, in order. */
  sizes(ids: readonly string[]): Promise<number[]>
  /** The commits that changed a path, newest first. */
  history(path: string): Promise<string[]>
  /** What a command prints that only reads. Paths are never taken as patterns. */
  ask(...args: readonly string[]): Promise<string>
  /** Whether a name may be a tag's. */
  isTagName(name: string): Promise<boolean>
}

/** What git lists of a folder. */
interface ListedFiles {
  readonly files: readonly string[]
  /** Submodules and other repositories within, of which git lists nothing. */
  readonly repositories: readonly string[]
}

/** A file of a commit. */
interface BlobAt {
  readonly path: string
  /** Whether it is a symbolic link: its content is where it leads to then. */
  readonly isLink: boolean
  /** What git knows its content by. */
  readonly id: string
}

/**
 * The root of the git repository that a folder lies in; `undefined` where it lies in none.
 *
 * @throws DS_GIT_MISSING where git is not installed
 */
export async function gitRoot(folder: string, env?: Environment): Promise<string | undefined> {
  const { code, stdout, stderr } = await runGit(folder, ['rev-parse', '--show-toplevel'], env)
  if (code === 0) return stdout.replace(/\r?\n$/, '')
  if (!hasGitAbove(folder)) return undefined
  // A repository that git does not trust, or finds broken, is not the same as none.
  throw failure('DS_GIT_FAILED', `git cannot use the repository of ${folder}: ${stderr.trim()}`, {
    where: folder,
    hint: 'Do what git says.',
  })
}

function hasGitAbove(folder: string): boolean {
  return existsSync(join(folder, '.git')) || (dirname(folder) !== folder && hasGitAbove(dirname(folder)))
}

/** Where git finds its own things, for a folder that is no checkout of them. */
export interface GitPlace {
  /** The repository, such as a bare one. */
  readonly gitDir: string
  /** The folder that stands for the root of its files; none of them need be there. */
  readonly workTree: string
}

/**
 * Git for a folder inside of a git repository.
 *
 * @param place for a folder that only stands for one of a repository; what git finds above the folder by default
 * @throws DS_GIT_FAILED with git's own words, DS_GIT_MISSING; each method may
 * @example await openGit('/srv/airports').isTracked('data/weather.csv') // false
 */
export function openGit(folder: string, env?: Environment, place?: GitPlace): Git {
  const run = (
    where: string,
    args: readonly string[],
    variables: Environment | undefined,
    options: RunOptions = {},
  ): Promise<Outcome> => runGit(where, args, variables, { ...options, place })
  const need = async (args: readonly string[], input?: string): Promise<string> => {
    const { code, stdout, stderr } = await run(folder, args, env, input === undefined ? {} : { input })
    if (code === 0) return stdout
    throw failure('DS_GIT_FAILED', `git ${args[0]} failed: ${stderr.trim() || stdout.trim() || `exit code ${code}`}`)
  }
  const holds = async (args: readonly string[]): Promise<boolean> => (await run(folder, args, env)).code === 0

  const git: Git = {
    folder,
    async isTracked(path) {
      return (await need(['ls-files', '-z', '--', path])) !== ''
    },
    async isIgnored(path) {
      // check-ignore knows no literal paths; after `./` no character means anything but itself to it.
      const args = ['check-ignore', '--quiet', '--no-index', '--', `./${path}`]
      const { code, stderr } = await run(folder, args, env, { literal: false })
      if (code > 1) throw failure('DS_GIT_FAILED', `git check-ignore failed: ${stderr.trim()}`)
      return code === 0
    },
    async listFiles(isWanted) {
      const args = ['ls-files', '-z', '-t', '--stage', '--cached', '--others', '--exclude-standard']
      const { code, bytes, stdout, stderr } = await run(folder, args, env)
      if (code !== 0) throw failure('DS_GIT_FAILED', `git ls-files failed: ${stderr.trim()}`)
      const files = new Set<string>()
      const repositories = new Set<string>()
      for (const [at, line] of stdout.split('\0').entries()) {
        const start = line.startsWith('?') ? 2 : line.indexOf('\t') + 1
        const isRepository = line.endsWith('/') || line.startsWith('160000 ', 2)
        const path = line.slice(start)
        if (path === '' || !(isRepository || isWanted(path.slice(path.lastIndexOf('/') + 1)))) continue
        if (path.includes('\uFFFD')) refuseForeignName(folder, path, pieceOf(bytes, at).subarray(start))
        if (isRepository) repositories.add(path.replace(/\/$/, ''))
        else files.add(path)
      }
      return { files: [...files], repositories: [...repositories] }
    },
    within: (name) => openGit(join(folder, name), env, place),
    async add(paths) {
      await need(...withPaths(['add'], paths))
    },
    async uncommitted(paths) {
      const words = ['status', '--porcelain', '--no-renames', '-z', '-uall', '--']
      const status: string[] = []
      for (const some of inPieces(paths)) status.push(...split(await need([...words, ...some])))
      const prefix = (await need(['rev-parse', '--show-prefix'])).replace(/\r?\n$/, '')
      const changed = new Set(status.map((line) => line.slice(3 + prefix.length)))
      return paths.filter((path) => changed.has(path))
    },
    async commit(message, paths) {
      try {
        await need(...withPaths(['commit', '--quiet', '--only', '-m', message], paths))
      } catch (error) {
        // Another process may have committed the very same in between.
        if ((await git.uncommitted(paths)).length > 0) throw error
        return undefined
      }
      return (await need(['rev-parse', 'HEAD'])).trim()
    },
    async tag(name, message, commit = 'HEAD') {
      await need(['tag', '--annotate', '-m', message, '--', name, commit])
    },
    async hasIdentity() {
      return (await holds(['var', 'GIT_AUTHOR_IDENT'])) && (await holds(['var', 'GIT_COMMITTER_IDENT']))
    },
    async resolve(revision) {
      if (revision.startsWith('-')) return undefined
      const { code, stdout } = await run(folder, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], env)
      return code === 0 ? stdout.trim() : undefined
    },
    async show(commit, path) {
      const { code, stdout } = await run(folder, ['show', `${commit}:./${path}`], env)
      return code === 0 ? stdout : undefined
    },
    async filesAt(commit) {
      return split(await need(['ls-tree', '-r', '-z', commit])).flatMap((line) => {
        const [about = '', path = ''] = line.split(/\t(.*)/s)
        const [mode, type, id = ''] = about.split(' ')
        return type === 'blob' ? [{ path, id, isLink: mode === '120000' }] : []
      })
    },
    async readBlobs(ids) {
      if (ids.length === 0) return []
      const { code, bytes, stderr } = await run(folder, ['cat-file', '--batch'], env, { input: `${ids.join('\n')}\n` })
      if (code !== 0) throw failure('DS_GIT_FAILED', `git cat-file failed: ${stderr.trim()}`)
      return splitBlobs(bytes, ids)
    },
    async sizes(ids) {
      if (ids.length === 0) return []
      const args = ['cat-file', '--batch-check=%(objectsize)']
      const { code, stdout, stderr } = await run(folder, args, env, { input: `${ids.join('\n')}\n` })
      if (code !== 0) throw failure('DS_GIT_FAILED', `git cat-file failed: ${stderr.trim()}`)
      return stdout.trimEnd().split('\n').map(Number)
    },
    async history(path) {
      if ((await run(folder, ['rev-parse', '--verify', '--quiet', 'HEAD'], env)).code !== 0) return []
      return (await need(['log', '--format=%H', '--', path])).split('\n').filter((line) => line !== '')
    },
    ask: (...args) => need(args),
    isTagName: (name) => holds(['check-ref-format', `refs/tags/${name}`]),
  }
  return git
}

/** Characters of paths that a command line surely takes; systems allow 32 thousand to two million. */
const LONGEST = 24_000

/** A command with paths: where these are too many for its words, git reads them from its input. */
function withPaths(words: readonly string[], paths: readonly string[]): [words: string[], input?: string] {
  if (lengthOf(paths) <= LONGEST) return [[...words, '--', ...paths]]
  return [[...words, '--pathspec-from-file=-', '--pathspec-file-nul'], paths.map((path) => `${path}\0`).join('')]
}

/** Paths in pieces that a command line takes. */
function inPieces(paths: readonly string[]): string[][] {
  const pieces: string[][] = [[]]
  let length = 0
  for (const path of paths) {
    length += path.length + 1
    if (length > LONGEST && pieces.at(-1)?.length !== 0) {
      pieces.push([])
      length = path.length + 1
    }
    pieces.at(-1)?.push(path)
  }
  return pieces
}

function lengthOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + path.length + 1, 0)
}

function split(list: string): string[] {
  return list.split('\0').filter((item) => item !== '')
}

/** One of the pieces that stand between zeros. */
function pieceOf(bytes: Buffer, count: number): Buffer {
  let start = 0
  for (let at = 0; at < count; at++) start = bytes.indexOf(0, start) + 1
  return bytes.subarray(start, bytes.indexOf(0, start))
}

/** What is there under a name that is not UTF-8 could be neither read nor passed over. */
function refuseForeignName(folder: string, path: string, name: Buffer): void {
  if (name.equals(Buffer.from(path))) return
  if (!lstatSync(Buffer.concat([Buffer.from(`${folder}/`), name]), { throwIfNoEntry: false })) return
  throw failure('DS_DVC_PATH_NAME', `${path}: the name is not UTF-8`, { where: path })
}

/** Each blob stands after a line `<id> blob <size>`, and a line end follows it. */
function splitBlobs(bytes: Buffer, ids: readonly string[]): Buffer[] {
  let at = 0
  return ids.map((id) => {
    const lineEnd = bytes.indexOf('\n', at)
    const size = Number(/^\S+ blob (\d+)$/.exec(bytes.toString('utf8', at, lineEnd))?.[1] ?? Number.NaN)
    if (Number.isNaN(size)) throw failure('DS_GIT_FAILED', `git has no file of the id ${id}`)
    at = lineEnd + size + 2
    return bytes.subarray(lineEnd + 1, at - 1)
  })
}

/** What a run of git came to. */
interface Outcome {
  readonly code: number
  readonly bytes: Buffer
  readonly stdout: string
  readonly stderr: string
}

/** How git is run. */
export interface RunOptions {
  /** Whether paths are never patterns; true by default. */
  readonly literal?: boolean
  readonly input?: string
  readonly place?: GitPlace | undefined
  /**
   * Whether git speaks to other machines, for nobody who could answer it: it has no terminal then to ask for passwords at,
   * and whatever it has started ends with it. False by default.
   */
  readonly isUnattended?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs git.
 *
 * @throws DS_GIT_MISSING, DS_ABORTED
 */
export function runGit(
  folder: string,
  args: readonly string[],
  env?: Environment,
  { literal = true, input, place, isUnattended = false, signal }: RunOptions = {},
): Promise<Outcome> {
  throwIfAborted(signal)
  // Without optional locks, reading never makes a `git status` that the user runs at the same time fail.
  const all = [
    '--no-optional-locks',
    ...(literal ? ['--literal-pathspecs'] : []),
    ...(place ? [`--git-dir=${place.gitDir}`, `--work-tree=${place.workTree}`] : []),
    ...args,
  ]
  const variables = env && isUnattended ? { ...env, GIT_TERMINAL_PROMPT: '0' } : env
  const isAlone = isUnattended && process.platform !== 'win32'
  return new Promise((resolve, reject) => {
    const child = spawn('git', all, {
      cwd: folder,
      ...(variables ? { env: variables } : {}),
      stdio: 'pipe',
      detached: isAlone,
    })
    const stop = (): void => {
      if (isAlone && child.pid !== undefined) endGroup(child.pid)
      else child.kill()
    }
    signal?.addEventListener('abort', stop, { once: true })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (piece: Buffer) => out.push(piece))
    child.stderr.on('data', (piece: Buffer) => err.push(piece))
    // A git that ends early, with an error of its own, reads nothing more.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
    child.on('error', (error) => {
      signal?.removeEventListener('abort', stop)
      reject(failure('DS_GIT_MISSING', `git could not be started: ${messageOf(error)}`, { cause: error }))
    })
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop)
      try {
        throwIfAborted(signal)
      } catch (error) {
        reject(error)
        return
      }
      const bytes = Buffer.concat(out)
      resolve({ code: code ?? 1, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() })
    })
  })
}

/** Ends a process with all that it has started. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid)
  } catch {
    // It has ended by itself.
  }
}
