import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { OpenOptions } from '../../src/open.ts'
import { newFolder } from '../folder.ts'

const folder = newFolder()

/** Rows of about 15 bytes: more than the engine reads as one piece. */
function rows(count: number, end = '\n', open = -1): string {
  const parts = Array.from({ length: count }, (_, at) => `${at},${at === open ? '"' : ''}name ${at}${end}`)
  return `id,name${end}${parts.join('')}`
}

// The engine leaves out what stands behind the quote in large files, without a word.
describe('a quote that stays open in a large file is an error that names the line', () => {
  const large = rows(700_000, '\n', 300_000)

  test.each<[string, () => string | Buffer, OpenOptions, number]>([
    ['plain', () => large, {}, 300_002],
    ['CRLF', () => rows(700_000, '\r\n', 300_000), {}, 300_002],
    ['at the end, where the file was cut off', () => `${rows(700_000)}9,"cut`, {}, 700_002],
    ['behind cells of two lines', () => `id,name\n1,"a\nb"\n${large.slice(8)}`, {}, 300_004],
    ['an escape of its own', () => large, { escape: '\\' }, 300_002],
    ['types declared', () => large, { types: { id: 'BIGINT', name: 'VARCHAR' } }, 300_002],
    ['few rows, long ones', () => `id,name\n${`1,${'x'.repeat(50_000)}\n`.repeat(100)}2,"x\n`, {}, 102],
  ])(
    '%s',
    async (_, content, options, line) => {
      await expect(folder.csv(content(), options)).rejects.toMatchObject({
        code: 'DS_SOURCE_MALFORMED',
        where: expect.stringMatching(new RegExp(`:${line}$`)) as string,
        message: expect.stringContaining('unterminated quote') as string,
      })
    },
    20_000,
  )

  test('compressed', async () => {
    const path = folder.write('large.csv.gz', gzipSync(large, { level: 1 }))
    const { open } = await import('../../src/open.ts')
    await expect(open(path)).rejects.toMatchObject({ where: expect.stringMatching(/large\.csv\.gz:300002$/) as string })
  })

  test('larger than is looked at when it is opened: when rows are asked for', async () => {
    const frame = await folder.csv(rows(4_600_000, '\n', 4_500_000))
    const wrong = { where: expect.stringMatching(/:4500002$/) as string }
    await expect(frame.sample({ rows: 5 }).count()).rejects.toMatchObject(wrong)
    await expect(frame.count()).rejects.toMatchObject(wrong)
  }, 30_000)

  test('left out where broken lines are', async () => {
    const frame = await folder.csv(large, { badLines: 'skip' })
    expect(await frame.count()).toBe(699_999)
    expect(frame.notes.map(({ code }) => code)).toEqual(['source.bad_lines'])
  }, 30_000)
})

test('empty lines that end otherwise are told, in a large file too', async () => {
  const frame = await folder.csv(`${rows(200_000, '\r\n')}\n`)
  expect(await frame.count()).toBe(200_000)
  expect(frame.notes.map(({ code }) => code)).toEqual(['source.line_ends'])
})
