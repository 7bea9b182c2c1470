import { expect, test } from 'vitest'
import { jsonText } from '../src/json-text.ts'

test.each<[unknown, string | undefined]>([
  [{ a: [1, 'x', null, undefined], b: undefined }, '{"a":[1,"x",null,null]}'],
  [[2n ** 64n, Number.NaN, -Infinity, -0], '["18446744073709551616","NaN","-Infinity",0]'],
  [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  [[Uint8Array.of(0, 255), Buffer.from('a')], String.raw`["\\x00\\xff","\\x61"]`],
  [new Map([['k', new Set([1n])]]), '{"k":["1"]}'],
  [[Float32Array.of(0.5), BigInt64Array.of(1n)], '[[0.5],["1"]]'],
  [{ toJSON: () => 'x' }, '"x"'],
  [() => 1, undefined],
])('%o', (value, text) => {
  expect(jsonText(value)).toBe(text)
})
