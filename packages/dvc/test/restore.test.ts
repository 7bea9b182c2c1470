import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { objectPath, restore } from '../src/restore.ts'
import { needRepo, type DvcRepo } from '../src/repo.ts'
import { version } from '../src/version.ts'
import { codeOf, env, filesIn, newGitRepo, put } from './sandbox.ts'

async function versioned(): Promise<{ cwd: string; repo: DvcRepo; file: string; folder: string }> {
  const cwd = newGitRepo()
  put(cwd, 'file', 'one')
  put(cwd, 'data/a/é', 'two')
  put(cwd, 'data/b', '')
  const { facts } = await version(['file', 'data'], { cwd, env })
  const [file = '', folder = ''] = facts.files.map(({ hash }) => hash)
  return { cwd, repo: await needRepo(cwd, env), file, folder }
}

test('files and directories come back from the cache', async () => {
  const { cwd, repo, file, folder } = await versioned()
  put(cwd, 'out/file', 'in the way')
  await restore(repo, file, join(cwd, 'out/file'))
  expect(readFileSync(join(cwd, 'out/file'), 'utf8')).toBe('one')
  expect(statSync(join(cwd, 'out/file')).mode & 0o200).toBe(0o200)
  mkdirSync(join(cwd, 'out/data'))
  await restore(repo, folder, join(cwd, 'out/data'))
  expect(filesIn(join(cwd, 'out'))).toEqual(['data/a/é', 'data/b', 'file'])
  expect(readFileSync(join(cwd, 'out/data/a/é'), 'utf8')).toBe('two')
})

test('what is in the way, missing or broken is an error that changes nothing', async () => {
  const { cwd, repo, file, folder } = await versioned()
  put(cwd, 'out/file', 'before')
  expect(await codeOf(restore(repo, folder, join(cwd, 'data')))).toBe('DS_DVC_EXISTS')
  expect(await codeOf(restore(repo, file, join(cwd, 'data')))).toBe('DS_DVC_EXISTS')
  expect(await codeOf(restore(repo, 'md5:x', join(cwd, 'out/file')))).toBe('DS_DVC_VERSION_UNKNOWN')
  for (const hash of ['0'.repeat(32), `${'0'.repeat(32)}.dir`]) {
    expect(await codeOf(restore(repo, `md5:${hash}`, join(cwd, 'out/new')))).toBe('DS_DVC_OBJECT_MISSING')
  }
  for (const hash of [file, folder]) {
    chmodSync(objectPath(repo, hash), 0o644)
    writeFileSync(objectPath(repo, hash), 'eno')
  }
  expect(await codeOf(restore(repo, file, join(cwd, 'out/file')))).toBe('DS_DVC_OBJECT_CORRUPT')
  expect(await codeOf(restore(repo, folder, join(cwd, 'out/data')))).toBe('DS_DVC_OBJECT_CORRUPT')
  expect(filesIn(join(cwd, 'out'))).toEqual(['file'])
  expect(readFileSync(join(cwd, 'out/file'), 'utf8')).toBe('before')
})
