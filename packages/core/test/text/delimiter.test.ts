import { expect, test } from 'vitest'
import { cellCounts, detectDelimiter } from '../../src/text/delimiter.ts'

test.each<[string, string[], string, string]>([
  ['the one that cuts most evenly', ['a;b', '1,5;2', '2;3'], ',', ';'],
  ['the one that gives more cells among equals', ['a,b,c|d,e', '1,2,3|4,5'], ',', ','],
  ['the usual one where none cuts', ['a', '1', '2'], ',', ','],
  ['the usual one where all cut alike', ['a,b;c', '1,2;3'], ';', ';'],
  ['none within quotes', ['"a,b";c', '"1,2,3";4'], ',', ';'],
  ['none after quotes that open nothing', ['a;b', '5" x, y;1', '6" x, y;2'], ',', ';'],
  ['tabs of a .tsv', ['a', '1'], '\t', '\t'],
])('%s', (_, lines, usual, delimiter) => {
  expect(detectDelimiter(lines, '"', usual)).toBe(delimiter)
})

test('cells are counted record by record', () => {
  expect(cellCounts(['a,b', '"x', 'y",2,3', '', '"a ""q"", b",2', ' "x,y",2'], ',', '"')).toEqual([2, 3, 2, 2])
  expect(cellCounts([], ',', '"')).toEqual([1])
})
