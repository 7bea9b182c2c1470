import { expect, test } from 'vitest'
import { openGit } from '../../src/git/git.ts'
import { env, git, newGitRepo, put } from '../sandbox.ts'

test('more paths than a command line takes are staged, told and committed', async () => {
  const cwd = newGitRepo()
  const folder = Array.from({ length: 16 }, () => 'f'.repeat(200)).join('/')
  const paths = Array.from({ length: 1000 }, (_, at) => `${folder}/${at} *.dvc`)
  for (const path of paths) put(cwd, path, 'x')
  put(cwd, 'other', 'x')
  const repo = openGit(cwd, env)
  await repo.add(paths)
  expect(await repo.uncommitted([...paths, 'other'])).toEqual([...paths, 'other'])
  expect(await repo.commit('all', paths)).toMatch(/^[0-9a-f]{40}$/)
  expect(await repo.uncommitted(paths)).toEqual([])
  expect(git(cwd, 'status', '--porcelain')).toBe('?? other\n')
})
