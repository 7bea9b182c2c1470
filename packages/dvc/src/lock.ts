import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted, withLock, type LockOptions } from '@dayshift/core'
import { failure } from './codes.ts'
import { unwritable } from './write.ts'

/** Milliseconds between two tries. */
const PAUSE = 100

/** The exit code by which `flock` says that someone else has the lock. */
const BUSY = 75

type Release = () => Promise<void>

/** Seconds until the wait for others is given up. */
const PATIENCE = 60

/**
 * Does work while no other process writes to the repository: neither DVC, whose own lock is held where the system has
 * the `flock` program, nor another dayshift. Both locks are free again when this process ends in whatever way.
 *
 * @param tmpDir the repository's `.dvc/tmp`, made where it is missing
 * @param options `timeout` is 60 seconds by default
 * @throws DS_LOCKED, DS_ABORTED
 */
export async function withRepoLock<Result>(
  tmpDir: string,
  { timeout = PATIENCE, signal }: LockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(tmpDir, { recursive: true }).catch((error: unknown) => Promise.reject(unwritable(tmpDir, error)))
  const deadline = Date.now() + timeout * 1000
  const release = await untilFree(join(tmpDir, 'lock'), deadline, signal)
  try {
    const left = Math.max(0, (deadline - Date.now()) / 1000)
    return await withLock(join(tmpDir, 'dayshift.lock'), work, { timeout: left, signal })
  } finally {
    await release()
  }
}

async function untilFree(path: string, deadline: number, signal: AbortSignal | undefined): Promise<Release> {
  for (;;) {
    throwIfAborted(signal)
    const release = await takeFlock(path)
    if (release) return release
    if (Date.now() >= deadline) {
      throw failure('DS_LOCKED', `another process is at work: it holds the lock ${path}`, { where: path })
    }
    await sleep(PAUSE)
  }
}

/**
 * Holds flock(2) on DVC's lock file through a child that lives as long as its standard input is open. It has a process
 * group of its own, so that Ctrl-C does not end it before the work has ended.
 */
async function takeFlock(path: string): Promise<Release | undefined> {
  const args = ['-n', '-x', '-E', String(BUSY), path, 'sh', '-c', 'echo locked && exec cat']
  const child = spawn('flock', args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const missing = new Promise<'missing'>((resolve) => child.once('error', () => resolve('missing')))
  const locked = new Promise<'locked'>((resolve) => child.stdout.once('data', () => resolve('locked')))
  child.stdin.on('error', () => undefined)
  const outcome = await Promise.race([locked, ended, missing])
  if (outcome === BUSY) return undefined
  return outcome === 'locked' ? () => letGo(child, ended) : async () => undefined
}

async function letGo(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.stdin?.end()
  await ended
}
