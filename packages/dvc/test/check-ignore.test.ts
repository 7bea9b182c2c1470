import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkIgnore } from '../src/check-ignore.ts'
import { initRepo } from '../src/repo.ts'
import { newFolder, put } from './sandbox.ts'

test('paths are taken from the working directory, and need not exist', async () => {
  const repo = await initRepo(newFolder(), true)
  put(repo.root, '.dvcignore', '*.tmp\nlogs/\n!sub/b.tmp\n')
  mkdirSync(join(repo.root, 'sub/logs'), { recursive: true })
  const paths = ['a.tmp', './b.tmp', 'logs', '../logs', '../..', join(repo.root, 'x.tmp')]
  expect(await checkIgnore(paths, { cwd: join(repo.root, 'sub') })).toEqual([
    { path: 'a.tmp', ignored: true, pattern: '.dvcignore:1:*.tmp' },
    { path: './b.tmp', ignored: false, pattern: '.dvcignore:3:!sub/b.tmp' },
    { path: 'logs', ignored: true, pattern: '.dvcignore:2:logs/' },
    { path: '../logs', ignored: false },
    { path: '../..', ignored: false },
    { path: join(repo.root, 'x.tmp'), ignored: true, pattern: '.dvcignore:1:*.tmp' },
  ])
})
