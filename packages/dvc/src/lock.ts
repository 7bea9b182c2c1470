import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemCode, throwIfAborted } from '@dayshift/core'
import { failure } from './codes.ts'
import { unwritable } from './write.ts'

/** How a lock is waited for. */
export interface LockOptions {
  /** Seconds until the wait is given up; 60 by default. */
  readonly timeout?: number
  readonly signal?: AbortSignal | undefined
}

/** Milliseconds between two tries. */
const PAUSE = 100

/** The exit code by which `flock` says that someone else has the lock. */
const BUSY = 75

type Release = () => Promise<void>

/**
 * Does work while no other process writes to the repository: neither DVC, whose own lock is held where the system has
 * the `flock` program, nor another dayshift. Both locks are free again when this process ends in whatever way.
 *
 * @param tmpDir the repository's `.dvc/tmp`, made where it is missing
 * @throws DS_DVC_LOCKED, DS_ABORTED
 */
export async function withLock<Result>(
  tmpDir: string,
  options: LockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(tmpDir, { recursive: true }).catch((error: unknown) => Promise.reject(unwritable(tmpDir, error)))
  const deadline = Date.now() + (options.timeout ?? 60) * 1000
  const releaseDvc = await untilFree(() => takeFlock(join(tmpDir, 'lock')), tmpDir, deadline, options.signal)
  try {
    const own = join(tmpDir, 'dayshift.lock')
    const releaseOwn = await untilFree(() => takeFile(own), tmpDir, deadline, options.signal)
    try {
      return await work()
    } finally {
      await releaseOwn()
    }
  } finally {
    await releaseDvc()
  }
}

async function untilFree(
  take: () => Promise<Release | undefined>,
  tmpDir: string,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<Release> {
  for (;;) {
    throwIfAborted(signal)
    const release = await take()
    if (release) return release
    if (Date.now() >= deadline) {
      throw failure('DS_DVC_LOCKED', `another process is at work in ${tmpDir}`, { where: tmpDir })
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

/** A file that only one process can create; it says who did. */
async function takeFile(path: string): Promise<Release | undefined> {
  const token = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() })
  try {
    const file = await open(path, 'wx')
    await file.writeFile(token)
    await file.close()
    return () => rm(path, { force: true })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw unwritable(path, error)
  }
  const holder = await readFile(path, 'utf8').catch(() => undefined)
  if (holder !== undefined && isStale(holder)) await remove(path, holder)
  return undefined
}

function isStale(holder: string): boolean {
  const pid = /"pid":([0-9]+),/.exec(holder)?.[1]
  if (pid === undefined || !holder.includes(`"host":${JSON.stringify(hostname())}`)) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return systemCode(error) === 'ESRCH'
  }
}

/** Removes the lock of a dead process; puts it back where another process has taken it over in between. */
async function remove(path: string, holder: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
    if ((await readFile(aside, 'utf8')) !== holder) await link(aside, path)
  } catch {
    // Someone else was quicker; the next try sees what is there now.
  } finally {
    await rm(aside, { force: true })
  }
}
