import { createReadStream, readdirSync } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import type { Frame } from '../../src/frame.ts'
import { open, type Openable, type OpenOptions } from '../../src/open.ts'
import { newFolder } from '../folder.ts'

const folder = newFolder()
let engine: Engine
let frame: Frame
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
  frame = await folder.csv('a,b\n1,x\n2,"y\n"\n', { engine })
})
afterAll(() => engine.close())

const opened = (source: Openable, options: OpenOptions = {}): Promise<Frame> => open(source, { engine, ...options })
const ROWS = [
  { a: 1, b: 'x' },
  { a: 2, b: 'y\n' },
]
const CSV = 'a,b\n1,x\n2,"y\n"\n'
const JSONL = '{"a":1,"b":"x"}\n{"a":2,"b":"y\\n"}\n'

/** Bytes one by one, so that nothing stands in one chunk. */
const single = (text: string | Uint8Array): Uint8Array[] => [...Buffer.from(text)].map((byte) => Uint8Array.of(byte))

test.each<[string, () => Openable, OpenOptions?]>([
  ['a Readable of bytes', () => Readable.from([Buffer.from(CSV)])],
  ['a Readable of strings', () => Readable.from([CSV.slice(0, 5), CSV.slice(5)])],
  ['a pipe', () => new PassThrough().end(CSV)],
  ['a web stream', () => new Blob([CSV]).stream()],
  ['bytes at once', () => Buffer.from(CSV)],
  ['bytes one by one', () => single(CSV)],
  ['strings, the first empty', () => ['', 'a,b\n', CSV.slice(4)]],
  ['a byte order mark', () => [Uint8Array.of(0xef, 0xbb, 0xbf), CSV]],
  ['gzip', () => Readable.from([gzipSync(CSV)])],
  ['gzip one by one', () => single(gzipSync(CSV))],
  ['gzip of JSON Lines', () => [gzipSync(JSONL)]],
  ['gzip of JSON Lines, said', () => [gzipSync(JSONL)], { format: 'jsonl' }],
  ['JSON', () => Readable.from([`[${JSONL.trim().replace('\n', ',')}]`])],
  ['JSON Lines', () => Readable.from([JSONL])],
  ['JSON Lines, said', () => single(JSONL), { format: 'jsonl' }],
  ['text with a delimiter, said', () => [CSV.replaceAll(',', '|')], { format: 'csv', delimiter: '|' }],
])('%s is read', async (_, source, options) => {
  expect(await (await opened(source(), options)).toArray()).toEqual(ROWS)
})

test('parquet is told by its first bytes', async () => {
  await frame.write(`${folder.path}/s.parquet`)
  const read = await opened(createReadStream(`${folder.path}/s.parquet`, { highWaterMark: 7 }))
  expect(await read.toArray()).toEqual(ROWS)
  expect(read.dataset).toEqual({ namespace: 'memory', name: 'stream', uri: 'memory:stream' })
})

test('rows may be asked for as often as one likes, and text stays text', async () => {
  const read = await opened(Readable.from(['a\n007\n', '008\n']))
  expect([await read.count(), await read.toArray()]).toEqual([2, [{ a: '007' }, { a: '008' }]])
  expect(read.text).toBeDefined()
})

test('a stream in object mode gives rows', async () => {
  expect(await (await opened(Readable.from([{ a: 1 }, { a: 2 }]))).toArray()).toEqual([{ a: 1 }, { a: 2 }])
})

test.each<[string, () => Openable, OpenOptions?]>([
  ['a stream', () => new PassThrough().end()],
  ['a web stream', () => new Blob([]).stream()],
  ['no bytes', () => [], { format: 'csv' }],
  ['no JSON', () => new PassThrough().end(), { format: 'jsonl' }],
  ['an empty text', () => ['']],
])('%s that is empty has no columns', async (_, source, options) => {
  await expect(opened(source(), options)).rejects.toMatchObject({ code: 'DS_SOURCE_EMPTY' })
})

const left = (): Promise<string[]> =>
  (engine.scratch as () => Promise<string>)().then((scratch) =>
    readdirSync(scratch).filter((name) => /stream/.test(name)),
  )

async function* failing(chunks: number): AsyncGenerator<string> {
  for (let at = 0; at < chunks; at++) yield `a,b\n${'1,2\n'.repeat(1000)}`
  throw new Error('reset by peer')
}

test('a stream that fails is an error, at once or later, and leaves no file', async () => {
  const before = await left()
  for (const chunks of [0, 1, 100]) {
    await expect(opened(Readable.from(failing(chunks), { objectMode: false }))).rejects.toMatchObject({
      code: 'DS_SOURCE_UNREADABLE',
      message: 'the stream broke off: reset by peer',
    })
  }
  const mixed: unknown[] = ['a,b\n', { a: 1 }]
  await expect(opened(mixed as string[])).rejects.toMatchObject({ code: 'DS_SOURCE_UNREADABLE' })
  expect(await left()).toEqual(before)
})

test('it can be stopped, also while the stream is silent, which is then closed', async () => {
  const before = await left()
  for (const start of ['', 'a,b\n', `a,b\n${'1,2\n'.repeat(5000)}`]) {
    const pipe = new PassThrough()
    if (start !== '') pipe.write(start)
    await expect(opened(pipe, { signal: AbortSignal.timeout(30) })).rejects.toMatchObject({ code: 'DS_ABORTED' })
    await new Promise((done) => setTimeout(done, 5))
    expect(pipe.destroyed).toBe(true)
  }
  expect(await left()).toEqual(before)
})
