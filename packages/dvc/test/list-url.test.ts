import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listUrl } from '../src/list-url.ts'
import { memoryServer } from './elsewhere/memory-remote.ts'
import { codeOf, env, newFolder, put } from './sandbox.ts'

const cwd = newFolder()

test('a folder of this machine', async () => {
  const away = newFolder()
  put(away, 'dir/deep/b', 'bb')
  put(away, 'a', 'a')
  mkdirSync(join(away, 'empty'))
  symlinkSync('..', join(away, 'dir/up'))
  const dir = { path: 'dir', isdir: true }
  const empty = { path: 'empty', isdir: true }
  const a = { path: 'a', isdir: false, size: 1 }
  expect(await listUrl(away, { cwd, env })).toEqual([a, dir, empty])
  const [deep, up] = [
    { path: 'dir/deep/b', isdir: false, size: 2 },
    { path: 'dir/up', isdir: true },
  ]
  expect(await listUrl(away, { cwd, env, recursive: true })).toEqual([a, deep, up])
  expect(await listUrl(away, { cwd, env, recursive: true, level: 1 })).toEqual([a, dir, empty])
  expect(await listUrl(join(away, 'a'), { cwd, env })).toEqual([{ ...a, path: join(away, 'a') }])
  expect(await codeOf(listUrl(join(away, 'nothing'), { cwd, env }))).toBe('DS_DVC_PATH_MISSING')
})

test('a bucket, and a file of a server', async () => {
  const { open } = memoryServer({ 's3://lake/raw/a': 'a', 's3://lake/raw/in/b': 'bb', 'https://example.org/x': 'xxx' })
  const a = { path: 'a', isdir: false, size: 1 }
  expect(await listUrl('s3://lake/raw/', { cwd, env, open })).toEqual([a, { path: 'in', isdir: true }])
  const b = { path: 'raw/in/b', isdir: false, size: 2 }
  expect(await listUrl('s3://lake', { cwd, env, open, recursive: true })).toEqual([{ ...a, path: 'raw/a' }, b])
  expect(await listUrl('https://example.org/x', { cwd, env, open })).toEqual([
    { path: 'https://example.org/x', isdir: false, size: 3 },
  ])
  expect(await codeOf(listUrl('s3://lake/none', { cwd, env, open }))).toBe('DS_DVC_PATH_MISSING')
})
