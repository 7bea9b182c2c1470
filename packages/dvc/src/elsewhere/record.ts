import { statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { failure } from '../codes.ts'
import { writeDvcFile, type DvcFile, type OutEntry } from '../formats/dvcfile.ts'
import { readIgnoreText, withIgnored } from '../git/gitignore.ts'
import { dvcFileFor, outputsOf } from '../outputs.ts'
import type { DvcRepo } from '../repo.ts'
import { isWithin } from '../within.ts'
import { pathInRepo, refusePlace } from '../workspace/survey.ts'
import { writeAtomically } from '../write.ts'
import type { KeptData } from './place.ts'
import { targetFor } from './target.ts'

/** Where an import is to be. Paths are relative to the root, POSIX. */
export interface ImportPlace {
  readonly path: string
  /** The same place relative to the working directory. */
  readonly shown: string
  /** The `.dvc` file. */
  readonly file: string
}

/** Where somebody wants it. */
export interface ImportWish {
  readonly cwd: string
  readonly out?: string | undefined
  readonly force?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Where an import goes.
 *
 * @param said what is imported
 * @throws DS_DVC_EXISTS, DS_DVC_PATH_OUTSIDE, DS_DVC_PATH_MISSING where its folder is not there
 */
export async function placeFor(repo: DvcRepo, said: string, wish: ImportWish): Promise<ImportPlace> {
  const { place, shown } = targetFor(said, wish.out, wish.cwd, wish.force ?? false)
  const path = await pathInRepo(repo, place)
  if (!statSync(dirname(place), { throwIfNoEntry: false })?.isDirectory()) {
    throw failure('DS_DVC_PATH_MISSING', `${posix.dirname(shown)} is no folder: nothing can be imported into it`, {
      where: shown,
      hint: 'Make the folder first.',
    })
  }
  return { path, shown, file: dvcFileFor(path) }
}

/**
 * Refuses a place that belongs to other data.
 *
 * @throws DS_DVC_OVERLAP, DS_DVC_EXISTS and as {@link refusePlace}
 */
export async function refuseOthers(repo: DvcRepo, place: ImportPlace, { signal }: ImportWish): Promise<void> {
  const { path, shown, file } = place
  const outputs = await outputsOf(repo, { signal })
  const other = outputs.find((one) => (isWithin(path, one.path) || isWithin(one.path, path)) && one.file !== file)
  if (other) {
    throw failure('DS_DVC_OVERLAP', `${shown} lies in tracked data or holds some: ${other.path} of ${other.file}`, {
      where: other.file,
    })
  }
  const shared = outputs.find((one) => one.file === file && one.path !== path)
  if (shared) throw failure('DS_DVC_EXISTS', `${file} exists, and tracks ${shared.path}`, { where: file })
  await refusePlace(repo, { path, shown, isDirectory: false, dvcFile: file })
}

/** The output of an import, with its data where that has come. */
export function outOf({ path }: ImportPlace, data?: KeptData): OutEntry {
  return { ...data, hash: 'md5', path: posix.basename(path) }
}

/**
 * Writes the record of an import; the line in `.gitignore` comes first.
 *
 * @param isIgnored whether there is to be such a line; true by default
 *
 * @returns `.dvc` and `.gitignore` files that are the user's to stage; none where DVC stages them, or works without git
 * @throws DS_DVC_WRITE
 */
export async function keepRecord(
  repo: DvcRepo,
  { path, file }: ImportPlace,
  record: DvcFile,
  { isIgnored = true }: { readonly isIgnored?: boolean } = {},
): Promise<string[]> {
  const written = [file]
  if (isIgnored && repo.git && !(await repo.git.isIgnored(path))) {
    const ignoreFile = posix.join(posix.dirname(path), '.gitignore')
    const before = await readIgnoreText(join(repo.root, ignoreFile))
    await writeAtomically(join(repo.root, ignoreFile), withIgnored(before, posix.basename(path)))
    written.push(ignoreFile)
  }
  await writeAtomically(join(repo.root, file), writeDvcFile(record))
  if (!repo.git) return []
  if (repo.config.autostage) await repo.git.add(written)
  return repo.config.autostage ? [] : written.toSorted()
}
