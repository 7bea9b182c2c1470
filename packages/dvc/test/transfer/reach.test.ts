import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { failure } from '../../src/codes.ts'
import { configFiles } from '../../src/config.ts'
import { editConfig } from '../../src/config-edit.ts'
import { fetch } from '../../src/fetch.ts'
import { pull } from '../../src/pull.ts'
import { push } from '../../src/push.ts'
import type { NamedRemote } from '../../src/remotes/open.ts'
import { localRemote } from '../../src/remotes/local.ts'
import { Interruption } from '../../src/remotes/remote.ts'
import { codeOf, newFolder } from '../sandbox.ts'
import { faultyRemote, repoWithRemote, setRemote, type Faults } from './faulty.ts'

const MANY = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`m/${at}`, `${at}`]))
const TARGETS = ['m', 'one']

/** A repository whose data lies on two remotes, `store` and `other`, and nowhere else. */
async function twoRemotes() {
  const all = await repoWithRemote({ ...MANY, one: 'one' }, TARGETS)
  const other = newFolder()
  await setRemote(all.cwd, 'other', other)
  await push([], { ...all.options, remotes: ['store', 'other'] })
  for (const path of ['.dvc/cache', ...TARGETS]) rmSync(join(all.cwd, path), { recursive: true })
  /** Each of the remotes, with what goes wrong on it. */
  const withFaults = (faults: Readonly<Record<string, Faults>>) => ({
    ...all.options,
    remotes: ['store', 'other'],
    open: async ({ name }: NamedRemote) => {
      const dir = name === 'store' ? all.store : other
      return faults[name] ? faultyRemote(dir, faults[name]) : localRemote({ dir, shared: false })
    },
  })
  return { ...all, other, withFaults }
}

const down: Faults = {
  before() {
    throw new Interruption('no answer')
  },
}

const closed: Faults = {
  before() {
    throw failure('DS_REMOTE_DENIED', 'expired')
  },
}

/** Gives the first objects, and then nothing. */
function dying(most: number): Faults {
  let given = 0
  return {
    before(_verb, key) {
      if (key.endsWith('.dir') || ++given <= most) return
      throw new Interruption('gone')
    },
  }
}

describe('of several remotes', () => {
  test.each([
    ['does not answer', down, 'DS_REMOTE_FAILED'],
    ['lets nobody in', closed, 'DS_REMOTE_DENIED'],
  ])('one that %s keeps the next from nothing', async (_, faults, code) => {
    const { withFaults } = await twoRemotes()
    const pulled = await pull([], withFaults({ store: faults }))
    expect(pulled).toMatchObject({
      isComplete: true,
      missing: [],
      unreached: [{ remote: 'store', error: { code } }],
      checkout: { stats: { added: 21 } },
    })
    expect(pulled.transfers.map(({ plan, done }) => [plan.remote, done.length])).toEqual([['other', 22]])
  })

  test('one that stops to answer half-way keeps what it gave, and the next gives the rest', async () => {
    const { withFaults } = await twoRemotes()
    const { transfers, unreached, isComplete } = await fetch([], { ...withFaults({ store: dying(5) }), jobs: 2 })
    expect(isComplete).toBe(true)
    expect(unreached).toMatchObject([{ remote: 'store', error: { code: 'DS_REMOTE_FAILED' } }])
    expect(transfers.map(({ plan, done, failed }) => [plan.remote, done.length, failed.length])).toEqual([
      ['store', 6, 16],
      ['other', 16, 0],
    ])
  })

  test('what nobody gave is missing, and what somebody gave is not', async () => {
    const { other, withFaults } = await twoRemotes()
    rmSync(join(other, 'files/md5/f9'), { recursive: true })
    const { missing, unreached, isComplete } = await fetch([], withFaults({ store: down }))
    expect(isComplete).toBe(false)
    expect(missing.map(({ path }) => path)).toEqual(['one'])
    expect(unreached).toHaveLength(1)
  })

  test('where none can be reached, the first one’s error is told, and each is asked once', async () => {
    const { withFaults } = await twoRemotes()
    const asked: string[] = []
    const count = (name: string): Faults => ({
      before(verb, key) {
        asked.push(name)
        down.before?.(verb, key)
      },
    })
    const options = { ...withFaults({ store: count('store'), other: count('other') }), attempts: 1 }
    expect(await codeOf(fetch([], options))).toBe('DS_REMOTE_FAILED')
    expect(asked).toEqual(['store', 'other'])
  })

  test('one that cannot be reached is no matter where nothing is lacking', async () => {
    const { withFaults } = await twoRemotes()
    await fetch([], withFaults({}))
    expect(await fetch([], withFaults({ store: down }))).toMatchObject({ isComplete: true, unreached: [] })
  })
})

test('a push goes to the remotes that can be reached, and says which cannot', async () => {
  const { other, withFaults, options } = await twoRemotes()
  await fetch([], options)
  rmSync(other, { recursive: true })
  const { unreached, isComplete, transfers } = await push([], withFaults({ store: down }))
  expect(isComplete).toBe(false)
  expect(unreached).toMatchObject([{ remote: 'store', error: { code: 'DS_REMOTE_FAILED' } }])
  expect(transfers.map(({ plan, done }) => [plan.remote, done.length])).toEqual([['other', 22]])
  expect(await codeOf(push([], withFaults({ store: down, other: closed })))).toBe('DS_REMOTE_FAILED')
})

test('data of a remote of its own that cannot be reached is missing, and all other data comes', async () => {
  const { cwd, withFaults } = await twoRemotes()
  const { remotes: _, ...options } = withFaults({ other: down })
  await editConfig(configFiles(join(cwd, '.dvc')), 'repo', 'core.remote', 'other', { cwd })
  writeFileSync(join(cwd, 'one.dvc'), `${readFileSync(join(cwd, 'one.dvc'), 'utf8')}  remote: store\n`)
  const pulled = await pull([], options)
  expect(pulled.missing.map(({ path }) => path)).toEqual(['m'])
  expect(pulled.unreached).toMatchObject([{ remote: 'other' }])
  expect(pulled.checkout?.stats.added).toBe(1)
  const far = { ...options, open: async () => Promise.reject(failure('DS_REMOTE_UNSUPPORTED', 'far')) }
  expect(await codeOf(fetch(['m'], far))).toBe('DS_REMOTE_UNSUPPORTED')
})
