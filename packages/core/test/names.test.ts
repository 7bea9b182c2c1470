import { expect, test } from 'vitest'
import { distinctNames, nearest, resolveNames } from '../src/names.ts'

test('names are found in any case, the exact one first', () => {
  expect(resolveNames(['TEMP', 'b'], ['temp', 'b'], 'select')).toEqual(['temp', 'b'])
  expect(resolveNames(['A'], ['a', 'A'], 'select')).toEqual(['A'])
  expect(resolveNames([], ['a'], 'select')).toEqual([])
})

test('every unknown name is told at once, each with the nearest', () => {
  expect(() => resolveNames(['tmep', 'origin', 'qqqqqq'], ['temp', 'origin'], 'select')).toThrow(
    expect.objectContaining({
      code: 'DS_COLUMN_UNKNOWN',
      message: "select: there is no column 'tmep' (did you mean 'temp'?), 'qqqqqq'",
      hint: 'Columns: temp, origin',
    }),
  )
})

test.each<[string, string[], string | undefined]>([
  ['tmep', ['dewp', 'temp'], 'temp'],
  ['Wind_Speed', ['wind_gust', 'wind_speed'], 'wind_speed'],
  ['a', ['b'], undefined],
  ['c', ['a', 'ca'], undefined],
  ['aa', ['aab'], undefined],
  ['uniq', ['unique'], 'unique'],
  ['ID', ['io', 'id'], 'id'],
  ['aga', ['age'], 'age'],
  ['abc', ['xyc'], undefined],
  ['explian', ['explain', 'expand'], 'explain'],
  ['a', ['xyz'], undefined],
  ['temperature', ['pressure', 'temperatur'], 'temperatur'],
  ['x', [], undefined],
])('nearest to %s among %j is %s', (name, existing, near) => {
  expect(nearest(name, existing)).toBe(near)
})

test('two names that differ in case alone are one to SQL', () => {
  expect(distinctNames(['a', 'b'], 'rename')).toEqual(['a', 'b'])
  expect(() => distinctNames(['a', 'b', 'A'], 'rename')).toThrow(
    expect.objectContaining({ code: 'DS_COLUMN_TWICE', message: "rename: there would be two columns 'A'" }),
  )
})
