import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rankingOf, rankOf } from '../../src/sampling/rank.ts'
import { IrregularText, walkText } from '../../src/text/walk.ts'
import { KINDS } from '../../src/text/walk-kinds.ts'
import { newFolder } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
const LAYOUT = { delimiter: ',', quote: '"', header: true }
const EVERY = { ...rankingOf(1), before: 0, highest: () => 0xffffffff }

interface Seen {
  readonly header?: string
  readonly records: string[]
  readonly cells: [number, string][]
  readonly count: number
  readonly breaks: boolean
}

async function walked(content: string | Buffer, layout = LAYOUT, kinds?: readonly number[]): Promise<Seen> {
  const records: string[] = []
  const cells: [number, string][] = []
  const path = folder.write(`${randomBytes(4).toString('hex')}.csv`, content)
  const seen = await walkText(path, layout, {
    records: { ...EVERY, visit: (_, bytes, from, to) => records.push(bytes.toString('utf8', from, to)) },
    cells: kinds && {
      kinds: Uint8Array.from(kinds),
      visit: (column, bytes, from, to) => cells.push([column, bytes.toString('utf8', from, to)]),
    },
  })
  const { records: count, breaks } = seen
  return { ...(seen.header ? { header: seen.header.toString() } : {}), records, cells, count, breaks }
}

test.each<[string, string, string[]]>([
  ['plain', 'a,b\n1,2\n3,4\n', ['1,2\n', '3,4\n']],
  ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n', ['1,2\r\n', '3,4\r\n']],
  ['no last line end', 'a,b\n1,2\n3,4', ['1,2\n', '3,4\n']],
  ['no last line end, CRLF', 'a,b\r\n1,2\r\n3,4', ['1,2\r\n', '3,4\r\n']],
  ['empty lines', '\n\na,b\n\n1,2\n\n\n3,4\n\n', ['1,2\n', '3,4\n']],
  ['a byte order mark', '\ufeffa,b\n1,2\n', ['1,2\n']],
  ['quoted line ends', 'a,b\n"1\n\n1",2\n3,"4\r\n"\n', ['"1\n\n1",2\n', '3,"4\r\n"\n']],
  ['doubled quotes', 'a,b\n"x"",\n""y",2\n"""",3\n', ['"x"",\n""y",2\n', '"""",3\n']],
  ['a quote within a cell', 'a,b\n5" pipe,2\n3,x"y\n', ['5" pipe,2\n', '3,x"y\n']],
  ['spaces before a quote', 'a,b\n  "1\n2",2\n', ['  "1\n2",2\n']],
  ['only a header', 'a,b\n', []],
  ['only a header, no line end', 'a,b', []],
  ['nothing', '', []],
])('%s', async (_, content, records) => {
  expect((await walked(content)).records).toEqual(records)
})

test('without a header every record is data', async () => {
  expect(await walked('1,2\n3,4\n', { ...LAYOUT, header: false })).toMatchObject({
    records: ['1,2\n', '3,4\n'],
    count: 2,
  })
})

test.each([
  ['an open quote', 'a,b\n1,"2\n3,4\n'],
  ['mixed line ends', 'a,b\n1,2\r\n3,4\n'],
  ['line ends of CR alone', 'a,b\r1,2\r3,4\r'],
])('%s cannot be told by bytes', async (_, content) => {
  await expect(walked(content)).rejects.toThrow(IrregularText)
})

test('records longer than what is read at once, and ones cut anywhere by it', async () => {
  const long = 'x'.repeat(9_000_000)
  const { records } = await walked(`a,b\n1,"${long}\n${long}"\n2,${long}\n3,4\n`)
  expect(records.map(({ length }) => length)).toEqual([18_000_006, 9_000_003, 4])
  const rows = Array.from({ length: 700_000 }, (_, at) => `${at},"${'"",\n'.repeat(at % 3)}"\n`)
  const all = await walked(`a,b\n${rows.join('')}`, LAYOUT, [KINDS.anything, KINDS.nothing])
  expect(all.count).toBe(700_000)
  expect(all.cells).toHaveLength(700_000)
  expect(all.records.join('') === rows.join('')).toBe(true)
})

test('ranks are those of the records, across files', async () => {
  const path = folder.write('ranks.csv', `a\n${'x,y\n'.repeat(1000)}`)
  const ranking = rankingOf(7)
  const ranks: number[] = []
  await walkText(path, LAYOUT, {
    records: { ...ranking, before: 2 ** 32 - 500, highest: () => 2 ** 30, visit: (rank) => ranks.push(rank) },
  })
  const all = Array.from({ length: 1000 }, (_, at) => rankOf(ranking, 2 ** 32 - 500 + at + 1))
  expect(ranks).toEqual(all.filter((rank) => rank <= 2 ** 30))
})

test('a walk ends at the first line end in quotes, where that is asked for', async () => {
  const path = folder.write('breaks.csv', `a,b\n1,"x\ny"\n${'1,2\n'.repeat(3_000_000)}`)
  let bytes = 0
  const seen = await walkText(path, LAYOUT, { untilBreak: true }, {}, (count) => (bytes += count))
  expect(seen.breaks).toBe(true)
  expect(bytes).toBeLessThan(4_000_000)
  expect((await walked('a,b\n1,"x"\n')).breaks).toBe(false)
})

/** The same by one byte after another. */
function naive(text: string): { records: string[]; cells: string[][]; regular: boolean } {
  const records: string[] = []
  const cells: string[][] = []
  let regular = true
  let [record, cell, open, closed, may] = ['', '', false, false, true]
  let row: string[] = []
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as string
    const ends = !open && (byte === ',' || byte === '\n')
    if (closed && !ends && byte !== '"' && !(byte === '\r' && text[at + 1] === '\n')) regular = false
    if (!open && byte === '\r' && text[at + 1] !== '\n') regular = false
    record += byte
    if (byte === '"') {
      if (open) [open, closed, may] = [false, true, false]
      else [open, closed, may] = [may || closed, false, false]
    } else if (!open) {
      closed = false
      may = ends || (may && byte === ' ')
    }
    if (!ends) cell += byte
    else {
      row.push(cell.replace(byte === '\n' ? /\r$/ : /$^/, ''))
      cell = ''
    }
    if (!ends || byte !== '\n') continue
    if (!/^\r?\n$/.test(record)) {
      records.push(record)
      cells.push(row)
    }
    record = ''
    row = []
  }
  return { records, cells, regular: regular && !open && record === '' }
}

const part = fc.constantFrom(
  '"',
  '"',
  ',',
  ',',
  '\n',
  'a',
  ' ',
  '5',
  '\n1,',
  ',"x"',
  '""',
  'abcdefghijklmnopqrstuvwxyz',
  'é',
)

describe('any bytes', () => {
  const texts = fc
    .tuple(fc.array(part, { maxLength: 150 }), fc.constantFrom('\n', '\r\n', 'mixed'))
    .map(([parts, end]) => `${parts.join('')}\n`.replaceAll('\n', end === 'mixed' ? '\n' : end))

  test('records are those that one byte after another tells', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const expected = naive(text)
        const found = await walked(text, { ...LAYOUT, header: false }).catch((error: unknown) => error)
        const open = expected.records.join('').length !== text.replaceAll(/^(\r?\n)+/g, '').length
        const mayBe = open || text.includes('\r') || expected.records.length === 0
        const irregular = found instanceof IrregularText
        expect(irregular ? mayBe : (found as Seen).records).toEqual(irregular ? true : expected.records)
      }),
      { numRuns: 400 },
    )
  })

  test('cells are those that one byte after another tells, where a parser need not judge', async () => {
    let regular = 0
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 3 }), async (text, columns) => {
        const expected = naive(text)
        const even = expected.cells.every((cells) => cells.length === columns)
        const kinds = Array.from({ length: columns }, () => KINDS.nothing)
        const found = await walked(text, { ...LAYOUT, header: false }, kinds).catch((error: unknown) => error)
        if (found instanceof IrregularText) return
        regular++
        expect(expected.regular && even).toBe(true)
        const filled = expected.cells.flatMap((cells) => cells.flatMap((cell, at) => (cell === '' ? [] : [[at, cell]])))
        expect((found as Seen).cells).toEqual(filled)
      }),
      { numRuns: 1000 },
    )
    expect(regular).toBeGreaterThan(20)
  })
})

test.each([
  ['too few cells', 'a,b\n1,2\n3\n'],
  ['too many cells', 'a,b\n1,2\n3,4,5\n'],
  ['something behind a quote', 'a,b\n1,"2"x\n'],
  ['a carriage return within', 'a,b\n1,2\n3\r,4\n'],
  ['bytes that are no UTF-8', Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xff]), Buffer.from('\n')])],
])('cells: %s is left to a parser', async (_, content) => {
  await expect(walked(content, LAYOUT, [0, 0])).rejects.toThrow(IrregularText)
})
