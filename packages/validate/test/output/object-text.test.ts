import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withKeys } from '../../src/output/object-text.ts'

test.each([
  ['{"a": -0, "b": 2.50, "c":1e3}', ['b', 'c'], '{"b": 2.50, "c":1e3}'],
  ['{"a,\\"b": [{"x": "}, "}], "b": "]"}', ['a,"b'], '{"a,\\"b": [{"x": "}, "}]}'],
  ['{ "a" : {"a": 1} , "b":null}', ['a'], '{"a" : {"a": 1}}'],
  ['{"\\u0061": 1, "b": 2}', ['a'], '{"\\u0061": 1}'],
  ['{}', ['a'], '{}'],
  ['{"b": 1}', ['a'], '{}'],
  ['null', ['a'], 'null'],
  ['"a, b"', ['a'], '"a, b"'],
  ['{"a\\\\": "\\\\\\"", "b": "\\\\"}', ['b'], '{"b": "\\\\"}'],
])('%s with %j is %s', (text, names, kept) => {
  expect(withKeys(text, new Set(names))).toBe(kept)
})

test.each([
  ['plain', 'x'],
  ['escaped', '\\"'],
  ['of backslashes', '\\\\'],
])('texts of 20 million characters, %s', (_, part) => {
  const long = part.repeat(20_000_000 / part.length)
  expect(withKeys(`{"a": "${long}", "b": "${long}", "c": 1}`, new Set(['b', 'c']))).toBe(`{"b": "${long}", "c": 1}`)
})

test('law: it is the object without its other keys', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.array(fc.string()),
      fc.nat(3),
      (object, more, indent) => {
        const names = new Set([...Object.keys(object).filter((_, at) => at % 2 === 0), ...more])
        // What JSON makes of it: it has no −0, and no key that is called as what objects inherit from.
        const whole = JSON.parse(JSON.stringify(object)) as Record<string, unknown>
        const kept = Object.fromEntries(Object.entries(whole).filter(([name]) => names.has(name)))
        expect(JSON.parse(withKeys(JSON.stringify(object, undefined, indent), names))).toEqual(kept)
      },
    ),
    { seed: 20_261_128 },
  )
})
