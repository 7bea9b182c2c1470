import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Frame } from '../../src/frame.ts'
import { open, type OpenOptions } from '../../src/open.ts'
import { newFolder } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()

interface Kept {
  readonly file: string
  readonly line: number
  readonly reason: string
  readonly record: string
}

let files = 0

/** Opens a table without its bad lines; gives the frame and what was left out. */
async function opened(content: string | Uint8Array, options: OpenOptions = {}): Promise<{ frame: Frame; bad: Kept[] }> {
  const path = folder.write(`bad/${++files}.csv`, content)
  const quarantine = join(folder.path, `bad/${files}.jsonl`)
  const frame = await open(path, { badLines: { quarantine }, ...options })
  const lines = existsSync(quarantine) ? readFileSync(quarantine, 'utf8').trimEnd().split('\n') : []
  return { frame, bad: lines.map((line) => JSON.parse(line) as Kept) }
}

async function rowsOf(frame: Frame): Promise<unknown[][]> {
  return (await frame.toArray()).map(Object.values)
}

test.each<[string, string | Uint8Array, [line: number, reason: string, record: string][], unknown[][]]>([
  [
    'too few cells',
    'a,b\n1,2\n3\n4,5\n',
    [[3, '1 cell instead of 2', '3']],
    [
      [1, 2],
      [4, 5],
    ],
  ],
  ['too many cells', 'a,b\n1,2,3\n4,5\n', [[2, '3 cells instead of 2', '1,2,3']], [[4, 5]]],
  [
    'a quote that is not closed',
    'a,b\n1,x\n2,"y\n3,z\n',
    [[3, 'a quote that is not closed', '2,"y']],
    [
      [1, 'x'],
      [3, 'z'],
    ],
  ],
  [
    'a quote that the next one closes wrongly',
    'a,b\n"x,1\n2,3\n4,"y"\n',
    [[2, 'text behind a closing quote', '"x,1']],
    [
      ['2', '3'],
      ['4', 'y'],
    ].map(([a, b]) => [Number(a), b]),
  ],
  ['text behind a closing quote', 'a,b\n"x"y,1\n2,3\n', [[2, 'text behind a closing quote', '"x"y,1']], [[2, 3]]],
  [
    'bytes that are no UTF-8',
    Buffer.from('a,b\nx,1\ncaf\xE9,2\n', 'latin1'),
    [[3, 'bytes that are not of the encoding', 'caf\u{FFFD},2']],
    [['x', 1]],
  ],
  [
    'records of many lines, empty lines and quotes that open nothing',
    'a,b\n"x\ny",1\n\n5" pipe,2\n"p\nq"\n6,7\n',
    [[6, '1 cell instead of 2', '"p\nq"']],
    [
      ['x\ny', 1],
      ['5" pipe', 2],
      ['6', 7],
    ],
  ],
  [
    'CRLF, and no line end at the end',
    'a,b\r\n1\r\n2,3\r\n4',
    [
      [2, '1 cell instead of 2', '1'],
      [4, '1 cell instead of 2', '4'],
    ],
    [[2, 3]],
  ],
  ['CR', 'a,b\r1\r2,3\r', [[2, '1 cell instead of 2', '1']], [[2, 3]]],
  [
    'one column, where an empty line is a row',
    'a\n1\n"x\n\n3\n4,5\n',
    [
      [3, 'a quote that is not closed', '"x'],
      [6, '2 cells instead of 1', '4,5'],
    ],
    [[1], [null], [3]],
  ],
  ['a byte order mark', '\u{FEFF}"a",b\n1\n2,3\n', [[2, '1 cell instead of 2', '1']], [[2, 3]]],
  [
    'mixed line ends',
    'a,b\r\n1,2\n3\n4,5\r\n',
    [[3, '1 cell instead of 2', '3']],
    [
      [1, 2],
      [4, 5],
    ],
  ],
  [
    'empty cells too many are let pass',
    'a,b\n1,2,\n3,4,,\n5\n',
    [[4, '1 cell instead of 2', '5']],
    [
      [1, 2],
      [3, 4],
    ],
  ],
])('%s', async (_, content, bad, rows) => {
  const { frame, bad: found } = await opened(content)
  expect(found.map(({ line, reason, record }) => [line, reason, record])).toEqual(bad)
  expect(found.map(({ file }) => file)).toEqual(bad.map(() => frame.files[0]))
  expect(await rowsOf(frame)).toEqual(rows)
})

test('what is left out is told, with the first three', async () => {
  const path = folder.write('told.csv', `a,b\n${'1,2\n3\n'.repeat(4)}`)
  const frame = await open(path, { badLines: 'skip' })
  expect(await frame.count()).toBe(4)
  expect(frame.notes).toEqual([
    {
      severity: 'warn',
      code: 'source.bad_lines',
      message:
        `4 of 8 records were left out: ${path}:3 (1 cell instead of 2), ${path}:5 (1 cell instead of 2), ` +
        `${path}:7 (1 cell instead of 2), …`,
      hint: 'Mend these lines, or keep what is left out in a file: badLines: { quarantine: path }.',
    },
  ])
  expect(frame.filter('a > 0').notes).toHaveLength(1)
})

test('where no line is bad, nothing is copied, written or told', async () => {
  const { frame, bad } = await opened('a,b\n1,2\n')
  expect([frame.text?.files, frame.notes, bad]).toEqual([frame.files, [], []])
  expect(existsSync(join(folder.path, `bad/${files}.jsonl`))).toBe(false)
})

test('without being asked, a bad line is an error that says how to leave it out', async () => {
  await expect(folder.csv('a,b\n1\n')).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    where: expect.stringMatching(/\.csv:2$/) as string,
    hint: expect.stringContaining('badLines') as string,
  })
})

test('several files share one quarantine; only those with bad lines are copied', async () => {
  const good = folder.write('many/a.csv', 'a,b\n1,2\n')
  const bad = folder.write('many/b.csv', 'a,b\n3\n4,5\n')
  const quarantine = join(folder.path, 'many.jsonl')
  const frame = await open('many/*.csv', { cwd: folder.path, badLines: { quarantine } })
  expect(await rowsOf(frame)).toEqual([
    [1, 2],
    [4, 5],
  ])
  expect(frame.files).toEqual([good, bad])
  expect(frame.text?.files[0]).toBe(good)
  expect(JSON.parse(readFileSync(quarantine, 'utf8'))).toMatchObject({ file: bad, line: 2 })
})

test('without its header a table cannot be read', async () => {
  for (const header of ['"a"x,b', Buffer.from('caf\xE9,b', 'latin1')]) {
    const content = Buffer.concat([Buffer.from(header), Buffer.from('\n1,2\n3\n')])
    await expect(folder.csv(content, { badLines: 'skip' })).rejects.toMatchObject({
      code: 'DS_SOURCE_MALFORMED',
      where: expect.stringMatching(/\.csv:1$/) as string,
    })
  }
})

test('without a header, a first record that is bad is no measure for the others', async () => {
  const { frame, bad } = await opened('1\n2,3\n4,5\n', { header: false })
  expect(await rowsOf(frame)).toEqual([
    [2, 3],
    [4, 5],
  ])
  expect(bad.map(({ line }) => line)).toEqual([1])
})

test('a quarantine never takes the place of its source', async () => {
  const path = folder.write('self.csv', 'a,b\n1\n')
  await expect(open(path, { badLines: { quarantine: path } })).rejects.toMatchObject({ code: 'DS_TARGET_IS_SOURCE' })
  expect(readFileSync(path, 'utf8')).toBe('a,b\n1\n')
})

test('nothing is lost, nothing good is left out, and every line stays in its place', async () => {
  const cell = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('1', 'x', '', ' ', 'é', '"q"', '"a,b"', '"a\nb"', '"c""d"', ' "s" ') },
    { weight: 1, arbitrary: fc.constantFrom('"', '5" x', '"a"b', '"a" b', 'x"', '""', '"""', '"\n', '\t"t"', '"t"\t') },
  )
  const line = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(cell, cell).map((cells) => cells.join()) },
    { weight: 1, arbitrary: fc.array(cell, { minLength: 1, maxLength: 4 }).map((cells) => cells.join()) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.boolean(), async (lines, ended) => {
      const content = `a,b\n${lines.join('\n')}${ended ? '\n' : ''}`
      const { frame, bad } = await opened(content)
      const kept = (await rowsOf(frame)).length
      const copy = readFileSync(frame.text?.files[0] as string, 'utf8').split('\n')
      const original = content.split('\n')
      expect(copy).toHaveLength(original.length)
      for (const { line: from, record } of bad) {
        record.split('\n').forEach((text, at) => {
          expect(copy[from - 1 + at]).toBe('')
          copy[from - 1 + at] = text
        })
      }
      expect(copy).toEqual(original)
      expect(frame.notes.map(({ message }) => message.replace(/ w.*/, ''))).toEqual(
        bad.length > 0 ? [`${bad.length} of ${bad.length + kept} records`] : [],
      )
      for (const { record } of bad)
        await expect(folder.csv(`a,b\n${record}\n`)).rejects.toMatchObject({ code: 'DS_SOURCE_MALFORMED' })
    }),
    { numRuns: Number(process.env['RUNS'] ?? 60) },
  )
})

test('many bad lines, among them stray quotes, in constant time a line', async () => {
  const lines = Array.from({ length: 60_000 }, (_, at) =>
    at % 100 === 7 ? `${at}` : at % 1000 === 9 ? `${at},"x` : `${at},x`,
  )
  const { frame, bad } = await opened(`a,b\n${lines.join('\n')}\n`)
  expect([await frame.count(), bad.length]).toEqual([60_000 - 660, 660])
})

test('a quarantine speaks for the last run alone, and no other file is touched', async () => {
  const path = folder.write('again.csv', 'a,b\n1,2\n3\n')
  const quarantine = join(folder.path, 'again.jsonl')
  await open(path, { badLines: { quarantine } })
  expect(readFileSync(quarantine, 'utf8')).toContain('1 cell instead of 2')
  folder.write('again.csv', 'a,b\n1,2\n')
  await open(path, { badLines: { quarantine } })
  expect(readFileSync(quarantine, 'utf8')).toBe('')
  const other = folder.write('other.txt', 'mine')
  await open(path, { badLines: { quarantine: other } })
  expect(readFileSync(other, 'utf8')).toBe('mine')
})

test('bytes that are not of the encoding are kept as they are', async () => {
  const line = Buffer.concat([Buffer.from('2,'), Buffer.of(0xff, 0xe9), Buffer.from('x\n')])
  const { bad } = await opened(Buffer.concat([Buffer.from('a,b\n1,y\n'), line]))
  expect(bad).toMatchObject([{ line: 3, bytes: line.toString('base64') }])
})
