import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { file, git, newFolder, treeOf } from './repos.ts'
import { canInstall } from '../peer.ts'
import { DVC, DVC_PROGRAM, env, installDvc, ORDER, runDvc, type Ran } from '../real-dvc.ts'

beforeAll(async () => {
  if (canInstall) await installDvc()
})

/** The program itself, started. */
function started(cwd: string, words: readonly string[], own: Readonly<Record<string, string>>): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(DVC_PROGRAM, [...words], { cwd, env: { ...own, ...ORDER } }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
    child.stdin?.end()
  })
}

/** Command lines of every kind: what prints, asks, fails, is none, and what works with threads and other processes. */
const SESSION: readonly (readonly string[])[] = [
  ['status'],
  ['init', '--quiet'],
  ['status', '--json'],
  ['add', 'data', 'é.csv'],
  ['add', 'nothing'],
  ['nonsense'],
  ['remote', 'add', '--default', 'store', 'store'],
  ['config', '--list', '--show-origin'],
  ['push'],
  ['gc', '--workspace'],
  ['data', 'status', '--json'],
  ['list', '.', '-R', '--tree'],
  ['get', '.', 'data', '-o', 'got'],
  ['fetch', '--remote', 'none'],
  ['stage', 'add', '--run', '-n', 'make', '-o', 'made', 'echo made > made'],
  ['repro'],
  ['--version'],
]

describe.skipIf(!canInstall)(`processes forked for DVC ${DVC}`, () => {
  test('do, print and end as the program does that is started', async () => {
    const [real, forked] = [await newFolder(), await newFolder()]
    await file(real, 'data/a', 'a')
    await file(real, 'data/deep/b', 'b')
    await file(real, 'é.csv', 'one')
    await git(real, 'init', '--quiet')
    await cp(real, forked, { recursive: true })
    for (const words of SESSION) {
      const both = await Promise.all([started(real, words, env), runDvc(forked, words)])
      const [expected, actual] = both.map(({ code, stdout, stderr }, at) => {
        const movable = (text: string): string => text.replaceAll([real, forked].at(at) as string, 'ROOT')
        return { words, code, stdout: movable(stdout), stderr: movable(stderr) }
      })
      expect(actual).toEqual(expected)
      expect({ words, left: await treeOf(forked) }).toEqual({ words, left: await treeOf(real) })
    }
  })

  test('take the environment that they are given, and nothing of each other', async () => {
    const root = await newFolder()
    await git(root, 'init', '--quiet')
    await runDvc(root, ['init', '--quiet'])
    const homes = [await newFolder(), await newFolder()]
    const set = homes.map((home, at) =>
      runDvc(root, ['config', '--global', 'core.remote', `r${at}`], { ...env, DVC_GLOBAL_CONFIG_DIR: home }),
    )
    expect((await Promise.all(set)).map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ])
    for (const [at, home] of homes.entries()) {
      const own = { ...env, DVC_GLOBAL_CONFIG_DIR: home, COLUMNS: '40' }
      for (const words of [
        ['config', 'core.remote'],
        ['config', '--help'],
      ]) {
        const [expected, actual] = await Promise.all([started(root, words, own), runDvc(root, words, own)])
        expect(actual).toEqual(expected)
        expect(actual.stdout).toContain(words.includes('--help') ? 'usage: dvc config' : `r${at}\n`)
      }
    }
    expect((await runDvc(root, ['config', 'core.remote'])).stdout).toBe('')
  })
})
