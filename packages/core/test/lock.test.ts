import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
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
