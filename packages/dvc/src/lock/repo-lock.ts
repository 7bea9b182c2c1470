import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemCode, throwIfAborted, withLock } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { unwritable } from '../write.ts'
import { isFlocked, takeFlock } from './flock.ts'
import { takeLink } from './link-lock.ts'
import { holderOf, type Holder } from './holder.ts'
import { publish, writerOf } from './rwlock.ts'

/** Milliseconds between two tries. */
const PAUSE = 100

/** Seconds until the wait for others is given up. */
const PATIENCE = 60

/**
 * Seconds without a sign of life after which another machine's lock of ours counts as left behind. DVC's own is held by
 * then, so that nobody is at work who could take it.
 */
const STALE = 20

/** Milliseconds after which a wait is told. */
const TOLD_AFTER = 1000

/** A wait for another process. */
export interface LockWait extends Holder {
  /** Seconds that are left until it is given up; `Infinity` where it has no end. */
  readonly seconds: number
}

/** What is locked. */
export interface LockedRepo {
  /** The `.dvc` folder. */
  readonly dvcDir: string
  /** Whether locks are hard links (`core.hardlink_lock`), for file systems of several machines; no by default. */
  readonly config?: { readonly hardlinkLock?: boolean | undefined }
}

/** How the lock is waited for. */
export interface RepoLockOptions {
  /** Seconds; 60 by default. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called once when the wait has gone on for a second. */
  readonly onWait?: ((wait: LockWait) => void) | undefined
  /** The data that the work concerns, absolute; the whole repository by default. */
  readonly paths?: readonly string[] | undefined
  /** Whether the work only reads: where this user may not make the lock, it goes on without. Not by default. */
  readonly reading?: boolean | undefined
}

/**
 * Does work while no other process writes to the repository: neither DVC, whose own lock is held where the system has
 * the `flock` program, nor a stage of its pipelines that is running, nor another dayshift. The locks are free again when
 * this process ends in whatever way. Without `flock` this process is named in DVC's `rwlock`, which DVC heeds. With
 * `core.hardlink_lock` DVC's lock is a hard link, and so is this one.
 *
 * @param repo its `.dvc/tmp` is made where it is missing
 * @param options `timeout` is 60 seconds by default
 * @throws DS_LOCKED, DS_ABORTED
 */
export async function withRepoLock<Result>(
  { dvcDir, config }: LockedRepo,
  { timeout = PATIENCE, signal, onWait, paths = [join(dvcDir, '..')], reading = false }: RepoLockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const tmpDir = join(dvcDir, 'tmp')
  if (reading && !(await isOurs(tmpDir))) return work()
  await mkdir(tmpDir, { recursive: true }).catch((error: unknown) => Promise.reject(unwritable(tmpDir, error)))
  const deadline = Date.now() + timeout * 1000
  const telling = setTimeout(() => {
    onWait?.({ ...waitedFor(tmpDir, paths), seconds: Math.max(0, (deadline - Date.now()) / 1000) })
  }, TOLD_AFTER)
  const take = config?.hardlinkLock === true ? () => takeLink(tmpDir) : () => takeOwn(tmpDir)
  let release: Release | undefined
  try {
    release = await untilFree(tmpDir, paths, take, deadline, signal)
    const left = Math.max(0, (deadline - Date.now()) / 1000)
    const begin = (): Promise<Result> => {
      clearTimeout(telling)
      return work()
    }
    return await withLock(join(tmpDir, 'dayshift.lock'), begin, { timeout: left, staleAfter: STALE, signal })
  } finally {
    clearTimeout(telling)
    await release?.()
  }
}

function waitedFor(tmpDir: string, paths: readonly string[]): Holder {
  return writerOf(tmpDir, paths) ?? holderOf(tmpDir)
}

/** Whether this user may write there, or make the folder. */
async function isOurs(tmpDir: string): Promise<boolean> {
  for (const folder of [tmpDir, join(tmpDir, '..')]) {
    try {
      await access(folder, constants.W_OK)
      return true
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') return false
    }
  }
  return true
}

type Release = () => Promise<void>

async function untilFree(
  tmpDir: string,
  paths: readonly string[],
  take: () => Promise<Release | undefined>,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<Release> {
  const path = join(tmpDir, 'lock')
  for (;;) {
    throwIfAborted(signal)
    const release = await take()
    const blocker = release === undefined ? undefined : writerOf(tmpDir, paths)
    if (release !== undefined) {
      if (blocker === undefined) return release
      await release()
    }
    if (Date.now() >= deadline) {
      const { words } = blocker ?? holderOf(tmpDir)
      throw failure('DS_LOCKED', `${path} is locked: ${words}`, { where: path })
    }
    await sleep(PAUSE)
  }
}

/** DVC's lock of one machine; where there is no program to take it, this process is named to DVC once it is free. */
async function takeOwn(tmpDir: string): Promise<Release | undefined> {
  const path = join(tmpDir, 'lock')
  const release = await takeFlock(path)
  if (release !== 'missing') return release
  return isFlocked(path) ? undefined : publish(tmpDir)
}
