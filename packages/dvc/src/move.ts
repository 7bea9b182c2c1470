import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { basename, dirname, join, posix, resolve } from 'node:path'
import { systemCode } from '@dayshift/core/ground'
import { flush } from './cache/flush.ts'
import { failure } from './codes.ts'
import {
  definitionHash,
  readDvcFile,
  updateDvcFile,
  writeDvcFile,
  type DvcFile,
  type OutEntry,
} from './formats/dvcfile.ts'
import { readIgnoreText, withIgnored } from './git/gitignore.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { dvcFileFor, outputPath, outputsOf } from './outputs.ts'
import { isWithin } from './within.ts'
import { DIR_SUFFIX } from './formats/tree.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { openState } from './cache/state.ts'
import { refuseLinksAbove } from './workspace/link-above.ts'
import { pathInRepo, refusePlace } from './workspace/survey.ts'
import { stopIgnoring } from './workspace/untrack.ts'
import { syncFolder, temporaryName, unwritable, writeAtomically } from './write.ts'
import { checkCall } from './call.ts'

/** What a move comes to. Plain data: it can be printed and compared. Paths are relative to the root, POSIX. */
export interface MovePlan {
  readonly root: string
  readonly from: string
  readonly to: string
  /** The `.dvc` file before and after. */
  readonly file: { readonly from: string; readonly to: string; readonly text: string }
}

/** What a move has done. */
export interface MoveResult extends MovePlan {
  /** `.dvc` and `.gitignore` files that are the user's to stage; none where DVC stages them, or works without git. */
  readonly unstaged: readonly string[]
}

/** How data is moved. */
export interface MoveOptions extends RepoOptions {
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/**
 * Gives tracked data another name or place, with its `.dvc` file and its line in `.gitignore`, as `dvc move` does. Where
 * a step fails, those before are undone.
 *
 * @param to a folder that exists takes the data under its own name
 * @throws DS_DVC_TARGET, DS_DVC_EXISTS, DS_DVC_OVERLAP, DS_DVC_FILE_UNSUPPORTED for outputs of pipelines, DS_DVC_WRITE, and
 *   what `add` throws for the new place
 * @example await move('a.csv', 'raw/b.csv', { cwd: process.cwd() })
 */
export async function move(from: string, to: string, options: MoveOptions): Promise<MoveResult> {
  checkCall(options, {}, { 'place to move from': from, 'place to move to': to })
  const repo = await needRepo(options.cwd, options.env, options.user)
  const tmpDir = join(repo.dvcDir, 'tmp')
  if (options.dryRun) return { ...(await planMove(repo, from, to, options.cwd)), unstaged: [] }
  return withRepoLock(
    repo,
    { timeout: options.lockTimeout, signal: options.signal, onWait: options.onWait },
    async () => {
      const plan = await planMove(repo, from, to, options.cwd)
      const written = await execute(repo, plan)
      const isByHand = !repo.config.autostage
      if (repo.git && !isByHand) await repo.git.add(written)
      const state = openState(tmpDir)
      const digits = state.placed.get(plan.from)
      state.placed.delete(plan.from)
      if (digits !== undefined) state.placed.set(plan.to, digits)
      await state.save()
      return { ...plan, unstaged: repo.git && isByHand ? written : [] }
    },
  )
}

async function planMove(repo: DvcRepo, from: string, to: string, cwd: string): Promise<MovePlan> {
  const source = await pathInRepo(repo, resolve(cwd, from))
  const given = resolve(cwd, to)
  const target = await pathInRepo(repo, kindOf(given) === 'folder' ? join(given, basename(source)) : given)
  const outputs = await outputsOf(repo)
  const output = outputs.find(({ path }) => path === source)
  if (!output) throw failure('DS_DVC_TARGET', `${from} is nothing that DVC tracks here`, { where: from })
  if (!output.file.endsWith('.dvc')) {
    throw failure('DS_DVC_FILE_UNSUPPORTED', `${from} is made by a stage of ${output.file}`, {
      where: output.file,
      hint: 'Move it in dvc.yaml, and run the pipeline.',
    })
  }
  const other = outputs.find(({ path }) => path !== source && (isWithin(target, path) || isWithin(path, target)))
  if (other || (target !== source && isWithin(target, source))) {
    throw failure('DS_DVC_OVERLAP', `${to} lies in tracked data or holds some: ${other?.path ?? source}`, { where: to })
  }
  for (let folder = posix.dirname(target); folder !== '.'; folder = posix.dirname(folder)) {
    if (kindOf(join(repo.root, folder)) !== 'file') continue
    throw failure('DS_DVC_EXISTS', `${folder} is a file: nothing can be moved into it`, { where: folder })
  }
  if (lstatSync(join(repo.root, target), { throwIfNoEntry: false })) {
    throw failure('DS_DVC_EXISTS', `${to} exists already`, { where: to })
  }
  const text = readFileSync(join(repo.root, output.file), 'utf8')
  const file = fileAfter(repo, text, output.file, source, target)
  refuseLinksAbove(repo.root, source, from)
  const isDirectory =
    lstatSync(join(repo.root, source), { throwIfNoEntry: false })?.isDirectory() ??
    output.hash?.digits.endsWith(DIR_SUFFIX) ??
    false
  await refusePlace(repo, { path: target, shown: to, isDirectory, dvcFile: file.to })
  return { root: repo.root, from: source, to: target, file }
}

/** @returns `undefined` where nothing is, or a file stands in place of a folder above */
function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found && (found.isDirectory() ? 'folder' : 'file')
  } catch {
    return undefined
  }
}

/** A `.dvc` file named as its data is moves along and is written anew, as DVC does it; another stays where it is. */
function fileAfter(repo: DvcRepo, text: string, file: string, source: string, target: string): MovePlan['file'] {
  const record = readDvcFile(text, file)
  const folder = posix.join(posix.dirname(file), record.wdir ?? '.')
  const isNamesake = posix.basename(file, '.dvc') === posix.basename(source)
  const next = isNamesake ? dvcFileFor(target) : file
  if (isNamesake && existsSync(join(repo.root, next))) {
    throw failure('DS_DVC_EXISTS', `${next} exists already`, { where: next })
  }
  const base = isNamesake ? posix.dirname(target) : folder
  const isSource = (out: OutEntry): boolean => outputPath(repo.root, folder, out.path, file) === source
  const outs = (record.outs ?? [])
    .filter((out) => !isNamesake || isSource(out))
    .map((out) => (isSource(out) ? { ...out, path: posix.relative(base, target) } : out))
  const { wdir: _, ...kept } = record
  const moved: DvcFile = { ...(isNamesake ? kept : record), outs }
  const whole = record.md5 === undefined ? moved : { ...moved, md5: definitionHash(moved) }
  return { from: file, to: next, text: isNamesake ? writeDvcFile(whole) : updateDvcFile(text, whole, file) }
}

async function execute(repo: DvcRepo, { from, to, file }: MovePlan): Promise<string[]> {
  const place = (path: string): string => join(repo.root, path)
  const changed = new Set([file.to, file.from])
  /** What has been done so far, each step undone. */
  const undo: (() => unknown)[] = []
  try {
    const made = mkdirSync(dirname(place(to)), { recursive: true })
    if (made !== undefined) undo.push(() => rmSync(made, { recursive: true }))
    if (lstatSync(place(from), { throwIfNoEntry: false })) {
      await moveData(place(from), place(to))
      undo.push(() => moveData(place(to), place(from)))
    }
    if (repo.git && !(await repo.git.isIgnored(to))) {
      const ignoreFile = posix.join(posix.dirname(to), '.gitignore')
      const before = await readIgnoreText(place(ignoreFile))
      await writeAtomically(place(ignoreFile), withIgnored(before, posix.basename(to)))
      undo.push(() => stopIgnoring(repo, to))
      changed.add(ignoreFile)
    }
    await writeAtomically(place(file.to), file.text)
  } catch (error) {
    for (const step of undo.toReversed()) await step()
    throw unwritable(to, error)
  }
  try {
    if (file.to !== file.from) rmSync(place(file.from), { force: true })
    const ignoreFile = await stopIgnoring(repo, from)
    if (ignoreFile !== undefined) changed.add(ignoreFile)
  } catch (error) {
    throw unwritable(file.from, error)
  }
  const stageable: string[] = []
  for (const path of changed) if (existsSync(place(path)) || (await repo.git?.isTracked(path))) stageable.push(path)
  return stageable.sort()
}

/** Renames data; to another file system it is copied, and goes when the copy is on the disk. */
async function moveData(from: string, to: string): Promise<void> {
  try {
    renameSync(from, to)
    return
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error
  }
  const draft = join(dirname(to), temporaryName())
  try {
    await cp(from, draft, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true, errorOnExist: true })
    await flush(filesBeneath(draft), dirname(to))
    renameSync(draft, to)
    await syncFolder(dirname(to))
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw error
  }
  rmSync(from, { recursive: true, force: true })
}

function filesBeneath(path: string): string[] {
  const found = lstatSync(path)
  if (found.isFile()) return [path]
  return found.isDirectory() ? readdirSync(path).flatMap((name) => filesBeneath(join(path, name))) : []
}
