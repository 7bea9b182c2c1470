import { readdir } from 'node:fs/promises'
import { isAbsolute, join, posix, relative, resolve, sep } from 'node:path'
import {
  isDayshiftError,
  readTextFile,
  systemCode,
  throwIfAborted,
  withoutSecrets,
  type Finding,
} from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { mapConcurrently } from './concurrent.ts'
import { hashOf, isEmptyRecord, readDvcFile, type DataEntry, type DepEntry } from './formats/dvcfile.ts'
import type { Git } from './git/git.ts'
import { needCommit, needGit } from './git/revision.ts'
import { unreadable, type DataHash } from './cache/hash.ts'
import { openIgnore, type DvcIgnore } from './workspace/ignore.ts'
import { readLockfile } from './formats/lockfile.ts'
import { readPipeline, type Stage } from './formats/pipeline.ts'
import { compareCodePoints } from './formats/python.ts'
import { isReserved } from './formats/reserved.ts'
import type { DvcRepo } from './repo.ts'
import type { ReadText } from './formats/template.ts'
import { exists, refuseOtherNames } from './workspace/walk.ts'
import type { YamlMapping } from './formats/yaml.ts'

/** Data that DVC keeps: what a `.dvc` file or a stage of a `dvc.yaml` says is tracked. */
export interface Output {
  /** Relative to the repository's root, POSIX; an address as it stands there. */
  readonly path: string
  /** The `.dvc` or `dvc.yaml` file that says so, relative to the root, POSIX. */
  readonly file: string
  /** The stage's name, of a `dvc.yaml`. */
  readonly stage?: string
  /** Absent where the data was never hashed, or is known by a cloud's own token only. */
  readonly hash?: DataHash
  /** Bytes, of all files of a directory. */
  readonly size?: number
  /** Directories only. */
  readonly nfiles?: number
  readonly isexec?: boolean
  /** Whether the cache keeps the data. */
  readonly cache: boolean
  /** Whether the data stays where its stage is run again. */
  readonly persist: boolean
  /** Whether the data goes to remotes. */
  readonly push: boolean
  /** The remote that it goes to instead of the default one. */
  readonly remote?: string
  readonly frozen: boolean
  /** Whether it was imported from elsewhere. */
  readonly isImport: boolean
  /** What its stage depends on, relative to the repository's root, POSIX. */
  readonly deps?: readonly string[]
  /** What it was imported from. */
  readonly origin?: DepEntry
  /** The files of a directory whose versions a remote keeps. */
  readonly files?: readonly YamlMapping[]
  /** Of a file: its versions by remote, where these keep them. */
  readonly cloud?: YamlMapping
}

/** Where outputs are looked for. */
export interface OutputsOptions {
  /** A git revision or tag; the workspace by default. */
  readonly revision?: string | undefined
  /** Whether data that lies outside of the repository is in it too; false by default. */
  readonly outside?: boolean | undefined
  /** Called with each record that is passed over since its data lies outside of the repository. */
  readonly onOutside?: ((finding: Finding) => void) | undefined
  /** Called with each `.dvc` file that names no data, as one that a power cut has emptied: as errors name it. */
  readonly onEmpty?: ((file: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Files that are read at the same time. */
const READERS = 32

/**
 * Finds everything that DVC tracks, in the workspace or at a git revision, ordered by file and then as the file has it.
 * Like DVC it passes over files that git or `.dvcignore` ignores, that lie in tracked data, and those of repositories
 * within; and data that lies outside of the repository.
 *
 * @throws DS_DVC_FILE_MALFORMED for any `.dvc`, `dvc.yaml` or `dvc.lock` that cannot be read, and for an output that is the
 *   root or lies in a folder of git's or DVC's; DS_GIT_REVISION, DS_GIT_NO_REPO, DS_ABORTED
 * @example (await outputsOf(repo, { revision: 'v1.0' }))[0]?.hash // { algorithm: 'md5', digits: '…' }
 */
export async function outputsOf(repo: DvcRepo, options: OutputsOptions = {}): Promise<Output[]> {
  const { revision } = options
  return collect(revision === undefined ? workspace(repo) : await commitOf(repo, revision), new Map(), options)
}

/**
 * Finds everything that DVC tracks at many revisions, one after the other. What stays the same from one to the next is
 * read but once.
 *
 * @throws as {@link outputsOf}
 * @example for await (const { revision, outputs } of outputsAt(repo, ['v1', 'v2'])) console.log(revision, outputs.length)
 */
export async function* outputsAt(
  repo: DvcRepo,
  revisions: Iterable<string>,
  options: Omit<OutputsOptions, 'revision'> = {},
): AsyncGenerator<{ readonly revision: string; readonly outputs: readonly Output[] }> {
  const memory = new Map<string, Output[]>()
  for (const revision of revisions) {
    yield { revision, outputs: await collect(await commitOf(repo, revision), memory, options) }
  }
}

/** @param memory outputs of `.dvc` files by what the source knows the file's content by */
async function collect(
  source: Source,
  memory: Map<string, Output[]>,
  { signal, outside = false, onOutside, onEmpty }: OutputsOptions,
): Promise<Output[]> {
  const found: Output[] = []
  const folders = new Set<string>()
  const files = await source.files()
  const known = new Map(files.map((file) => [file, memory.get(source.keyOf(file) ?? '')]))
  const texts = new Map(await source.read(files.filter((file) => known.get(file) === undefined)))
  // Files nearer to the root come first, so that those in data that they track are known to be data.
  for (const file of files.toSorted((a, b) => depth(a) - depth(b) || compareCodePoints(a, b))) {
    throwIfAborted(signal)
    if (parentsOf(file).some((folder) => folders.has(folder))) continue
    const outputs = known.get(file) ?? (await outputsIn(source, file, texts.get(file), onEmpty))
    for (const output of outputs) folders.add(output.path)
    found.push(...outputs)
    const key = source.keyOf(file)
    if (key !== undefined && file.endsWith('.dvc')) memory.set(key, outputs)
  }
  const all = found.toSorted((a, b) => compareCodePoints(a.file, b.file))
  if (outside) return all
  for (const output of all) if (isOutside(output.path)) onOutside?.(outsideFinding(output))
  return all.filter(({ path }) => !isOutside(path))
}

async function outputsIn(
  source: Source,
  file: string,
  text: string | undefined,
  onEmpty: OutputsOptions['onEmpty'],
): Promise<Output[]> {
  if (text === undefined) return []
  const where = `${source.prefix}${file}`
  return file.endsWith('.dvc') ? ofDvcFile(text, file, where, source, onEmpty) : ofPipeline(text, file, where, source)
}

function outsideFinding({ file, path }: Output): Finding {
  return {
    severity: 'warn',
    code: 'outputs.outside',
    message: `${file} is passed over: ${withoutSecrets(path)} lies outside of the repository`,
    hint: 'Track the data where it lies, or move it into the repository.',
  }
}

/** A record that names no data, whether anything is lost with it or not. */
export function emptyRecord(file: string): Error {
  const data = file.replace(/\.dvc$/, '')
  return failure('DS_DVC_FILE_MALFORMED', `${file} is empty: it names no data, and nobody knows what it stood for`, {
    where: file,
    hint: `Write it anew: dayshift dvc add '${data}'; or restore it: git checkout -- '${file}'; or remove it, where it is to track nothing.`,
  })
}

/** The name of the .dvc file that `dvc add` makes for data. */
export function dvcFileFor(path: string): string {
  return `${path}.dvc`
}

/** Where files are read from. */
interface Source {
  /** The repository's folder. */
  readonly root: string
  /** What stands before paths in errors. */
  readonly prefix: string
  /** The `.dvc` and `dvc.yaml` files of this repository. */
  files(): Promise<string[]>
  /** What a file and its content are known by, where that never changes. */
  keyOf(file: string): string | undefined
  /** Their texts; files that are gone are left out. */
  read(files: readonly string[]): Promise<[file: string, text: string][]>
  readonly readText: ReadText
}

function workspace(repo: DvcRepo): Source {
  const readText: ReadText = (path) => readIfThere(join(repo.root, path))
  return {
    root: repo.root,
    prefix: '',
    keyOf: () => undefined,
    async files() {
      const ignore = openIgnore(repo.root)
      if (!repo.git) return walkForDvcFiles(repo.root, '', ignore)
      const isForeign = foreignFolders(repo.root)
      const listed = await listDvcFiles(repo.root, '', repo.git, ignore)
      const kept = await mapConcurrently(listed, READERS, async (file) =>
        (await ignore.ignoredBy(file, false)) !== undefined || (await isForeign(posix.dirname(file))) ? [] : [file],
      )
      return kept.flat()
    },
    async read(files) {
      const texts = await mapConcurrently(files, READERS, async (file) => [file, await readText(file)] as const)
      return texts.flatMap(([file, text]) => (text === undefined ? [] : [[file, text]]))
    },
    readText,
  }
}

/** Says whether a folder is or lies in a repository within this one. */
function foreignFolders(root: string): (folder: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>([['.', Promise.resolve(false)]])
  const isForeign = (folder: string): Promise<boolean> => {
    const answer = known.get(folder) ?? look(folder)
    known.set(folder, answer)
    return answer
  }
  const look = async (folder: string): Promise<boolean> =>
    (await isForeign(posix.dirname(folder))) || exists(join(root, folder, '.dvc'))
  return isForeign
}

/** Git lists nothing of the repositories within, submodules for one; DVC looks into them, unless they are its own. */
async function listDvcFiles(root: string, folder: string, git: Git, ignore: DvcIgnore): Promise<string[]> {
  const { files, repositories } = await git.listFiles(isDvcFile)
  const found = files.map((file) => posix.join(folder, file))
  for (const name of repositories) {
    const path = posix.join(folder, name)
    const isPassed = (await ignore.ignoredBy(path, true)) !== undefined || (await exists(join(root, path, '.dvc')))
    if (!isPassed && (await exists(join(root, path)))) {
      found.push(...(await listRepository(root, path, git.within(name), ignore)))
    }
  }
  return found
}

async function listRepository(root: string, path: string, git: Git, ignore: DvcIgnore): Promise<string[]> {
  try {
    if (await exists(join(root, path, '.git'))) return await listDvcFiles(root, path, git, ignore)
  } catch (error) {
    // What git cannot use holds files all the same.
    if (!(isDayshiftError(error) && error.code === 'DS_GIT_FAILED')) throw error
  }
  return walkForDvcFiles(root, path, ignore)
}

async function walkForDvcFiles(root: string, folder: string, ignore: DvcIgnore): Promise<string[]> {
  const found: string[] = []
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) =>
    Promise.reject(unreadable(folder, error)),
  )
  for (const entry of entries) {
    const path = posix.join(folder, entry.name)
    const isDirectory = entry.isDirectory()
    if (!isDirectory && !(isDvcFile(entry.name) && (entry.isFile() || entry.isSymbolicLink()))) continue
    if ((await ignore.ignoredBy(path, isDirectory)) !== undefined) continue
    refuseOtherNames(join(root, folder), entry.name)
    if (!isDirectory) found.push(path)
    else if (!(await exists(join(root, path, '.dvc')))) found.push(...(await walkForDvcFiles(root, path, ignore)))
  }
  return found
}

async function commitOf(repo: DvcRepo, revision: string): Promise<Source> {
  const git = needGit(repo, 'revisions')
  const commit = await needCommit(git, revision)
  const listed = await git.filesAt(commit)
  const blobs = new Map(listed.map(({ path, id }) => [path, id]))
  if (blobs.size < listed.length) {
    throw failure('DS_DVC_PATH_NAME', `${revision} has names that are not UTF-8`, { where: revision })
  }
  const foreign = new Set(
    [...blobs.keys()].flatMap((path) => {
      const at = path.lastIndexOf('/.dvc/')
      return at > 0 ? [path.slice(0, at)] : []
    }),
  )
  return {
    root: repo.root,
    prefix: `${revision}:`,
    keyOf: (file) => `${blobs.get(file) as string} ${file}`,
    async files() {
      return [...blobs.keys()].filter(
        (path) => isDvcFile(posix.basename(path)) && !parentsOf(path).some((folder) => foreign.has(folder)),
      )
    },
    async read(files) {
      const texts = await git.readBlobs(files.map((file) => blobs.get(file) as string))
      return files.map((file, at) => [file, (texts[at] as Buffer).toString()])
    },
    readText: async (path) => readBlob(git, blobs.get(path)),
  }
}

async function readBlob(git: Git, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined
  const [text] = await git.readBlobs([id])
  return text?.toString()
}

function isDvcFile(name: string): boolean {
  return /.\.dvc$/.test(name) || name === 'dvc.yaml'
}

function ofDvcFile(
  text: string,
  file: string,
  where: string,
  { root }: Source,
  onEmpty: OutputsOptions['onEmpty'],
): Output[] {
  const record = readDvcFile(text, where)
  if (isEmptyRecord(record)) onEmpty?.(where)
  const { outs = [], deps, wdir = '.', frozen = false } = record
  const folder = posix.join(posix.dirname(file), wdir)
  return outs.map((out) => {
    const { cache = true, persist = false, push = true, remote } = out
    const path = outputPath(root, folder, out.path, where)
    const flags = { cache, persist, push, ...(remote === undefined ? {} : { remote }) }
    const [origin] = deps ?? []
    const from = { isImport: origin !== undefined, ...(origin ? { origin } : {}) }
    return { path, file, ...weightOf(out), ...flags, frozen, ...from }
  })
}

async function ofPipeline(text: string, file: string, where: string, source: Source): Promise<Output[]> {
  const stages = await readPipeline(text, file, source.readText, where)
  const lockFile = posix.join(posix.dirname(file), 'dvc.lock')
  const lockText = await source.readText(lockFile)
  const locked = lockText === undefined ? undefined : readLockfile(lockText, `${source.prefix}${lockFile}`)
  return stages.flatMap((stage) => ofStage(stage, file, where, source, locked?.get(stage.name)))
}

function ofStage(
  stage: Stage,
  file: string,
  where: string,
  { root }: Source,
  locked?: ReadonlyMap<string, DataEntry>,
): Output[] {
  const deps = stage.deps
    .filter((said) => !isAddress(said))
    .map((said) =>
      relative(root, resolve(root, stage.wdir, said))
        .split(sep)
        .join('/'),
    )
  return stage.outs.map(({ path: said, ...flags }) => {
    const path = outputPath(root, stage.wdir, said, where)
    // A path that dvc.yaml has as an absolute one is relative in dvc.lock.
    const entry = locked?.get(said) ?? locked?.get(posix.relative(stage.wdir, path))
    const weight = entry === undefined ? {} : weightOf(entry)
    const stagely = { stage: stage.name, frozen: stage.frozen, ...(deps.length > 0 ? { deps } : {}) }
    return { path, file, ...stagely, ...weight, ...flags, isImport: false }
  })
}

function weightOf(entry: DataEntry): Pick<Output, 'hash' | 'size' | 'nfiles' | 'isexec' | 'files' | 'cloud'> {
  const { size, nfiles, isexec, files, cloud } = entry
  const hash = hashOf(entry)
  return {
    ...(hash === undefined ? {} : { hash }),
    ...(size === undefined ? {} : { size }),
    ...(nfiles === undefined ? {} : { nfiles }),
    ...(isexec === undefined ? {} : { isexec }),
    ...(files === undefined ? {} : { files }),
    ...(cloud === undefined ? {} : { cloud }),
  }
}

/**
 * Where an output lies: from the root, POSIX; with `..` in front outside of the repository, and an address as it is. As in
 * DVC an absolute path may lead into the repository.
 *
 * @param folder what relative paths are taken from, from the root
 * @param where the file that says so, for errors
 * @throws DS_DVC_FILE_MALFORMED for the root itself, for what would be taken for a record, and for what lies in a folder of git's or DVC's: a file of somebody
 *   else's must not make us write or remove anything there
 */
export function outputPath(root: string, folder: string, said: string, where: string): string {
  if (isAddress(said)) return said
  const path = relative(root, resolve(root, folder, said))
    .split(sep)
    .join('/')
  const isRecord = /(?:.\.dvc|^dvc\.yaml|^dvc\.lock|^\.dvcignore)$/.test(posix.basename(path))
  if (!isOutside(path) && (path === '' || isRecord || isReserved(path))) {
    const place = isRecord ? 'a name that records have' : 'in a folder of git or DVC'
    const what = path === '' ? 'the repository itself' : `'${path}', ${place}`
    throw failure('DS_DVC_FILE_MALFORMED', `${where} tracks ${what}: no data can be there`, {
      where,
      hint: 'Remove that output from the file named, and find out who put it there; nothing was changed.',
    })
  }
  return path
}

function isAddress(path: string): boolean {
  return /^\w+:\/\//.test(path)
}

function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../') || isAbsolute(path) || isAddress(path)
}

function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'))
}

function depth(path: string): number {
  return path.split('/').length
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readTextFile(path)
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '')) throw unreadable(path, error)
    // Git lists a file that it tracks also where it was deleted; a folder may be called x.dvc.
    if (systemCode(error) !== 'ENOENT' || !(await exists(path))) return undefined
    throw failure('DS_DVC_UNREADABLE', `${path} is a link that leads nowhere`, { where: path, cause: error })
  }
}
