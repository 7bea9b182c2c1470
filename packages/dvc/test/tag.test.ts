import { expect, test } from 'vitest'
import { artifacts, assignStage, deprecate, deregisterVersion, registerVersion, unassignStage } from '../src/tag.ts'
import { initRepo } from '../src/repo.ts'
import { codeOf, env, git, newFolder, newGitRepo } from './sandbox.ts'

/** A repository with three commits. */
async function withCommits(): Promise<string> {
  const cwd = newGitRepo()
  await initRepo(cwd, false, env)
  for (const message of ['one', 'two', 'three']) git(cwd, 'commit', '--quiet', '--allow-empty', '-m', message)
  return cwd
}

test('versions are registered, counted up and taken back', async () => {
  const cwd = await withCommits()
  const set = async (options: object): Promise<string> =>
    (await registerVersion('weather', { cwd, env, ...options })).tag
  expect(await set({ revision: 'HEAD~2' })).toBe('weather@v0.0.1')
  expect(await set({ revision: 'HEAD~1', bump: 'minor', dryRun: true })).toBe('weather@v0.1.0')
  expect(await set({ revision: 'HEAD~1', bump: 'minor' })).toBe('weather@v0.1.0')
  expect(await codeOf(set({ revision: 'HEAD~1' }))).toBe('DS_TAG_STATE')
  expect(await codeOf(set({ version: 'v0.1.0' }))).toBe('DS_TAG_STATE')
  expect(await codeOf(set({ version: '1.0' }))).toBe('DS_TAG_NAME')
  expect(await codeOf(set({ revision: 'v9' }))).toBe('DS_GIT_REVISION')
  expect(git(cwd, 'cat-file', '-t', 'weather@v0.1.0')).toBe('tag\n')
  expect(git(cwd, 'for-each-ref', '--format=%(contents)', 'refs/tags/weather@v0.1.0').trim()).toBe(
    'Registering artifact weather version v0.1.0',
  )
  expect((await deregisterVersion('weather', { cwd, env, version: 'v0.1.0' })).tag).toBe('weather@v0.1.0!')
  expect(await codeOf(deregisterVersion('weather', { cwd, env, version: 'v0.1.0' }))).toBe('DS_TAG_STATE')
  expect(await codeOf(deregisterVersion('weather', { cwd, env, version: 'v0.7.0' }))).toBe('DS_TAG_STATE')
  expect((await artifacts({ cwd, env }))[0]).toMatchObject({ name: 'weather', version: 'v0.0.1', isActive: true })
  // A version comes back on its own commit only, under a counted name as the plain one is taken.
  expect(await set({ revision: 'HEAD~1' })).toBe('weather@v0.1.0#1')
  expect((await artifacts({ cwd, env }))[0]?.version).toBe('v0.1.0')
})

test('stages come and go, and a commit without a version is registered first', async () => {
  const cwd = await withCommits()
  const name = 'data/eu:weather'
  const first = await assignStage(name, 'prod', { cwd, env, revision: 'HEAD~1', message: 'go' })
  expect(first).toMatchObject({ tag: 'data/eu=weather#prod#1', version: 'v0.0.1', stage: 'prod' })
  await registerVersion(name, { cwd, env, bump: 'major' })
  expect((await assignStage(name, 'prod', { cwd, env })).tag).toBe('data/eu=weather#prod#2')
  expect(await codeOf(assignStage(name, 'prod', { cwd, env, version: 'v1.0.0' }))).toBe('DS_TAG_STATE')
  expect(await codeOf(assignStage(name, 'prod', { cwd, env, version: 'v3.0.0' }))).toBe('DS_TAG_STATE')
  expect((await artifacts({ cwd, env }, name))[0]?.stages).toEqual({ prod: 'v1.0.0' })
  expect((await unassignStage(name, 'prod', { cwd, env, version: 'v1.0.0' })).tag).toBe('data/eu=weather#prod!#3')
  expect(await codeOf(unassignStage(name, 'prod', { cwd, env, version: 'v1.0.0' }))).toBe('DS_TAG_STATE')
  const [artifact] = await artifacts({ cwd, env })
  expect(artifact?.stages).toEqual({ prod: 'v0.0.1' })
  expect(artifact?.versions.map(({ version, stages }) => [version, stages])).toEqual([
    ['v1.0.0', []],
    ['v0.0.1', ['prod']],
  ])
  expect(git(cwd, 'for-each-ref', '--format=%(contents)', 'refs/tags/data/eu=weather#prod#1').trim()).toBe('go')
})

test('a name is deprecated, and other tags are nothing to us', async () => {
  const cwd = await withCommits()
  git(cwd, 'tag', 'weather@v9.0.0')
  git(cwd, 'tag', '-a', '-m', 'x', 'release')
  expect(await artifacts({ cwd, env })).toEqual([])
  expect(await codeOf(deprecate('weather', { cwd, env }))).toBe('DS_TAG_STATE')
  await registerVersion('weather', { cwd, env, revision: 'HEAD~1' })
  expect(await deprecate('weather', { cwd, env })).toEqual({
    tag: 'weather@deprecated',
    name: 'weather',
    commit: git(cwd, 'rev-parse', 'HEAD~1').trim(),
  })
  expect((await artifacts({ cwd, env }, 'weather'))[0]?.isActive).toBe(false)
  expect(await codeOf(deprecate('weather', { cwd, env }))).toBe('DS_TAG_STATE')
  const bare = newFolder()
  await initRepo(bare, true)
  expect(await codeOf(artifacts({ cwd: bare, env }))).toBe('DS_GIT_NO_REPO')
})
