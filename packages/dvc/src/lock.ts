import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemCode, throwIfAborted, withLock } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { unwritable, writeAtomically } from './write.ts'

/** Milliseconds between two tries. */
const PAUSE = 100

/** The exit code by which `flock` says that someone else has the lock. */
const BUSY = 75

type Release = () => Promise<void>

/** Seconds until the wait for others is given up. */
const PATIENCE = 60

/** How the lock is waited for. */
export interface RepoLockOptions {
  /** Seconds; 60 by default. */
  readonly timeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** The data that the work concerns, absolute; the whole repository by default. */
  readonly paths?: readonly string[] | undefined
}

/**
 * Does work while no other process writes to the repository: neither DVC, whose own lock is held where the system has
 * the `flock` program, nor a stage of its pipelines that is running, nor another dayshift. The locks are free again when
 * this process ends in whatever way. Without `flock` this process is named in DVC's `rwlock`, which DVC heeds.
 *
 * @param tmpDir the repository's `.dvc/tmp`, made where it is missing
 * @param options `timeout` is 60 seconds by default
 * @throws DS_LOCKED, DS_ABORTED
 */
export async function withRepoLock<Result>(
  tmpDir: string,
  { timeout = PATIENCE, signal, paths = [join(tmpDir, '..', '..')] }: RepoLockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(tmpDir, { recursive: true }).catch((error: unknown) => Promise.reject(unwritable(tmpDir, error)))
  const deadline = Date.now() + timeout * 1000
  const release = await untilFree(tmpDir, paths, deadline, signal)
  try {
    const left = Math.max(0, (deadline - Date.now()) / 1000)
    return await withLock(join(tmpDir, 'dayshift.lock'), work, { timeout: left, signal })
  } finally {
    await release()
  }
}

async function untilFree(
  tmpDir: string,
  paths: readonly string[],
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<Release> {
  const path = join(tmpDir, 'lock')
  for (;;) {
    throwIfAborted(signal)
    const release = await takeFlock(path)
    const blocker = release === undefined ? undefined : writerOf(tmpDir, paths)
    if (release === 'missing' && blocker === undefined && !isFlocked(path)) return publish(tmpDir)
    if (typeof release === 'function') {
      if (blocker === undefined) return release
      await release()
    }
    if (Date.now() >= deadline) {
      const who = blocker ?? `it holds the lock ${path}`
      throw failure('DS_LOCKED', `another process is at work: ${who}`, { where: path })
    }
    await sleep(PAUSE)
  }
}

/**
 * Holds flock(2) on DVC's lock file through a child that lives as long as its standard input is open. It has a process
 * group of its own, so that Ctrl-C does not end it before the work has ended.
 *
 * @returns `undefined` where another process has the lock, `missing` where there is no program for it
 */
async function takeFlock(path: string): Promise<Release | 'missing' | undefined> {
  const args = ['-n', '-x', '-E', String(BUSY), path, 'sh', '-c', 'echo locked && exec cat']
  const child = spawn('flock', args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const missing = new Promise<'missing'>((resolve) => child.once('error', () => resolve('missing')))
  const locked = new Promise<'locked'>((resolve) => child.stdout.once('data', () => resolve('locked')))
  child.stdin.on('error', () => undefined)
  const outcome = await Promise.race([locked, ended, missing])
  if (outcome === BUSY) return undefined
  return outcome === 'locked' ? () => letGo(child, ended) : 'missing'
}

async function letGo(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.stdin?.end()
  await ended
}

/** Whether Linux knows of a lock on the file: a DVC at work, seen without the means to lock it ourselves. */
function isFlocked(path: string): boolean {
  try {
    const { ino } = statSync(path)
    return readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .some((line) => line.includes(' FLOCK ') && line.split(/\s+/)[5]?.endsWith(`:${ino}`))
  } catch {
    return false
  }
}

interface Claim {
  readonly pid: number
  readonly cmd: string
}

interface Claims {
  readonly write?: Readonly<Record<string, Claim>>
  readonly read?: Readonly<Record<string, readonly Claim[]>>
}

/**
 * What another process is writing that some path concerns: while a stage runs, DVC does not hold its lock, but names what
 * the stage works on in `rwlock`. Processes that are gone do not count.
 */
function writerOf(tmpDir: string, paths: readonly string[]): string | undefined {
  for (const [place, { pid, cmd }] of Object.entries(claimsIn(tmpDir).write ?? {})) {
    const concerns = paths.some((path) => isBeneath(path, place) || isBeneath(place, path))
    if (concerns && pid !== process.pid && isRunning(pid)) return `${cmd} (process ${pid}) works on ${place}`
  }
  return undefined
}

function claimsIn(tmpDir: string): Claims {
  try {
    return JSON.parse(readFileSync(join(tmpDir, 'rwlock'), 'utf8')) as Claims
  } catch {
    return {}
  }
}

function isBeneath(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (!way.startsWith('..') && !isAbsolute(way))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

/** Names this process as the writer of the whole repository. */
async function publish(tmpDir: string): Promise<Release> {
  const root = join(tmpDir, '..', '..')
  const edit = async (claim: Claim | undefined): Promise<void> => {
    const { write = {}, read = {} } = claimsIn(tmpDir)
    const { [root]: _, ...others } = write
    const text = JSON.stringify({ write: claim ? { ...others, [root]: claim } : others, read })
    await writeAtomically(join(tmpDir, 'rwlock'), text)
  }
  await edit({ pid: process.pid, cmd: 'dayshift' })
  return () => edit(undefined)
}
