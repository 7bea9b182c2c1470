import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { md5Of } from '../../src/cache/hash.ts'
import { fetch } from '../../src/fetch.ts'
import { push } from '../../src/push.ts'
import { codeOf, filesIn, put } from '../sandbox.ts'
import { repoWithRemote } from './faulty.ts'

// DVC 3.67.1 wrote this for the stage `cp in out` with `hi\n` in `in`; its name is what DVC gave it.
const RUN =
  'runs/0f/0f3cb94b49ff7867f808edca5a4ba9eb8743c6d0a376403f9af7fb06468c7575/102880bcd35d0ff601bcdb9363eef2d65d49babd602cbf8dc33563ee7abe54ff'
const ENTRY = '- path: NAME\n  hash: md5\n  md5: 764efa883dda1e11db47671c4a3bbd9e\n  size: 3\n'
const RECORD = `cmd: cp in out\ndeps:\n${ENTRY.replace('NAME', 'in')}outs:\n${ENTRY.replace('NAME', 'out')}`

test('records of runs go along with the data that they speak of, and come back', async () => {
  const { cwd, store, options } = await repoWithRemote({ a: 'a' }, ['a'])
  put(join(cwd, '.dvc/cache'), RUN, RECORD)
  put(join(cwd, '.dvc/cache'), 'files/md5/76/4efa883dda1e11db47671c4a3bbd9e', 'hi\n')
  expect((await push([], options)).runs).toBe(0)
  expect(await push([], { ...options, runCache: true })).toMatchObject({ runs: 1, isComplete: true })
  expect(filesIn(store)).toContain(RUN)
  expect(filesIn(store)).toHaveLength(3)
  expect(statSync(join(store, RUN)).mode & 0o200).toBe(0o200)
  expect((await push([], { ...options, runCache: true })).runs).toBe(0)
  rmSync(join(cwd, '.dvc/cache'), { recursive: true })
  expect(await fetch([], { ...options, runCache: true })).toMatchObject({ runs: 1, isComplete: true })
  expect(readFileSync(join(cwd, '.dvc/cache', RUN), 'utf8')).toBe(RECORD)
  expect(filesIn(join(cwd, '.dvc/cache'))).toHaveLength(3)
})

test('what is no record of a run does not get into the cache', async () => {
  const { cwd, store, options } = await repoWithRemote({ a: 'a' }, ['a'])
  await push([], options)
  put(store, RUN, `outs: ${md5Of('x')}\n`)
  put(store, 'runs/0f/nothing', 'x')
  expect(await codeOf(fetch([], { ...options, runCache: true }))).toBe('DS_DVC_FILE_MALFORMED')
  expect(filesIn(join(cwd, '.dvc/cache')).filter((path) => path.startsWith('runs'))).toEqual([])
})
