import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { version } from '../src/version.ts'
import { previousVersion, recordedVersion, versionAt } from '../src/recorded-version.ts'
import { md5Of } from '../src/cache/hash.ts'
import { codeOf, env, git, newFolder, newGitRepo, put, repoWith } from './sandbox.ts'

test('finds versions by workspace, history, tag, revision and hash', async () => {
  const cwd = newGitRepo()
  expect(await codeOf(recordedVersion('a', { cwd, env }))).toBe('DS_DVC_REPO_MISSING')
  const hashes: string[] = []
  const commits: string[] = []
  for (const [at, content] of ['one', 'two', 'one', 'three'].entries()) {
    put(cwd, 'data/a', content)
    const { facts } = await version(['data/a'], { cwd, env, tag: `v${at}` })
    hashes.push(facts.files[0]?.hash ?? '')
    commits.push(facts.commit ?? '')
  }
  const options = { cwd: join(cwd, 'data'), env }
  expect(await recordedVersion('a', options)).toEqual({ hash: hashes[3], bytes: 5 })
  expect(await previousVersion('a', options)).toEqual({ hash: hashes[2], bytes: 3, revision: commits[2] })
  expect(await versionAt('a', 'v1', options)).toEqual({ hash: hashes[1], bytes: 3, revision: commits[1] })
  expect(await versionAt('a', 'HEAD~3', options)).toEqual({ hash: hashes[0], bytes: 3, revision: commits[0] })
  expect(await versionAt('a', hashes[1] ?? '', options)).toEqual({ hash: hashes[1] })
  expect(await codeOf(versionAt('a', 'v9', options))).toBe('DS_GIT_REVISION')
  expect(await codeOf(versionAt('a', '--all', options))).toBe('DS_GIT_REVISION')
  expect(await codeOf(versionAt('a', 'md5:12', options))).toBe('DS_DVC_VERSION_UNKNOWN')
  expect(await codeOf(versionAt('b', 'v1', options))).toBe('DS_DVC_VERSION_UNKNOWN')
  put(cwd, 'data/a', 'four')
  await version(['data/a'], { cwd, env, commit: false })
  expect((await previousVersion('a', options))?.hash).toBe(hashes[3])
  rmSync(join(cwd, 'data/a.dvc'))
  expect(await recordedVersion('a', options)).toBeUndefined()
  expect((await previousVersion('a', options))?.hash).toBe(hashes[3])
})

test('what is not tracked, not committed or without git has no version before', async () => {
  const cwd = newGitRepo()
  put(cwd, 'a')
  await version(['a'], { cwd, env, commit: false })
  expect(await previousVersion('a', { cwd, env })).toBeUndefined()
  expect(await previousVersion('b', { cwd, env })).toBeUndefined()
  const bare = newFolder()
  put(bare, 'a')
  await version(['a'], { cwd: bare, env, noScm: true })
  expect(await previousVersion('a', { cwd: bare, env })).toBeUndefined()
})

test('a .dvc file of another name and versions of another kind are coped with', async () => {
  const cwd = newGitRepo()
  put(cwd, 'data/a', 'one')
  await version(['data/a'], { cwd, env })
  const text = git(cwd, 'show', 'HEAD:data/a.dvc')
  rmSync(join(cwd, 'data/a.dvc'))
  put(cwd, 'other.dvc', text.replace('path: a', 'path: data/a'))
  expect((await recordedVersion('data/a', { cwd, env }))?.bytes).toBe(3)
  put(cwd, 'data/a', 'two')
  const report = await version(['data/a'], { cwd, env })
  expect(report.facts.files[0]?.changed).toBe(true)
  expect(git(cwd, 'show', '--name-only', '--format=', 'HEAD')).toBe('other.dvc\n')
})

test('a file in a tracked directory has the versions of the directory', async () => {
  const cwd = await repoWith({ 'd/a': 'one' }, ['d'])
  git(cwd, 'add', '--all')
  git(cwd, 'commit', '--quiet', '-m', 'one')
  git(cwd, 'tag', 'v1')
  expect(await versionAt('d/a', 'v1', { cwd, env })).toMatchObject({ hash: `md5:${md5Of('one')}` })
  expect(await codeOf(versionAt('d/b', 'v1', { cwd, env }))).toBe('DS_DVC_VERSION_UNKNOWN')
})
