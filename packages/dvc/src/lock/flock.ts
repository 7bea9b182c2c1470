import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'

/** The exit code by which `flock` says that someone else has the lock. */
const BUSY = 75

/**
 * Holds flock(2) on DVC's lock file through a child that lives as long as its standard input is open. It has a process
 * group of its own, so that Ctrl-C does not end it before the work has ended.
 *
 * @returns `undefined` where another process has the lock, `missing` where there is no program for it
 */
export async function takeFlock(path: string): Promise<(() => Promise<void>) | 'missing' | undefined> {
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
export function isFlocked(path: string): boolean {
  try {
    const { ino } = statSync(path)
    return readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .some((line) => line.includes(' FLOCK ') && line.split(/\s+/)[5]?.endsWith(`:${ino}`))
  } catch {
    return false
  }
}
