import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { file, newFolder } from './repos.ts'
import { canInstall } from '../peer.ts'
import { DVC, installDvc } from '../real-dvc.ts'
import {
  cloneOf,
  commitAll,
  contentOf,
  done,
  filesOf,
  ours,
  repoWith,
  startOurs,
  theirs,
  unfinished,
  wrongObjects,
} from './transfers.ts'

beforeAll(async () => {
  if (canInstall) await installDvc()
})

const FILES = 300

/** Data that differs from repository to repository, but for the half of it. */
async function fill(root: string, name: string, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const text = at % 2 === 0 ? `${at}` : `${name} ${at}`
    await file(root, `data/${at % 7}/${at}.txt`, `${text} `.repeat(300))
  }
  await file(root, 'large.bin', Buffer.alloc(5 << 20, name))
  await done(ours, root, 'add', '--quiet', 'data', 'large.bin')
  await commitAll(root)
}

/** A remote on which all is whole, whatever was left beside. */
async function needWhole(store: string): Promise<void> {
  const files = await filesOf(store)
  const left = new Set(unfinished(files))
  expect(wrongObjects(Object.fromEntries(Object.entries(files).filter(([path]) => !left.has(path))))).toEqual([])
}

/** What the real DVC gets from the remote into a new clone is what the repository has. */
async function needAllFor(root: string): Promise<void> {
  const copy = await cloneOf(root)
  await done(theirs, copy, 'pull', '--quiet')
  expect(await contentOf(join(copy, 'data'))).toEqual(await contentOf(join(root, 'data')))
  expect((await contentOf(copy))['large.bin']).toBe((await contentOf(root))['large.bin'])
}

describe.skipIf(!canInstall)(`several at a time, and some that end early, with DVC ${DVC}`, () => {
  test('two of us push different data to one remote', async () => {
    const store = await newFolder()
    const roots = [await repoWith(store), await repoWith(store)]
    for (const [at, root] of roots.entries()) await fill(root, `number ${at}`, FILES)
    const rans = await Promise.all(roots.map((root) => ours(root, 'push')))
    expect(rans.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ])
    await needWhole(store)
    expect(unfinished(await filesOf(store))).toEqual([])
    await Promise.all(roots.map(needAllFor))
  })

  test('one of us pushes while the real one does', async () => {
    const store = await newFolder()
    const roots = [await repoWith(store), await repoWith(store)] as const
    for (const [at, root] of roots.entries()) await fill(root, `number ${at}`, FILES)
    // Ours starts faster, so it starts again and again while the other works.
    const real = theirs(roots[1], 'push')
    const work = { isOver: false }
    const watched = real.finally(() => (work.isOver = true))
    const codes = new Set<number | null>()
    for (let turn = 0; !work.isOver; turn++) {
      codes.add((await ours(roots[0], 'push')).code)
      await file(roots[0], 'data/turn.txt', `${turn}`)
      await done(ours, roots[0], 'add', '--quiet', 'data')
    }
    await commitAll(roots[0])
    expect((await watched).code).toBe(0)
    expect([...codes]).toEqual([0])
    await done(ours, roots[0], 'push')
    await done(ours, roots[1], 'push')
    await needWhole(store)
    await Promise.all(roots.map(needAllFor))
  })

  test('a push that is killed at any moment goes on when it is run again', async () => {
    const store = await newFolder()
    const root = await repoWith(store)
    await fill(root, 'killed', 2 * FILES)
    const moments = fc.sample(fc.integer({ min: 150, max: 600 }), 7)
    let killed = 0
    for (const moment of moments) {
      const { child, ended } = startOurs(root, 'push', '--jobs', '2')
      await sleep(moment)
      child.kill('SIGKILL')
      if ((await ended).code === null) killed++
      await needWhole(store)
      // A manifest is proof of its files, also for those who come in between.
      const there = Object.keys(await filesOf(store))
      expect(there.some((path) => path.endsWith('.dir')) && there.length <= 2 * FILES).toBe(false)
    }
    expect(killed).toBeGreaterThan(1)
    await done(ours, root, 'push')
    await needWhole(store)
    expect(JSON.parse((await done(theirs, root, 'status', '-c', '--json')).stdout)).toEqual({})
    await needAllFor(root)
  })

  test('a pull that is killed at any moment goes on when it is run again', async () => {
    const store = await newFolder()
    const root = await repoWith(store)
    await fill(root, 'killed', 2 * FILES)
    await done(theirs, root, 'push', '--quiet')
    const copy = await cloneOf(root)
    const cache = join(copy, '.dvc', 'cache')
    let killed = 0
    for (const moment of fc.sample(fc.integer({ min: 150, max: 700 }), 7)) {
      const { child, ended } = startOurs(copy, 'pull')
      await sleep(moment)
      child.kill('SIGKILL')
      if ((await ended).code === null) killed++
      await needWhole(cache)
    }
    expect(killed).toBeGreaterThan(1)
    await done(ours, copy, 'pull')
    expect(await contentOf(join(copy, 'data'))).toEqual(await contentOf(join(root, 'data')))
    expect(JSON.parse((await done(theirs, copy, 'status', '--json')).stdout)).toEqual({})
    expect(JSON.parse((await done(theirs, copy, 'status', '-c', '--json')).stdout)).toEqual({})
    // What was left unfinished is garbage, and nothing else is.
    await done(ours, copy, 'gc', '--workspace', '--force')
    expect(unfinished(await filesOf(cache))).toEqual([])
    expect(wrongObjects(await filesOf(cache))).toEqual([])
    expect(Object.keys(await filesOf(cache)).length).toBe(2 * FILES + 2)
  })
})
