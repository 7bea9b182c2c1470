import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { md5Of, type Content, type ReadOptions } from '../../src/cache/hash.ts'
import { objectPathIn } from '../../src/cache/objects.ts'
import { openStore, type Store } from '../../src/cache/store.ts'
import { built, codeOf, filesIn, newFolder, put } from '../sandbox.ts'

const big = Buffer.alloc(3_000_000, 'dayshift')

async function putFile(store: Store, path: string, hashFirst: boolean, options: ReadOptions = {}): Promise<Content> {
  const taken: Content[] = []
  await store.putFiles([{ path, bytes: statSync(path).size, hashFirst }], options, ({ md5, bytes }) => {
    taken.push({ md5, bytes })
  })
  return taken[0] as Content
}

test.each([
  ['an empty file', Buffer.alloc(0), false],
  ['a small file', Buffer.from('hello'), false],
  ['a large file', big, false],
  ['a large file that was there before', big, true],
])('%s becomes a protected object', async (_, content, hashFirst) => {
  const folder = newFolder()
  put(folder, 'a', content)
  const store = await openStore({ dir: join(folder, 'cache'), shared: false })
  let read = 0
  const onProgress = (bytes: number): void => void (read += bytes)
  expect(await putFile(store, join(folder, 'a'), hashFirst, { onProgress })).toEqual({
    md5: md5Of(content),
    bytes: content.length,
  })
  await store.sync()
  const object = objectPathIn(join(folder, 'cache'), md5Of(content))
  expect(filesIn(join(folder, 'cache'))).toEqual([object.slice(folder.length + '/cache/'.length)])
  expect(readFileSync(object).equals(content)).toBe(true)
  expect(statSync(object).mode & 0o777).toBe(0o444)
  expect(read).toBe(content.length)
})

test('an object that is there is not written again; a wrong one is replaced', async () => {
  const folder = newFolder()
  put(folder, 'a', 'hello')
  const store = await openStore({ dir: join(folder, 'cache'), shared: false })
  const object = objectPathIn(join(folder, 'cache'), md5Of('hello'))
  await putFile(store, join(folder, 'a'), false)
  const before = statSync(object)
  await putFile(store, join(folder, 'a'), false)
  expect(statSync(object).ino).toBe(before.ino)
  chmodSync(object, 0o644)
  await putFile(store, join(folder, 'a'), false)
  expect([statSync(object).ino, statSync(object).mode & 0o777]).toEqual([before.ino, 0o444])
  for (const wrong of ['jello', 'longer than before']) {
    chmodSync(object, 0o644)
    writeFileSync(object, wrong)
    await putFile(store, join(folder, 'a'), false)
    expect(readFileSync(object, 'utf8')).toBe('hello')
    expect(statSync(object).mode & 0o777).toBe(0o444)
  }
})

test('a stop leaves nothing behind', async () => {
  const folder = newFolder()
  put(folder, 'a', big)
  const store = await openStore({ dir: join(folder, 'cache'), shared: false })
  const stop = new AbortController()
  const work = putFile(store, join(folder, 'a'), false, { signal: stop.signal, onProgress: () => stop.abort() })
  expect(await codeOf(work)).toBe('DS_ABORTED')
  expect(filesIn(join(folder, 'cache'))).toEqual([])
})

test('a file that changes while it is read is refused', async () => {
  const folder = newFolder()
  put(folder, 'a', big)
  const store = await openStore({ dir: join(folder, 'cache'), shared: false })
  const onProgress = (): void => utimesSync(join(folder, 'a'), 1, 1)
  expect(await codeOf(putFile(store, join(folder, 'a'), false, { onProgress }))).toBe('DS_DVC_CHANGED')
  expect(filesIn(join(folder, 'cache'))).toEqual([])
})

test('what a killed process left is cleared away after a day', async () => {
  const folder = newFolder()
  const top = join(folder, 'cache/files/md5')
  mkdirSync(top, { recursive: true })
  for (const name of ['.old.dayshift.tmp', '.new.dayshift.tmp']) put(top, name)
  utimesSync(join(top, '.old.dayshift.tmp'), 1, 1)
  await openStore({ dir: join(folder, 'cache'), shared: false })
  expect(readdirSync(top)).toEqual(['.new.dayshift.tmp'])
})

/** A program that stores a file and prints the error's code, where there is one. */
function program(folder: string): string {
  const path = join(folder, 'program.mjs')
  writeFileSync(
    path,
    `import { openStore } from ${JSON.stringify(built('cache/store'))}
const store = await openStore({ dir: ${JSON.stringify(join(folder, 'cache'))}, shared: false })
const job = { path: ${JSON.stringify(join(folder, 'a'))}, bytes: 9e9, hashFirst: false }
await store.putFiles([job], {}, () => undefined).catch((error) => console.log(error.code))`,
  )
  return path
}

test('a full disk is an error that leaves nothing behind', () => {
  const folder = newFolder()
  put(folder, 'a', big)
  const script = `trap '' XFSZ; ulimit -f 1000; exec "$0" "$1"`
  const { stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, program(folder)], { encoding: 'utf8' })
  expect(stdout + stderr).toBe('DS_DVC_WRITE\n')
  expect(filesIn(join(folder, 'cache'))).toEqual([])
})

test('a process that is killed leaves no object that is not whole', async () => {
  const folder = newFolder()
  const size = 300_000_000
  put(folder, 'a', '')
  truncateSync(join(folder, 'a'), size)
  const top = join(folder, 'cache/files/md5')
  const child = spawn(process.execPath, [program(folder)])
  const ended = new Promise((resolve) => child.once('close', resolve))
  const sizeOf = (name: string): number => statSync(join(top, name), { throwIfNoEntry: false })?.size ?? 0
  const written = (): number => (existsSync(top) ? Math.max(0, ...readdirSync(top).map(sizeOf)) : 0)
  while (written() < 5_000_000 && child.exitCode === null) await sleep(2)
  child.kill('SIGKILL')
  await ended
  const left = filesIn(top)
  expect(left).toHaveLength(1)
  expect(left[0]).toMatch(/^\.[\w-]+\.dayshift\.tmp$/)
})
