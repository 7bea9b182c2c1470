import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { md5Of } from '../../src/cache/hash.ts'
import { stampOf, type Stamp } from '../../src/cache/stamp.ts'
import { openState } from '../../src/cache/state.ts'
import { built, newFolder, put } from '../sandbox.ts'

const A = md5Of('a')
const old: Stamp = { mtimeNs: 1n, ctimeNs: 2n, ino: 3n, size: 4n }

function stampAt(path: string): Stamp {
  return stampOf(lstatSync(path, { bigint: true }))
}

const fileOf = (folder: string): string => join(folder, 'dayshift/state')

test('what was put is found again, by another process too, and only with the same stamp', async () => {
  const folder = newFolder()
  const state = openState(folder)
  state.put('data/é 😀', old, A, Date.now())
  expect(state.find('data/é 😀', old)).toBe(A)
  state.placed.set('data', `${A}.dir`)
  await state.save()
  const again = openState(folder)
  expect(again.find('data/é 😀', old)).toBe(A)
  expect([...again.placed]).toEqual([['data', `${A}.dir`]])
  expect(again.find('data', old)).toBeUndefined()
  for (const key of ['mtimeNs', 'ctimeNs', 'ino', 'size'] as const) {
    expect(again.find('data/é 😀', { ...old, [key]: 9n })).toBeUndefined()
  }
})

test('any entries come back', async () => {
  const number = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  const entry = fc.record({
    key: fc.string({ unit: 'grapheme' }),
    md5: fc.stringMatching(/^[0-9a-f]{32}$/),
    stamp: fc.record({ mtimeNs: fc.constant(1n), ctimeNs: fc.constant(1n), ino: number, size: number }),
  })
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(entry, { selector: ({ key }) => key }), async (entries) => {
      const folder = newFolder()
      const state = openState(folder)
      for (const { key, stamp, md5 } of entries) state.put(key, stamp, md5, Date.now())
      await state.save()
      const again = openState(folder)
      expect(entries.map(({ key, stamp }) => again.find(key, stamp))).toEqual(entries.map(({ md5 }) => md5))
    }),
    { numRuns: 30 },
  )
})

test('entries that are not touched stay; those of files that are gone from a covered folder go', async () => {
  const folder = newFolder()
  const state = openState(folder)
  for (const key of ['a/1', 'a/2', 'ab/1', 'b']) state.put(key, old, A, Date.now())
  await state.save()
  const second = openState(folder)
  expect(second.find('a/1', old)).toBe(A)
  second.put('c', old, A, Date.now())
  second.cover('a')
  await second.save()
  const third = openState(folder)
  expect(['a/1', 'a/2', 'ab/1', 'b', 'c'].map((key) => third.find(key, old))).toEqual([A, undefined, A, A, A])
})

test('a state that is torn, altered or of another kind is no state', async () => {
  const folder = newFolder()
  const state = openState(folder)
  for (let at = 0; at < 20; at++) state.put(`file ${at}`, old, A, Date.now())
  await state.save()
  const whole = readFileSync(fileOf(folder))
  const found = (): number => {
    const again = openState(folder)
    return Array.from({ length: 20 }, (_, at) => again.find(`file ${at}`, old)).filter((md5) => md5 === A).length
  }
  expect(found()).toBe(20)
  for (let length = 0; length < whole.length; length += 7) {
    writeFileSync(fileOf(folder), whole)
    truncateSync(fileOf(folder), length)
    expect(found()).toBe(0)
  }
  for (let at = 0; at < whole.length; at += 11) {
    const bytes = Buffer.from(whole)
    bytes[at] = (bytes[at] as number) ^ 0x10
    writeFileSync(fileOf(folder), bytes)
    expect(found()).toBe(0)
  }
  rmSync(fileOf(folder))
  mkdirSync(fileOf(folder))
  expect(found()).toBe(0)
})

test('an edit of the same size is seen, whatever was done to the mtime', async () => {
  const folder = newFolder()
  put(folder, 'file', 'one')
  utimesSync(join(folder, 'file'), 1, 1)
  await sleep(30)
  const state = openState(join(folder, 'tmp'))
  const stamp = stampAt(join(folder, 'file'))
  state.put('file', stamp, A, Date.now())
  await state.save()
  expect(openState(join(folder, 'tmp')).find('file', stampAt(join(folder, 'file')))).toBe(A)
  writeFileSync(join(folder, 'file'), 'two')
  utimesSync(join(folder, 'file'), 1, 1)
  const now = stampAt(join(folder, 'file'))
  expect([now.mtimeNs, now.size, now.ino]).toEqual([stamp.mtimeNs, stamp.size, stamp.ino])
  expect(openState(join(folder, 'tmp')).find('file', now)).toBeUndefined()
})

test('a file that may have changed in the tick in which it was read is not believed', async () => {
  const folder = newFolder()
  const now = Date.now()
  const at = (milliseconds: number): Stamp => ({ ...old, ctimeNs: BigInt(milliseconds) * 1_000_000n + 1n })
  const state = openState(folder)
  state.put('just now', at(now), A, now)
  state.put('before', at(now - 100), A, now)
  state.put('whole seconds', { ...old, ctimeNs: BigInt(Math.floor(now / 1000)) * 1_000_000_000n }, A, now)
  await state.save()
  const again = openState(folder)
  expect(again.find('just now', at(now))).toBeUndefined()
  expect(again.find('before', at(now - 100))).toBe(A)
  expect(
    again.find('whole seconds', { ...old, ctimeNs: BigInt(Math.floor(now / 1000)) * 1_000_000_000n }),
  ).toBeUndefined()
})

test('after a move the files are known, in a copy they are not', async () => {
  const folder = newFolder()
  put(folder, 'repo/file', 'one')
  await sleep(30)
  const state = openState(join(folder, 'repo/tmp'))
  state.put('file', stampAt(join(folder, 'repo/file')), A, Date.now())
  await state.save()
  cpSync(join(folder, 'repo'), join(folder, 'copy'), { recursive: true, preserveTimestamps: true })
  renameSync(join(folder, 'repo'), join(folder, 'moved'))
  expect(openState(join(folder, 'moved/tmp')).find('file', stampAt(join(folder, 'moved/file')))).toBe(A)
  expect(openState(join(folder, 'copy/tmp')).find('file', stampAt(join(folder, 'copy/file')))).toBeUndefined()
})

test('where it cannot be written, nothing happens', async () => {
  const folder = newFolder()
  put(folder, 'dayshift', 'in the way')
  const state = openState(folder)
  state.put('file', old, A, Date.now())
  await state.save()
  expect(readFileSync(join(folder, 'dayshift'), 'utf8')).toBe('in the way')
})

test('two processes at once leave a whole state of one of them', async () => {
  const folder = newFolder()
  const program = join(folder, 'program.mjs')
  writeFileSync(
    program,
    `import { openState } from ${JSON.stringify(built('cache/state'))}
for (let turn = 0; turn < 20; turn++) {
  const state = openState(${JSON.stringify(folder)})
  for (let at = 0; at < 500; at++) {
    state.put(process.argv[2] + at, { mtimeNs: 1n, ctimeNs: 2n, ino: BigInt(turn), size: 4n }, '${A}', Date.now())
  }
  await state.save()
}`,
  )
  const script = `"$0" "$1" a & "$0" "$1" b & wait`
  expect(spawnSync('sh', ['-c', script, process.execPath, program], { encoding: 'utf8' }).stderr).toBe('')
  const state = openState(folder)
  const known = ['a', 'b'].filter(
    (name) => state.find(`${name}499`, { ...old, mtimeNs: 1n, ctimeNs: 2n, ino: 19n }) === A,
  )
  expect(known.length).toBeGreaterThan(0)
})

test('a hundred thousand entries are small, and there again', async () => {
  const folder = newFolder()
  const state = openState(folder)
  for (let at = 0; at < 100_000; at++) state.put(`data/${at % 100}/image ${at}.png`, old, A, Date.now())
  await state.save()
  expect(statSync(fileOf(folder)).size).toBeLessThan(9_000_000)
  expect(openState(folder).find('data/7/image 7.png', old)).toBe(A)
  expect(existsSync(fileOf(folder))).toBe(true)
  chmodSync(fileOf(folder), 0o644)
})

test('what was learnt since comes before what was known, and an edit within the same tick is not passed over', async () => {
  const folder = newFolder()
  const first = openState(folder)
  first.put('a', old, A, Date.now())
  await first.save()
  const state = openState(folder)
  const now = BigInt(Date.now()) * 1_000_000n + 1n
  const fresh: Stamp = { mtimeNs: now, ctimeNs: now, ino: 3n, size: 4n }
  state.put('a', fresh, md5Of('b'), Date.now() + 60_000)
  expect([state.find('a', old), state.find('a', fresh)]).toEqual([undefined, md5Of('b')])
  state.put('a', fresh, md5Of('b'), Date.now())
  expect(state.find('a', fresh)).toBe(undefined)
})
