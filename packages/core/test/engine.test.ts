import { expect, test } from 'vitest'
import { rowsOf } from '../src/engine.ts'

test('a batch as rows, whatever its columns are called', () => {
  const names = ['a', '__proto__', 'constructor']
  const rows = rowsOf({ names, rows: 2, columns: [Float64Array.of(1, 2), [{ x: 1 }, null], ['c', 'd']] })
  expect(rows.map((row) => Object.entries(row))).toEqual([
    [
      ['a', 1],
      ['__proto__', { x: 1 }],
      ['constructor', 'c'],
    ],
    [
      ['a', 2],
      ['__proto__', null],
      ['constructor', 'd'],
    ],
  ])
  expect(rowsOf({ names, rows: 0, columns: [[], [], []] })).toEqual([])
})
