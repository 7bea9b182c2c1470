import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { appendJournal } from '../../src/journal/append.ts'
import { checkJournal } from '../../src/journal/check.ts'
import type { JournalLine, JournalRecord } from '../../src/journal/journal.ts'
import { readJournal } from '../../src/journal/read.ts'
import { repairJournal } from '../../src/journal/repair.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-repair-'))
  path = join(folder, 'log.jsonl')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const records = async (): Promise<JournalRecord[]> => (await readJournal(path)).lines.map(({ record }) => record)
const quarantined = (): string => (existsSync(`${path}.quarantine`) ? readFileSync(`${path}.quarantine`, 'utf8') : '')
const idless = ({ record }: JournalLine): string | undefined => ('id' in record ? undefined : 'it has no id')

test('a whole journal is left as it is', async () => {
  appendJournal(path, [{ a: 1 }])
  expect(await repairJournal(path)).toEqual({ taken: [], recovered: 0 })
  expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n')
  expect(await repairJournal(join(folder, 'none.jsonl'))).toEqual({ taken: [], recovered: 0 })
})

test('damaged lines go to the quarantine, byte for byte; others stay where they are', async () => {
  const bad = Buffer.from('{"b":\xff\n[1]\n', 'latin1')
  writeFileSync(path, Buffer.concat([Buffer.from('{"a":1}\n'), bad, Buffer.from('{"c":3}\n{"d":')]))
  const { taken, recovered, quarantine } = await repairJournal(path)
  expect(taken.map(({ offset, length, torn }) => [offset, length, torn])).toEqual([
    [8, 6, false],
    [15, 3, false],
    [27, 5, true],
  ])
  expect([recovered, quarantine]).toEqual([0, `${path}.quarantine`])
  expect(readFileSync(`${path}.quarantine`)).toEqual(Buffer.concat([bad, Buffer.from('{"d":\n')]))
  expect(await readJournal(path)).toMatchObject({ lines: [{ offset: 0 }, { offset: 19 }], damage: [] })
  appendJournal(path, [{ e: 5 }])
  expect(await records()).toEqual([{ a: 1 }, { c: 3 }, { e: 5 }])
})

test('a record that another program wrote behind a torn one is recovered', async () => {
  writeFileSync(path, '{"a": "cut{"b": {"c": "}"}}\n{"d":1}{"e":2}  {"f":3}\n')
  expect(await repairJournal(path)).toMatchObject({ recovered: 4 })
  expect(await records()).toEqual([{ b: { c: '}' } }, { d: 1 }, { e: 2 }, { f: 3 }])
  expect(quarantined()).toBe('{"a": "cut{"b": {"c": "}"}}\n{"d":1}{"e":2}  {"f":3}\n')
})

test('whatever is cut off before a record, the record is not lost', async () => {
  const record = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 })
  await fc.assert(
    fc.asyncProperty(record, record, fc.double({ min: 0, max: 1, noNaN: true }), async (first, second, share) => {
      const text = JSON.stringify(first)
      const cut = text.slice(0, Math.max(1, Math.floor(share * (text.length - 1))))
      const whole = JSON.stringify(second)
      rmSync(path, { force: true })
      writeFileSync(path, `${cut}${whole}\n`)
      await repairJournal(path)
      // A cut within a text may swallow the next record; then it stays in the quarantine.
      expect(readFileSync(path, 'utf8') + quarantined()).toContain(whole)
      expect((await checkJournal(path)).damage).toEqual([])
    }),
    { numRuns: 60 },
  )
})

test('lines that are wrong for whom the journal is are taken out too', async () => {
  writeFileSync(path, '{"id":1}\n{"x":1}\n{"id":"cut{"y":2}\n')
  expect((await checkJournal(path, { judge: idless })).damage.map(({ reason }) => reason)).toEqual([
    'it has no id',
    'the line is not JSON',
  ])
  expect(await repairJournal(path, { judge: idless })).toMatchObject({
    recovered: 0,
    taken: [{ offset: 9 }, { offset: 17 }],
  })
  expect(await records()).toEqual([{ id: 1 }])
})

test('a line that is still being written is left alone', async () => {
  writeFileSync(path, '{"a":1}\n{"b":')
  const repaired = repairJournal(path)
  setTimeout(() => appendFileSync(path, '2}\n'), 50)
  expect(await repaired).toEqual({ taken: [], recovered: 0 })
  expect(await records()).toEqual([{ a: 1 }, { b: 2 }])
})

test('what late writers tore in a segment is taken out; its history stays', async () => {
  writeFileSync(path, '{"a":1}\n')
  const segment = join(folder, 'log.00001-8-9d7b0a5c.jsonl')
  writeFileSync(segment, 'history\n{"b":2}\ntorn\n')
  const before = await checkJournal(path)
  expect(before.damage.map(({ offset }) => offset)).toEqual([0, 16])
  expect(before.changed).toEqual([segment])
  expect(await repairJournal(path)).toMatchObject({ taken: [{ file: segment, offset: 16 }] })
  expect(readFileSync(segment, 'utf8')).toBe('history\n{"b":2}\n    \n')
})

test('a line beyond 64 MiB is taken out, once', async () => {
  const long = 'x'.repeat(130 * 1024 * 1024)
  writeFileSync(path, `{"a":1}\n${long}\n{"b":2}\n`)
  expect((await repairJournal(path)).taken).toMatchObject([{ offset: 8, length: long.length }])
  expect((await checkJournal(path)).damage).toEqual([])
  expect(await repairJournal(path)).toEqual({ taken: [], recovered: 0 })
  expect(await records()).toEqual([{ a: 1 }, { b: 2 }])
})
