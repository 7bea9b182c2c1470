import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted } from './abort.ts'
import { failure } from './codes.ts'
import { messageOf, systemCode } from './errors.ts'
import { isAlive } from './alive.ts'

/** How a lock is waited for. */
export interface LockOptions {
  /** Seconds until the wait is given up; 10 by default. */
  readonly timeout?: number | undefined
  /** Seconds after which a lock counts as left behind, whoever holds it; never by default. */
  readonly staleAfter?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Seconds after which a lock that nobody signed counts as left behind. */
const UNSIGNED = 5

/** Seconds after which the right to take a lock over counts as left behind; taking over takes milliseconds. */
const TAKEOVER = 60

/**
 * Does work while no other process does work under the same lock: a file that exists as long as the work lasts. A lock
 * whose process on this machine is gone is taken over.
 *
 * @param path of the lock file, in an existing folder
 * @throws DS_LOCKED after waiting in vain, DS_ABORTED, DS_WRITE where the file cannot be made
 * @example await withLock('data_catalog.jsonl.lock', () => readAndAppend())
 */
export async function withLock<Result>(
  path: string,
  work: () => Promise<Result>,
  { timeout = 10, staleAfter = Infinity, signal }: LockOptions = {},
): Promise<Result> {
  const holder = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() })
  const deadline = Date.now() + timeout * 1000
  for (;;) {
    throwIfAborted(signal)
    if (create(path, holder)) break
    if (isStale(path, staleAfter)) takeAway(path, staleAfter)
    else if (Date.now() > deadline) {
      throw failure('DS_LOCKED', `another process is at work: it holds the lock ${path}`, { where: path })
    } else await sleep(2 + Math.random() * 10)
  }
  try {
    return await work()
  } finally {
    if (read(path) === holder) remove(path)
  }
}

/** @returns false where the file exists */
function create(path: string, text: string): boolean {
  let file: number | undefined
  try {
    file = openSync(path, 'wx')
    writeSync(file, text)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    if (file !== undefined) remove(path)
    throw failure('DS_WRITE', `cannot make the lock ${path}: ${messageOf(error)}`, { where: path, cause: error })
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** @returns undefined where the file is gone */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}

function isStale(path: string, staleAfter: number): boolean {
  if (isOld(path, staleAfter)) return true
  const text = read(path)
  // Its maker was killed between making and signing it, which takes no time.
  if (text === '' && isOld(path, UNSIGNED)) return true
  const holder = text === undefined ? undefined : holderOf(text)
  return holder !== undefined && holder.host === hostname() && !isAlive(holder.pid)
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
  if (!create(right, '')) {
    if (isOld(right, TAKEOVER)) remove(right)
    return
  }
  try {
    if (isStale(path, staleAfter)) remove(path)
  } finally {
    remove(right)
  }
}
