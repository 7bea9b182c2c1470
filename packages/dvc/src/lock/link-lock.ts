import { randomUUID } from 'node:crypto'
import { link, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { isAlive, readTextFile, systemCode } from '@dayshift/core/ground'
import { unwritable } from '../write.ts'

/** Milliseconds that a lock holds unless it is renewed, and between two renewals. DVC's own hold for a year. */
const LIFETIME = 300_000
const RENEWAL = 60_000

/** Milliseconds by which the clocks of machines may differ. */
const SLOP = 10_000

/**
 * Takes DVC's lock as `core.hardlink_lock` has it: a claim, which is a file that holds its own path, is linked to
 * `.dvc/tmp/lock`. The time of change says until when it holds. It is safe where several machines share a file system.
 *
 * @returns how to let go of it; `undefined` where another has it
 * @see https://flufllock.readthedocs.io/en/stable/theory.html
 */
export async function takeLink(tmpDir: string): Promise<(() => Promise<void>) | undefined> {
  const lock = join(tmpDir, 'lock')
  const claim = join(tmpDir, `dayshift-${hostname()}-${process.pid}-${randomUUID()}.lock`)
  try {
    await writeFile(claim, claim)
    await renew(claim)
  } catch (error) {
    await gone(claim)
    throw unwritable(claim, error)
  }
  if (!(await linked(claim, lock))) {
    await gone(claim)
    await breakStale(lock)
    return undefined
  }
  const timer = setInterval(() => void renew(claim).catch(() => undefined), RENEWAL)
  return async () => {
    clearInterval(timer)
    // Whoever broke it has one of their own there.
    if ((await holderOf(lock)) === claim) await gone(lock)
    await gone(claim)
  }
}

async function renew(path: string): Promise<void> {
  const until = new Date(Date.now() + LIFETIME)
  await utimes(path, until, until)
}

/** @returns whether the lock is a link to the claim now; a network may lose the answer, so the claim's links decide */
async function linked(claim: string, lock: string): Promise<boolean> {
  try {
    await link(claim, lock)
    return true
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') {
      await gone(claim)
      throw unwritable(lock, error)
    }
    return (await stat(claim)).nlink === 2
  }
}

/** Removes a lock that nobody holds: its time is over, or its holder was a dayshift of this machine that is gone. */
async function breakStale(lock: string): Promise<void> {
  const held = await stat(lock).catch(() => undefined)
  const claim = await holderOf(lock)
  if (held === undefined || claim === undefined) return
  const isOver = held.mtimeMs + SLOP < Date.now()
  if (!isOver && !isOfTheDead(claim)) return
  // Others that see it over too are to see it held from here on.
  await renew(lock).catch(() => undefined)
  await gone(lock)
  if (claim !== '') await gone(claim)
}

function isOfTheDead(claim: string): boolean {
  const pid = claimant(basename(claim))
  return pid !== undefined && !isAlive(pid)
}

/** The dayshift of this machine that a claim is of, by its name. */
export function claimant(name: string): number | undefined {
  const prefix = `dayshift-${hostname()}-`
  const pid = name.startsWith(prefix) ? /^\d+(?=-)/.exec(name.slice(prefix.length))?.[0] : undefined
  return pid === undefined ? undefined : Number(pid)
}

/** The claim that a lock is of: empty where the file was left by locks of the other kind. */
async function holderOf(lock: string): Promise<string | undefined> {
  // A pipe in its place was made by nobody who keeps to locks.
  const text = await readTextFile(lock).catch((error: unknown) => (systemCode(error) === undefined ? '' : undefined))
  return text === undefined || text.startsWith('/') || /^[A-Za-z]:/.test(text) ? text : ''
}

async function gone(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error
  })
}
