import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
import { importData } from '../src/import.ts'
import { status } from '../src/status.ts'
import { update } from '../src/update.ts'
import { commitAll, commitOf, otherRepo, published } from './elsewhere/repository.ts'
import { codeOf, env, git, put, repoWith } from './sandbox.ts'

const read = (cwd: string, path: string): string => readFileSync(join(cwd, path), 'utf8')

async function imported(revision?: string): Promise<{ other: string; cwd: string }> {
  const [other, cwd] = [await otherRepo(), await repoWith({ 'own.csv': 'own' }, ['own.csv'])]
  await importData(other, 'data', { cwd, env, revision })
  return { other, cwd }
}

test('an import follows what it was imported from, and is left alone where it has it', async () => {
  const { other, cwd } = await imported()
  const first = await update(['data.dvc'], { cwd, env })
  expect(first.imports).toMatchObject([{ file: 'data.dvc', path: 'data', changed: false, commit: commitOf(other) }])
  put(other, 'data/a', 'a3')
  await add(['data'], { cwd: other, env })
  const commit = commitAll(other, 'third')
  expect((await update(['data'], { cwd, env, dryRun: true })).imports).toMatchObject([{ changed: true, commit }])
  expect(read(cwd, 'data/a')).toBe('a2')
  await update(['data'], { cwd, env })
  expect(read(cwd, 'data/a')).toBe('a3')
  expect(read(cwd, 'data.dvc')).toContain(`rev_lock: ${commit}\n`)
  expect(await status([], { cwd, env })).toEqual({})
})

test('a revision is followed from now on', async () => {
  const { other, cwd } = await imported()
  await update(['.'], { cwd, env, recursive: true, revision: 'v1' })
  expect(read(cwd, 'data/a')).toBe('a1')
  expect(read(cwd, 'data.dvc')).toContain(`    rev_lock: ${commitOf(other, 'v1')}\n    rev: v1\n`)
  expect((await update(['data'], { cwd, env })).imports[0]?.changed).toBe(false)
})

test('the record may go on without its data, and keeps what people wrote into it', async () => {
  const { cwd } = await imported('v1')
  put(cwd, 'data.dvc', `# ours\n${read(cwd, 'data.dvc')}  desc: of airports\n`)
  await update(['data'], { cwd, env, revision: 'main', download: false })
  expect(read(cwd, 'data/a')).toBe('a1')
  expect(read(cwd, 'data.dvc')).toMatch(/^# ours\n[^]*outs:\n- hash: md5\n {2}path: data\n {2}desc: of airports\n$/)
  await update(['data'], { cwd, env })
  expect(read(cwd, 'data/a')).toBe('a2')
  expect(read(cwd, 'data.dvc')).toMatch(/^# ours\n[^]* {2}desc: of airports\n/)
})

test('data that is gone comes back, and work that no version holds stays', async () => {
  const { cwd } = await imported()
  rmSync(join(cwd, 'data'), { recursive: true })
  await update(['data'], { cwd, env })
  expect(read(cwd, 'data/a')).toBe('a2')
  put(cwd, 'data/a', 'mine')
  expect(await codeOf(update(['data'], { cwd, env }))).toBe('DS_DVC_UNSAVED')
  expect(read(cwd, 'data/a')).toBe('mine')
  await update(['data'], { cwd, env, force: true })
  expect(read(cwd, 'data/a')).toBe('a2')
})

test('what is no import is refused', async () => {
  const { cwd } = await imported()
  expect(await codeOf(update([], { cwd, env }))).toBe('DS_DVC_NOTHING')
  expect(await codeOf(update(['own.csv'], { cwd, env }))).toBe('DS_DVC_TARGET')
  expect(await codeOf(update(['nothing.dvc'], { cwd, env }))).toBe('DS_DVC_TARGET')
  expect(await codeOf(update(['data'], { cwd, env, revision: 'v9' }))).toBe('DS_GIT_REVISION')
})

test('a relative folder is found from where the import was made, and from beside its record', async () => {
  const [other, cwd] = [await otherRepo(), await repoWith({ 'sub/x': 'x' }, [])]
  const inSub = join(cwd, 'sub')
  const url = `../../${other.slice(other.lastIndexOf('/') + 1)}`
  await importData(url, 'one.csv', { cwd: inSub, env })
  expect((await update(['one.csv'], { cwd: inSub, env })).imports[0]?.changed).toBe(false)
  expect((await update(['sub/one.csv'], { cwd, env })).imports[0]?.changed).toBe(false)
})

test('an address is asked for its newest commit, and brought only where there is a newer one', async () => {
  const other = await otherRepo()
  const bare = await published(other)
  const cwd = await repoWith({}, [])
  await importData(`file://${bare}`, 'data', { cwd, env })
  await importData(`file://${bare}`, 'README.md', { cwd, env, revision: 'v1' })
  // Without its objects, a repository can still say which commits it has.
  renameSync(join(bare, 'objects'), join(bare, 'gone'))
  mkdirSync(join(bare, 'objects'))
  const told = await update(['data', 'README.md'], { cwd, env, dryRun: true })
  expect(told.imports.map(({ changed }) => changed)).toEqual([false, false])
  rmSync(join(bare, 'objects'), { recursive: true })
  renameSync(join(bare, 'gone'), join(bare, 'objects'))
  put(other, 'README.md', 'newer')
  commitAll(other, 'third')
  git(other, 'push', '--quiet', bare, 'HEAD:main')
  expect((await update(['data', 'README.md'], { cwd, env })).imports.map(({ changed }) => changed)).toEqual([
    false,
    true,
  ])
  expect(read(cwd, 'data.dvc')).toContain(`rev_lock: ${commitOf(bare)}\n`)
})
