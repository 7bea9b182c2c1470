import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { open, type Frame, type RowPlace } from '../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-places-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

async function placesOf(frame: Frame, rows: readonly number[]): Promise<RowPlace[]> {
  const cursor = frame.places()
  const places: RowPlace[] = []
  for (const row of rows) places.push(await cursor.placeOf(row))
  await cursor.close()
  return places
}

test('of one text table the line alone, whatever stands within quotes', async () => {
  const frame = await open(write('one.csv', 'a,b\n1,"x\ny"\n\n2,z\n'))
  expect(await placesOf(frame, [1, 2, 3])).toEqual([{ line: 2 }, { line: 5 }, {}])
})

test('of several text tables the file and its line, compressed ones too', async () => {
  const first = write('parts/1.csv', 'a,b\n1,2\n3,4\n')
  const empty = write('parts/2.csv', 'a,b\n')
  const last = write('parts/3.csv.gz', gzipSync('a,b\n"5\n",6\n7,8'))
  const frame = await open(join(folder, 'parts'))
  expect(empty).toContain('2.csv')
  expect(await placesOf(frame, [1, 2, 3, 4, 5])).toEqual([
    { file: first, line: 2 },
    { file: first, line: 3 },
    { file: last, line: 2 },
    { file: last, line: 4 },
    {},
  ])
  expect(await placesOf(frame, [4])).toEqual([{ file: last, line: 4 }])
})

test('lines that a run left out keep their numbers', async () => {
  const frame = await open(write('bad.csv', 'a,b\n1,2\n3\n5,6\n'), { badLines: 'skip' })
  expect(await placesOf(frame, [1, 2])).toEqual([{ line: 2 }, { line: 4 }])
})

test('of JSON Lines those that hold more than spaces', async () => {
  const content = '\uFEFF{"a":1}\n\n  \r\n{"a":2}\n{"a":3}'
  expect(await placesOf(await open(write('one.jsonl', content)), [1, 2, 3, 4])).toEqual([
    { line: 1 },
    { line: 4 },
    { line: 5 },
    {},
  ])
  const zipped = await open(write('one.jsonl.gz', gzipSync(content)))
  expect(await placesOf(zipped, [3])).toEqual([{ line: 5 }])
})

test('law: a line of JSON Lines is where its row is read from, however the file is cut', async () => {
  const blanks = fc.array(fc.constantFrom('', ' ', '\t'), { maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(fc.array(blanks, { minLength: 1, maxLength: 20 }), async (rows) => {
      const lines = rows.flatMap((before, at) => [...before, JSON.stringify({ at })])
      const frame = await open(write('law.jsonl', lines.join('\n')))
      const numbers = rows.map((_, at) => at + 1)
      expect((await placesOf(frame, numbers)).map(({ line }) => lines[(line ?? 0) - 1])).toEqual(
        numbers.map((row) => JSON.stringify({ at: row - 1 })),
      )
    }),
    { numRuns: 30, seed: 20_130_101 },
  )
})

test('of Parquet files the file, of one nothing', async () => {
  const rows = await open([{ n: 1 }, { n: 2 }, { n: 3 }])
  const [one, other] = [join(folder, 'p', '1.parquet'), join(folder, 'p', '2.parquet')]
  mkdirSync(join(folder, 'p'))
  await rows.write(one)
  await rows.limit(1).write(other)
  expect(await placesOf(await open(one), [1])).toEqual([{}])
  expect(await placesOf(await open(join(folder, 'p')), [3, 4, 5])).toEqual([{ file: one }, { file: other }, {}])
})

test('folders that name columns keep the places of their files', async () => {
  const first = write('hive/year=2023/a.csv', 'a,b\n1,2\n')
  const second = write('hive/year=2024/a.csv', 'a,b\n\n3,4\n')
  const frame = await open(join(folder, 'hive'))
  expect(frame.columns).toContain('year')
  expect(await placesOf(frame, [1, 2])).toEqual([
    { file: first, line: 2 },
    { file: second, line: 3 },
  ])
})

test('of rows that a verb has changed, and of those in memory, nothing is known', async () => {
  const frame = await open(write('two.csv', 'a,b\n1,2\n'))
  expect(await placesOf(frame.filter('a > 0'), [1])).toEqual([{}])
  expect(await placesOf(await open([{ a: 1 }]), [1])).toEqual([{}])
})
