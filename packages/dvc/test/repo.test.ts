import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findRepo, initRepo, openOrInitRepo } from '../src/repo.ts'
import { codeOf, env, filesIn, git, newFolder, newGitRepo, put } from './sandbox.ts'

test('a new repository has the bytes of DVC 3.67.1 (dvc init)', async () => {
  const root = newGitRepo()
  await initRepo(root, false, env)
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  expect(filesIn(join(root, '.dvc'))).toEqual(['.gitignore', 'config', 'tmp/btime'])
  expect(read('.dvc/config')).toBe('')
  expect(read('.dvc/tmp/btime')).toBe('')
  expect(read('.dvc/.gitignore')).toBe('/config.local\n/tmp\n/cache\n')
  expect(Buffer.from(read('.dvcignore'))).toHaveLength(139)
  expect(git(root, 'status', '--porcelain')).toBe('A  .dvc/.gitignore\nA  .dvc/config\nA  .dvcignore\n')
  expect(await codeOf(initRepo(root, false, env))).toBe('DS_DVC_EXISTS')
})

test('of several that make it at once one does, and all have it', async () => {
  const root = newGitRepo()
  const made = await Promise.all(Array.from({ length: 8 }, async () => openOrInitRepo(root, false, env)))
  expect(made.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(new Set(made.map(({ repo }) => repo.dvcDir))).toEqual(new Set([join(root, '.dvc')]))
  expect(filesIn(join(root, '.dvc'))).toEqual(['.gitignore', 'config', 'tmp/btime'])
  expect(Buffer.from(readFileSync(join(root, '.dvcignore')))).toHaveLength(139)
})

test('without git it says so, and an existing .dvcignore is kept (dvc init --no-scm)', async () => {
  const root = newFolder()
  put(root, '.dvcignore', '*.tmp\n')
  await initRepo(root, true, env)
  expect(filesIn(root)).toEqual(['.dvc/config', '.dvc/tmp/btime', '.dvcignore'])
  expect(readFileSync(join(root, '.dvc/config'), 'utf8')).toBe('[core]\n    no_scm = True\n')
  expect(readFileSync(join(root, '.dvcignore'), 'utf8')).toBe('*.tmp\n')
})

test('a repository is found from below; one that needs git and has none is refused', async () => {
  const root = newGitRepo()
  mkdirSync(join(root, 'a/b'), { recursive: true })
  expect(await findRepo(join(root, 'a/b'), env)).toBeUndefined()
  await initRepo(root, false, env)
  expect((await findRepo(join(root, 'a/b'), env))?.root).toBe(root)
  const bare = newFolder()
  put(bare, '.dvc/config', '')
  expect(await codeOf(findRepo(bare, env))).toBe('DS_GIT_NO_REPO')
  expect(await codeOf(findRepo(bare, { PATH: '/nonexistent' }))).toBe('DS_GIT_MISSING')
})
