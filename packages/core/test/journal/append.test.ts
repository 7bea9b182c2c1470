import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendJournal, journalWriter } from '../../src/journal/append.ts'
import { foldJournal } from '../../src/journal/fold.ts'
import type { JournalRecord } from '../../src/journal/journal.ts'
import { readJournal, readJournalLine, readJournalLines } from '../../src/journal/read.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-journal-'))
  path = join(folder, 'log.jsonl')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** The journal's module of the last build, for processes of their own: Node 20 runs no TypeScript. */
const built = fileURLToPath(new URL('../../dist/journal/append.js', import.meta.url))

async function reading(): Promise<{ records: JournalRecord[]; damage: [number, string, boolean][] }> {
  const { lines, damage } = await readJournal(path)
  return {
    records: lines.map(({ record }) => record),
    damage: damage.map(({ offset, reason, torn }) => [offset, reason, torn]),
  }
}

test('what is appended is read again, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.dictionary(fc.string(), fc.jsonValue()))), async (batches) => {
      rmSync(path, { force: true })
      for (const batch of batches) appendJournal(path, batch)
      const { records, damage } = await reading()
      expect(damage).toEqual([])
      expect(records).toEqual(JSON.parse(JSON.stringify(batches.flat())))
    }),
    { numRuns: 40 },
  )
})

test.each(['none', 'batch', 'always'] as const)('a writer with durability %s appends at once', async (durability) => {
  const writer = journalWriter(path, durability)
  writer.append([{ a: 1 }])
  writer.append([])
  expect(await reading()).toEqual({ records: [{ a: 1 }], damage: [] })
  writer.append([{ b: 2 }, { c: 3 }])
  writer.close()
  expect(await reading()).toEqual({ records: [{ a: 1 }, { b: 2 }, { c: 3 }], damage: [] })
})

test('a line that is not there any more is an error with its place', () => {
  writeFileSync(path, '{"a":1}\n')
  const place = { file: path, offset: 3, length: 5 }
  expect(() => readJournalLine(place)).toThrow(expect.objectContaining({ code: 'DS_SOURCE_UNREADABLE', where: path }))
})

test('a missing file is an empty journal, and appending nothing does not make it', async () => {
  appendJournal(path, [])
  expect(await readJournal(path)).toEqual({ lines: [], damage: [] })
  expect(() => statSync(path)).toThrow('ENOENT')
})

test('lines know how many bytes stand before them', async () => {
  writeFileSync(path, '{"a":"é"}\n\n{"b":1}\n')
  const { lines } = await readJournal(path)
  expect(lines).toEqual([
    { file: path, offset: 0, length: 10, record: { a: 'é' } },
    { file: path, offset: 12, length: 7, record: { b: 1 } },
  ])
  expect(lines.map((line) => readJournalLine(line))).toEqual([{ a: 'é' }, { b: 1 }])
})

test('a byte order mark, CRLF and blank lines are let pass', async () => {
  writeFileSync(path, '\uFEFF{"a":1}\r\n\r\n   \n{"b":2}\r\n')
  expect(await reading()).toEqual({ records: [{ a: 1 }, { b: 2 }], damage: [] })
})

test('damaged lines are told with their place, without their content', async () => {
  const whole = Buffer.from('{"a":1}\n')
  writeFileSync(path, Buffer.concat([whole, Buffer.from('{"secret":\n[1]\n"x"\nnull\n\xff{}\n', 'latin1'), whole]))
  expect(await reading()).toEqual({
    records: [{ a: 1 }, { a: 1 }],
    damage: [
      [8, 'the line is not JSON', false],
      [19, 'the line is JSON, but not an object', false],
      [23, 'the line is JSON, but not an object', false],
      [27, 'the line is JSON, but not an object', false],
      [32, 'the line is not UTF-8', false],
    ],
  })
})

test('a torn tail costs no line but its own', async () => {
  appendJournal(path, [{ a: 1 }])
  appendFileSync(path, '{"b":')
  expect(await reading()).toEqual({ records: [{ a: 1 }], damage: [[8, 'the line is not JSON', true]] })
  appendJournal(path, [{ c: 3 }])
  expect(await reading()).toEqual({ records: [{ a: 1 }, { c: 3 }], damage: [[8, 'the line is not JSON', false]] })
})

test('a last line without line end is read, and the next append starts a line of its own', async () => {
  writeFileSync(path, '{"a":1}')
  expect(await reading()).toEqual({ records: [{ a: 1 }], damage: [] })
  appendJournal(path, [{ b: 2 }])
  expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"b":2}\n')
})

test('a journal cut at any byte loses only the line that was cut', async () => {
  const records = [{ a: 'é' }, { b: [1, 2] }, { c: { d: null } }]
  const whole = Buffer.from(records.map((record) => JSON.stringify(record) + '\n').join(''))
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length))
    appendJournal(path, [{ next: true }])
    const read = await reading()
    const kept = read.records.slice(0, -1)
    expect(kept).toEqual(records.slice(0, kept.length))
    expect(read.records.at(-1)).toEqual({ next: true })
    expect(read.damage.length).toBeLessThanOrEqual(1)
  }
})

test('lines that cross the blocks of the reader are whole', async () => {
  const records = [400_000, 1_048_576, 1, 3_000_000].map((length) => ({ text: 'x'.repeat(length) }))
  appendJournal(path, records)
  expect((await reading()).records).toEqual(records)
})

test('a line beyond 64 MiB is damage, and the lines after it are read', async () => {
  const chunk = Buffer.alloc(8 * 1024 * 1024, 0x20)
  for (let part = 0; part < 9; part++) appendFileSync(path, chunk)
  appendFileSync(path, '\n{"a":1}\n')
  expect(await reading()).toEqual({ records: [{ a: 1 }], damage: [[0, 'the line is longer than 64 MiB', false]] })
})

test('a record beyond 64 MiB is refused before anything is written', () => {
  const record = { text: 'x'.repeat(64 * 1024 * 1024) }
  expect(() => appendJournal(path, [{ a: 1 }, record])).toThrow('too long')
  expect(() => statSync(path)).toThrow('ENOENT')
})

test('what the visitor throws ends the reading as it is', async () => {
  appendJournal(path, [{ a: 1 }])
  const stop = new Error('enough')
  await expect(
    readJournalLines(path, () => {
      throw stop
    }),
  ).rejects.toBe(stop)
})

test('a folder in place of the file is an error with a code', async () => {
  mkdirSync(path)
  expect(() => appendJournal(path, [{ a: 1 }])).toThrow(expect.objectContaining({ code: 'DS_WRITE', where: path }))
  await expect(readJournal(path)).rejects.toMatchObject({ code: 'DS_SOURCE_UNREADABLE', where: path })
})

test.skipIf(process.platform === 'win32')('a pipe in place of the file is not waited for', async () => {
  spawnSync('mkfifo', [path])
  await expect(readJournal(path)).rejects.toMatchObject({ code: 'DS_SOURCE_UNREADABLE' })
  await expect(foldJournal(path, { name: 'none', start: () => 0, add: () => undefined })).rejects.toThrow(
    'it is no file',
  )
  await expect(foldJournal(folder, { name: 'none', start: () => 0, add: () => undefined })).rejects.toMatchObject({
    code: 'DS_SOURCE_UNREADABLE',
  })
})

test('a missing folder is an error with a code', () => {
  const missing = join(folder, 'no', 'log.jsonl')
  expect(() => appendJournal(missing, [{ a: 1 }])).toThrow(expect.objectContaining({ code: 'DS_WRITE' }))
})

// A limit on the size of files makes the system write short, as a full disk does.
test.skipIf(process.platform === 'win32')('a write cut short is an error, and the next append heals it', async () => {
  const script = join(folder, 'fill.mjs')
  writeFileSync(
    script,
    `import { appendJournal } from ${JSON.stringify(built)}
     try { appendJournal(${JSON.stringify(path)}, [{ text: 'x'.repeat(8000) }]) }
     catch (error) { process.stdout.write(JSON.stringify({ ...error, message: error.message })) }`,
  )
  const { stdout } = spawnSync('sh', ['-c', `ulimit -f 8; exec "${process.execPath}" "${script}"`], {
    encoding: 'utf8',
  })
  const error = JSON.parse(stdout) as Record<string, string>
  expect(error['code']).toBe('DS_WRITE')
  expect(error['message']).toMatch(/^cannot append to .*: only \d+ of 8012 bytes could be written$/)
  expect(error['hint']).toContain('disk space')
  appendJournal(path, [{ a: 1 }])
  expect(await reading()).toEqual({ records: [{ a: 1 }], damage: [[0, 'the line is not JSON', false]] })
})

test('eight processes appending 600 KB records at once lose and mix none', async () => {
  const processes = 8
  const each = 50
  const script = join(folder, 'writer.mjs')
  writeFileSync(
    script,
    `import { appendJournal } from ${JSON.stringify(built)}
     const writer = Number(process.argv[2])
     process.stdout.write('ready')
     process.stdin.once('data', () => {
       for (let at = 0; at < ${each}; at++) {
         // Long and short by turns; 600 KB is beyond the 512 KiB at which fs.promises.appendFile splits its writes.
         const length = at % 2 === 0 ? 600_000 : 200
         appendJournal(${JSON.stringify(path)}, [{ writer, at, text: String.fromCharCode(97 + writer).repeat(length) }])
       }
       process.exit()
     })`,
  )
  const children = Array.from({ length: processes }, (_, writer) =>
    spawn(process.execPath, [script, String(writer)], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  const ended = children.map((child) => new Promise((resolve) => child.once('exit', resolve)))
  await Promise.all(children.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))))
  for (const child of children) child.stdin.write('go')
  expect(await Promise.all(ended)).toEqual(Array.from({ length: processes }, () => 0))

  const next = Array.from({ length: processes }, () => 0)
  const damage = await readJournalLines(path, ({ record }) => {
    const { writer, at, text } = record as { writer: number; at: number; text: string }
    expect(at).toBe(next[writer])
    next[writer] = at + 1
    expect(text).toBe(String.fromCharCode(97 + writer).repeat(at % 2 === 0 ? 600_000 : 200))
  })
  expect(damage).toEqual([])
  expect(next).toEqual(Array.from({ length: processes }, () => each))
})
