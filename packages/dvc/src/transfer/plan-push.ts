import { objectPlace } from '../cache/layout.ts'
import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import { compareWithRemote, type CompareOptions, type ComparedObject } from './compare.ts'
import type { PlannedObject, TransferPlan } from './plan.ts'
import type { PresenceOptions } from './presence.ts'
import type { WantedData } from './wanted.ts'

/**
 * Works out what a push to a remote would send. A manifest goes only where all files of its directory are on the remote
 * then: for everybody else it is proof that they are.
 *
 * @param name the remote's
 * @throws DS_REMOTE_FAILED, DS_REMOTE_DENIED, DS_ABORTED
 */
export async function planPush(
  repo: DvcRepo,
  name: string,
  remote: Remote,
  wanted: readonly WantedData[],
  options: PresenceOptions & Pick<CompareOptions, 'isDoubted'>,
): Promise<TransferPlan> {
  const { files, directories } = await compareWithRemote(repo, remote, wanted, { ...options, isThorough: false })
  const objects = new Map<string, PlannedObject>()
  const missing = new Map<string, PlannedObject>()
  const present = new Set<string>()
  const take = (object: ComparedObject): void => {
    const key = objectPlace(object.hash)
    if (object.onRemote) present.add(key)
    else (object.inCache ? objects : missing).set(key, plannedOf(object))
  }
  files.forEach(take)
  for (const { members = [] } of directories) members.filter(({ isWanted }) => isWanted).forEach(take)
  const manifests = new Map<string, PlannedObject>()
  for (const directory of directories) {
    const key = objectPlace(directory.hash)
    if (directory.onRemote) present.add(key)
    else if (!directory.members) missing.set(key, plannedOf(directory))
    else {
      const needed = directory.members.filter(({ onRemote }) => !onRemote).map(({ hash }) => hash)
      const isWhole = needed.every((hash) => objects.has(objectPlace(hash)))
      const after = [...new Set(needed.map(({ digits }) => digits))]
      if (isWhole) manifests.set(key, { ...plannedOf(directory), after })
    }
  }
  const all = [...objects.values(), ...manifests.values()]
  return {
    direction: 'push',
    remote: name,
    url: remote.url,
    objects: all,
    bytes: all.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    present: present.size,
    missing: [...missing.values()],
  }
}

function plannedOf({ hash, path, bytes }: ComparedObject): PlannedObject {
  return { hash, path, ...(bytes === undefined ? {} : { bytes }) }
}
