import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { init } from '../src/init.ts'
import { version } from '../src/version.ts'
import { codeOf, newFolder, put } from './sandbox.ts'

const env = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
}

function git(cwd: string, ...words: string[]): string {
  return execFileSync('git', words, { cwd, env, encoding: 'utf8' })
}

test('data in a repository within the repository is refused: no commit would hold its version', async () => {
  const folder = newFolder()
  git(folder, 'init', '--quiet')
  put(folder, 'in/d.csv', 'a\n1\n')
  git(join(folder, 'in'), 'init', '--quiet')
  expect(await codeOf(version(['in/d.csv'], { cwd: folder, env }))).toBe('DS_DVC_PATH_OUTSIDE')
})

test('what the last commit holds already needs no commit', async () => {
  const folder = newFolder()
  git(folder, 'init', '--quiet')
  put(folder, 'd.csv', 'a\n1\n')
  await version(['d.csv'], { cwd: folder, env })
  git(folder, 'rm', '--quiet', '--cached', 'd.csv.dvc')
  const { facts, status } = await version(['d.csv'], { cwd: folder, env })
  expect({ status, commit: facts.commit }).toEqual({ status: 'pass', commit: undefined })
  expect(git(folder, 'status', '--porcelain', 'd.csv.dvc')).toBe('')
})

test('a repository that git cannot use is not taken for none', async () => {
  const folder = newFolder()
  put(folder, '.git', 'gitdir: nowhere\n')
  put(folder, 'd.csv', 'a\n1\n')
  expect(await codeOf(version(['d.csv'], { cwd: folder, env }))).toBe('DS_GIT_FAILED')
})

test('in the middle of a merge nothing is written', async () => {
  const folder = newFolder()
  git(folder, 'init', '--quiet', '--initial-branch=main')
  for (const [branch, text] of [
    ['main', '0'],
    ['other', '1'],
    ['main', '2'],
  ] as const) {
    if (branch === 'other') git(folder, 'switch', '--quiet', '-c', 'other')
    else if (text === '2') git(folder, 'switch', '--quiet', 'main')
    put(folder, 'f', text)
    git(folder, 'add', 'f')
    git(folder, 'commit', '--quiet', '-m', text)
  }
  expect(() => git(folder, 'merge', '--quiet', 'other')).toThrow('git merge')
  put(folder, 'd.csv', 'a\n1\n')
  const before = git(folder, 'status', '--porcelain')
  expect(await codeOf(version(['d.csv'], { cwd: folder, env }))).toBe('DS_GIT_FAILED')
  expect(git(folder, 'status', '--porcelain')).toBe(before)
  expect(await codeOf(version(['d.csv'], { cwd: folder, env, commit: false }))).toBe('no error')
})

test('data in a DVC repository within is to be added from there', async () => {
  const folder = newFolder()
  git(folder, 'init', '--quiet')
  await init({ cwd: folder, env })
  put(folder, 'sub/d/f', 'one')
  await init({ cwd: join(folder, 'sub'), env, subdir: true })
  await expect(add(['sub/d/f'], { cwd: folder, env })).rejects.toMatchObject({
    code: 'DS_DVC_PATH_IGNORED',
    message: 'sub/d/f lies in a DVC repository of its own: sub',
    hint: `Add it from there: cd '${join(folder, 'sub')}'`,
  })
})
