import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, formatSize, parseDuration, parseFraction, parseSize } from '../src/units.ts'

test.each<[string | number, number]>([
  ['24h', 86_400],
  ['90s', 90],
  ['1.5m', 90],
  ['250ms', 0.25],
  [' 7 d ', 604_800],
  ['2w', 1_209_600],
  ['60', 60],
  [60, 60],
  ['0s', 0],
])('the duration %j is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})

test.each<[string | number, number]>([
  ['1%', 0.01],
  ['100%', 1],
  ['0.5', 0.5],
  ['.5', 0.5],
  [0.01, 0.01],
  [1e-7, 1e-7],
  [1, 1],
])('the fraction %j is %d', (text, fraction) => {
  expect(parseFraction(text)).toBe(fraction)
})

test.each<[string | number, number]>([
  ['10MB', 10_000_000],
  ['2GiB', 2_147_483_648],
  ['1.5 kb', 1500],
  ['1KIB', 1024],
  ['3tb', 3e12],
  [512, 512],
])('the size %j is %d bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes)
})

test.each<[(value: string | number) => number, (string | number)[]]>([
  [parseDuration, ['', 'soon', '-1s', -1, '1 h 2 m', '1H', '1e3s', Number.NaN, '1y', '1.']],
  [parseFraction, ['', '0', 0, '0%', '101%', 1.5, -0.5, '1/2', Number.NaN, Number.POSITIVE_INFINITY, '1%%']],
  [parseSize, ['', 'big', '-1B', '1 pb', '1e3', Number.NaN, '1 ki']],
])('%o refuses what it cannot read', (parse, values) => {
  for (const value of values) expect(() => parse(value)).toThrow(/is not a/)
  expect(() => parse('nonsense')).toThrow(expect.objectContaining({ code: 'DS_UNIT', kind: 'usage' }))
})

test.each<[number, string]>([
  [0, '0ms'],
  [-0.0001, '0ms'],
  [0.25, '250ms'],
  [0.9996, '1s'],
  [5, '5s'],
  [59.94, '59.9s'],
  [59.96, '1m'],
  [3599.7, '1h'],
  [93_784, '1d 2h'],
  [86_405, '1d'],
  [-7200, '-2h'],
])('%d seconds are said as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})

test.each<[number, string]>([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [999_499, '999 kB'],
  [999_999, '1 MB'],
  [2_294_215, '2.29 MB'],
  [5e15, '5000 TB'],
])('%d bytes are said as %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text)
})

test('a duration that is said in one unit reads back as it was', () => {
  fc.assert(
    fc.property(fc.constantFrom(60, 3600, 86_400), fc.integer({ min: 1, max: 23 }), (unit, count) => {
      expect(parseDuration(formatDuration(unit * count))).toBe(unit * count)
    }),
  )
})

test('a duration in its two largest units is less than one of the smaller unit off', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (seconds) => {
      const words = formatDuration(seconds).split(' ')
      expect(words.length).toBeLessThanOrEqual(2)
      const read = words.map(parseDuration).reduce((sum, part) => sum + part, 0)
      expect(Math.abs(read - seconds)).toBeLessThan(
        seconds < 60 ? 0.06 : seconds < 3600 ? 1 : seconds < 86_400 ? 60 : 3600,
      )
    }),
  )
})

test('a size reads back within the three digits that it is said with', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e15 }), (bytes) => {
      expect(Math.abs(parseSize(formatSize(bytes)) - bytes)).toBeLessThanOrEqual(bytes * 0.005)
    }),
  )
})

test('a text as long as no amount is refused without being looked through', () => {
  const long = '9'.repeat(300_000)
  const began = process.cpuUsage()
  for (const parse of [parseDuration, parseFraction, parseSize])
    expect(() => parse(long)).toThrow(/^'9{100}…' is not a/)
  expect(process.cpuUsage(began).user).toBeLessThan(1_000_000)
})
