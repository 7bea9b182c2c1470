import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withRepoLock, type LockWait } from '../../src/lock/repo-lock.ts'
import { built, codeOf, env, git, newFolder, put, repoWith } from '../sandbox.ts'

test.each([false, true])(
  'only one works at a time, and the lock is free after a failure (hard link: %s)',
  async (hardlinkLock) => {
    const folder = newFolder()
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside)
      await sleep(5)
      inside--
      throw new Error('mine')
    }
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => withRepoLock({ dvcDir: folder, config: { hardlinkLock } }, {}, work)),
    )
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual(
      Array.from({ length: 3 }, () => 'Error: mine'),
    )
    expect(most).toBe(1)
    expect(readdirSync(join(folder, 'tmp'))).not.toContain('dayshift.lock')
  },
)

test('waiting ends by the timeout or by the signal', async () => {
  const folder = newFolder()
  await withRepoLock({ dvcDir: folder }, {}, async () => {
    expect(await codeOf(withRepoLock({ dvcDir: folder }, { timeout: 0 }, async () => undefined))).toBe('DS_LOCKED')
    const signal = AbortSignal.timeout(20)
    expect(await codeOf(withRepoLock({ dvcDir: folder }, { signal }, async () => undefined))).toBe('DS_ABORTED')
  })
  expect(await withRepoLock({ dvcDir: folder }, {}, async () => 'free')).toBe('free')
})

test.each([false, true])(
  'a wait is told once, with who is waited for and for how long (hard link: %s)',
  async (hardlinkLock) => {
    const repo = { dvcDir: newFolder(), config: { hardlinkLock } }
    const waits: LockWait[] = []
    const wait = { timeout: 1.5, onWait: (one: LockWait): void => void waits.push(one) }
    await withRepoLock(repo, wait, async () => {
      await sleep(1200)
      expect(waits).toEqual([])
      expect(await codeOf(withRepoLock(repo, wait, async () => undefined))).toBe('DS_LOCKED')
    })
    expect(waits).toEqual([
      { pid: process.pid, words: `process ${process.pid} is at work here`, seconds: expect.closeTo(0.5, 0) as number },
    ])
  },
)

test('of a DVC at work the system tells the number, of a stage DVC itself', async () => {
  const dvcDir = newFolder()
  put(dvcDir, 'tmp/lock', ' 4711\n')
  const waits: LockWait[] = []
  const options = { timeout: 1.2, onWait: (one: LockWait): void => void waits.push(one) }
  const child = spawn('flock', ['--no-fork', join(dvcDir, 'tmp/lock'), 'sleep', '60'], { stdio: 'ignore' })
  try {
    await sleep(300)
    expect(await codeOf(withRepoLock({ dvcDir }, options, async () => undefined))).toBe('DS_LOCKED')
  } finally {
    child.kill()
  }
  put(
    dvcDir,
    'tmp/rwlock',
    JSON.stringify({ write: { [join(dvcDir, '..')]: { pid: process.ppid, cmd: 'dvc repro' } } }),
  )
  expect(await codeOf(withRepoLock({ dvcDir }, options, async () => undefined))).toBe('DS_LOCKED')
  expect(waits.map(({ pid }) => pid)).toEqual([child.pid, process.ppid])
  expect(waits[1]?.words).toBe(`dvc repro (process ${process.ppid}) works on ${join(dvcDir, '..')}`)
})

test('the lock of a dead process is taken over, that of another machine or a live process is not', async () => {
  const folder = newFolder()
  const { pid } = spawnSync(process.execPath, ['--version'])
  const take = (): Promise<string> => withRepoLock({ dvcDir: folder }, { timeout: 0.3 }, async () => 'taken')
  const lock = (holder: object): void => put(folder, 'tmp/dayshift.lock', JSON.stringify(holder))
  lock({ pid, host: hostname(), id: 'x' })
  expect(await take()).toBe('taken')
  lock({ pid, host: 'elsewhere', id: 'x' })
  expect(await codeOf(take())).toBe('DS_LOCKED')
  lock({ pid: process.pid, host: hostname(), id: 'x' })
  expect(await codeOf(take())).toBe('DS_LOCKED')
})

test('that of another machine is taken over once it gives no sign of life', async () => {
  const folder = newFolder()
  put(folder, 'tmp/dayshift.lock', JSON.stringify({ pid: 1, host: 'elsewhere', token: 'x' }))
  const old = new Date(Date.now() - 21_000)
  utimesSync(join(folder, 'tmp/dayshift.lock'), old, old)
  expect(await withRepoLock({ dvcDir: folder }, { timeout: 0 }, async () => 'taken')).toBe('taken')
})

/** A program as a user who may read a repository but not write to it. */
function asReader(cwd: string, program: string): string {
  chmodSync(cwd, 0o755)
  for (const name of readdirSync(join(cwd, '.dvc'), { recursive: true, encoding: 'utf8' })) {
    const path = join(cwd, '.dvc', name)
    chmodSync(path, statSync(path).isDirectory() ? 0o555 : 0o444)
  }
  chmodSync(join(cwd, '.dvc'), 0o555)
  const settings = {
    HOME: '/nonexistent',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  }
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd,
    encoding: 'utf8',
    env: { ...env, ...settings },
  })
  return stdout + stderr
}

test.skipIf(process.platform === 'win32')('who may only read is told what differs, and may not write', async () => {
  const cwd = await repoWith({ a: 'a' }, ['a'])
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'a')
  put(cwd, 'a', 'b')
  const verbs = ['status', 'data-status', 'diff', 'add', 'fsck'].map(
    (name) => `await import(${JSON.stringify(built(name))})`,
  )
  const program = `
    const [{ status }, { dataStatus }, { diff }, { add }, { fsck }] = [${verbs.join(', ')}]
    const cwd = process.cwd()
    // Whoever may read everything becomes nobody, once all modules are loaded.
    await Promise.all([status([], { cwd }), dataStatus({ cwd }), diff({ cwd }), fsck({ cwd })])
    if (process.getuid() === 0) process.setuid(65534)
    const found = [await status([], { cwd }), (await dataStatus({ cwd })).uncommitted, (await diff({ cwd })).modified.length]
    found.push(await fsck({ cwd }).then(({ objects, broken }) => [objects, broken.length], ({ code }) => code))
    found.push(await add(['a'], { cwd }).catch(({ code }) => code))
    console.log(JSON.stringify(found))`
  expect(JSON.parse(asReader(cwd, program))).toEqual([
    { 'a.dvc': [{ 'changed outs': { a: 'modified' } }] },
    { modified: ['a'] },
    1,
    [1, 0],
    'DS_WRITE',
  ])
})

const flock = spawnSync('flock', ['--version']).status === 0

test.skipIf(!flock)('DVC’s own lock is held meanwhile', async () => {
  const folder = newFolder()
  const tryLock = (): number | null => spawnSync('flock', ['-n', '-x', join(folder, 'tmp/lock'), 'true']).status
  expect(await withRepoLock({ dvcDir: folder }, {}, async () => tryLock())).toBe(1)
  expect(tryLock()).toBe(0)
  expect(existsSync(join(folder, 'tmp/lock'))).toBe(true)
})

/** A folder of programs without `flock`. */
function withoutFlock(): string {
  const folder = newFolder()
  for (const name of ['node', 'sh', 'cat']) {
    const place = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()
    if (place) symlinkSync(place, join(folder, name))
  }
  return folder
}

test('what DVC writes is waited for where it concerns the work; processes that are gone do not count', async () => {
  const tmp = join(newFolder(), '.dvc/tmp')
  const root = join(tmp, '../..')
  const other = spawn('sleep', ['60'])
  try {
    const claim = (pid: number | undefined): void =>
      put(tmp, 'rwlock', JSON.stringify({ write: { [join(root, 'data')]: { pid, cmd: 'dvc repro' } }, read: {} }))
    const take = (...paths: string[]): Promise<string> =>
      codeOf(
        withRepoLock(
          { dvcDir: join(root, '.dvc') },
          { timeout: 0, ...(paths.length > 0 ? { paths: paths.map((path) => join(root, path)) } : {}) },
          async () => undefined,
        ),
      )
    claim(other.pid)
    expect(await take()).toBe('DS_LOCKED')
    expect(await take('data/a')).toBe('DS_LOCKED')
    expect(await take('data2')).toBe('no error')
    claim(spawnSync(process.execPath, ['--version']).pid)
    expect(await take()).toBe('no error')
  } finally {
    other.kill()
  }
})

test.skipIf(!flock)('without the program flock, DVC’s lock is seen, and this process is named to it', async () => {
  const tmp = join(newFolder(), '.dvc/tmp')
  mkdirSync(tmp, { recursive: true })
  const path = process.env['PATH']
  const holder = spawn('flock', ['-x', join(tmp, 'lock'), 'sh', '-c', 'echo locked && exec cat'])
  await new Promise((resolve) => holder.stdout.once('data', resolve))
  process.env['PATH'] = withoutFlock()
  try {
    const take = (work: () => Promise<unknown>): Promise<unknown> =>
      withRepoLock({ dvcDir: join(tmp, '..') }, { timeout: 0 }, work)
    expect(await codeOf(take(async () => undefined))).toBe('DS_LOCKED')
    const ended = new Promise((resolve) => holder.once('close', resolve))
    holder.stdin.end()
    await ended
    const claims = (): unknown => JSON.parse(readFileSync(join(tmp, 'rwlock'), 'utf8'))
    expect(await take(async () => claims())).toEqual({
      write: { [join(tmp, '../..')]: { pid: process.pid, cmd: 'dayshift' } },
      read: {},
    })
    expect(claims()).toEqual({ write: {}, read: {} })
  } finally {
    process.env['PATH'] = path
    holder.kill()
  }
})
