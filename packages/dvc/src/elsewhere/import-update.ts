import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unreadable, type ReadOptions } from '../cache/hash.ts'
import type { State } from '../cache/state.ts'
import { definitionHash, readDvcFile, updateDvcFile, withData, type DvcFile } from '../formats/dvcfile.ts'
import type { Output } from '../outputs.ts'
import type { DvcRepo, RepoOptions } from '../repo.ts'
import { openIgnore } from '../workspace/ignore.ts'
import { takeSnapshot } from '../workspace/snapshot.ts'
import { shownFrom } from '../workspace/targets.ts'
import type { KeptData } from './place.ts'
import type { TakeOptions } from './take.ts'

/** How imports are updated. */
export interface UpdateOptions extends ReadOptions, RepoOptions, Pick<TakeOptions, 'jobs' | 'onRetry' | 'open'> {
  /** The revision that imports from repositories follow from now on; the one that they follow already by default. */
  readonly revision?: string | undefined
  /** Whether a folder means all imports beneath it; false by default. */
  readonly recursive?: boolean | undefined
  /** Whether data comes, not its record alone; true by default (`--no-download` is false). */
  readonly download?: boolean | undefined
  /** Whether data goes to a remote instead of the workspace, of imports from addresses; false by default. */
  readonly toRemote?: boolean | undefined
  /** That remote; the default one otherwise. */
  readonly remote?: string | undefined
  /** Whether data that no version holds may be overwritten; false by default. */
  readonly force?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** An import that was looked at. */
export interface UpdatedImport {
  /** The `.dvc` file, relative to `cwd`, POSIX. */
  readonly file: string
  /** Where its data is, relative to `cwd`, POSIX. */
  readonly path: string
  /** What it was imported from, as DVC tells it; without secrets. */
  readonly from: string
  readonly changed: boolean
  /** The full name of the commit that it has now, of another repository. */
  readonly commit?: string
}

/** The record of an import. */
export interface ImportRecord {
  readonly text: string
  readonly file: DvcFile
}

/** Reads it. @throws DS_DVC_FILE_MALFORMED, DS_DVC_UNREADABLE */
export async function readRecord(repo: DvcRepo, { file }: Output): Promise<ImportRecord> {
  const text = await readFile(join(repo.root, file), 'utf8').catch((error: unknown) =>
    Promise.reject(unreadable(file, error)),
  )
  return { text, file: readDvcFile(text, file) }
}

/** How an import is told. */
export function toldOf(repo: DvcRepo, { file, path }: Output, cwd: string): Pick<UpdatedImport, 'file' | 'path'> {
  return { file: shownFrom(repo, cwd, file), path: shownFrom(repo, cwd, path) }
}

/** Whether the data is where it belongs, and what its record says. */
export async function isAsRecorded(
  repo: DvcRepo,
  { path, hash }: Output,
  state: State,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!hash) return false
  const { algorithm, digits } = hash
  return (await takeSnapshot(repo, path, openIgnore(repo.root), { state, signal, algorithm })).digits === digits
}

/**
 * The text of an import's record as it is now.
 *
 * @param next the record with what it was imported from now
 * @param data absent where none came: what is recorded of it was of another time, and goes
 * @param where the file's name, for errors
 */
export function textWith(text: string, next: DvcFile, data: KeptData | undefined, where: string): string {
  const outs = (next.outs ?? []).map((out) => withData(out, data ?? {}))
  const file = { ...next, outs }
  return updateDvcFile(text, { ...file, md5: definitionHash(file) }, where)
}
