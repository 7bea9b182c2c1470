import { objectPlace } from '../cache/layout.ts'
import type { DataHash } from '../cache/hash.ts'
import { comparePaths } from '../history/compare.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import type { Output } from '../outputs.ts'
import type { DvcRepo } from '../repo.ts'
import { ownManifest } from './manifests.ts'
import { presenceOf } from './presence.ts'
import { needObjects, remotesAsked, withRemotes, type TransferOptions } from './session.ts'

/** How remotes are asked for what they lack. */
export interface AbsentOptions extends Pick<
  TransferOptions,
  'cwd' | 'env' | 'user' | 'signal' | 'remotes' | 'jobs' | 'open' | 'onRetry' | 'attempts' | 'pause'
> {
  /** Whether the files in directories are asked for too, as far as the cache has the manifests; false by default. */
  readonly granular?: boolean | undefined
}

/**
 * The paths of data that its remote lacks: the one that its record names, else those that were asked for, or the default one.
 * What never goes to remotes (`push: false`) and what another repository keeps are passed over.
 *
 * @returns from the root, POSIX, in the order of paths; those of directories end with a slash
 * @throws DS_REMOTE_UNKNOWN, DS_REMOTE_UNSUPPORTED, DS_REMOTE_PACKAGE, DS_REMOTE_DENIED, DS_REMOTE_FAILED, DS_ABORTED
 */
export async function absentOnRemotes(
  repo: DvcRepo,
  outputs: readonly Output[],
  options: AbsentOptions,
): Promise<string[]> {
  const { granular = false } = options
  return withRemotes(repo, options, async (session) => {
    /** By remote: the object's place, and the paths that have it. */
    const wanted = new Map<string, Map<string, string[]>>()
    const want = (output: Output, hash: DataHash, path: string): void => {
      for (const name of remotesAsked(repo, output.remote === undefined ? options.remotes : [output.remote])) {
        const places = wanted.get(name) ?? new Map<string, string[]>()
        wanted.set(name, places)
        const place = objectPlace(hash)
        places.set(place, [...(places.get(place) ?? []), path])
      }
    }
    for (const output of outputs) {
      const { hash, path, cache, push, origin } = output
      if (!hash || !cache || !push || origin?.repo !== undefined) continue
      const isDirectory = hash.digits.endsWith(DIR_SUFFIX)
      want(output, hash, isDirectory ? `${path}/` : path)
      const entries = isDirectory && granular ? await ownManifest(repo.config.cacheDir, hash) : undefined
      for (const { md5, relpath } of entries ?? []) {
        want(output, { algorithm: hash.algorithm, digits: md5 }, `${path}/${relpath}`)
      }
    }
    const absent = new Set<string>()
    for (const [name, places] of wanted) {
      needObjects(session, name, 'a comparison')
      const remote = await session.open(name)
      const jobs = session.jobs(name) ?? remote.jobs
      const held = await presenceOf(remote, [...places.keys()], { ...options, jobs })
      for (const [place, paths] of places) if (!held.has(place)) for (const path of paths) absent.add(path)
    }
    return [...absent].toSorted(comparePaths)
  })
}
