import { statSync } from 'node:fs'
import { join, posix, relative, resolve } from 'node:path'
import { glob, throwIfAborted, type Finding, type VersionedFile } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { updateDvcFile, withData, writeDvcFile, type Listing, type OutEntry } from './formats/dvcfile.ts'
import { readIgnoreText, withIgnored, type IgnoreText } from './git/gitignore.ts'
import { isNoCopy } from './cache/link-probe.ts'
import { linkTypesOf } from './cache/links.ts'
import { leftFindings, linkWorkspace, type PlacedFile } from './workspace/relink.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { cachePlaceOf } from './cache/objects.ts'
import { loadManifest } from './cache/manifest.ts'
import { findRepo, INIT_FILES, needRepo, repoToBe, type DvcRepo, type RepoOptions } from './repo.ts'
import { isKeptOfDvc2 } from './workspace/kept-of-dvc2.ts'
import { knownBy, pathWithin, snapshotOf, type Reading } from './workspace/snapshot.ts'
import { openState } from './cache/state.ts'
import { openStore } from './cache/store.ts'
import { isAboutData, surveyPaths, type Target } from './workspace/survey.ts'
import { isWithin } from './within.ts'
import { DIR_SUFFIX, manifestOf, withEntries, type TreeEntry } from './formats/tree.ts'
import { writeAtomically } from './write.ts'
import { checkCall } from './call.ts'

/** A text that is to be written, bytes where it is not UTF-8; the path is relative to the repository's root, POSIX. */
export interface PlannedWrite {
  readonly path: string
  readonly text: IgnoreText
}

/** What adding some paths comes to. Plain data: it can be printed and compared. */
export interface AddPlan {
  /** The repository's folder. */
  readonly root: string
  /** Whether the repository has to be made first. */
  readonly initialize: boolean
  readonly files: readonly VersionedFile[]
  /** `.gitignore` and `.dvc` files that have to change, in the order in which they are written. */
  readonly writes: readonly PlannedWrite[]
  /** The `.dvc` files of all paths with the `.gitignore` beside each, whether they change or not. */
  readonly records: readonly { readonly dvcFile: string; readonly ignoreFile: string }[]
  /** The files that become links where `cache.type` says so. */
  readonly placed: readonly PlacedFile[]
  /** `.dvc` and `.gitignore` files that are the user's to stage; none where DVC stages them, or works without git. */
  readonly unstaged: readonly string[]
  readonly findings: readonly Finding[]
}

/** What a plan depends on beside the paths. */
export interface PlanOptions extends RepoOptions {
  /** Whether a repository that has to be made shall do without git; false by default. */
  readonly noScm?: boolean | undefined
  /** Called after each piece that was read, with bytes. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** How data is added. */
export interface AddOptions extends PlanOptions {
  /** Whether paths are globs, as `*.csv`; false by default. */
  readonly glob?: boolean | undefined
  /** Whether content goes into the cache; true by default (`--no-commit` is false). */
  readonly commit?: boolean | undefined
  /** Whether workspace files become links where `cache.type` says so; true by default (`--no-relink` is false). */
  readonly relink?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/**
 * Tracks files and directories as `dvc add` does: content into the cache, its hash into a `.dvc` file, the data's name
 * into `.gitignore`. A path inside of a tracked directory changes that one path in the directory's manifest; where it is
 * gone, it is taken out. Data that did not change writes nothing.
 *
 * @param given paths relative to `cwd` or absolute
 * @throws errors of `dvcErrors`, DS_ABORTED; what was there before is unchanged then, but for objects in the cache that
 *   nothing refers to
 * @example (await add(['data/images'], { cwd: process.cwd() })).files[0]?.hash // 'md5:….dir'
 */
export async function add(given: readonly string[], options: AddOptions): Promise<AddPlan> {
  checkCall(options, { paths: given })
  if (given.length === 0) throw failure('DS_DVC_NOTHING', 'no path was given')
  const repo = await needRepo(options.cwd, options.env, options.user)
  const paths = options.glob ? await matched(given, options.cwd) : given
  if (options.dryRun) {
    const state = openState(join(repo.dvcDir, 'tmp'))
    const { signal } = options
    const targets = await surveyPaths(repo, paths, options.cwd, { signal, known: knownBy(state), inside: true })
    return planAdd(repo, targets, false, options, { state })
  }
  const plan = await addUnderLock(repo, paths, options, { initialized: false, inside: true })
  if (repo.git && repo.config.autostage) await repo.git.add(filesToStage(plan.writes, plan.records))
  return plan
}

async function matched(patterns: readonly string[], cwd: string): Promise<string[]> {
  const found = await Promise.all(patterns.map((pattern) => glob(resolve(cwd, pattern), true)))
  const all = [...new Set(found.flat())].map((path) => relative(cwd, path))
  // Of `odd*` nobody means the records beside the data.
  const data = all.filter((path) => !isAboutData(path) || statSync(resolve(cwd, path)).isDirectory())
  const paths = data.length > 0 ? data : all
  if (paths.length > 0) return paths
  const said = patterns.join(' ')
  throw failure('DS_DVC_PATH_MISSING', `nothing matches ${said}`, { where: said })
}

/**
 * Adds while no other process is at work in the repository.
 *
 * @param check a last look at the plan before anything but objects is written
 */
export async function addUnderLock(
  repo: DvcRepo,
  paths: readonly string[],
  options: AddOptions,
  { initialized, inside = false }: { readonly initialized: boolean; readonly inside?: boolean },
  check?: (plan: AddPlan) => Promise<void>,
): Promise<AddPlan> {
  const { lockTimeout: timeout, onWait, signal, cwd } = options
  const places = paths.map((path) => resolve(cwd, path))
  return withRepoLock(repo, { timeout, signal, onWait, paths: places }, async () => {
    const state = openState(join(repo.dvcDir, 'tmp'))
    const targets = await surveyPaths(repo, paths, options.cwd, { signal, known: knownBy(state), inside })
    const store = options.commit === false ? undefined : await openStore(cachePlaceOf(repo.config))
    const plan = await planAdd(repo, targets, initialized, options, { state, store })
    await check?.(plan)
    await store?.sync()
    throwIfAborted(signal)
    for (const { path, text } of plan.writes) await writeAtomically(join(repo.root, path), text)
    const left = store && options.relink !== false ? await linkWorkspace(repo, plan.placed, state, { signal }) : []
    await state.save()
    return { ...plan, findings: [...plan.findings, ...leftFindings(left)] }
  })
}

/**
 * Says what `version` would do: hashes the data and writes nothing.
 *
 * @throws as `version`
 * @example (await planVersion(['data/weather.csv'], { cwd: '/srv' })).files[0]?.changed // true
 */
export async function planVersion(paths: readonly string[], options: PlanOptions): Promise<AddPlan> {
  checkCall(options, { paths })
  const found = await findRepo(options.cwd, options.env, options.user)
  const repo = found ?? (await repoToBe(options.cwd, options.noScm ?? false, options.env))
  const state = openState(join(repo.dvcDir, 'tmp'))
  const targets = await surveyPaths(repo, paths, options.cwd, { signal: options.signal, known: knownBy(state) })
  return planAdd(repo, targets, found === undefined, options, { state })
}

/**
 * Reads the data of surveyed paths and works out what is to be written.
 *
 * @param reading keeps the data on the way, so that a real run reads it but once
 */
async function planAdd(
  repo: DvcRepo,
  targets: readonly Target[],
  initialize: boolean,
  options: PlanOptions,
  reading: Reading,
): Promise<AddPlan> {
  const total = targets.flatMap(({ files }) => files).reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  const onProgress = (bytes: number): void => options.onProgress?.((done += bytes), total)
  const files: VersionedFile[] = []
  const findings: Finding[] = []
  const records: AddPlan['records'][number][] = []
  const linked = linkTypesOf(repo).some(isNoCopy)
  const placed: PlacedFile[] = []
  const ignores = new Map<string, IgnoreText>()
  const dvcFiles = new Map<string, string>()
  const directories: Directories = new Map()

  if (initialize) {
    findings.push({
      severity: 'info',
      code: 'version.initialized',
      message: `a DVC repository in ${repo.root}: ${(repo.git ? INIT_FILES : ['.dvc/config', '.dvcignore']).join(', ')}`,
    })
  }
  for (const target of targets) {
    throwIfAborted(options.signal)
    const { recorded, dvcFile, shown } = target
    const before = dvcFiles.get(dvcFile) ?? recorded?.text
    const isCached = recorded?.out.cache !== false
    const how = { ...reading, store: isCached ? reading.store : undefined, signal: options.signal, onProgress }
    const kept = recorded && (await isKeptOfDvc2(repo, recorded.out, target.path, how)) ? recorded.out : undefined
    const { out, entries, listing } = kept
      ? { out: kept, entries: [], listing: undefined }
      : await weigh(repo, target, directories, how)
    const changed = !kept && (!recorded || recorded.out.md5 !== out.md5 || recorded.out.hash === undefined)
    const text =
      before === undefined || !recorded
        ? writeDvcFile({ outs: [withData(out, out)] })
        : kept
          ? before
          : updateDvcFile(before, { ...recorded.file, outs: [withData(recorded.out, out, listing)] }, dvcFile)
    if (text !== recorded?.text) dvcFiles.set(dvcFile, text)
    const data = target.inside?.path ?? target.path
    const ignoreFile = posix.join(posix.dirname(data), '.gitignore')
    if (isCached && repo.git && !(await repo.git.isIgnored(data))) {
      const lines = ignores.get(ignoreFile) ?? (await readIgnoreText(join(repo.root, ignoreFile)))
      ignores.set(ignoreFile, withIgnored(lines, posix.basename(data)))
    }
    records.push({ dvcFile, ignoreFile })
    const { isexec } = target
    if (linked && isCached)
      for (const { md5, relpath } of entries) placed.push({ path: pathWithin(target.path, relpath), md5, isexec })
    const { md5 = '', size = 0, nfiles } = out
    files.push({ path: shown, hash: `md5:${md5}`, bytes: size, ...(nfiles === undefined ? {} : { nfiles }), changed })
    findings.push(...findingsOf(target, changed))
  }
  // The line in .gitignore comes first: data is never without one or the other in git's eyes.
  const writes = [...ignores, ...dvcFiles].map(([path, text]) => ({ path, text }))
  const isByHand = repo.git !== undefined && !repo.config.autostage
  const unstaged = isByHand ? filesToStage(writes, records) : []
  return { root: repo.root, initialize, files, writes, records, placed, unstaged, findings }
}

/** As DVC does it: what was written, and the `.dvc` file of everything that was named, whether it changed or not. */
function filesToStage(writes: AddPlan['writes'], records: AddPlan['records']): string[] {
  return [...new Set([...writes.map(({ path }) => path), ...records.map(({ dvcFile }) => dvcFile)])].sort()
}

interface Weighed {
  readonly out: OutEntry
  /** Files that were looked at. */
  readonly entries: readonly TreeEntry[]
  /** All files of the directory that is recorded. */
  readonly listing?: Listing
}

/** Directories of which single paths were replaced, by their `.dvc` files: the next path changes what came of it. */
type Directories = Map<string, { readonly out: OutEntry; readonly entries: readonly TreeEntry[] }>

async function weigh(repo: DvcRepo, target: Target, directories: Directories, reading: Reading): Promise<Weighed> {
  const { recorded, tree, isexec } = target
  const path = recorded?.out.path ?? posix.basename(target.path)
  const recordedFiles = await manifestBefore(repo, target)
  const isLikely = (file: { readonly relpath: string; readonly bytes: number }): boolean =>
    tree ? recordedFiles.has(file.relpath) : recorded?.out.size === file.bytes
  const now =
    target.files.length === 0 && !tree
      ? undefined
      : await snapshotOf(repo, target.path, target.files, { ...reading, isLikely }, { tree, isexec })
  const entries = now?.entries ?? []
  const sizes = new Map(target.files.map(({ relpath, bytes }) => [relpath, bytes]))
  if (target.inside) {
    const { path: directory, out } = target.inside
    const before = directories.get(target.dvcFile) ?? {
      out,
      entries: out.md5 === undefined ? [] : await loadManifest(repo.config.cacheDir, out.md5),
    }
    const after = withPath(before, target.path.slice(directory.length + 1), now)
    if (after.text !== undefined) await reading.store?.putManifest(after.text)
    directories.set(target.dvcFile, after)
    const top = target.path.slice(directory.length + 1)
    const bytesOf = (relpath: string): number | undefined => sizes.get(posix.relative(top, relpath))
    return { out: after.out, entries, listing: { entries: after.entries, bytesOf } }
  }
  const { digits = '', bytes = 0 } = now ?? {}
  if (!tree) return { out: { md5: digits, size: bytes, isexec, path }, entries }
  const listing = { entries, bytesOf: (relpath: string) => sizes.get(relpath) }
  return { out: { md5: digits, size: bytes, nfiles: entries.length, path }, entries, listing }
}

/**
 * The record of a directory in which one path is replaced. As DVC does it, the size is given up where files were
 * replaced or taken out, for the manifest does not say how large those were.
 */
function withPath(
  { out, entries }: { readonly out: OutEntry; readonly entries: readonly TreeEntry[] },
  path: string,
  now: { readonly entries: readonly TreeEntry[]; readonly bytes: number } | undefined,
): { readonly out: OutEntry; readonly entries: readonly TreeEntry[]; readonly text?: string } {
  const others = entries.filter(({ relpath }) => !isWithin(relpath, path))
  const added = (now?.entries ?? []).map(({ md5, relpath }) => ({ md5, relpath: pathWithin(path, relpath) }))
  const all = withEntries(others, added)
  const { md5, text } = manifestOf(all)
  if (md5 === out.md5) return { out, entries }
  const { size: before, ...rest } = out
  const isAppended = all.length === entries.length + added.length && now !== undefined && before
  const size = isAppended ? { size: before + now.bytes } : {}
  return { out: { ...rest, ...size, md5, nfiles: all.length }, entries: all, text }
}

/** This only decides in which order work is done, so that a manifest that is gone or broken counts as an empty one. */
async function manifestBefore(repo: DvcRepo, { recorded }: Target): Promise<ReadonlySet<string>> {
  const md5 = recorded?.out.md5
  if (!md5?.endsWith(DIR_SUFFIX)) return new Set()
  const entries = await loadManifest(repo.config.cacheDir, md5).catch(() => [])
  return new Set(entries.map(({ relpath }) => relpath))
}

function findingsOf({ shown, tree, isLink }: Target, changed: boolean): Finding[] {
  const findings: Finding[] = []
  const warn = (code: string, message: string, hint: string): void => {
    findings.push({ severity: 'warn', code: `version.${code}`, message: `${shown}: ${message}`, hint })
  }
  if (!changed) findings.push({ severity: 'info', code: 'version.unchanged', message: `${shown} is unchanged` })
  if (isLink) {
    warn('symlink_followed', 'it is a link; its content was versioned', 'Replace the link by the file.')
  }
  if (!tree) return findings
  const { skippedLinks, skippedRepos, gitRepos, followedLinks, emptyDirectories, executables } = tree
  if (skippedLinks.length > 0) {
    const message = `links to directories are not part of the version: ${sample(skippedLinks)}`
    warn('symlink_skipped', message, 'Replace each link by the directory, where its data belongs to the dataset.')
  }
  if (skippedRepos.length > 0) {
    const message = `DVC repositories within are not part of the version: ${sample(skippedRepos)}`
    warn('nested_skipped', message, 'Version their data inside of them.')
  }
  if (gitRepos.length > 0) {
    const message = `git repositories within lose their history in the version: ${sample(gitRepos)}`
    warn('git_nested', message, 'Keep them beside the data, or as submodules.')
  }
  if (followedLinks.length > 0) {
    const message = `links to files come back as files: ${sample(followedLinks)}`
    warn('symlink_followed', message, 'Replace each link by the file.')
  }
  if (emptyDirectories.length > 0) {
    const message = `empty directories are not part of the version: ${sample(emptyDirectories)}`
    warn('empty_directories', message, 'Put a file into each, where it has to come back.')
  }
  if (executables.length > 0) {
    const message = `the right to execute is not part of the version: ${sample(executables)}`
    warn('executable_bits', message, 'Keep programs in git, or version the file by itself.')
  }
  return findings
}

function sample(paths: readonly string[]): string {
  const shown = paths.toSorted().slice(0, 3).join(', ')
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown
}
