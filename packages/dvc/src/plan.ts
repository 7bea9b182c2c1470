import { readFile, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { systemCode, throwIfAborted, type Finding, type VersionedFile } from '@dayshift/core'
import { mapConcurrently } from './concurrent.ts'
import { updateDvcFile, withData, writeDvcFile, type OutEntry } from './dvcfile.ts'
import type { Environment } from './git.ts'
import { withIgnored } from './gitignore.ts'
import { hashFile, unreadable, type Content, type ReadOptions } from './hash.ts'
import { findRepo, INIT_FILES, repoToBe, type DvcRepo } from './repo.ts'
import { objectPathIn } from './store.ts'
import { surveyPaths, type Target } from './survey.ts'
import { DIR_SUFFIX, manifestOf, readManifest } from './tree.ts'

/** A text that is to be written; the path is relative to the repository's root, POSIX. */
export interface PlannedWrite {
  readonly path: string
  readonly text: string
}

/** What versioning some paths comes to. Plain data: it can be printed and compared. */
export interface VersionPlan {
  /** The repository's folder. */
  readonly root: string
  /** Whether the repository has to be made first. */
  readonly initialize: boolean
  readonly files: readonly VersionedFile[]
  /** `.gitignore` and `.dvc` files that have to change, in the order in which they are written. */
  readonly writes: readonly PlannedWrite[]
  /** The `.dvc` files of all paths with the `.gitignore` beside each, whether they change or not. */
  readonly records: readonly { readonly dvcFile: string; readonly ignoreFile: string }[]
  readonly findings: readonly Finding[]
}

/** How data is read for a plan. */
export interface Intake {
  /** Hashes a file, and keeps its content where that is wanted. */
  putFile(path: string, hashFirst: boolean, options?: ReadOptions): Promise<Content>
  putManifest(text: string): Promise<void>
}

/** What a plan depends on beside the paths. */
export interface PlanOptions {
  /** What relative paths are taken from. */
  readonly cwd: string
  /** Whether a repository that has to be made shall do without git; false by default. */
  readonly noScm?: boolean | undefined
  /** The variables that git gets; those of this process by default. */
  readonly env?: Environment | undefined
  readonly signal?: AbortSignal | undefined
  /** Called after each piece that was read, with bytes. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** Files that are read at the same time. */
const READERS = 8

const hashOnly: Intake = {
  putFile: (path, _hashFirst, options) => hashFile(path, options),
  putManifest: async () => undefined,
}

/**
 * Says what `version` would do: hashes the data and writes nothing.
 *
 * @throws as `version`
 * @example (await planVersion(['data/weather.csv'], { cwd: '/srv' })).files[0]?.changed // true
 */
export async function planVersion(paths: readonly string[], options: PlanOptions): Promise<VersionPlan> {
  const found = await findRepo(options.cwd, options.env)
  const repo = found ?? (await repoToBe(options.cwd, options.noScm ?? false, options.env))
  const targets = await surveyPaths(repo, paths, options.cwd, options.signal)
  return planTargets(repo, targets, found === undefined, options, hashOnly)
}

/**
 * Reads the data of surveyed paths and works out what is to be written.
 *
 * @param intake takes in the data on the way, so that a real run reads it but once
 */
export async function planTargets(
  repo: DvcRepo,
  targets: readonly Target[],
  initialize: boolean,
  options: PlanOptions,
  intake: Intake,
): Promise<VersionPlan> {
  const total = targets.flatMap(({ files }) => files).reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  const onProgress = (bytes: number): void => options.onProgress?.((done += bytes), total)
  const files: VersionedFile[] = []
  const findings: Finding[] = []
  const records: VersionPlan['records'][number][] = []
  const ignores = new Map<string, string>()
  const dvcFiles: PlannedWrite[] = []

  if (initialize) {
    findings.push({
      severity: 'info',
      code: 'version.initialized',
      message: `a DVC repository in ${repo.root}: ${(repo.git ? INIT_FILES : ['.dvc/config', '.dvcignore']).join(', ')}`,
    })
  }
  for (const target of targets) {
    throwIfAborted(options.signal)
    const out = await weigh(repo, target, intake, { signal: options.signal, onProgress })
    const { recorded, dvcFile, shown } = target
    const changed = recorded?.out.md5 !== out.md5
    const text = recorded
      ? updateDvcFile(recorded.text, { ...recorded.file, outs: [withData(recorded.out, out)] }, dvcFile)
      : writeDvcFile({ outs: [withData(out, out)] })
    if (text !== recorded?.text) dvcFiles.push({ path: dvcFile, text })
    const ignoreFile = posix.join(posix.dirname(target.path), '.gitignore')
    if (repo.git && !(await repo.git.isIgnored(target.path))) {
      const before = ignores.get(ignoreFile) ?? (await readIfThere(join(repo.root, ignoreFile)))
      ignores.set(ignoreFile, withIgnored(before, posix.basename(target.path)))
    }
    records.push({ dvcFile, ignoreFile })
    const { md5 = '', size = 0, nfiles } = out
    files.push({ path: shown, hash: `md5:${md5}`, bytes: size, ...(nfiles === undefined ? {} : { nfiles }), changed })
    findings.push(...findingsOf(target, changed))
  }
  // The line in .gitignore comes first: data is never without one or the other in git's eyes.
  const writes = [...[...ignores].map(([path, text]) => ({ path, text })), ...dvcFiles]
  return { root: repo.root, initialize, files, writes, records, findings }
}

async function weigh(repo: DvcRepo, target: Target, intake: Intake, options: ReadOptions): Promise<OutEntry> {
  const path = target.recorded?.out.path ?? posix.basename(target.path)
  const hashFirst = await seenBefore(repo, target)
  const contents = await mapConcurrently(target.files, READERS, async (file) =>
    intake.putFile(file.path, await hashFirst(file.relpath, file.bytes), options),
  )
  if (!target.tree) {
    const { md5, bytes } = contents[0] as Content
    return { md5, size: bytes, isexec: target.isexec, path }
  }
  const entries = target.files.map(({ relpath }, at) => ({ relpath, md5: (contents[at] as Content).md5 }))
  const { md5, text } = manifestOf(entries)
  await intake.putManifest(text)
  return { md5, size: contents.reduce((sum, { bytes }) => sum + bytes, 0), nfiles: entries.length, path }
}

/** Tells whether a file had the same size in the version recorded before. */
async function seenBefore(
  repo: DvcRepo,
  { recorded, tree }: Target,
): Promise<(relpath: string, bytes: number) => Promise<boolean>> {
  const md5 = recorded?.out.md5
  if (md5 === undefined) return async () => false
  if (!tree) return async (_, bytes) => recorded?.out.size === bytes
  if (!md5.endsWith(DIR_SUFFIX)) return async () => false
  const before = await manifestBefore(repo, md5)
  return async (relpath, bytes) => {
    const known = before.get(relpath)
    if (known === undefined) return false
    const object = await stat(objectPathIn(repo.config.cacheDir, known)).catch(() => undefined)
    return object?.size === bytes
  }
}

/** This only decides in which order work is done, so that a manifest that is gone or broken counts as an empty one. */
async function manifestBefore(repo: DvcRepo, md5: string): Promise<ReadonlyMap<string, string>> {
  const place = objectPathIn(repo.config.cacheDir, md5)
  try {
    const entries = readManifest(await readFile(place, 'utf8'), place)
    return new Map(entries.map((entry) => [entry.relpath, entry.md5]))
  } catch {
    return new Map()
  }
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
  const { skippedLinks, followedLinks, emptyDirectories, executables } = tree
  if (skippedLinks.length > 0) {
    const message = `links to directories are not part of the version: ${sample(skippedLinks)}`
    warn('symlink_skipped', message, 'Replace each link by the directory, where its data belongs to the dataset.')
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

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ''
    throw unreadable(path, error)
  }
}
