import { breather } from '../breather.ts'
import { isSound } from '../cache/sound.ts'
import { entriesOf } from '../formats/listed.ts'
import { manifestOf } from '../formats/tree.ts'
import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import { ownManifest } from './manifests.ts'
import type { PlannedObject, TransferPlan } from './plan.ts'
import type { FetchPlanOptions } from './plan-fetch.ts'
import { versionedFiles } from './versioned.ts'
import type { WantedData } from './wanted.ts'

/**
 * Works out what a fetch would bring from a remote that keeps versions of the repository's paths: by the versions that the
 * records name. The manifest that the cache needs of a directory is made from its record.
 *
 * @throws DS_ABORTED
 */
export async function planFetchVersions(
  repo: DvcRepo,
  name: string,
  remote: Remote,
  wanted: readonly WantedData[],
  { state, signal, onManifest }: FetchPlanOptions,
): Promise<TransferPlan> {
  const breathe = breather(signal)
  const objects = new Map<string, PlannedObject>()
  const missing: PlannedObject[] = []
  let present = 0
  for (const data of wanted) {
    const { files: listed } = data.selection.output
    const entries = listed && entriesOf(listed)
    const tree = entries ? undefined : await ownManifest(repo.config.cacheDir, data.hash)
    const files = versionedFiles(data, name, tree)
    if (!files) missing.push({ hash: data.hash, path: data.path })
    if (entries) onManifest(data.hash, Buffer.from(manifestOf(entries).text))
    for (const { hash, path, bytes, version } of files ?? []) {
      await breathe()
      const object = { hash, path, ...(bytes === undefined ? {} : { bytes }) }
      if (objects.has(hash.digits)) continue
      if (await isSound(repo, hash, state, { signal })) present++
      else if (version === undefined) missing.push(object)
      else objects.set(hash.digits, { ...object, key: path, version })
    }
  }
  const all = [...objects.values()]
  const bytes = all.reduce((sum, object) => sum + (object.bytes ?? 0), 0)
  return { direction: 'fetch', remote: name, url: remote.url, objects: all, bytes, present, missing }
}
