import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { add } from '../../src/add.ts'
import { commit } from '../../src/commit.ts'
import { configFiles } from '../../src/config.ts'
import { editConfig } from '../../src/config-edit.ts'
import { pull } from '../../src/pull.ts'
import { push } from '../../src/push.ts'
import { localRemote } from '../../src/remotes/local.ts'
import type { Remote } from '../../src/remotes/remote.ts'
import { remoteStatus } from '../../src/remote-status.ts'
import { status } from '../../src/status.ts'
import { codeOf, filesIn, put } from '../sandbox.ts'
import { repoWithRemote } from './faulty.ts'

/** A folder that keeps each version of a file under a number, as buckets do. */
function versionedRemote(dir: string): Remote {
  const local = localRemote({ dir, shared: false })
  let count = 0
  return {
    ...local,
    get: (key, { version, ...getting } = {}) => local.get(version === undefined ? key : `${key}@${version}`, getting),
    async put(key, upload, asking) {
      const version = String(++count)
      await local.put?.(`${key}@${version}`, upload, asking)
      return { bytes: upload.bytes, etag: `etag${version}`, version }
    },
  }
}

async function versioned() {
  const all = await repoWithRemote({ 'd/a': 'a', 'd/s/b': 'b', foo: 'foo' }, ['d', 'foo'])
  await editConfig(configFiles(join(all.cwd, '.dvc')), 'repo', 'remote.store.version_aware', 'true', { cwd: all.cwd })
  const remote = versionedRemote(all.store)
  return { ...all, options: { ...all.options, open: async () => remote } }
}

const read = (cwd: string, path: string): string => readFileSync(join(cwd, path), 'utf8')

test('each file goes under its own path, and its version into the record', async () => {
  const { cwd, store, options } = await versioned()
  const first = await push([], options)
  expect(first.isComplete).toBe(true)
  expect(first.transfers[0]?.recorded).toEqual(['d.dvc', 'foo.dvc'])
  expect(filesIn(store)).toHaveLength(3)
  expect(read(cwd, 'd.dvc').replaceAll(/(etag: etag|version_id: ')\d/g, '$1N')).toBe(
    "outs:\n- hash: md5\n  path: d\n  files:\n  - relpath: a\n    md5: 0cc175b9c0f1b6a831c399e269772661\n    size: 1\n    cloud:\n      store:\n        etag: etagN\n        version_id: 'N'\n  - relpath: s/b\n    md5: 92eb5ffee6ae2fec3ad71c777531578f\n    size: 1\n    cloud:\n      store:\n        etag: etagN\n        version_id: 'N'\n",
  )
  expect(read(cwd, 'foo.dvc')).toMatch(/^outs:\n- md5: .*\n {2}size: 3\n {2}hash: md5\n {2}path: foo\n {2}cloud:\n/)
  expect(await status([], options)).toEqual({})
  expect((await push([], options)).transfers[0]?.plan).toMatchObject({ objects: [], present: 3 })
  for (const path of ['.dvc/cache', 'd', 'foo']) rmSync(join(cwd, path), { recursive: true })
  const pulled = await pull([], options)
  expect([pulled.isComplete, pulled.checkout?.stats.added]).toEqual([true, 3])
  expect(await status([], options)).toEqual({})
})

test('what changes is listed anew, and what does not keeps its version', async () => {
  const { cwd, options } = await versioned()
  await push([], options)
  writeFileSync(join(cwd, 'd/a'), 'longer')
  await add(['d'], options)
  expect(read(cwd, 'd.dvc')).toMatch(/relpath: a\n.*\n {4}size: 6\n {2}- relpath: s\/b\n.*\n {4}size: 1\n {4}cloud:/)
  put(cwd, 'd/n', 'new')
  await add(['d/n'], options)
  expect(read(cwd, 'd.dvc')).toMatch(
    /relpath: a\n[^]*size: 6\n {2}- relpath: n\n.*\n {4}size: 3\n {2}- relpath: s\/b\n/,
  )
  writeFileSync(join(cwd, 'd/s/b'), 'b2')
  await commit([], { ...options, force: true })
  expect(read(cwd, 'd.dvc')).not.toContain('cloud:')
  const { transfers } = await push([], options)
  expect(transfers[0]?.done.map(({ path }) => path).toSorted()).toEqual(['d/a', 'd/n', 'd/s/b'])
  expect(read(cwd, 'd.dvc').match(/cloud:/g)).toHaveLength(3)
})

test('a remote that keeps no versions after all is refused, and comparisons too', async () => {
  const { store, options } = await versioned()
  const plain = { ...options, open: async () => localRemote({ dir: store, shared: false }) }
  expect(await codeOf(push([], plain))).toBe('DS_REMOTE_UNSUPPORTED')
  expect(await codeOf(remoteStatus([], options))).toBe('DS_REMOTE_UNSUPPORTED')
})
