import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendJournal } from '../../src/journal/append.ts'
import { compactJournal } from '../../src/journal/compact.ts'
import { foldJournal, type JournalFold } from '../../src/journal/fold.ts'

let folder: string
let path: string
let snapshots: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-fold-'))
  path = join(folder, 'log.jsonl')
  snapshots = join(folder, 'index')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** The largest number of each id, and how many lines this process has read. */
interface Largest {
  readonly of: Record<string, number>
}
let read = 0
const largest: JournalFold<Largest> = {
  name: 'largest',
  start: () => ({ of: {} }),
  add: ({ of }, { record }) => {
    read++
    const id = String(record['id'])
    of[id] = Math.max(of[id] ?? 0, Number(record['n']))
  },
}

async function folding(): Promise<{ of: Record<string, number>; read: number; damage: number }> {
  read = 0
  const { state, damage } = await foldJournal(path, largest, { snapshots })
  return { of: state.of, read, damage: damage.length }
}

/** More than a mebibyte, from which on snapshots are kept. */
const LINES = 3000
const many = Array.from({ length: LINES }, (_, n) => ({ id: n % 3, n, text: 'x'.repeat(400) }))

test('a missing journal folds to its start', async () => {
  expect(await folding()).toEqual({ of: {}, read: 0, damage: 0 })
  expect(readdirSync(folder)).toEqual([])
})

test('a small journal keeps no snapshot', async () => {
  appendJournal(path, many.slice(0, 10))
  expect(await folding()).toMatchObject({ read: 10 })
  expect(readdirSync(folder)).toEqual(['log.jsonl'])
})

test('a large one is read once, and then only what is new', async () => {
  appendJournal(path, many)
  expect(await folding()).toMatchObject({ read: LINES })
  expect(await folding()).toEqual({ of: { 0: 2997, 1: 2998, 2: 2999 }, read: 0, damage: 0 })
  expect(readFileSync(join(snapshots, '.gitignore'), 'utf8')).toBe('*\n')
  appendJournal(path, [{ id: 1, n: 9000 }])
  expect(await folding()).toEqual({ of: { 0: 2997, 1: 9000, 2: 2999 }, read: 1, damage: 0 })
  appendJournal(path, many)
  expect(await folding()).toMatchObject({ read: LINES + 1 })
  expect(await folding()).toMatchObject({ read: 0 })
})

test('an edit in the middle, of the same length, is seen', async () => {
  appendJournal(path, many)
  await folding()
  writeFileSync(path, readFileSync(path, 'utf8').replace('"n":1500,', '"n":9999,'))
  expect(await folding()).toMatchObject({ of: { 0: 9999 }, read: LINES })
})

test('an edit together with new lines is seen', async () => {
  appendJournal(path, many)
  await folding()
  writeFileSync(path, readFileSync(path, 'utf8').replace('"n":1500,', '"n":9999,'))
  appendJournal(path, [{ id: 1, n: 1 }])
  expect(await folding()).toMatchObject({ of: { 0: 9999 }, read: LINES + 1 })
})

test('another branch, that is shorter, is read anew', async () => {
  appendJournal(path, many)
  await folding()
  rmSync(path)
  appendJournal(path, many.slice(0, 2900))
  expect(await folding()).toMatchObject({ of: { 2: 2897 }, read: 2900 })
})

test('a last line without its end is read each time, as it is then', async () => {
  appendJournal(path, many)
  appendFileSync(path, '{"id":7,"n":1}')
  expect(await folding()).toMatchObject({ of: { 7: 1 } })
  expect(await folding()).toMatchObject({ of: { 7: 1 }, read: 1 })
  appendJournal(path, [{ id: 7, n: 5 }])
  expect(await folding()).toMatchObject({ of: { 7: 5 }, read: 2 })
})

test('damage is remembered with the rest', async () => {
  appendJournal(path, many)
  appendFileSync(path, 'torn\n')
  expect(await folding()).toMatchObject({ damage: 1 })
  expect(await folding()).toMatchObject({ damage: 1, read: 0 })
})

test('a snapshot that is broken, or of another form, is passed over', async () => {
  appendJournal(path, many)
  await folding()
  const [, file = ''] = readdirSync(snapshots).sort()
  for (const text of ['', '{"form":1', '{"form":99}', 'null', '[]']) {
    writeFileSync(join(snapshots, file), text)
    expect(await folding()).toMatchObject({ of: { 0: 2997 }, read: LINES })
  }
})

test('a snapshot of which a byte is another is passed over', async () => {
  appendJournal(path, many)
  await folding()
  const [, file = ''] = readdirSync(snapshots).sort()
  const kept = readFileSync(join(snapshots, file), 'utf8')
  for (const changed of [kept.replace('2997', '9999'), kept.replace('2997', '9'), kept.slice(0, -1)]) {
    expect(changed).not.toBe(kept)
    writeFileSync(join(snapshots, file), changed)
    expect(await folding()).toMatchObject({ of: { 0: 2997 }, read: LINES })
  }
})

test('a folder that may not be written costs nothing but time', async () => {
  appendJournal(path, many)
  writeFileSync(snapshots, 'a file stands in its place')
  expect(await folding()).toMatchObject({ of: { 0: 2997 }, read: LINES })
  rmSync(snapshots)
  chmodSync(folder, 0o755)
})

test('what late writers left after a compaction is folded, with a snapshot too', async () => {
  appendJournal(path, many)
  const { segment = '' } = await compactJournal(path, async (visit) => {
    const kept = new Map<unknown, Record<string, unknown>>()
    await visit(({ record }) => kept.set(record['n'], { ...record, again: true }))
    return kept.values()
  })
  await folding()
  appendFileSync(segment, '{"id":0,"n":7777}\n')
  expect(await folding()).toMatchObject({ of: { 0: 7777 }, read: LINES + 1 })
  expect(await folding()).toMatchObject({ of: { 0: 7777 }, read: 0 })
})
