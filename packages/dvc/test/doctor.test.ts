import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { doctor } from '../src/doctor.ts'
import { env, filesIn, newFolder, repoWith } from './sandbox.ts'

test('tells the links that work, the file systems and the remotes, and leaves nothing behind', async () => {
  const cwd = await repoWith({ a: 'a' }, ['a'])
  writeFileSync(
    join(cwd, '.dvc/config'),
    `['remote "store"']\n    url = /srv/store\n['remote "web"']\n    url = https://ada:secret@example.com\n`,
  )
  const before = filesIn(cwd)
  const { repo, platform } = await doctor({ cwd: join(cwd, '.dvc'), env })
  expect(platform.node).toBe(process.version)
  expect(repo).toMatchObject({
    root: cwd,
    git: true,
    cacheDir: join(cwd, '.dvc/cache'),
    remotes: { store: 'local', web: 'https' },
  })
  expect(repo?.linkTypes).toContain('hardlink')
  expect(repo?.linkTypes).toContain('symlink')
  expect(repo?.fileSystems.cache).toBe(repo?.fileSystems.workspace)
  expect(filesIn(cwd)).toEqual(before)
})

test('outside of a repository, and before there is a cache', async () => {
  expect((await doctor({ cwd: newFolder(), env })).repo).toBeUndefined()
  const { repo } = await doctor({ cwd: await repoWith({}, []), env })
  expect(repo && 'linkTypes' in repo).toBe(false)
})
