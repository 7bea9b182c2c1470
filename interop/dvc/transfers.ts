import { execFile, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newFolder, git } from './repos.ts'
import { env, runDvc, type Ran } from '../real-dvc.ts'
import { addRemote, configFiles, init, modifyRemote } from '../../packages/dvc/src/index.ts'

/** Our program: `dayshift`. */
export const OURS_PROGRAM = join(import.meta.dirname, '..', '..', 'apps', 'cli', 'bin', 'dayshift.js')

/** A process that runs. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
}

/** Starts a program that has nothing to read. */
function start(program: string, words: readonly string[], cwd: string): Running {
  let resolve: (ran: Ran) => void
  const ended = new Promise<Ran>((settle) => (resolve = settle))
  const child = execFile(program, [...words], { cwd, env, maxBuffer: 1 << 28 }, (_, stdout, stderr) => {
    resolve({ code: child.exitCode, stdout, stderr })
  })
  child.stdin?.end()
  return { child, ended }
}

/** Whoever does a command: we, or the real DVC. */
export type Doer = (cwd: string, ...words: readonly string[]) => Promise<Ran>

export const ours: Doer = (cwd, ...words) => startOurs(cwd, ...words).ended
export const theirs: Doer = (cwd, ...words) => runDvc(cwd, words)

export function startOurs(cwd: string, ...words: readonly string[]): Running {
  return start(process.execPath, [OURS_PROGRAM, 'dvc', ...words], cwd)
}

/** Has somebody do a command that must do. */
export async function done(doer: Doer, cwd: string, ...words: readonly string[]): Promise<Ran> {
  const ran = await doer(cwd, ...words)
  if (ran.code !== 0) throw new Error(`${words.join(' ')}: ${ran.code} ${ran.stdout} ${ran.stderr}`)
  return ran
}

/** The files beneath a folder, with their mode and the md5 of their bytes; none where there is no folder. */
export async function filesOf(root: string, but: readonly string[] = [], path = ''): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(() => [])
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const place = path === '' ? entry.name : `${path}/${entry.name}`
    if (but.includes(place)) continue
    if (entry.isDirectory()) {
      Object.assign(files, await filesOf(root, but, place))
    } else {
      const mode = ((await lstat(join(root, place))).mode & 0o777).toString(8)
      files[place] = `${mode} ${createHash('md5')
        .update(await readFile(join(root, place)))
        .digest('hex')}`
    }
  }
  return files
}

/** The bytes' md5 alone: a workspace's modes are the business of umask. */
export async function contentOf(root: string): Promise<Record<string, string>> {
  const files = await filesOf(root)
  return Object.fromEntries(Object.entries(files).map(([path, told]) => [path, told.slice(-32)]))
}

/** Files that somebody has left unfinished. */
export function unfinished(files: Readonly<Record<string, string>>): string[] {
  return Object.keys(files).filter((path) => /(?:^|\/)\.[^/]*tmp$/.test(path))
}

/** Whether each file of a tree of objects is what its name says, and its mode that of an object. */
export function wrongObjects(files: Readonly<Record<string, string>>): string[] {
  return Object.entries(files)
    .filter(
      ([path, told]) =>
        told !==
        `444 ${path
          .replace(/^files\/md5\//, '')
          .replace('/', '')
          .slice(0, 32)}`,
    )
    .map(([path, told]) => `${path}: ${told}`)
}

/** What a user keeps for oneself of a remote. */
type LocalSettings = Readonly<Record<string, string>>

/** A new repository with a default remote. */
export async function repoWith(url: string, settings: LocalSettings = {}): Promise<string> {
  const root = await newFolder()
  await git(root, 'init', '--quiet', '--initial-branch=main')
  await init({ cwd: root, env })
  await addRemote(configFiles(join(root, '.dvc')), 'store', url, { cwd: root, isDefault: true })
  await setLocally(root, settings)
  return root
}

/** Whoever clones a repository has its commits, and neither its cache nor its local settings. */
export async function cloneOf(root: string, settings: LocalSettings = {}): Promise<string> {
  const copy = await newFolder()
  await git(copy, 'clone', '--quiet', root, '.')
  await setLocally(copy, settings)
  return copy
}

async function setLocally(root: string, settings: LocalSettings): Promise<void> {
  const files = configFiles(join(root, '.dvc'))
  for (const [key, value] of Object.entries(settings))
    await modifyRemote(files, 'store', key, value, { cwd: root, level: 'local' })
}

/** Commits all that git is to have. */
export async function commitAll(root: string, message = 'data'): Promise<void> {
  await git(root, 'add', '--all')
  await git(root, 'commit', '--quiet', '--allow-empty', '--message', message)
}
