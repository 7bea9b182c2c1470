import { readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { isAlive, readTextFileSync } from '@dayshift/core/ground'
import { claimant } from './link-lock.ts'

/** Who is waited for. */
export interface Holder {
  /** Absent where nobody can tell: a process of another machine, or a system that does not say. */
  readonly pid?: number
  /** As `process 4711 is at work here`. */
  readonly words: string
}

/** Who keeps a repository's locks, as far as this machine knows: dayshift by its own lock, DVC by what the system says. */
export function holderOf(tmpDir: string): Holder {
  const pid = signer(tmpDir) ?? flocker(join(tmpDir, 'lock')) ?? namedIn(join(tmpDir, 'lock'))
  return pid === undefined
    ? { words: 'another process is at work here' }
    : { pid, words: `process ${pid} is at work here` }
}

/** The dayshift that has signed our own lock. */
function signer(tmpDir: string): number | undefined {
  try {
    const { pid, host } = JSON.parse(readTextFileSync(join(tmpDir, 'dayshift.lock'))) as Record<string, unknown>
    return typeof pid === 'number' && host === hostname() && isAlive(pid) ? pid : undefined
  } catch {
    return undefined
  }
}

/** The process that Linux names for a lock on the file. */
function flocker(path: string): number | undefined {
  try {
    const { ino } = statSync(path)
    const line = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .map((one) => one.trim().split(/\s+/))
      .find((parts) => parts[1] === 'FLOCK' && parts[5]?.endsWith(`:${ino}`))
    const pid = Number(line?.[4])
    // Of a process in another container the system tells no number.
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

/** The process that a lock names: its number, or the claim of ours that is linked to it. */
function namedIn(path: string): number | undefined {
  try {
    const text = readTextFileSync(path).trim()
    const claim = claimant(basename(text))
    const pid = /^\d+$/.test(text) ? Number(text) : claim
    return pid !== undefined && isAlive(pid) ? pid : undefined
  } catch {
    return undefined
  }
}
