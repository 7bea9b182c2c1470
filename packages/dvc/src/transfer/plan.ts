import type { DataHash } from '../cache/hash.ts'

/** An object of a transfer. */
export interface PlannedObject {
  readonly hash: DataHash
  /** Where the repository has it, from the root, POSIX; a directory's manifest under the directory's path. */
  readonly path: string
  /** Absent where nobody knows before it comes. */
  readonly bytes?: number
  /** Where the remote keeps it, where that is not under its hash: remotes that keep versions have the repository's paths. */
  readonly key?: string
  /** The version on such a remote. */
  readonly version?: string
  /** What is wrong with what the remote has under its name; absent for what it does not have at all. */
  readonly problem?: string
  /** Of a manifest: objects of the same plan that have to be there before it, by their digits. */
  readonly after?: readonly string[]
}

/** What a transfer comes to. Plain data: it can be printed and compared. */
export interface TransferPlan {
  readonly direction: 'push' | 'fetch'
  /** The remote's name. */
  readonly remote: string
  /** Where it is, without secrets. */
  readonly url: string
  /** What is to be transferred: files, then manifests. */
  readonly objects: readonly PlannedObject[]
  /** Of those whose size is known. */
  readonly bytes: number
  /** Objects that are where they should be already. A directory that is there counts as a whole. */
  readonly present: number
  /** Objects that are nowhere. */
  readonly missing: readonly PlannedObject[]
}
