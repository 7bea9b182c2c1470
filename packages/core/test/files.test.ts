import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findFiles } from '../src/files.ts'
import { open } from '../src/open.ts'
import { newFolder } from './folder.ts'

const folder = newFolder()
folder.write('a.csv', 'a\n1\n')
folder.write('sub/b.csv', 'a\n2\n')

const paths = async (path: string): Promise<string[] | undefined> =>
  (await findFiles(join(folder.path, path)))?.files.map((file) => file.path.slice(folder.path.length + 1))

test('a file, a folder at any depth, a glob, and nothing', async () => {
  expect(await findFiles(join(folder.path, 'a.csv'))).toMatchObject({ kind: 'file', files: [{ bytes: 4 }] })
  expect(await findFiles(folder.path)).toMatchObject({ kind: 'folder' })
  expect(await paths('')).toEqual(['a.csv', 'sub/b.csv'])
  expect(await paths('*.csv')).toEqual(['a.csv'])
  expect(await paths('none.csv')).toBeUndefined()
  expect(await paths('*.json')).toBeUndefined()
})

test('a link that leads round and round is followed once', async () => {
  symlinkSync(join(folder.path, 'sub'), join(folder.path, 'sub', 'round'))
  expect(await paths('sub')).toEqual(['sub/b.csv'])
})

test.skipIf(process.platform === 'win32')('a pipe is refused, not waited for', async () => {
  const pipe = join(folder.path, 'pipe.csv')
  execFileSync('mkfifo', [pipe])
  await expect(findFiles(pipe)).rejects.toMatchObject({ code: 'DS_SOURCE_UNSUPPORTED' })
  await expect(open(pipe)).rejects.toMatchObject({ code: 'DS_SOURCE_UNSUPPORTED' })
  expect(await paths('')).not.toContain('pipe.csv')
})
