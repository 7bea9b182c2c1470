import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { getUrl } from '../src/get-url.ts'
import { memoryServer } from './elsewhere/memory-remote.ts'
import { codeOf, env, filesIn, newFolder, put } from './sandbox.ts'

const read = (cwd: string, path: string): string => readFileSync(join(cwd, path), 'utf8')

test('files and directories come, from this machine and from servers, without a repository', async () => {
  const [cwd, away] = [newFolder(), newFolder()]
  put(away, 'dir/a', 'a')
  put(away, 'dir/deep/b', 'b')
  expect(await getUrl(join(away, 'dir'), { cwd, env })).toEqual({ path: 'dir', files: 2, bytes: 2 })
  expect(await getUrl(`file://${away}/dir/a`, { cwd, env, out: 'far/away' })).toMatchObject({ path: 'far/away' })
  const server = memoryServer({
    'https://example.org/x/one.csv': 'one',
    's3://lake/raw/a': 'A',
    's3://lake/raw/in/b': 'B',
  })
  server.breaks = 1
  await getUrl('https://example.org/x/one.csv', { cwd, env, open: server.open })
  await getUrl('s3://lake/raw', { cwd, env, open: server.open, out: 'dir' })
  expect(filesIn(cwd)).toEqual(['dir/a', 'dir/deep/b', 'dir/raw/a', 'dir/raw/in/b', 'far/away', 'one.csv'])
  expect([read(cwd, 'one.csv'), read(cwd, 'dir/raw/in/b')]).toEqual(['one', 'B'])
})

test('what is there is replaced with force only, and nothing is left half done', async () => {
  const [cwd, away] = [newFolder(), newFolder()]
  put(away, 'dir/a', 'a')
  put(cwd, 'dir/mine', 'mine')
  expect(await codeOf(getUrl(join(away, 'dir'), { cwd, env }))).toBe('DS_DVC_EXISTS')
  expect(await codeOf(getUrl(join(away, 'nothing'), { cwd, env, out: 'new/place' }))).toBe('DS_DVC_PATH_MISSING')
  const stopped = getUrl(join(away, 'dir'), { cwd, env, force: true, signal: AbortSignal.abort() })
  expect(await codeOf(stopped)).toBe('DS_ABORTED')
  expect(readdirSync(cwd)).toEqual(['dir'])
  await getUrl(join(away, 'dir'), { cwd, env, force: true })
  expect(filesIn(cwd)).toEqual(['dir/a'])
})

test.each([
  ['s3://lake/raw/../../evil', "'../../evil', which is no path within a directory"],
  ['s3://lake/raw//x', "'/x', which is no path within a directory"],
  ['s3://lake/raw/ok/in', "'ok' as a file and as a folder"],
  ['s3://lake/raw/.git/config', "'.git/config', in a folder of git or DVC"],
])('a key that no folder can have is named before anything comes: %s', async (key, what) => {
  const cwd = newFolder()
  const server = memoryServer({ 's3://lake/raw/ok': 'ok', [key]: 'x' })
  const got = getUrl('s3://lake/raw', { cwd, env, open: server.open })
  await expect(got).rejects.toMatchObject({ code: 'DS_DVC_PATH_NAME', message: `s3://lake/raw lists ${what}` })
  expect(server.asked.filter((one) => one.startsWith('get'))).toEqual([])
  expect(readdirSync(cwd)).toEqual([])
})
