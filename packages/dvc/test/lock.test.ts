import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withRepoLock } from '../src/lock.ts'
import { codeOf, newFolder, put } from './sandbox.ts'

test('only one works at a time, and the lock is free after a failure', async () => {
  const folder = newFolder()
  let inside = 0
  let most = 0
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside)
    await sleep(5)
    inside--
    throw new Error('mine')
  }
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => withRepoLock(folder, {}, work)))
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual(
    Array.from({ length: 3 }, () => 'Error: mine'),
  )
  expect(most).toBe(1)
  expect(readdirSync(folder)).not.toContain('dayshift.lock')
})

test('waiting ends by the timeout or by the signal', async () => {
  const folder = newFolder()
  await withRepoLock(folder, {}, async () => {
    expect(await codeOf(withRepoLock(folder, { timeout: 0 }, async () => undefined))).toBe('DS_LOCKED')
    const signal = AbortSignal.timeout(20)
    expect(await codeOf(withRepoLock(folder, { signal }, async () => undefined))).toBe('DS_ABORTED')
  })
  expect(await withRepoLock(folder, {}, async () => 'free')).toBe('free')
})

test('the lock of a dead process is taken over, that of another machine or a live process is not', async () => {
  const folder = newFolder()
  const { pid } = spawnSync(process.execPath, ['--version'])
  const take = (): Promise<string> => withRepoLock(folder, { timeout: 0.3 }, async () => 'taken')
  const lock = (holder: object): void => put(folder, 'dayshift.lock', JSON.stringify(holder))
  lock({ pid, host: hostname(), id: 'x' })
  expect(await take()).toBe('taken')
  lock({ pid, host: 'elsewhere', id: 'x' })
  expect(await codeOf(take())).toBe('DS_LOCKED')
  lock({ pid: process.pid, host: hostname(), id: 'x' })
  expect(await codeOf(take())).toBe('DS_LOCKED')
})

const flock = spawnSync('flock', ['--version']).status === 0

test.skipIf(!flock)('DVC’s own lock is held meanwhile', async () => {
  const folder = newFolder()
  const tryLock = (): number | null => spawnSync('flock', ['-n', '-x', join(folder, 'lock'), 'true']).status
  expect(await withRepoLock(folder, {}, async () => tryLock())).toBe(1)
  expect(tryLock()).toBe(0)
  expect(existsSync(join(folder, 'lock'))).toBe(true)
})
