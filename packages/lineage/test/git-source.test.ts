import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { gitSource } from '../src/git-source.ts'
import { newFolder } from './folder.ts'

const git = (folder: string, ...words: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd: folder, encoding: 'utf8' }).trim()

test('a working copy tells its repository, commit, branch and tag, without secrets', async () => {
  const folder = newFolder()
  git(folder, 'init', '-q', '-b', 'trunk')
  expect(await gitSource(folder)).toEqual({ branch: 'trunk' })
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'first')
  git(folder, 'tag', 'v1')
  git(folder, 'remote', 'add', 'origin', 'https://ada:hunter22@git.example/etl.git')
  const version = git(folder, 'rev-parse', 'HEAD')
  const repoUrl = 'https://git.example/etl.git'
  expect(await gitSource(folder)).toEqual({ repoUrl, version, branch: 'trunk', tag: 'v1' })
  git(folder, 'checkout', '-q', '--detach')
  git(folder, 'remote', 'set-url', 'origin', 'git@git.example:team/etl.git')
  const { branch, repoUrl: ssh } = await gitSource(folder)
  expect([branch, ssh]).toEqual([undefined, 'ssh://git.example/team/etl.git'])
})

test('a folder that is no working copy tells nothing but what a CI says', async () => {
  const folder = newFolder()
  expect(await gitSource(folder)).toEqual({})
  expect(await gitSource(`${folder}/missing`, { GITHUB_REF: 'refs/pull/7/merge' })).toEqual({ pullRequestNumber: '7' })
  expect(await gitSource(folder, { GITHUB_REF: 'refs/heads/main' })).toEqual({})
  expect(await gitSource(folder, { CI_MERGE_REQUEST_IID: '8' })).toEqual({ pullRequestNumber: '8' })
})
