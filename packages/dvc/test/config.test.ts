import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseConfig, readConfig } from '../src/config.ts'
import { codeOf, newFolder, put } from './sandbox.ts'

test('reads sections, remotes, quotes and comments, in any case', () => {
  const text = `[core]
    remote = my-store
    Autostage = true
# a comment
[cache]
    dir = "/a, b #c"
['remote "my-store"']
    url = '/say "hi"'
    other = s3://bucket/a;b
`
  const sections = parseConfig(text, 'config')
  expect(Object.fromEntries([...sections].map(([name, keys]) => [name, Object.fromEntries(keys)]))).toEqual({
    core: { remote: 'my-store', autostage: 'true' },
    cache: { dir: '/a, b #c' },
    'remote "my-store"': { url: '/say "hi"', other: 's3://bucket/a;b' },
  })
})

const links = { linkTypes: ['reflink', 'copy'], sharedCache: false }

test('the local config wins, and the cache lies relative to the .dvc folder', async () => {
  const folder = newFolder()
  expect(await readConfig(folder)).toEqual({
    ...links,
    cacheDir: join(folder, 'cache'),
    noScm: false,
    autostage: false,
  })
  put(folder, 'config', '[core]\n    no_scm = True\n    autostage = true\n[cache]\n    dir = ../a\n')
  put(folder, 'config.local', '[cache]\n    dir = ../b\n[core]\n    autostage = false\n')
  expect(await readConfig(folder)).toEqual({ ...links, cacheDir: join(folder, '../b'), noScm: true, autostage: false })
  put(folder, 'config', '[core]\nwhat\n')
  expect(await codeOf(readConfig(folder))).toBe('DS_DVC_CONFIG')
})
