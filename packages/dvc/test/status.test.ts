import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '@dayshift/core/ground'
import { expect, test } from 'vitest'
import { md5Of } from '../src/cache/hash.ts'
import { objectPathIn } from '../src/cache/objects.ts'
import { dataStatus } from '../src/data-status.ts'
import { status } from '../src/status.ts'
import { codeOf, env, put, repoWith } from './sandbox.ts'

const changed = (outs: object): object[] => [{ 'changed outs': outs }]

test('each state has DVC’s word, and paths are those of the working directory', async () => {
  const files = { 'in/a': 'a', 'in/b': 'b', 'in/c': 'c', 'in/d/e': 'e', 'in/f': 'f' }
  const cwd = await repoWith(
    files,
    Object.keys(files).map((path) => (path === 'in/d/e' ? 'in/d' : path)),
  )
  expect(await status([], { cwd, env })).toEqual({})
  put(cwd, 'in/a', 'A')
  rmSync(join(cwd, 'in/b'))
  rmSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of('c')))
  put(cwd, 'in/d/more', 'x')
  put(cwd, 'in/f.dvc', 'outs:\n- path: f\n')
  expect(await status([], { cwd: join(cwd, 'in'), env })).toEqual({
    'a.dvc': changed({ a: 'modified' }),
    'b.dvc': changed({ b: 'deleted' }),
    'c.dvc': changed({ c: 'not in cache' }),
    'd.dvc': changed({ d: 'modified' }),
    'f.dvc': changed({ f: 'modified' }),
  })
  expect(await status(['in/a', 'in/b.dvc'], { cwd, env })).toEqual({
    'in/a.dvc': changed({ 'in/a': 'modified' }),
    'in/b.dvc': changed({ 'in/b': 'deleted' }),
  })
  expect(Object.keys(await status(['in'], { cwd, env, recursive: true }))).toHaveLength(5)
  expect(await codeOf(status(['in'], { cwd, env }))).toBe('DS_DVC_TARGET')
})

test('an edit of the same size with the old mtime is seen', async () => {
  const cwd = await repoWith({ 'data/a': 'one' }, ['data'])
  await sleep(30)
  await status([], { cwd, env })
  const { atime, mtime } = statSync(join(cwd, 'data/a'))
  writeFileSync(join(cwd, 'data/a'), 'eno')
  utimesSync(join(cwd, 'data/a'), atime, mtime)
  expect(await status([], { cwd, env })).toEqual({ 'data.dvc': changed({ data: 'modified' }) })
})

test('an object that DVC would not trust is not in the cache, and stays where it is', async () => {
  const cwd = await repoWith({ 'data/a': 'one' }, ['data'])
  const object = objectPathIn(join(cwd, '.dvc/cache'), md5Of('one'))
  chmodSync(object, 0o644)
  writeFileSync(object, 'eno')
  expect(await status([], { cwd, env })).toEqual({ 'data.dvc': changed({ data: 'not in cache' }) })
  expect(statSync(object).size).toBe(3)
})

test('an object that goes is noticed though all were there before', async () => {
  const cwd = await repoWith({ 'data/a': 'one', 'data/b': 'two' }, ['data'])
  await sleep(40)
  expect(await status([], { cwd, env })).toEqual({})
  rmSync(objectPathIn(join(cwd, '.dvc/cache'), md5Of('one')))
  expect(await status([], { cwd, env })).toEqual({ 'data.dvc': changed({ data: 'not in cache' }) })
})

test('a stage of the dvc.yaml at hand is told by its name, one elsewhere with its file', async () => {
  const cwd = await repoWith({}, [])
  const pipeline = 'stages:\n  s1:\n    cmd: make\n    outs:\n    - o\n'
  const lock = `schema: '2.0'\nstages:\n  s1:\n    cmd: make\n    outs:\n    - path: o\n      hash: md5\n      md5: ${md5Of('o')}\n      size: 1\n`
  for (const folder of ['', 'sub/']) {
    put(cwd, `${folder}dvc.yaml`, pipeline)
    put(cwd, `${folder}dvc.lock`, lock)
  }
  expect(Object.keys(await status([], { cwd, env }))).toEqual(['s1', 'sub/dvc.yaml:s1'])
})

test('an output that cannot be looked at is told, and keeps no other from being compared', async () => {
  const cwd = await repoWith({ 'in/pipe/a': 'a', 'in/link/b': 'b', 'in/c': 'c' }, ['in/pipe', 'in/link', 'in/c'])
  execFileSync('mkfifo', [join(cwd, 'in/pipe/fifo')])
  symlinkSync('nowhere', join(cwd, 'in/link/broken'))
  put(cwd, 'in/c', 'C')
  const told: string[] = []
  const onFinding = ({ severity, code, message }: Finding): void => void told.push(`${severity} ${code} ${message}`)
  expect(await status([], { cwd: join(cwd, 'in'), env, onFinding })).toEqual({ 'c.dvc': changed({ c: 'modified' }) })
  expect(told).toEqual([
    `error DS_DVC_PATH_KIND link cannot be looked at: ${cwd}/in/link/broken is a link that leads nowhere`,
    `error DS_DVC_PATH_KIND pipe cannot be looked at: ${cwd}/in/pipe/fifo is neither a file nor a directory`,
  ])
  // Who listens to nothing is not to take the rest for the whole.
  expect(await codeOf(status([], { cwd, env }))).toBe('DS_DVC_PATH_KIND')
})

test('an empty record is told, not taken for data that is as it should be', async () => {
  const cwd = await repoWith({ a: 'a', b: 'b' }, ['a', 'b'])
  put(cwd, 'a.dvc', '')
  const findings: Finding[] = []
  const onFinding = (finding: Finding): void => void findings.push(finding)
  expect(await status([], { cwd, env, onFinding })).toEqual({})
  await dataStatus({ cwd, env, onFinding })
  expect(findings[1]).toEqual(findings[0])
  expect(findings.slice(1)).toMatchObject([
    { severity: 'error', code: 'DS_DVC_FILE_MALFORMED', message: expect.stringMatching(/^a\.dvc is empty/) },
  ])
})
