import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Frame } from '../../src/frame.ts'
import { open, type OpenOptions } from '../../src/open.ts'
import { encodingOf } from '../../src/text/encoding.ts'
import { newFolder } from '../folder.ts'

const folder = newFolder()

async function rowsOf(frame: Frame): Promise<unknown[][]> {
  return (await frame.toArray()).map(Object.values)
}

function bigEndian(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

const TEXT = 'name,n\ncafé,1\n"x\ny",2\n'
const ROWS = [
  ['café', 1],
  ['x\ny', 2],
]

test.each<[string, Uint8Array, OpenOptions]>([
  ['UTF-8', Buffer.from(TEXT), {}],
  ['UTF-8 with its mark', Buffer.from(`\u{FEFF}${TEXT}`), {}],
  ['UTF-8 by name', Buffer.from(TEXT), { encoding: 'utf8' }],
  ['UTF-16 LE by its mark', Buffer.from(`\u{FEFF}${TEXT}`, 'utf16le'), {}],
  ['UTF-16 BE by its mark', bigEndian(`\u{FEFF}${TEXT}`), {}],
  ['UTF-16 BE by its mark, said to be UTF-16', bigEndian(`\u{FEFF}${TEXT}`), { encoding: 'utf-16' }],
  ['UTF-16 LE without a mark', Buffer.from(TEXT, 'utf16le'), { encoding: 'UTF-16' }],
  ['UTF-16 BE without a mark', bigEndian(TEXT), { encoding: 'utf-16be' }],
  ['Latin-1', Buffer.from(TEXT, 'latin1'), { encoding: 'latin-1' }],
  ['Latin-1 by another label', Buffer.from(TEXT, 'latin1'), { encoding: 'ISO-8859-1' }],
])('%s', async (_, content, options) => {
  for (const [name, bytes] of [
    ['csv', content],
    ['csv.gz', gzipSync(content)],
    ['csv.GZ', gzipSync(content)],
  ] as const) {
    const path = folder.write(`any.${name}`, bytes)
    const frame = await open(path, options)
    expect([await rowsOf(frame), frame.files]).toEqual([ROWS, [path]])
  }
})

test('other alphabets', async () => {
  const shiftJis = Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0x93, 0xfa, 0x96, 0x7b, 0x2c, 0x31, 0x0a])
  expect(await rowsOf(await folder.csv(shiftJis, { encoding: 'shift_jis' }))).toEqual([['日本', 1]])
  const euro = Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0x80, 0x2c, 0x31, 0x0a])
  expect(await rowsOf(await folder.csv(euro, { encoding: 'windows-1252' }))).toEqual([['€', 1]])
  const gbk = Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0xd6, 0xd0, 0x2c, 0x31, 0x0a])
  expect(await rowsOf(await folder.csv(gbk, { encoding: 'gbk' }))).toEqual([['中', 1]])
})

test('characters on the border of what is read at once', async () => {
  const text = `a,b\n${'日本é,1\n'.repeat(200_000)}`
  const frame = await folder.csv(Buffer.from(`\u{FEFF}${text}`, 'utf16le'))
  expect(await frame.distinct('a').toArray()).toEqual([{ a: '日本é', b: 1 }])
  expect(await frame.count()).toBe(200_000)
})

test('labels, and what is none', () => {
  expect(['latin-1', 'latin1', 'utf-16', 'UTF8', 'cp1252', 'Shift_JIS', 'gbk'].map(encodingOf)).toEqual([
    'windows-1252',
    'windows-1252',
    'utf-16le',
    'utf-8',
    'windows-1252',
    'shift_jis',
    'gbk',
  ])
  expect(() => encodingOf('utf-7')).toThrow(
    expect.objectContaining({ code: 'DS_OPTION', hint: expect.stringContaining('latin-1') as string }),
  )
})

test('bytes that are not of the encoding are an error with file, line and byte', async () => {
  const bytes = Buffer.concat([
    Buffer.from('\u{FEFF}a,b\nx,1\ny', 'utf16le'),
    Buffer.of(0x00, 0xdc),
    Buffer.from('\n', 'utf16le'),
  ])
  await expect(folder.csv(bytes)).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    message: expect.stringMatching(/\.csv:3: bytes that are not utf-16le, at byte 20$/) as string,
    where: expect.stringMatching(/\.csv:3$/) as string,
    hint: expect.stringContaining('encoding') as string,
  })
  const torn = Buffer.from('\u{FEFF}a,b\nx,1\n', 'utf16le').subarray(0, -1)
  await expect(folder.csv(torn)).rejects.toMatchObject({ where: expect.stringMatching(/\.csv:2$/) as string })
})

test('bytes that are not of the encoding may be left out, as bad lines', async () => {
  const bytes = Buffer.concat([
    Buffer.from('\u{FEFF}a,b\nx,1\ny', 'utf16le'),
    Buffer.of(0x00, 0xdc),
    Buffer.from(',2\nz,3\n', 'utf16le'),
  ])
  const frame = await folder.csv(bytes, { badLines: 'skip' })
  expect(await rowsOf(frame)).toEqual([
    ['x', 1],
    ['z', 3],
  ])
  expect(frame.notes[0]?.message).toMatch(
    /1 of 3 records was left out: .*\.csv:3 \(bytes that are not of the encoding\)/,
  )
})

test('errors and notes name the file that was given, with its lines', async () => {
  const path = folder.write('named.csv', Buffer.from('\u{FEFF}a,b\n"x\ny",1\n2\n', 'utf16le'))
  await expect(open(path)).rejects.toMatchObject({
    where: `${path}:4`,
    message: expect.stringContaining(`${path}:4: Expected Number of Columns: 2 Found: 1`) as string,
  })
})

test('decoding can be stopped', async () => {
  const bytes = Buffer.from('a,b\nx,1\n', 'latin1')
  await expect(folder.csv(bytes, { encoding: 'latin-1', signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'DS_ABORTED',
  })
})
