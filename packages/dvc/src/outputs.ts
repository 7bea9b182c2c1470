import { isAbsolute, posix, relative, resolve, sep } from 'node:path'
import { throwIfAborted, withoutSecrets, type Finding } from '@dayshift/core/ground'
import type { DataHash } from './cache/hash.ts'
import { failure } from './codes.ts'
import { hashOf, isEmptyRecord, readDvcFile, type DataEntry, type DepEntry } from './formats/dvcfile.ts'
import { readLockfile } from './formats/lockfile.ts'
import { readPipeline, type Stage } from './formats/pipeline.ts'
import { compareCodePoints } from './formats/python.ts'
import { isReserved } from './formats/reserved.ts'
import type { YamlMapping } from './formats/yaml.ts'
import { parentsOf, recordsAt, recordsOfWorkspace, type RecordSource } from './record-source.ts'
import type { DvcRepo } from './repo.ts'

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
  return collect(
    revision === undefined ? recordsOfWorkspace(repo) : await recordsAt(repo, revision),
    new Map(),
    options,
  )
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
    yield { revision, outputs: await collect(await recordsAt(repo, revision), memory, options) }
  }
}

/** @param memory outputs of `.dvc` files by what the source knows the file's content by */
async function collect(
  source: RecordSource,
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
  source: RecordSource,
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

function ofDvcFile(
  text: string,
  file: string,
  where: string,
  { root }: RecordSource,
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

async function ofPipeline(text: string, file: string, where: string, source: RecordSource): Promise<Output[]> {
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
  { root }: RecordSource,
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

function depth(path: string): number {
  return path.split('/').length
}
