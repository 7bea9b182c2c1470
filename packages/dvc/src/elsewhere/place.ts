import type { ReadOptions } from '../cache/hash.ts'
import { cachePlaceOf } from '../cache/objects.ts'
import type { State } from '../cache/state.ts'
import { openStore } from '../cache/store.ts'
import { manifestOf } from '../formats/tree.ts'
import type { Output } from '../outputs.ts'
import type { DvcRepo } from '../repo.ts'
import { changeOf, type OutputChange } from '../workspace/change.ts'
import { openIgnore } from '../workspace/ignore.ts'
import { applyChanges } from '../workspace/placement.ts'
import { noVersion } from '../workspace/unsaved.ts'
import { failure } from '../codes.ts'
import type { TakenData } from './take.ts'

/** Data from elsewhere as a `.dvc` file has it. */
export interface KeptData {
  /** With `.dir` for a directory. */
  readonly md5: string
  readonly size: number
  /** Directories only. */
  readonly nfiles?: number
}

/** Brings the manifest of data whose files were taken into the cache, where it is a directory. */
export async function keepData({ config }: DvcRepo, { isDirectory, entries, bytes }: TakenData): Promise<KeptData> {
  if (!isDirectory) return { md5: entries[0]?.md5 ?? '', size: bytes }
  const { md5, text } = manifestOf(entries)
  const store = await openStore(cachePlaceOf(config))
  await store.putManifest(text)
  await store.sync()
  return { md5, size: bytes, nfiles: entries.length }
}

/**
 * Works out how data of the cache gets to its place in the workspace.
 *
 * @param options `force`: whether data that no version holds may go
 * @throws DS_DVC_UNSAVED and what {@link changeOf} throws
 */
export async function planPlace(
  repo: DvcRepo,
  { path, file }: Pick<Output, 'path' | 'file'>,
  { md5 }: Pick<KeptData, 'md5'>,
  state: State,
  { signal, force }: { readonly signal: AbortSignal | undefined; readonly force: boolean },
): Promise<OutputChange> {
  const looking = { repo, ignore: openIgnore(repo.root), state, signal, going: new Set<string>() }
  const hash = { algorithm: 'md5' as const, digits: md5 }
  const flags = { cache: true, persist: false, push: true, frozen: true, isImport: true }
  const change = await changeOf(looking, { output: { path, file, hash, ...flags } }, hash)
  const unsaved = change.files.filter(({ isSaved }) => !isSaved)
  if (!force && unsaved.length > 0) throw noVersion(unsaved.map((one) => one.path))
  return change
}

/**
 * Brings data of the cache to its place in the workspace.
 *
 * @throws DS_DVC_OBJECT_MISSING, DS_DVC_CHANGED where somebody wrote to it meanwhile, DS_DVC_WRITE, DS_ABORTED
 */
export async function placeOutput(
  repo: DvcRepo,
  change: OutputChange,
  state: State,
  { signal, onProgress }: ReadOptions,
): Promise<void> {
  const outcome = (await applyChanges(repo, [change], state, { signal, onProgress })).get(change.path)
  if (outcome?.error !== undefined) throw outcome.error
  const [lost] = [...change.missing, ...(outcome?.lost ?? [])]
  if (lost !== undefined) throw failure('DS_DVC_OBJECT_MISSING', `${lost} is not in the cache`, { where: lost })
  const [changed] = outcome?.changed ?? []
  if (changed !== undefined) throw failure('DS_DVC_CHANGED', `${changed} changed meanwhile`, { where: changed })
  if (change.hash) state.placed.set(change.path, change.hash.digits)
}
