import { spawnSync } from 'node:child_process'
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { status } from '../../src/status.ts'
import { withRepoLock } from '../../src/lock/repo-lock.ts'
import { codeOf, env, newFolder, put, repoWith } from '../sandbox.ts'

const config = { hardlinkLock: true }
const take = (dvcDir: string, timeout = 0): Promise<string> =>
  codeOf(withRepoLock({ dvcDir, config }, { timeout }, async () => undefined))

/** A lock as DVC leaves it: a claim that holds its own path, and a link to it. */
function held(dvcDir: string, name: string, secondsLeft: number): string {
  const claim = join(dvcDir, 'tmp', name)
  put(dvcDir, `tmp/${name}`, claim)
  linkSync(claim, join(dvcDir, 'tmp/lock'))
  const until = new Date(Date.now() + secondsLeft * 1000)
  utimesSync(claim, until, until)
  return claim
}

test('the lock is a link to a claim that holds its own path, until some time to come', async () => {
  const dvcDir = newFolder()
  const lock = join(dvcDir, 'tmp/lock')
  await withRepoLock({ dvcDir, config }, {}, async () => {
    const claim = readFileSync(lock, 'utf8')
    expect(statSync(claim).ino).toBe(statSync(lock).ino)
    expect(statSync(lock).nlink).toBe(2)
    expect(statSync(lock).mtimeMs).toBeGreaterThan(Date.now() + 200_000)
    expect(await take(dvcDir)).toBe('DS_LOCKED')
    expect(statSync(lock).nlink).toBe(2)
  })
  expect(readdirSync(join(dvcDir, 'tmp'))).toEqual([])
})

test('a lock holds as long as it says; that of a dayshift that was killed no longer', async () => {
  const dvcDir = newFolder()
  const dvcs = held(dvcDir, '0cc175b9c0f1b6a831c399e269772661.lock', 3600)
  expect(await take(dvcDir)).toBe('DS_LOCKED')
  utimesSync(dvcs, new Date(), new Date())
  expect(await take(dvcDir)).toBe('DS_LOCKED')
  utimesSync(dvcs, new Date(), new Date(Date.now() - 11_000))
  expect(await take(dvcDir, 5)).toBe('no error')
  expect(existsSync(dvcs)).toBe(false)

  const { pid } = spawnSync(process.execPath, ['--version'])
  held(dvcDir, `dayshift-elsewhere-${pid}-x.lock`, 3600)
  expect(await take(dvcDir)).toBe('DS_LOCKED')
  utimesSync(join(dvcDir, 'tmp/lock'), new Date(), new Date(0))
  expect(await take(dvcDir, 5)).toBe('no error')
  held(dvcDir, `dayshift-${hostname()}-${process.pid}-x.lock`, 3600)
  expect(await take(dvcDir)).toBe('DS_LOCKED')
  utimesSync(join(dvcDir, 'tmp/lock'), new Date(), new Date(0))
  expect(await take(dvcDir, 5)).toBe('no error')
  held(dvcDir, `dayshift-${hostname()}-${pid}-x.lock`, 3600)
  expect(await take(dvcDir, 5)).toBe('no error')
  expect(readdirSync(join(dvcDir, 'tmp'))).toEqual([])
})

test('what a lock of the other kind left behind is in nobody’s way for long', async () => {
  const dvcDir = newFolder()
  put(dvcDir, 'tmp/lock', ' 4711\n')
  expect(await take(dvcDir)).toBe('DS_LOCKED')
  utimesSync(join(dvcDir, 'tmp/lock'), new Date(), new Date(Date.now() - 11_000))
  expect(await take(dvcDir, 5)).toBe('no error')
})

test('commands take it where the settings say so', async () => {
  const cwd = await repoWith({ a: 'a' }, ['a'])
  put(cwd, '.dvc/config', '[core]\n    hardlink_lock = true\n')
  rmSync(join(cwd, '.dvc/tmp/lock'), { force: true })
  held(join(cwd, '.dvc'), 'x.lock', -11)
  await status([], { cwd, env })
  expect(readdirSync(join(cwd, '.dvc/tmp')).filter((name) => name.endsWith('lock'))).toEqual([])
})
