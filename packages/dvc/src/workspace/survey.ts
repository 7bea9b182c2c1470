import { existsSync, type BigIntStats } from 'node:fs'
import { lstat, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path'
import { isAddress, readTextFile, systemCode, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { isEmptyRecord, readDvcFile, type DvcFile, type OutEntry } from '../formats/dvcfile.ts'
import { isReserved } from '../formats/reserved.ts'
import { unreadable } from '../cache/hash.ts'
import { openIgnore, type DvcIgnore } from './ignore.ts'
import { loadManifest } from '../cache/manifest.ts'
import type { DvcRepo } from '../repo.ts'
import { refuseLinksAbove, throughLink } from './link-above.ts'
import { dvcFileFor, outputPath, outputsOf, type Output } from '../outputs.ts'
import { isWithin } from '../within.ts'
import {
  exists,
  foundFile,
  isExecutable,
  notAFile,
  refuseOtherNames,
  walkDirectory,
  type FoundFile,
  type FoundTree,
  type WalkOptions,
} from './walk.ts'

/** A path that may be versioned, looked at but not yet read. Paths are relative to the repository's root, POSIX. */
export interface Target {
  readonly path: string
  /** The same place as the user sees it: relative to the working directory, POSIX. */
  readonly shown: string
  /** The files to be hashed: the file itself, or those of the directory. */
  readonly files: readonly FoundFile[]
  /** Directories only. */
  readonly tree?: FoundTree
  /** Files only. */
  readonly isexec: boolean
  /** Whether the file is a link to one. */
  readonly isLink: boolean
  readonly dvcFile: string
  /** The tracked directory that the path lies in, where it does not stand for itself. */
  readonly inside?: { readonly path: string; readonly out: OutEntry }
  /** What the .dvc file holds, where there is one. */
  readonly recorded?: { readonly text: string; readonly file: DvcFile; readonly out: OutEntry }
}

/**
 * Looks at paths and refuses what DVC would refuse, before anything is read or written.
 *
 * @param cwd what relative paths are taken from
 * @param options `inside`: whether a path may lie in a directory that is tracked, and may be gone from it; not by default
 * @throws DS_DVC_PATH_*, DS_DVC_OVERLAP, DS_DVC_GIT_TRACKED, DS_DVC_FILE_* and what {@link walkDirectory} throws
 */
export async function surveyPaths(
  repo: DvcRepo,
  paths: readonly string[],
  cwd: string,
  options: SurveyOptions = {},
): Promise<Target[]> {
  const ignore = openIgnore(repo.root)
  const tracked = await outputsOf(repo, { signal: options.signal })
  const targets = new Map<string, Target>()
  for (const given of paths) {
    if (isAddress(given) && !existsSync(resolve(cwd, given))) {
      throw failure('DS_DVC_PATH_MISSING', `${withoutSecrets(given)} is an address, not a path`, {
        where: given,
        hint: 'Download it into the repository first, and name the file there.',
      })
    }
    const path = await pathInRepo(repo, resolve(cwd, given))
    if (targets.has(path)) continue
    for (const other of targets.keys()) {
      if (isWithin(path, other) || isWithin(other, path)) throw overlap(path, other, 'was given too')
    }
    targets.set(path, await survey(repo, path, await shownPath(repo, path, cwd), ignore, tracked, options))
    if (repo.git) refuseOtherGit(repo, path)
  }
  return [...targets.values()]
}

/**
 * The path as the repository names it.
 *
 * @throws DS_DVC_PATH_OUTSIDE
 */
export async function pathInRepo(repo: DvcRepo, absolute: string): Promise<string> {
  // The root has no links; where the path does not start with it, a link may lie above the repository.
  const place = isBelow(absolute, repo.root)
    ? absolute
    : join(await realpath(dirname(absolute)).catch(() => dirname(absolute)), basename(absolute))
  if (!isBelow(place, repo.root)) {
    const what = place === repo.root ? 'is the repository itself' : `does not lie in the repository ${repo.root}`
    throw failure('DS_DVC_PATH_OUTSIDE', `${absolute} ${what}`, { where: absolute })
  }
  return relative(repo.root, place).split(sep).join('/')
}

/** Data in a repository within this one, a submodule for one: no commit of this one would hold its `.dvc` file. */
function refuseOtherGit(repo: DvcRepo, path: string): void {
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    const other = join(repo.root, folder)
    if (!existsSync(join(other, '.git'))) continue
    throw failure('DS_DVC_PATH_OUTSIDE', `${path} lies in another git repository: ${other}`, {
      where: path,
      hint: `Record it there: run this in ${other}, after making a DVC repository of it with dayshift dvc init.`,
    })
  }
}

/**
 * Refuses a place where DVC could not track data, whether anything is there yet or not: by its name, by what ignores it or
 * its `.dvc` file, by links on the way, or because it is git's or another repository's.
 *
 * @throws DS_DVC_PATH_*, DS_DVC_GIT_TRACKED, DS_DVC_FILE_IGNORED
 */
export async function refusePlace(
  repo: DvcRepo,
  { path, shown, isDirectory, dvcFile }: Pick<Target, 'path' | 'shown' | 'dvcFile'> & { readonly isDirectory: boolean },
): Promise<void> {
  const ignore = openIgnore(repo.root)
  refuseLinksAbove(repo.root, path, shown)
  refuseName(path, shown, isDirectory)
  await refuseIgnored(repo.root, path, shown, isDirectory, ignore)
  if (repo.git) refuseOtherGit(repo, path)
  await refuseInGit(repo, path, dvcFile, shown, ignore)
}

/** Whether a file is one of DVC's or git's own, by its name. */
export function isAboutData(path: string): boolean {
  return /\.dvc$|^\.(?:git|dvc)ignore$|^dvc\.(?:yaml|lock)$/.test(basename(path))
}

function refuseName(path: string, shown: string, isDirectory: boolean): void {
  if (/[\n\r]/.test(basename(path))) {
    throw failure('DS_DVC_PATH_NAME', `${JSON.stringify(shown)}: no line of .gitignore can name it`, { where: shown })
  }
  if (!isDirectory && isAboutData(path)) {
    throw failure('DS_DVC_PATH_NAME', `${shown} is a file of DVC or git itself`, {
      where: shown,
      hint: 'Give the data, not the files about it; those belong in git.',
    })
  }
}

async function refuseIgnored(
  root: string,
  path: string,
  shown: string,
  isDirectory: boolean,
  ignore: DvcIgnore,
): Promise<void> {
  const pattern = await ignore.ignoredBy(path, isDirectory)
  if (pattern === undefined) return
  if (pattern.startsWith('in sub_repo:')) throw inOtherRepo(root, path, shown)
  if (isReserved(path)) {
    throw failure('DS_DVC_PATH_IGNORED', `${shown} is, or lies in, a folder of git or DVC`, {
      where: shown,
      hint: 'Give another place: DVC never looks there.',
    })
  }
  throw failure('DS_DVC_PATH_IGNORED', `${shown} is ignored by ${pattern}`, { where: pattern })
}

/** Data of a DVC repository within this one. */
function inOtherRepo(root: string, path: string, shown: string): Error {
  let folder = path
  while (folder !== '.' && !existsSync(join(root, folder, '.dvc'))) folder = posix.dirname(folder)
  return failure('DS_DVC_PATH_IGNORED', `${shown} lies in a DVC repository of its own: ${folder}`, {
    where: shown,
    hint: `Add it from there: cd '${join(root, folder)}'`,
  })
}

function isBelow(path: string, root: string): boolean {
  const way = relative(root, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

async function shownPath(repo: DvcRepo, path: string, cwd: string): Promise<string> {
  return relative(await realpath(cwd), join(repo.root, path))
    .split(sep)
    .join('/')
}

async function survey(
  repo: DvcRepo,
  path: string,
  shown: string,
  ignore: DvcIgnore,
  tracked: readonly Output[],
  { signal, known, inside = false }: SurveyOptions,
): Promise<Target> {
  const around = inside ? tracked.find((out) => out.path !== path && isWithin(path, out.path)) : undefined
  const within = around?.file.endsWith('.dvc') ? await readRecorded(repo, around.path, around.file) : undefined
  if (around && within && within.out.hash === undefined) {
    throw unsupported(around.file, 'was written by DVC 2', TO_DVC_3)
  }
  if (around && within?.out.cache === false) {
    throw unsupported(around.file, 'says that its data is not to be cached', 'Add the directory as a whole.')
  }
  if (around && within && !(await exists(join(repo.root, path)))) {
    await refuseUnknown(repo, path, around.path, shown, within.out)
    const gone = { files: [], isexec: false, isLink: false }
    return {
      path,
      shown,
      ...gone,
      dvcFile: around.file,
      inside: { path: around.path, out: within.out },
      recorded: within,
    }
  }
  refuseOtherNamesOn(repo, path)
  const { isDirectory, isLink, isexec, found } = await look(repo, path, shown)
  refuseName(path, shown, isDirectory)
  await refuseIgnored(repo.root, path, shown, isDirectory, ignore)
  const dvcFile = around && within ? around.file : dvcFileOf(path, shown, tracked)
  const recorded = within ?? (await readRecorded(repo, path, dvcFile))
  // What the cache does not keep may be git's, as with the real DVC.
  if (recorded?.out.cache !== false) await refuseInGit(repo, path, dvcFile, shown, ignore)
  const tree = isDirectory ? await walkDirectory(repo.root, path, ignore, { signal, known }) : undefined
  return {
    path,
    shown,
    files: tree?.files ?? [foundFile('', path, found, known)],
    ...(tree ? { tree } : {}),
    isexec,
    isLink,
    dvcFile,
    ...(around && within ? { inside: { path: around.path, out: within.out } } : {}),
    ...(recorded ? { recorded } : {}),
  }
}

/** A name that the command line gave has lost what is not UTF-8. */
function refuseOtherNamesOn(repo: DvcRepo, path: string): void {
  let folder = repo.root
  for (const name of path.split('/')) {
    if (existsSync(folder)) refuseOtherNames(folder, name)
    folder = join(folder, name)
  }
}

/** How paths are looked at. */
export interface SurveyOptions extends WalkOptions {
  readonly inside?: boolean | undefined
}

/** A path that is gone can be taken out of a directory only where the directory's version has it. */
async function refuseUnknown(
  repo: DvcRepo,
  path: string,
  directory: string,
  shown: string,
  { md5 }: OutEntry,
): Promise<void> {
  const prefix = path.slice(directory.length + 1)
  const entries = md5 === undefined ? [] : await loadManifest(repo.config.cacheDir, md5)
  if (entries.some(({ relpath }) => isWithin(relpath, prefix))) return
  throw failure('DS_DVC_PATH_MISSING', `${shown} does not exist`, { where: shown })
}

interface Look {
  readonly isDirectory: boolean
  readonly isLink: boolean
  readonly isexec: boolean
  readonly found: BigIntStats
}

async function look(repo: DvcRepo, path: string, shown: string): Promise<Look> {
  const place = join(repo.root, path)
  refuseLinksAbove(repo.root, path, shown)
  try {
    const isLink = (await lstat(place)).isSymbolicLink()
    const found = await stat(place, { bigint: true })
    if (found.isDirectory() && isLink) throw throughLink(shown, path)
    if (!found.isDirectory() && !found.isFile()) throw notAFile(shown)
    const isDirectory = found.isDirectory()
    return { isDirectory, isLink, isexec: !isDirectory && isExecutable(Number(found.mode)), found }
  } catch (error) {
    throw systemCode(error)?.startsWith('E') ? unreadable(shown, error) : error
  }
}

/** The .dvc file that tracks a path already, or that would. */
function dvcFileOf(path: string, shown: string, tracked: readonly Output[]): string {
  const same = tracked.filter((out) => out.path === path)
  const stage = same.find(({ file }) => !file.endsWith('.dvc'))
  if (stage) {
    throw failure('DS_DVC_OVERLAP', `${shown} is made by a stage in ${stage.file}`, {
      where: stage.file,
      hint: 'Run the pipeline, or record what is there with the real `dvc commit`.',
    })
  }
  if (same.length > 1) throw overlap(shown, same.map(({ file }) => file).join(' and '), 'both track it')
  for (const { path: other, file } of tracked) {
    if (other === path) continue
    if (isWithin(path, other)) throw overlap(shown, other, `holds it and is tracked by ${file}`)
    if (isWithin(other, path)) throw overlap(shown, other, `lies in it and is tracked by ${file}`)
  }
  return same[0]?.file ?? dvcFileFor(path)
}

function overlap(path: string, other: string, how: string): Error {
  return failure('DS_DVC_OVERLAP', `${path} cannot be versioned by itself: ${other} ${how}`, { where: other })
}

async function refuseInGit(
  repo: DvcRepo,
  path: string,
  dvcFile: string,
  shown: string,
  ignore: DvcIgnore,
): Promise<void> {
  if (await repo.git?.isTracked(path)) {
    throw failure('DS_DVC_GIT_TRACKED', `${shown} is tracked by git`, {
      where: shown,
      hint: `Run git rm -r --cached '${shown}' and git commit -m "stop tracking ${shown}", then run it again.`,
    })
  }
  const pattern = await ignore.ignoredBy(dvcFile, false)
  if (pattern !== undefined || (await repo.git?.isIgnored(dvcFile))) {
    throw failure('DS_DVC_FILE_IGNORED', `${dvcFile} would be ignored by ${pattern ?? 'git'}`, { where: dvcFile })
  }
}

async function readRecorded(repo: DvcRepo, path: string, dvcFile: string): Promise<Target['recorded']> {
  let text: string
  try {
    text = await readTextFile(join(repo.root, dvcFile))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    if (systemCode(error) === 'ENAMETOOLONG') {
      const message = `${posix.basename(path)} is too long a name: that of its record, ${posix.basename(dvcFile)}, cannot be`
      throw failure('DS_DVC_PATH_NAME', message, { where: path, hint: 'Rename it.' })
    }
    throw unreadable(dvcFile, error)
  }
  const file = readDvcFile(text, dvcFile)
  // Like DVC: what names nothing is written anew.
  if (isEmptyRecord(file)) return undefined
  const out = onlyOut(file, dvcFile)
  if (outputPath(repo.root, posix.dirname(dvcFile), out.path, dvcFile) !== path) {
    throw failure('DS_DVC_EXISTS', `${dvcFile} exists, but tracks ${out.path}`, { where: dvcFile })
  }
  return { text, file, out }
}

const TO_DVC_3 =
  'Add the directory as a whole, or bring it to DVC 3 with `dayshift dvc cache migrate --dvc-files` first.'

function unsupported(where: string, reason: string, hint?: string): Error {
  const message = `${where} ${reason}; this version does not write such .dvc files`
  return failure('DS_DVC_FILE_UNSUPPORTED', message, { where, ...(hint === undefined ? {} : { hint }) })
}

/** The one output of a file that `dvc add` made. */
function onlyOut({ deps, frozen, wdir, outs = [] }: DvcFile, where: string): OutEntry {
  const refuse = (reason: string): Error => unsupported(where, reason)
  if (deps) throw refuse('is an import')
  if (frozen) throw refuse('is frozen')
  if (wdir !== undefined && wdir !== '.') throw refuse('has a wdir')
  const [out] = outs
  if (!out || outs.length > 1) throw refuse(`has ${outs.length} outs`)
  const isOfCloud = out.etag ?? out.checksum ?? (out.files && out.md5 === undefined ? '' : undefined)
  if (isOfCloud !== undefined) throw refuse('knows its data by what a cloud calls it')
  return out
}
