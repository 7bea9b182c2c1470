import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { file, git, newFolder, treeOf, twins } from './repos.ts'
import { canInstall } from '../peer.ts'
import { DVC, dvc, env, installDvc } from '../real-dvc.ts'
import { add, checkout, commit, move, remove, status, unprotect } from '../../packages/dvc/src/index.ts'

beforeAll(async () => {
  if (canInstall) await installDvc()
})

/** A command, as each of the two does it. */
interface Step {
  readonly words: readonly string[]
  readonly ours: (cwd: string) => Promise<unknown>
}

const steps = {
  add: (...paths: string[]): Step => ({ words: ['add', ...paths], ours: (cwd) => add(paths, { cwd, env }) }),
  noCommit: (path: string): Step => ({
    words: ['add', '--no-commit', path],
    ours: (cwd) => add([path], { cwd, env, commit: false }),
  }),
  commit: (...paths: string[]): Step => ({
    words: ['commit', '--force', ...paths],
    ours: (cwd) => commit(paths, { cwd, env, force: true, allowMissing: true }),
  }),
  checkout: (...paths: string[]): Step => ({
    words: ['checkout', '--force', ...paths],
    ours: (cwd) => checkout(paths, { cwd, env, force: true }),
  }),
  remove: (path: string): Step => ({ words: ['remove', path], ours: (cwd) => remove([path], { cwd, env }) }),
  move: (from: string, to: string): Step => ({
    words: ['move', from, to],
    ours: (cwd) => move(from, to, { cwd, env }),
  }),
  unprotect: (path: string): Step => ({ words: ['unprotect', path], ours: (cwd) => unprotect([path], { cwd, env }) }),
}

async function real(cwd: string, { words: [verb = '', ...words] }: Step): Promise<void> {
  await dvc(cwd, verb, '--quiet', ...words)
}

async function statusOf(cwd: string): Promise<unknown> {
  return JSON.parse(await dvc(cwd, 'status', '--json'))
}

async function started(config = ''): Promise<{ real: string; ours: string }> {
  return twins(async (root) => {
    await dvc(root, 'init', '--quiet')
    await writeFile(join(root, '.dvc/config'), config)
    await file(root, 'one.csv', 'one')
    await file(root, 'data/a', 'a')
    await file(root, 'data/deep/b', 'b')
    await file(root, 'data/deep/c d', '')
  })
}

/** A tree in which links do not show where the repository lies. */
async function movable(root: string): Promise<string> {
  return JSON.stringify(await treeOf(root)).replaceAll(root, 'ROOT')
}

/** Numbers from a seed, the same on every machine. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 16) % sides
  }
}

describe.skipIf(!canInstall)(`data, against DVC ${DVC}`, () => {
  test.each<[string, (root: string) => Promise<unknown>, Step]>([
    ['a file that is new', (root) => file(root, 'data/deep/new', '12345'), steps.add('data/deep/new')],
    ['a file that changed', (root) => file(root, 'data/a', 'aaa'), steps.add('data/a')],
    ['a file that is gone', (root) => rm(join(root, 'data/a')), steps.add('data/a')],
    ['a folder that changed', (root) => file(root, 'data/deep/b', 'bbb'), steps.add('data/deep')],
    ['a folder that is gone', (root) => rm(join(root, 'data/deep'), { recursive: true }), steps.add('data/deep')],
    ['nothing', async () => undefined, steps.add('data/a')],
    ['two files', (root) => file(root, 'data/z', 'z'), steps.add('data/z', 'data/a')],
  ])('adds within a tracked directory: %s', async (_, change, step) => {
    const { real: theirs, ours } = await started()
    for (const root of [theirs, ours]) {
      await dvc(root, 'add', '--quiet', 'data')
      await change(root)
    }
    await real(theirs, step)
    await step.ours(ours)
    expect(await treeOf(ours)).toEqual(await treeOf(theirs))
  })

  test.each([1, 2, 3])('a random sequence of commands, every other one by each: %i', async (seed) => {
    const { real: theirs, ours } = await started()
    const roll = dice(seed)
    const both = async (change: (root: string) => Promise<unknown>): Promise<void> => {
      for (const root of [theirs, ours]) await change(root)
    }
    await both((root) => dvc(root, 'add', '--quiet', 'one.csv', 'data'))
    const log: string[] = []
    for (let turn = 0; turn < 14; turn++) {
      const name = ['data/a', 'data/deep/b', 'data/new', 'data/deep/é', 'one.csv'][roll(5)] as string
      const content = `${roll(4)}`
      const isGone = roll(5) === 0 && name !== 'one.csv'
      await both((root) => (isGone ? rm(join(root, name), { force: true }) : file(root, name, content)))
      const all = [
        steps.add('data'),
        steps.add('one.csv'),
        steps.add(existsSync(join(ours, name)) ? name : 'data'),
        steps.commit(),
        steps.commit('data'),
        steps.checkout(),
        steps.checkout('data'),
        steps.noCommit('one.csv'),
      ]
      const step = all[roll(all.length)] as Step
      log.push(`${isGone ? 'rm' : content} ${name}; ${step.words.join(' ')}`)
      await real(theirs, step)
      if (turn % 2 === 0) await step.ours(ours)
      else await real(ours, step)
      // The log shows what led to a difference.
      expect([log, await treeOf(ours)]).toEqual([log, await treeOf(theirs)])
      expect([log, await status([], { cwd: ours, env })]).toEqual([log, await statusOf(ours)])
    }
  })

  test('removes and moves what the other added', async () => {
    const { real: theirs, ours } = await started()
    for (const root of [theirs, ours]) await dvc(root, 'add', '--quiet', 'one.csv', 'data')
    for (const root of [theirs, ours]) await mkdir(join(root, 'raw'))
    const plan = [steps.move('one.csv', 'raw'), steps.move('data', 'pictures'), steps.remove('raw/one.csv.dvc')]
    for (const step of plan) {
      await real(theirs, step)
      await step.ours(ours)
      expect(await treeOf(ours)).toEqual(await treeOf(theirs))
    }
    expect(await statusOf(ours)).toEqual({})
  })

  test.each(['hardlink', 'symlink', 'copy'])(
    'cache.type %s: links as DVC makes them, in both directions',
    async (type) => {
      const { real: theirs, ours } = await started(`[cache]\n    type = ${type}\n`)
      const plan = [steps.add('data', 'one.csv'), steps.unprotect('data/a'), steps.checkout()]
      for (const step of plan) {
        await real(theirs, step)
        await step.ours(ours)
        expect(await movable(ours)).toBe(await movable(theirs))
      }
      for (const root of [theirs, ours]) await rm(join(root, 'data'), { recursive: true })
      await real(theirs, steps.checkout())
      await steps.checkout().ours(ours)
      expect(await movable(ours)).toBe(await movable(theirs))
      expect(statSync(join(ours, 'data/a')).nlink).toBe(type === 'hardlink' ? 2 : 1)
      expect(await statusOf(ours)).toEqual({})
      expect(await status([], { cwd: theirs, env })).toEqual({})
      await dvc(ours, 'checkout', '--relink')
      expect(await status([], { cwd: ours, env })).toEqual({})
    },
  )

  test('states are called what DVC calls them', async () => {
    const { ours } = await started()
    await dvc(ours, 'add', '--quiet', 'one.csv', 'data')
    await file(ours, 'two.csv', 'two')
    await dvc(ours, 'add', '--quiet', '--no-commit', 'two.csv')
    await rm(join(ours, 'one.csv'))
    await file(ours, 'data/a', 'x')
    await file(ours, 'three.dvc', 'outs:\n- path: three\n')
    await file(ours, 'three', '3')
    expect(await status([], { cwd: ours, env })).toEqual(await statusOf(ours))
    expect(await status([], { cwd: join(ours, 'data'), env })).toEqual(await statusOf(join(ours, 'data')))
  })

  test('data of DVC 2 is clean for both, comes back, and stays as it is until it changes', async () => {
    const root = await newFolder()
    await git(root, 'init', '--quiet')
    await dvc(root, 'init', '--quiet')
    // The md5-dos2unix of 'a\r\nb\r\n', and the place where DVC 2 keeps it.
    const digits = 'dd8c6a395b5dd36c56d23275028f526c'
    await file(root, `.dvc/cache/dd/${digits.slice(2)}`, 'a\r\nb\r\n')
    await chmod(join(root, `.dvc/cache/dd/${digits.slice(2)}`), 0o444)
    await file(root, 'old.dvc', `outs:\n- md5: ${digits}\n  size: 6\n  path: old\n`)
    await checkout([], { cwd: root, env })
    expect(await readFile(join(root, 'old'), 'utf8')).toBe('a\r\nb\r\n')
    expect(await statusOf(root)).toEqual({})
    expect(await status([], { cwd: root, env })).toEqual({})
    await commit([], { cwd: root, env, force: true })
    expect(await readFile(join(root, 'old.dvc'), 'utf8')).toContain(digits)
    await file(root, 'old', 'c\r\n')
    await commit([], { cwd: root, env, force: true })
    expect(await readFile(join(root, 'old.dvc'), 'utf8')).toContain('hash: md5')
    expect(await statusOf(root)).toEqual({})
  })
})
