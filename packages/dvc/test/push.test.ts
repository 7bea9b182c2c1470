import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configFiles } from '../src/config.ts'
import { editConfig } from '../src/config-edit.ts'
import { fetch } from '../src/fetch.ts'
import { pull } from '../src/pull.ts'
import { push } from '../src/push.ts'
import { remoteStatus } from '../src/remote-status.ts'
import { env, filesIn, newFolder, repoWith } from './sandbox.ts'

/** A repository with a default remote that is a folder. */
async function repoWithRemote(files: Readonly<Record<string, string>>, targets: readonly string[]) {
  const cwd = await repoWith(files, targets)
  const store = newFolder()
  await setRemote(cwd, 'store', store)
  return { cwd, store, options: { cwd, env } }
}

async function setRemote(cwd: string, name: string, url: string): Promise<void> {
  const files = configFiles(join(cwd, '.dvc'))
  await editConfig(files, 'repo', `remote.${name}.url`, url, { cwd })
  if (name === 'store') await editConfig(files, 'repo', 'core.remote', name, { cwd })
}

const FILES = { 'd/a': 'a\n', 'd/b/c': 'c\n', foo: 'foo\n' }

describe('push', () => {
  test('sends files and manifests once, in DVC’s tree and mode', async () => {
    const { store, options } = await repoWithRemote(FILES, ['d', 'foo'])
    const { transfers, isComplete } = await push([], options)
    expect(isComplete).toBe(true)
    expect(transfers[0]?.done.map(({ path }) => path).toSorted()).toEqual(['d', 'd/a', 'd/b/c', 'foo'])
    expect(transfers[0]?.plan.objects.at(-1)?.path).toBe('d')
    expect(filesIn(store)).toEqual(
      [
        'files/md5/60/b725f10c9c85c70d97880dfe8191b3',
        'files/md5/02/b1d48504542fcdbe232731e6327c62.dir',
        'files/md5/d3/b07384d113edec49eaa6238ad5ff00',
        'files/md5/2c/d6ee2c70b0bde53fbe6cac3c8b8bb1',
      ].toSorted(),
    )
    expect(statSync(join(store, 'files/md5/d3/b07384d113edec49eaa6238ad5ff00')).mode & 0o777).toBe(0o444)
    const again = await push([], options)
    expect(again.transfers[0]?.plan.objects).toEqual([])
  })

  test('a dry run sends nothing and says what it would', async () => {
    const { store, options } = await repoWithRemote(FILES, ['d', 'foo'])
    const { transfers } = await push([], { ...options, dryRun: true })
    expect(transfers[0]?.plan.objects.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['foo', 4],
      ['d/a', 2],
      ['d/b/c', 2],
      ['d', 124],
    ])
    expect(filesIn(store)).toEqual([])
  })
})

describe('pull', () => {
  test('brings all back', async () => {
    const { cwd, options } = await repoWithRemote(FILES, ['d', 'foo'])
    await push([], options)
    for (const path of ['.dvc/cache', 'd', 'foo']) rmSync(join(cwd, path), { recursive: true })
    expect((await remoteStatus([], options)).states).toEqual({
      d: 'deleted',
      'd/a': 'deleted',
      'd/b/c': 'deleted',
      foo: 'deleted',
    })
    const { checkout, isComplete } = await pull([], options)
    expect(isComplete).toBe(true)
    expect(checkout?.added).toEqual(['d/', 'foo'])
    expect(readFileSync(join(cwd, 'd/b/c'), 'utf8')).toBe('c\n')
    expect((await fetch([], options)).transfers[0]?.plan.objects).toEqual([])
    expect((await remoteStatus([], options)).states).toEqual({})
  })
})
