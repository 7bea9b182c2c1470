import { randomUUID } from 'node:crypto'
import { closeSync, openSync, statSync, unlinkSync, utimesSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted } from './abort.ts'
import { failure } from './codes.ts'
import { messageOf, systemCode } from './errors.ts'
import { isAlive } from './alive.ts'
import { readTextFileSync } from './text-file.ts'

/** How a lock is waited for. */
export interface LockOptions {
  /** Seconds until the wait is given up; 10 by default. */
  readonly timeout?: number | undefined
  /** Seconds without a sign of life after which a lock of another machine counts as left behind; 120 by default. */
  readonly staleAfter?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Seconds between two signs of life of a holder. */
const RENEWAL = 2

/** Seconds without a sign of life after which a lock counts as left behind, where nobody can tell whether its process runs. */
const STALE = 120

/** The same for a lock that nobody signed, or not legibly: less than others wait for it by default. */
const UNSIGNED = 5

/** Seconds after which the right to take a lock over counts as left behind; taking over takes milliseconds. */
const TAKEOVER = 60

/**
 * Does work while no other process does work under the same lock: a file that exists as long as the work lasts, and whose
 * time of change is a sign of life. A lock whose process on this machine is gone is taken over; that of another machine or
 * container once it has given no sign of life for a while, one that tells nobody's name after five seconds. On a full disk the lock holds without a name in it.
 *
 * @param path of the lock file, in an existing folder
 * @throws DS_LOCKED after waiting in vain, DS_ABORTED, DS_WRITE where the file cannot be made
 * @example await withLock('data_catalog.jsonl.lock', () => readAndAppend())
 */
export async function withLock<Result>(
  path: string,
  work: () => Promise<Result>,
  { timeout = 10, staleAfter = STALE, signal }: LockOptions = {},
): Promise<Result> {
  const holder = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() })
  const deadline = Date.now() + timeout * 1000
  let signed: string | undefined
  for (;;) {
    throwIfAborted(signal)
    signed = create(path, holder)
    if (signed !== undefined) break
    if (isStale(path, staleAfter)) takeAway(path, staleAfter)
    else if (Date.now() > deadline) {
      throw failure('DS_LOCKED', `another process is at work: it holds the lock ${path}`, { where: path })
    } else await sleep(2 + Math.random() * 10)
  }
  const alive = setInterval(() => renew(path), RENEWAL * 1000).unref()
  try {
    return await work()
  } finally {
    clearInterval(alive)
    if (read(path) === signed) remove(path)
  }
}

/** @returns what the file holds; `undefined` where it exists already */
function create(path: string, text: string): string | undefined {
  let file: number | undefined
  try {
    file = openSync(path, 'wx')
    writeSync(file, text)
    return text
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EEXIST') return undefined
    // What may free the disk is to go on.
    if (file !== undefined && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code ?? '')) return ''
    if (file !== undefined) remove(path)
    throw failure('DS_WRITE', `cannot make the lock ${path}: ${messageOf(error)}`, { where: path, cause: error })
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** @returns undefined where the file is gone */
function read(path: string): string | undefined {
  try {
    return readTextFileSync(path)
  } catch {
    // What is no file was signed by nobody.
    return statSync(path, { throwIfNoEntry: false }) ? '' : undefined
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}

function renew(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // It was taken away, or the file system has no times.
  }
}

function isStale(path: string, staleAfter: number): boolean {
  const text = read(path)
  if (text === undefined) return false
  const holder = holderOf(text)
  // In a container that was started anew, this process may have the number of the one that was killed.
  if (holder?.host === hostname() && holder.pid !== process.pid) return !isAlive(holder.pid)
  // Its maker was killed between making and signing it, power was cut, or the disk was full.
  return isOld(path, holder === undefined ? Math.min(UNSIGNED, staleAfter) : staleAfter)
}

function isOld(path: string, seconds: number): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > seconds * 1000
  } catch {
    return false
  }
}

/** @returns undefined where the text is not written yet, or not by this function */
function holderOf(text: string): { pid: number; host: string } | undefined {
  try {
    const { pid, host } = JSON.parse(text) as Record<string, unknown>
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined
  } catch {
    return undefined
  }
}

/**
 * Removes a stale lock. Of several processes that saw it stale only one may, and only after a second look: the lock may
 * be another's new one by now.
 */
function takeAway(path: string, staleAfter: number): void {
  const right = `${path}.stale`
  if (create(right, '') === undefined) {
    if (isOld(right, TAKEOVER)) remove(right)
    return
  }
  try {
    if (isStale(path, staleAfter)) remove(path)
  } finally {
    remove(right)
  }
}
