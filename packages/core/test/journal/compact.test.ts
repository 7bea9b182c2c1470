import { spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendJournal } from '../../src/journal/append.ts'
import { checkJournal } from '../../src/journal/check.ts'
import { compactJournal, type Compaction, type CompactOptions } from '../../src/journal/compact.ts'
import type { JournalRecord } from '../../src/journal/journal.ts'
import { readJournal } from '../../src/journal/read.ts'
import { segmentsOf } from '../../src/journal/segments.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-compact-'))
  path = join(folder, 'log.jsonl')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Keeps the last record of each id. */
function lastOfEach(options: CompactOptions = {}): Promise<Compaction> {
  return compactJournal(
    path,
    async (read) => {
      const last = new Map<unknown, JournalRecord>()
      await read(({ record }) => last.set(record['id'], record))
      return last.values()
    },
    options,
  )
}

const records = async (): Promise<JournalRecord[]> => (await readJournal(path)).lines.map(({ record }) => record)
const names = (): string[] => readdirSync(folder).sort()

test('what was there is put aside whole; the journal has what was chosen', async () => {
  appendJournal(path, [{ id: 1, a: 1 }, { id: 2 }, { id: 1, a: 2 }])
  const before = readFileSync(path, 'utf8')
  const compaction = await lastOfEach()
  expect(compaction).toMatchObject({ bytesBefore: before.length, linesBefore: 3, linesAfter: 2 })
  expect(readFileSync(path, 'utf8')).toBe('{"id":1,"a":2}\n{"id":2}\n')
  expect(readFileSync(compaction.segment as string, 'utf8')).toBe(before)
  // CRC-32 as Python's zlib.crc32 has it.
  expect(names()).toEqual(['log.00001-39-413de5f4.jsonl', 'log.jsonl'])
  expect(await checkJournal(path)).toMatchObject({ damage: [], changed: [] })
})

test('a second compaction finds nothing to do', async () => {
  appendJournal(path, [
    { id: 1, a: 1 },
    { id: 1, a: 2 },
  ])
  await lastOfEach()
  expect(await lastOfEach()).not.toHaveProperty('segment')
  expect(names()).toHaveLength(2)
})

test('a dry run tells the same and writes nothing', async () => {
  appendJournal(path, [
    { id: 1, a: 1 },
    { id: 1, a: 2 },
  ])
  const dry = await lastOfEach({ dryRun: true })
  expect(names()).toEqual(['log.jsonl'])
  expect(await lastOfEach()).toEqual(dry)
})

test('a missing journal stays missing', async () => {
  expect(await lastOfEach()).toMatchObject({ linesBefore: 0, linesAfter: 0 })
  expect(names()).toEqual([])
})

test('a damaged line stops it before anything is written', async () => {
  writeFileSync(path, '{"id":1}\n{"id":\n{"id":1}\n')
  await expect(lastOfEach()).rejects.toMatchObject({ code: 'DS_JOURNAL_DAMAGED', where: path })
  expect(names()).toEqual(['log.jsonl'])
})

test('a line that a late writer adds to the old file is read, and taken in by the next compaction', async () => {
  appendJournal(path, [
    { id: 1, a: 1 },
    { id: 1, a: 2 },
  ])
  const late = openSync(path, 'a')
  await lastOfEach()
  writeSync(late, '{"id":2}\n')
  closeSync(late)
  expect(await records()).toEqual([{ id: 1, a: 2 }, { id: 2 }])
  appendJournal(path, [{ id: 1, a: 3 }])
  await lastOfEach()
  expect(readFileSync(path, 'utf8')).toBe('{"id":1,"a":3}\n{"id":2}\n')
  expect(await records()).toEqual([{ id: 1, a: 3 }, { id: 2 }])
  expect(await checkJournal(path)).toMatchObject({ damage: [], changed: [] })
})

test('a last line without its end is left to its writer, and not lost', async () => {
  appendJournal(path, [
    { id: 1, a: 1 },
    { id: 1, a: 2 },
  ])
  appendFileSync(path, '{"id":2}')
  await lastOfEach()
  expect(await records()).toEqual([{ id: 1, a: 2 }, { id: 2 }])
})

test('a compaction that was killed before the new file was in place leaves the old one, and the next tidies up', async () => {
  appendJournal(path, [
    { id: 1, a: 1 },
    { id: 1, a: 2 },
  ])
  linkSync(path, join(folder, 'log.00001-30-00000000.jsonl'))
  expect(await records()).toHaveLength(2)
  await lastOfEach()
  expect(await records()).toEqual([{ id: 1, a: 2 }])
  expect(await segmentsOf(path)).toMatchObject([{ number: 1, bytes: 30 }])
})

test('a segment whose line ends git has changed is told, and read whole', async () => {
  appendJournal(path, [
    { id: 1, a: 1 },
    { id: 1, a: 2 },
  ])
  const { segment = '' } = await lastOfEach()
  writeFileSync(segment, readFileSync(segment, 'utf8').replaceAll('\n', '\r\n'))
  expect(await records()).toEqual([
    { id: 1, a: 2 },
    { id: 1, a: 1 },
    { id: 1, a: 2 },
  ])
  expect((await checkJournal(path)).changed).toEqual([segment])
})

const module = (name: string): string =>
  JSON.stringify(fileURLToPath(new URL(`../../dist/journal/${name}.js`, import.meta.url)))

test('processes that append while others compact lose nothing', { timeout: 120_000 }, async () => {
  const script = join(folder, 'work.mjs')
  writeFileSync(
    script,
    `import { appendJournal } from ${module('append')}
     import { compactJournal } from ${module('compact')}
     const [path, writer] = process.argv.slice(2)
     for (let at = 0; at < 300; at++) {
       if (writer === 'compactor') {
         await compactJournal(path, async (read) => {
           const all = new Map()
           await read(({ record }) => all.set(record.writer + ' ' + record.at, { writer: record.writer, at: record.at }))
           return all.values()
         })
       } else appendJournal(path, [{ writer, at, text: 'x'.repeat(at % 7 === 0 ? 20000 : 20) }])
     }`,
  )
  const run = (writer: string): Promise<unknown> =>
    new Promise((resolve) =>
      spawn(process.execPath, [script, path, writer], { stdio: ['ignore', 'ignore', 'inherit'] }).once('exit', resolve),
    )
  appendJournal(path, [{ writer: 'first', at: 0 }])
  const writers = ['a', 'b', 'c', 'd']
  const codes = await Promise.all([...writers, 'compactor'].map(run))
  expect(codes).toEqual(codes.map(() => 0))
  const seen = new Set((await records()).map(({ writer, at }) => `${String(writer)} ${String(at)}`))
  expect(seen.size).toBe(writers.length * 300 + 1)
  expect((await readJournal(path)).damage).toEqual([])
  expect(statSync(path).size).toBeGreaterThan(0)
})

test('a journal that is a link stays one: what it leads to is compacted, and read by either path', async () => {
  mkdirSync(join(folder, 'shared'))
  const real = join(folder, 'shared', 'real.jsonl')
  appendJournal(real, [
    { id: 1, a: 1 },
    { id: 1, a: 2 },
  ])
  symlinkSync(real, path)
  await lastOfEach()
  expect(names()).toEqual(['log.jsonl', 'shared'])
  expect(readFileSync(real, 'utf8')).toBe('{"id":1,"a":2}\n')
  const byLink = await readJournal(path, { history: true })
  const byFile = await readJournal(real, { history: true })
  expect(byLink.lines.map(({ record }) => record)).toEqual([
    { id: 1, a: 2 },
    { id: 1, a: 1 },
    { id: 1, a: 2 },
  ])
  expect(byFile.lines).toHaveLength(3)
})

// A limit on the size of files makes the system write short, as a full disk does.
test.skipIf(process.platform === 'win32')('a compaction for whose file there is no room leaves nothing aside', () => {
  appendJournal(path, [{ text: 'x'.repeat(40_000) }, { text: 'x'.repeat(40_000) }])
  const script = join(folder, 'compact.mjs')
  writeFileSync(
    script,
    `import { compactJournal } from ${JSON.stringify(fileURLToPath(new URL('../../dist/journal/compact.js', import.meta.url)))}
     await compactJournal(${JSON.stringify(path)}, async () => [{ text: 'y'.repeat(40_000) }]).catch(({ code }) => console.log(code))`,
  )
  const { stdout } = spawnSync('sh', ['-c', `ulimit -f 8; exec "${process.execPath}" "${script}"`], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('DS_WRITE\n')
  expect(names()).toEqual(['compact.mjs', 'log.jsonl'])
})
