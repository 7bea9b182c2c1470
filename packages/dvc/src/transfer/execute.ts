import { openLanding } from '../cache/landing.ts'
import { objectPlace } from '../cache/layout.ts'
import { cachePlaceOf, objectPathIn } from '../cache/objects.ts'
import { rememberMade } from '../cache/sound.ts'
import type { State } from '../cache/state.ts'
import type { Held, Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import { problemOf, type Problem } from '../workspace/problem.ts'
import type { PlannedObject, TransferPlan } from './plan.ts'
import { transferEach, type Failed } from './pool.ts'
import { isOfRemote } from './reach.ts'
import { receive } from './receive.ts'
import { withRetries, type RetryOptions } from './retry.ts'
import { uploadOf } from './upload.ts'

/** How far a transfer has come. */
export interface TransferProgress {
  readonly direction: TransferPlan['direction']
  /** The remote's name. */
  readonly remote: string
  readonly objects: number
  readonly ofObjects: number
  readonly bytes: number
  /** Absent where nobody knows before all has come. */
  readonly ofBytes?: number
}

/** How a plan is executed. */
export interface ExecuteOptions extends RetryOptions {
  /** Objects at a time; what the remote thinks best by default. */
  readonly jobs?: number | undefined
  readonly onTransfer?: ((progress: TransferProgress) => void) | undefined
}

/** An object that did not get through. */
export interface FailedObject extends PlannedObject {
  readonly error: Problem
}

/** What has come of a plan. */
export interface TransferOutcome {
  /** Objects that are where they should be now. */
  readonly done: readonly PlannedObject[]
  readonly bytes: number
  /** Those that are not; nothing half of them is left. */
  readonly failed: readonly FailedObject[]
  /** Objects that the remote turned out not to have. */
  readonly missing: readonly PlannedObject[]
}

/** A transfer that was planned, and what has come of it. */
export interface Transfer extends TransferOutcome {
  readonly plan: TransferPlan
  /** `.dvc` files that say now which versions the remote has, from the root, POSIX; of a push to one that keeps versions. */
  readonly recorded?: readonly string[]
}

/** What has come of a plan that was not executed. */
export const NOTHING: TransferOutcome = { done: [], bytes: 0, failed: [], missing: [] }

/**
 * Sends what a plan names. Every object is held against its name on the way; a manifest goes when all its files are there.
 *
 * @throws DS_REMOTE_DENIED, DS_REMOTE_FAILED where nothing gets through, DS_DVC_WRITE, DS_ABORTED; what was sent by then stays
 */
export async function executePush(
  repo: DvcRepo,
  plan: TransferPlan,
  remote: Remote,
  options: ExecuteOptions & { readonly onHeld?: ((object: PlannedObject, held: Held) => void) | undefined },
): Promise<TransferOutcome> {
  const tally = openTally(plan, options)
  const put = async (object: PlannedObject): Promise<void> => {
    const { hash } = object
    const path = objectPathIn(repo.config.cacheDir, hash.digits, hash.algorithm)
    const { bytes = 0 } = object
    const key = object.key ?? objectPlace(hash)
    const held = await withRetries(`${remote.url}/${key}`, options, async () =>
      remote.put?.(key, tally.counted(uploadOf(path, hash, bytes)), options),
    )
    if (held) options.onHeld?.(object, held)
    tally.end(object)
  }
  const jobs = options.jobs ?? remote.jobs
  const failed: Failed<PlannedObject>[] = []
  try {
    const files = plan.objects.filter(({ after }) => !after)
    failed.push(...(await transferEach(files, jobs, options.signal, put)))
    await remote.settle?.()
    const lost = new Set(failed.map(({ item }) => item.hash.digits))
    const manifests = plan.objects.filter(({ after }) => after?.every((digits) => !lost.has(digits)))
    failed.push(...(await transferEach(manifests, jobs, options.signal, put)))
    await remote.settle?.()
  } catch (error) {
    // What went through is kept: the next attempt need not send it again.
    await remote.settle?.().catch(() => undefined)
    throw error
  }
  return { done: tally.done(failed), bytes: tally.bytes(), failed: failed.map(told), missing: [] }
}

/**
 * Brings what a plan names into the cache. An object that is not what its name says does not get there. Where nothing gets
 * through any more, what is left has failed.
 *
 * @param state learns what is sound now
 * @throws DS_DVC_WRITE, DS_ABORTED; what has come by then stays
 */
export async function executeFetch(
  repo: DvcRepo,
  plan: TransferPlan,
  remote: Remote,
  state: State,
  options: ExecuteOptions & { readonly onBreak: (error: unknown) => void },
): Promise<TransferOutcome> {
  const tally = openTally(plan, options)
  const landing = openLanding(cachePlaceOf(repo.config))
  const missing: PlannedObject[] = []
  const settled = new Set<PlannedObject>()
  const get = async (object: PlannedObject): Promise<void> => {
    const { hash, version, key = objectPlace(hash) } = object
    const got = await receive(remote, key, hash, landing, { ...options, version, onBytes: tally.count })
    if (got === undefined) missing.push(object)
    else tally.end({ ...object, bytes: got })
    settled.add(object)
  }
  const came = async (failed: readonly Failed<PlannedObject>[]): Promise<TransferOutcome> => {
    await landing.settle()
    const done = tally.done(failed)
    for (const { hash } of done) rememberMade(repo, hash, state)
    return { done, bytes: tally.bytes(), failed: failed.map(told), missing }
  }
  try {
    return await came(await transferEach(plan.objects, options.jobs ?? remote.jobs, options.signal, get))
  } catch (error) {
    if (isOfRemote(error)) {
      options.onBreak(error)
      return await came(plan.objects.filter((item) => !settled.has(item)).map((item) => ({ item, error })))
    }
    // What has come whole is kept: the next attempt need not get it again.
    await landing.settle().catch(() => undefined)
    throw error
  } finally {
    landing.discard()
  }
}

function told({ item, error }: Failed<PlannedObject>): FailedObject {
  return { ...item, error: problemOf(error) }
}

/** Milliseconds between two words about progress: those who show it have no use for more. */
const TOLD_EVERY = 50

interface Tally {
  readonly count: (bytes: number) => void
  counted(upload: ReturnType<typeof uploadOf>): ReturnType<typeof uploadOf>
  end(object: PlannedObject): void
  done(failed: readonly Failed<PlannedObject>[]): PlannedObject[]
  bytes(): number
}

function openTally(plan: TransferPlan, { onTransfer }: ExecuteOptions): Tally {
  const ended: PlannedObject[] = []
  const isKnown = plan.objects.every(({ bytes }) => bytes !== undefined)
  let bytes = 0
  let last = 0
  const tell = (): void => {
    const now = performance.now()
    if (!onTransfer || (now - last < TOLD_EVERY && ended.length < plan.objects.length)) return
    last = now
    onTransfer({
      direction: plan.direction,
      remote: plan.remote,
      objects: ended.length,
      ofObjects: plan.objects.length,
      bytes,
      ...(isKnown ? { ofBytes: plan.bytes } : {}),
    })
  }
  const count = (more: number): void => {
    bytes += more
    tell()
  }
  return {
    count,
    counted(upload) {
      let sent = 0
      const countOwn = (more: number): void => {
        sent += more
        count(more)
      }
      return {
        ...upload,
        open() {
          // What an attempt before this one has sent is sent once more.
          countOwn(-sent)
          const pieces = upload.open()
          if (Symbol.asyncIterator in pieces) return counting(pieces, countOwn)
          countOwn(upload.bytes)
          return pieces
        },
      }
    },
    end(object) {
      ended.push(object)
      tell()
    },
    done(failed) {
      const lost = new Set(failed.map(({ item }) => item))
      return ended.filter((object) => !lost.has(object))
    },
    bytes: () => ended.reduce((sum, object) => sum + (object.bytes ?? 0), 0),
  }
}

async function* counting(
  pieces: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece
    count(piece.length)
  }
}
