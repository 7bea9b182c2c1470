import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { init } from '../src/init.ts'
import { codeOf, env, git, newFolder, newGitRepo, put } from './sandbox.ts'

test('a repository is made at the root of a git repository, and staged', async () => {
  const cwd = newGitRepo()
  expect(await init({ cwd, env, dryRun: true })).toMatchObject({ root: cwd, staged: false })
  expect(existsSync(join(cwd, '.dvc'))).toBe(false)
  const files = ['.dvc/.gitignore', '.dvc/config', '.dvcignore']
  expect(await init({ cwd, env })).toEqual({ root: cwd, files, staged: true })
  expect(git(cwd, 'diff', '--cached', '--name-only').trim().split('\n')).toEqual(files)
  expect(await codeOf(init({ cwd, env }))).toBe('DS_DVC_EXISTS')
})

test('a folder below the root of git, one that git ignores, and one without git are refused unless asked for', async () => {
  const root = newGitRepo()
  const cwd = join(root, 'sub')
  mkdirSync(cwd)
  expect(await codeOf(init({ cwd, env }))).toBe('DS_GIT_NO_REPO')
  expect(await init({ cwd, env, subdir: true })).toMatchObject({ root: cwd, staged: true })
  put(root, '.gitignore', '.dvc\n')
  expect(await codeOf(init({ cwd: root, env }))).toBe('DS_DVC_FILE_IGNORED')
  const bare = newFolder()
  expect(await codeOf(init({ cwd: bare, env }))).toBe('DS_GIT_NO_REPO')
  expect(await init({ cwd: bare, env, noScm: true })).toMatchObject({ files: ['.dvc/config', '.dvcignore'] })
  expect(readFileSync(join(bare, '.dvc/config'), 'utf8')).toBe('[core]\n    no_scm = True\n')
})

test('force begins the settings anew; the cache and .dvcignore stay', async () => {
  const cwd = newGitRepo()
  await init({ cwd, env })
  put(cwd, '.dvc/config', '[core]\n    autostage = true\n')
  put(cwd, '.dvc/config.local', '[core]\n    remote = nowhere\n')
  put(cwd, '.dvcignore', '*.tmp\n')
  put(cwd, 'a', 'one')
  await add(['a'], { cwd, env })
  await init({ cwd, env, force: true })
  expect(readFileSync(join(cwd, '.dvc/config'), 'utf8')).toBe('')
  expect(existsSync(join(cwd, '.dvc/config.local'))).toBe(false)
  expect(readFileSync(join(cwd, '.dvcignore'), 'utf8')).toBe('*.tmp\n')
  expect(existsSync(join(cwd, '.dvc/cache/files/md5/f9/7c5d29941bfb1b2fdab0874906ab82'))).toBe(true)
})
