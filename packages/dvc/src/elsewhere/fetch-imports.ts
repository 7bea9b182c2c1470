import { dirname, join } from 'node:path'
import { isDayshiftError, throwIfAborted } from '@dayshift/core/ground'
import { ownManifest } from '../transfer/manifests.ts'
import { isSound } from '../cache/sound.ts'
import { openState, type State } from '../cache/state.ts'
import { pythonJson } from '../formats/python.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import type { DvcRepo, RepoOptions } from '../repo.ts'
import type { FailedObject, TransferOutcome } from '../transfer/execute.ts'
import type { PlannedObject, TransferPlan } from '../transfer/plan.ts'
import type { WantedData } from '../transfer/wanted.ts'
import { problemOf } from '../workspace/problem.ts'
import { isSelected } from '../workspace/targets.ts'
import { keepData } from './place.ts'
import { originOf, originWords, requestOf } from './origin.ts'
import { withScratch } from './scratch.ts'
import { openSource, type Source } from './source.ts'
import { takeFrom, type TakeOptions } from './take.ts'

/** How imports are fetched. */
export interface ImportFetchOptions extends RepoOptions, TakeOptions {
  /** Whether nothing is transferred; false by default. */
  readonly dryRun?: boolean | undefined
}

/** What has come of one import. */
export interface ImportTransfer extends TransferOutcome {
  readonly plan: TransferPlan
}

/**
 * Brings the data of imports into the cache, from the repositories that they were imported from, at the commits that are
 * recorded. What the cache has is not asked for. An import that cannot be brought keeps no other from it.
 *
 * @throws DS_DVC_WRITE, DS_GIT_MISSING, DS_ABORTED
 */
export async function fetchImports(
  repo: DvcRepo,
  imports: readonly WantedData[],
  options: ImportFetchOptions,
): Promise<ImportTransfer[]> {
  if (imports.length === 0) return []
  const state = openState(join(repo.dvcDir, 'tmp'))
  const lacking = new Map<WantedData, PlannedObject[]>()
  for (const data of imports) {
    const objects = await lackingOf(repo, data, state, options.signal)
    if (objects.length > 0) lacking.set(data, objects)
  }
  const transfers: ImportTransfer[] = []
  for (const group of byRepository([...lacking.keys()])) {
    transfers.push(...(await fetchGroup(repo, group, lacking, state, options)))
  }
  if (!options.dryRun) await state.save()
  return transfers
}

/** What the cache has not; of a directory whose manifest it lacks, that alone is known. */
async function lackingOf(
  repo: DvcRepo,
  { hash, path, bytes, selection }: WantedData,
  state: State,
  signal: AbortSignal | undefined,
): Promise<PlannedObject[]> {
  const whole = { hash, path, ...(bytes === undefined ? {} : { bytes }) }
  if (!hash.digits.endsWith(DIR_SUFFIX)) return (await isSound(repo, hash, state, { signal })) ? [] : [whole]
  const entries = await ownManifest(repo.config.cacheDir, hash)
  if (!entries) return [whole]
  const lacking: PlannedObject[] = []
  for (const { md5, relpath } of entries) {
    const object = { hash: { algorithm: hash.algorithm, digits: md5 }, path: `${path}/${relpath}` }
    if (isSelected(selection, relpath) && !(await isSound(repo, object.hash, state, { signal }))) lacking.push(object)
  }
  return lacking
}

/** Imports from the same commit of the same repository, which is opened once. */
function byRepository(imports: readonly WantedData[]): WantedData[][] {
  const groups = new Map<string, WantedData[]>()
  for (const data of imports) {
    const { output } = data.selection
    const key = pythonJson([originOf(output).repo, dirname(output.file)])
    const group = groups.get(key)
    if (group) group.push(data)
    else groups.set(key, [data])
  }
  return [...groups.values()]
}

async function fetchGroup(
  repo: DvcRepo,
  group: readonly WantedData[],
  lacking: ReadonlyMap<WantedData, readonly PlannedObject[]>,
  state: State,
  options: ImportFetchOptions,
): Promise<ImportTransfer[]> {
  return withScratch(repo, async (scratch) => {
    const { cwd, env, user, signal } = options
    const { cacheDir, cacheShared } = repo.config
    let source: Promise<Source> | undefined
    const transfers: ImportTransfer[] = []
    for (const data of group) {
      const { output } = data.selection
      const origin = originOf(output)
      const objects = lacking.get(data) ?? []
      const plan: TransferPlan = {
        direction: 'fetch',
        remote: originWords(origin),
        url: originWords(origin),
        objects,
        bytes: objects.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
        present: 0,
        missing: [],
      }
      if (options.dryRun) {
        transfers.push({ plan, done: [], bytes: 0, failed: [], missing: [] })
        continue
      }
      try {
        const folders = [cwd, dirname(join(repo.root, output.file))]
        source ??= openSource(requestOf(origin.repo, folders, true), {
          scratch,
          cacheDir,
          cacheShared,
          env,
          user,
          signal,
        })
        const taken = await takeFrom(await source, origin.path, repo, state, options)
        const { md5, size } = await keepData(repo, taken)
        // What is there may be other data than was imported: then it stands in the cache under its own name.
        const done =
          md5 === data.hash.digits || (await lackingOf(repo, data, state, signal)).length === 0 ? objects : []
        const missing = done.length > 0 ? [] : objects
        transfers.push({ plan, done, bytes: size, failed: [], missing })
      } catch (error) {
        throwIfAborted(signal)
        if (!isDayshiftError(error) || error.code === 'DS_DVC_WRITE' || error.code === 'DS_GIT_MISSING') throw error
        const failed = objects.map((object): FailedObject => ({ ...object, error: problemOf(error) }))
        transfers.push({ plan, done: [], bytes: 0, failed, missing: [] })
      }
    }
    return transfers
  })
}
