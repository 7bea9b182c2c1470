import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineCursor, lineOfOtherEnd, lineOfRecord, type RecordLayout } from '../../src/text/records.ts'
import { open } from '../../src/open.ts'
import { newFolder } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()

async function linesOf(
  path: string,
  rows: number,
  layout: Partial<RecordLayout & { header: boolean; columns: number }> = {},
): Promise<(number | undefined)[]> {
  const cursor = lineCursor(path, { quote: '"', header: true, columns: 2, ...layout })
  const lines = []
  for (let row = 1; row <= rows; row++) lines.push(await cursor.lineOf(row))
  await cursor.close()
  return lines
}

test.each<[string, string, (number | undefined)[], object]>([
  ['plain', 'a,b\n1,2\n3,4\n', [2, 3, undefined], {}],
  ['no final line end', 'a,b\n1,2\n3,4', [2, 3, undefined], {}],
  ['CRLF', 'a,b\r\n1,2\r\n\r\n3,4\r\n', [2, 4, undefined], {}],
  ['empty lines', '\n\na,b\n\n1,2\n\n\n3,4\n\n', [5, 8, undefined], {}],
  ['quoted line ends', 'a,b\n"x\ny",2\n"\n\n",4\n5,6\n', [2, 4, 7, undefined], {}],
  ['doubled quotes', 'a,b\n"x ""\n"" y",2\n"""",4\n5,6\n', [2, 4, 5, undefined], {}],
  ['quotes that open nothing', 'a,b\n5" pipe,x\n6" pipe,y\nsay "hi,z\n', [2, 3, 4, undefined], {}],
  ['quotes after spaces', 'a,b\n1, "x\ny"\n2,z\n', [2, 4, undefined], {}],
  ['quotes after a delimiter that was said', 'a^b\n1^"x\ny"\n2^z\n', [2, 4, undefined], { delimiter: '^' }],
  ['a letter as delimiter', 'axb\n1x"p\nq"\n2xz\n', [2, 4, undefined], { delimiter: 'x' }],
  ['other quotes', "a,b\n'x\ny',2\n3,4\n", [2, 4, undefined], { quote: "'" }],
  ['a byte order mark', '\u{FEFF}"a\nx",b\n1,2\n', [3, undefined], {}],
  ['no header', '1,2\n3,4\n', [1, 2, undefined], { header: false }],
  ['one column, where an empty line is a row', 'a\n1\n\n3\n', [2, 3, 4, undefined], { columns: 1 }],
  ['CR', 'a,b\r1,2\r"x\ry",4\r5,6', [2, 3, 5, undefined], {}],
  ['skipped lines, quotes in them or not', 'my "table\n\na,b\n1,2\n', [4, undefined], { skip: 2 }],
  ['comments', '# "x\na,b\n1,2 # "y\n  #\n"#\n",4\n5,6\n', [3, 5, 7, undefined], { comment: '#' }],
  ['escaped quotes', 'a,b\n"x\\"\n",2\n3,4\n', [2, 4, undefined], { escape: '\\' }],
  ['a delimiter of two characters', 'a||b\n1||"x\ny"\n2||z\n', [2, 4, undefined], { delimiter: '||' }],
  ['one column, empty lines first', '\n\na\n1\n\n3\n', [4, 5, 6, undefined], { columns: 1 }],
])('%s', async (name, content, lines, layout) => {
  const path = folder.write(`${name}.csv`, content)
  expect(await linesOf(path, lines.length, layout)).toEqual(lines)
  expect(await linesOf(folder.write(`${name}.csv.gz`, gzipSync(content)), lines.length, layout)).toEqual(lines)
})

test('rows may be left out, but only forwards', async () => {
  const cursor = lineCursor(folder.write('skip.csv', 'a,b\n1,2\n3,4\n5,6\n'), { quote: '"', header: true, columns: 2 })
  expect(await cursor.lineOf(3)).toBe(4)
  expect(await cursor.lineOf(3)).toBe(4)
  expect(await cursor.lineOf(1)).toBeUndefined()
  await cursor.close()
})

test('lines are those that the engine’s own rows have, for any cells', async () => {
  const cell = fc
    .oneof(fc.string({ maxLength: 4 }), fc.constantFrom('\n', '"', 'x\n\ny', ',', '5" x', ' ', ''))
    .map((text) => text.replaceAll(/[\0\r]/g, '_'))
  let at = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, fc.boolean()), { minLength: 1, maxLength: 12 }), async (cells) => {
      const lines: number[] = []
      let content = 'n,text\n'
      for (const [row, [text, blank]] of cells.entries()) {
        if (blank) content += '\n'
        lines.push(content.split('\n').length)
        content += `${row},"${text.replaceAll('"', '""')}"\n`
      }
      const path = folder.write(`any-${at++}.csv`, content)
      expect(await linesOf(path, cells.length)).toEqual(lines)
      expect((await (await open(path)).select('n').toArray()).map(({ n }) => n)).toEqual(cells.map((_, row) => row))
    }),
    { numRuns: 40 },
  )
})

test('records longer than a chunk of the file', async () => {
  const long = `"${'x\n'.repeat(800_000)}"`
  expect(await linesOf(folder.write('long.csv', `a,b\n1,${long}\n2,y\n`), 2)).toEqual([2, 800_003])
})

test('of a record that is not there, of a file cut short and of a compression that is not read, nothing is known', async () => {
  const path = folder.write('three.csv', 'a,b\n\n1,2\n')
  expect(await lineOfRecord(path, 3, { quote: '"' })).toBe(3)
  expect(await lineOfRecord(path, 4, { quote: '"' })).toBeUndefined()
  const cut = gzipSync('a,b\n1,2\n').subarray(0, 12)
  expect(await lineOfRecord(folder.write('cut.csv.gz', cut), 2, { quote: '"' })).toBeUndefined()
  expect(await linesOf(folder.write('a.csv.zst', 'a,b\n1,2\n'), 1)).toEqual([undefined])
})

test.each<[string, number | undefined]>([
  ['a\nb\nc', undefined],
  ['a\r\nb\r\nc', undefined],
  ['a\nb\r\nc\n', 2],
  ['a\r\nb\r\nc\n', 3],
  ['', undefined],
])('the first line of %j that ends otherwise is %s', async (content, line) => {
  expect(await lineOfOtherEnd(folder.write('ends.csv', content))).toBe(line)
})
