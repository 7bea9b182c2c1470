import { failure } from '../codes.ts'
import { breather } from '../breather.ts'
import type { DataHash } from '../cache/hash.ts'
import { bytesOf } from '../cache/inventory.ts'
import type { Draft, Landing } from '../cache/landing.ts'
import { hashAt, objectPlace } from '../cache/layout.ts'
import { isObjectLost } from '../cache/manifest.ts'
import { isSound } from '../cache/sound.ts'
import type { Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import { problemOf } from '../workspace/problem.ts'
import { orLost, ownManifest, theirManifest } from './manifests.ts'
import { isManifest, mendRemote, NOTHING_MENDED, type FailedRemoteObject, type MendOptions } from './mend-remote.ts'
import { transferEach } from './pool.ts'
import { receive } from './receive.ts'
import { withRetries, type RetryOptions } from './retry.ts'

/** An object of a remote that is not what its name says. */
export interface BrokenRemoteObject {
  readonly hash: DataHash
  /** Where the remote keeps it. */
  readonly key: string
  /** As the remote tells it; before a repair. */
  readonly bytes: number
  /** By what it is known: its size, before anything was read, or its content. */
  readonly by: 'size' | 'content'
  readonly repaired: boolean
}

/** An object that a directory of a remote lists, and that is not there. */
export interface MissingRemoteObject {
  readonly hash: DataHash
  readonly repaired: boolean
}

/** What a check of a remote has found. */
export interface RemoteCheck {
  /** Its name. */
  readonly remote: string
  /** Where it is, without secrets. */
  readonly url: string
  /** Objects that lie there; what lies beside them counts for nothing. */
  readonly objects: number
  readonly bytes: number
  /** Objects that were held against their names as a whole; of the others only the size, where the cache tells it. */
  readonly read: number
  readonly broken: readonly BrokenRemoteObject[]
  readonly missing: readonly MissingRemoteObject[]
  /** Objects of which nobody knows, since they did not come, or that could not be repaired. */
  readonly failed: readonly FailedRemoteObject[]
}

/** How far the check of a remote has come. */
export interface CheckProgress {
  readonly remote: string
  readonly objects: number
  readonly ofObjects: number
  readonly bytes: number
  readonly ofBytes: number
}

/** How a remote is checked. */
export interface RemoteCheckOptions extends MendOptions {
  /** Whether nothing but manifests is read, so that files are held against the sizes that the cache has; false by default. */
  readonly quick?: boolean | undefined
  /** Whether what is broken or missing there comes from the cache, where that has it right; false by default. */
  readonly repair?: boolean | undefined
  readonly onCheck?: ((progress: CheckProgress) => void) | undefined
}

/**
 * Holds the objects of a remote against their names, and its directories against the files that they list.
 *
 * @param name the remote's
 * @throws DS_REMOTE_UNSUPPORTED where it cannot be listed or, for a repair, not be written; DS_REMOTE_DENIED,
 *   DS_REMOTE_FAILED, DS_ABORTED
 */
export async function checkRemote(
  repo: DvcRepo,
  name: string,
  remote: Remote,
  options: RemoteCheckOptions,
): Promise<RemoteCheck> {
  refuseUnable(remote, name, options)
  const held = await objectsOn(remote, options)
  const findings: Findings = { broken: new Map(), missing: new Map(), failed: new Map(), read: 0 }
  await lookAtAll(repo, name, remote, held, findings, options)
  const { broken, missing, failed, read } = findings
  const isThere = (key: string): boolean => held.has(key) && !broken.has(key) && !missing.has(key)
  const wrong = [...[...broken.values()].map(({ hash }) => hash), ...missing.values()]
  const mended = options.repair ? await mendRemote(repo, remote, wrong, isThere, options) : NOTHING_MENDED
  for (const one of mended.failed) failed.set(objectPlace(one.hash), one)
  return {
    remote: name,
    url: remote.url,
    objects: held.size,
    bytes: bytesOfAll(held),
    read,
    broken: [...broken.values()].map((one) => ({ ...one, repaired: mended.keys.has(one.key) })),
    missing: [...missing].map(([key, hash]) => ({ hash, repaired: mended.keys.has(key) })),
    failed: [...failed.values()],
  }
}

/** An object that a remote lists. */
interface HeldObject {
  readonly hash: DataHash
  readonly key: string
  readonly bytes: number
}

/** What is known of a remote so far, by the object's key. */
interface Findings {
  readonly broken: Map<string, Omit<BrokenRemoteObject, 'repaired'>>
  readonly missing: Map<string, DataHash>
  readonly failed: Map<string, FailedRemoteObject>
  read: number
}

function refuseUnable(remote: Remote, name: string, { repair }: RemoteCheckOptions): void {
  const lack = !remote.list ? 'checked: it lists nothing' : repair && !remote.put ? 'repaired: it can only be read' : ''
  if (lack === '') return
  throw failure('DS_REMOTE_UNSUPPORTED', `the remote '${name}' (${remote.url}) cannot be ${lack}`, {
    where: name,
    hint: 'Check or repair what lies behind that server, a folder or a bucket, as a remote of its own.',
  })
}

async function objectsOn(remote: Remote, options: RetryOptions): Promise<ReadonlyMap<string, HeldObject>> {
  // What came before a break would come twice: each attempt begins anew.
  return withRetries(remote.url, options, async () => {
    const held = new Map<string, HeldObject>()
    for await (const page of remote.list?.('', options) ?? []) {
      for (const { key, bytes } of page) {
        const hash = hashAt(key)
        if (hash) held.set(key, { hash, key, bytes })
      }
    }
    return held
  })
}

/** Manifests first: what they list and the remote lacks is known before anything large is read. */
async function lookAtAll(
  repo: DvcRepo,
  name: string,
  remote: Remote,
  held: ReadonlyMap<string, HeldObject>,
  findings: Findings,
  options: RemoteCheckOptions,
): Promise<void> {
  const breathe = breather(options.signal)
  const ofBytes = bytesOfAll(held)
  let objects = 0
  let bytes = 0
  const tell = (more: number): void => {
    bytes += more
    options.onCheck?.({ remote: name, objects, ofObjects: held.size, bytes, ofBytes })
  }
  const look = async (object: HeldObject): Promise<void> => {
    await breathe()
    let seen = 0
    const onBytes = (more: number): void => {
      seen += more
      tell(more)
    }
    const looked = isManifest(object.hash) ? lookAtDirectory : lookAtFile
    await looked(repo, remote, object, held, findings, { ...options, onBytes })
    objects++
    // However little of it was read, it is done.
    tell(object.bytes - seen)
  }
  for (const isFirst of [true, false]) {
    const part = [...held.values()].filter(({ hash }) => isManifest(hash) === isFirst)
    for (const { item, error } of await transferEach(part, options.jobs, options.signal, look)) {
      findings.failed.set(item.key, { hash: item.hash, error: problemOf(error) })
    }
  }
}

type LookOptions = RemoteCheckOptions & { readonly onBytes: (bytes: number) => void }

async function lookAtDirectory(
  repo: DvcRepo,
  remote: Remote,
  { hash, key, bytes }: HeldObject,
  held: ReadonlyMap<string, HeldObject>,
  findings: Findings,
  options: LookOptions,
): Promise<void> {
  const theirs = await orLost(theirManifest(remote, hash, options))
  if (!theirs) findings.broken.set(key, { hash, key, bytes, by: 'content' })
  const entries = theirs?.entries ?? (await ownManifest(repo.config.cacheDir, hash)) ?? []
  for (const { md5 } of entries) {
    const member = { algorithm: hash.algorithm, digits: md5 }
    if (!held.has(objectPlace(member))) findings.missing.set(objectPlace(member), member)
  }
  findings.read++
}

async function lookAtFile(
  repo: DvcRepo,
  remote: Remote,
  { hash, key, bytes }: HeldObject,
  _held: ReadonlyMap<string, HeldObject>,
  findings: Findings,
  options: LookOptions,
): Promise<void> {
  // By the rules of DVC 2, texts of several sizes have the same name.
  const isKnown = hash.algorithm === 'md5' && (await isSound(repo, hash, options.state, options))
  if (isKnown && bytesOf(repo.config.cacheDir, hash) !== bytes) {
    findings.broken.set(key, { hash, key, bytes, by: 'size' })
    return
  }
  if (options.quick) return
  try {
    // Where it has gone since it was listed, nobody is to take it for broken.
    if ((await receive(remote, key, hash, NOWHERE, options)) !== undefined) findings.read++
  } catch (error) {
    if (!isObjectLost(error)) throw error
    findings.broken.set(key, { hash, key, bytes, by: 'content' })
  }
}

function bytesOfAll(held: ReadonlyMap<string, HeldObject>): number {
  return [...held.values()].reduce((sum, { bytes }) => sum + bytes, 0)
}

/** What lands here is hashed on the way, and kept nowhere. */
const NOWHERE: Landing = {
  write: () => undefined,
  begin: async () => NO_DRAFT,
  settle: async () => undefined,
  settleMany: async () => undefined,
  discard: () => undefined,
}

const NO_DRAFT: Draft = { write: async () => undefined, keep: async () => undefined, drop: async () => undefined }
