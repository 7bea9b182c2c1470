import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { withLock } from '../src/lock.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-lock-'))
  path = join(folder, 'a.lock')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const holder = (pid: number, host = hostname()): string => JSON.stringify({ pid, host, token: 'x' })

/** The id of a process that has ended. */
const endedPid = (): number => spawnSync(process.execPath, ['--version']).pid

test('work under one lock never overlaps, and leaves nothing behind', async () => {
  let inside = 0
  let most = 0
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside)
    await sleep(1)
    inside--
  }
  await Promise.all(Array.from({ length: 20 }, () => withLock(path, work)))
  expect(most).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test('the result is passed on, and so is what the work throws', async () => {
  expect(await withLock(path, () => Promise.resolve(7))).toBe(7)
  const error = new Error('no')
  await expect(withLock(path, () => Promise.reject(error))).rejects.toBe(error)
  expect(existsSync(path)).toBe(false)
})

test('the lock of a process that ended is taken over', async () => {
  writeFileSync(path, holder(endedPid()))
  expect(await withLock(path, () => Promise.resolve(1), { timeout: 0 })).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test('many that find a stale lock still work one after the other', async () => {
  writeFileSync(path, holder(endedPid()))
  let inside = 0
  let most = 0
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside)
    await sleep(1)
    inside--
  }
  await Promise.all(Array.from({ length: 10 }, () => withLock(path, work)))
  expect(most).toBe(1)
})

test.each([
  ['a living process', holder(process.pid)],
  ['another computer', holder(endedPid(), 'elsewhere')],
  ['a process that has not written its name yet', ''],
])('the lock of %s is waited for', async (_, text) => {
  writeFileSync(path, text)
  await expect(withLock(path, () => Promise.resolve(), { timeout: 0.02, staleAfter: 60 })).rejects.toMatchObject({
    code: 'DS_LOCKED',
    where: path,
  })
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test('a lock that is too old is taken over, and so is the right to take over', async () => {
  const old = new Date(Date.now() - 61_000)
  for (const left of [path, `${path}.stale`]) {
    writeFileSync(left, holder(process.pid, 'elsewhere'))
    utimesSync(left, old, old)
  }
  expect(await withLock(path, () => Promise.resolve(1), { staleAfter: 60 })).toBe(1)
  expect(readdirSync(folder)).toEqual([])
})

test('the lock of a container that was killed is taken over, also where this process has its number', async () => {
  const old = new Date(Date.now() - 121_000)
  for (const left of [holder(process.pid, 'container'), holder(process.pid)]) {
    writeFileSync(path, left)
    utimesSync(path, old, old)
    expect(await withLock(path, () => Promise.resolve(1), { timeout: 0 })).toBe(1)
  }
  // A process that was only halted is not gone.
  writeFileSync(path, holder(process.ppid))
  utimesSync(path, old, old)
  await expect(withLock(path, () => Promise.resolve(), { timeout: 0 })).rejects.toMatchObject({ code: 'DS_LOCKED' })
})

test('a lock that a kill or a power cut left without a whole name holds nobody up for long', async () => {
  for (const left of ['', holder(process.ppid).slice(0, 20), '\0'.repeat(60)]) {
    writeFileSync(path, left)
    await expect(withLock(path, () => Promise.resolve(), { timeout: 0 })).rejects.toMatchObject({ code: 'DS_LOCKED' })
    const old = new Date(Date.now() - 6000)
    utimesSync(path, old, old)
    expect(await withLock(path, () => Promise.resolve(1), { timeout: 0 })).toBe(1)
  }
})

test('the holder gives signs of life', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    await withLock(path, async () => {
      const old = new Date(0)
      utimesSync(path, old, old)
      vi.advanceTimersByTime(2000)
      expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(10_000)
      utimesSync(path, old, old)
      rmSync(path)
      vi.advanceTimersByTime(2000)
    })
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test.skipIf(process.platform === 'win32')('on a full disk the lock holds all the same', () => {
  const program = `
    const { withLock } = await import(${JSON.stringify(new URL('../dist/lock.js', import.meta.url).href)})
    const { readFileSync } = await import('node:fs')
    const path = process.argv[1]
    const text = await withLock(path, async () => {
      const other = await withLock(path, async () => 'both', { timeout: 0 }).catch(({ code }) => code)
      return readFileSync(path, 'utf8') + other
    })
    console.log(text)`
  const script = `trap '' XFSZ; ulimit -f 0; exec "$0" --input-type=module -e "$1" "$2"`
  const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, program, path], { encoding: 'utf8' })
  expect(stdout + stderr).toBe('DS_LOCKED\n')
  expect(readdirSync(folder)).toEqual([])
})

test('waiting ends by the signal', async () => {
  writeFileSync(path, holder(process.pid))
  const signal = AbortSignal.timeout(20)
  await expect(withLock(path, () => Promise.resolve(), { signal })).rejects.toMatchObject({ code: 'DS_ABORTED' })
})

test('a missing folder is an error with a code', async () => {
  await expect(withLock(join(folder, 'no', 'a.lock'), () => Promise.resolve())).rejects.toMatchObject({
    code: 'DS_WRITE',
  })
})
