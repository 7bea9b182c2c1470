import { breather } from '../breather.ts'
import type { DataHash } from '../cache/hash.ts'
import { messageOf } from '@dayshift/core/ground'
import { objectPlace } from '../cache/layout.ts'
import { isObjectLost } from '../cache/manifest.ts'
import { openCacheNames } from '../cache/names.ts'
import { isSound } from '../cache/sound.ts'
import type { State } from '../cache/state.ts'
import { DIR_SUFFIX, type TreeEntry } from '../formats/tree.ts'
import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import { isSelected } from '../workspace/targets.ts'
import { ownManifest, theirManifest } from './manifests.ts'
import type { PlannedObject, TransferPlan } from './plan.ts'
import type { RetryOptions } from './retry.ts'
import type { WantedData } from './wanted.ts'

/** How a fetch is planned. */
export interface FetchPlanOptions extends RetryOptions {
  readonly state: State
  /** Gets each manifest that had to come from the remote. */
  readonly onManifest: (hash: DataHash, content: Buffer) => void
}

/**
 * Works out what a fetch from a remote would bring: what the cache lacks, or has in another form than its name says. The
 * remote is asked for the manifests that the cache lacks, and for nothing else.
 *
 * @param name the remote's
 * @throws DS_REMOTE_FAILED, DS_REMOTE_DENIED, DS_ABORTED
 */
export async function planFetch(
  repo: DvcRepo,
  name: string,
  remote: Remote,
  wanted: readonly WantedData[],
  options: FetchPlanOptions,
): Promise<TransferPlan> {
  const { state, signal } = options
  const breathe = breather(signal)
  const isNamed = openCacheNames(repo.config.cacheDir)
  const objects = new Map<string, PlannedObject>()
  const missing: PlannedObject[] = []
  const seen = new Set<string>()
  let present = 0
  const take = async (object: PlannedObject): Promise<void> => {
    const key = objectPlace(object.hash)
    if (seen.has(key)) return
    seen.add(key)
    await breathe()
    if (isNamed(object.hash) && (await isSound(repo, object.hash, state, { signal }))) present++
    else objects.set(key, object)
  }
  for (const { hash, path, bytes, selection } of wanted) {
    if (!hash.digits.endsWith(DIR_SUFFIX)) {
      await take({ hash, path, ...(bytes === undefined ? {} : { bytes }) })
      continue
    }
    let entries: readonly TreeEntry[] | undefined = await ownManifest(repo.config.cacheDir, hash)
    let problem: string | undefined
    if (!entries) {
      const theirs = await theirManifest(remote, hash, options).catch((error: unknown) => {
        if (!isObjectLost(error)) throw error
        problem = messageOf(error)
      })
      if (theirs) options.onManifest(hash, theirs.content)
      entries = theirs?.entries
    }
    if (!entries) missing.push({ hash, path, ...(problem === undefined ? {} : { problem }) })
    else present++
    for (const { md5, relpath } of entries ?? []) {
      if (!isSelected(selection, relpath)) continue
      await take({ hash: { algorithm: hash.algorithm, digits: md5 }, path: `${path}/${relpath}` })
    }
  }
  const all = [...objects.values()]
  return {
    direction: 'fetch',
    remote: name,
    url: remote.url,
    objects: all,
    bytes: all.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    present,
    missing,
  }
}
