import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { emitEntry } from '../../src/formats/scalar.ts'

// Written by ruamel.yaml 0.19.1 under DVC 3.67.1:
// python -c "from dvc.utils.serialize import dumps_yaml; print(dumps_yaml({'outs': [{'path': name}]}))"
const GOLDEN: readonly (readonly [name: string, line: string])[] = [
  ['data', 'data'],
  ['yes', 'yes'],
  ['12:30:45', '12:30:45'],
  ['0X1F', '0X1F'],
  ['1e', '1e'],
  ['_1', '_1'],
  ['-a', '-a'],
  ['a:b', 'a:b'],
  ['~user', '~user'],
  ['', "''"],
  ['~', "'~'"],
  ['null', "'null'"],
  ['True', "'True'"],
  ['017', "'017'"],
  ['0x1f', "'0x1f'"],
  ['1_000', "'1_000'"],
  ['1e3', "'1e3'"],
  ['.5', "'.5'"],
  ['.nan', "'.nan'"],
  ['2020-01-01', "'2020-01-01'"],
  ['<<', "'<<'"],
  ['=', "'='"],
  ['- a', "'- a'"],
  ['---a', "'---a'"],
  ['#a', "'#a'"],
  ['a #b', "'a #b'"],
  ['a: b', "'a: b'"],
  ['a:', "'a:'"],
  ['a ', "'a '"],
  ["it's", "it's"],
  ["it's: x", '"it\'s: x"'],
  ['say "hi"', 'say "hi"'],
  ['"hi"', '\'"hi"\''],
  ['a\tb', '"a\\tb"'],
  ['a\nb', '"a\\nb"'],
  ['\u007F', '"\\x7F"'],
  ['\uFEFF', '"\\uFEFF"'],
  ['é😀', 'é😀'],
  ['\té😀', '"\\té😀"'],
]

test.each(GOLDEN)('%j is written as ruamel.yaml writes it', (name, line) => {
  expect(emitEntry('path', name, 2)).toBe(`path: ${line}`)
})

test('long names are broken where ruamel.yaml breaks them', () => {
  expect(emitEntry('path', 'x'.repeat(72), 2)).toBe(`path: ${'x'.repeat(72)}`)
  expect(emitEntry('path', 'x'.repeat(73), 2)).toBe(`path: \n    ${'x'.repeat(73)}`)
  expect(emitEntry('path', `${'x'.repeat(50)} ${'y'.repeat(30)}`, 2)).toBe(
    `path: ${'x'.repeat(50)} \n    ${'y'.repeat(30)}`,
  )
  const words = `# ${'word '.repeat(20)}end`
  expect(emitEntry('path', words, 2)).toBe(`path: '# ${'word '.repeat(14)}word\n    ${'word '.repeat(5)}end'`)
  expect(emitEntry('path', `\t${'word '.repeat(20)}end`, 2)).toBe(
    `path: "\\t${'word '.repeat(14)}word\n    ${'word '.repeat(5)}end"`,
  )
})

test('a hash of digits only, or digits and one e, is quoted', () => {
  expect(emitEntry('md5', '0'.repeat(32), 2)).toBe(`md5: '${'0'.repeat(32)}'`)
  expect(emitEntry('md5', `12e${'3'.repeat(29)}`, 2)).toBe(`md5: '12e${'3'.repeat(29)}'`)
  expect(emitEntry('md5', `12f${'3'.repeat(29)}`, 2)).toBe(`md5: 12f${'3'.repeat(29)}`)
  expect(emitEntry('md5', `${'1'.repeat(32)}.dir`, 2)).toBe(`md5: ${'1'.repeat(32)}.dir`)
})

test('what is written is read back as the same text', () => {
  const piece = fc.constantFrom(
    ' ',
    '  ',
    ':',
    '#',
    "'",
    '"',
    '\\',
    '\t',
    '\n',
    'é',
    '😀',
    '\u2028',
    '-',
    'word',
    'e',
    '0',
  )
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    fc.array(fc.constantFrom('word', 'x'.repeat(30), "it's", '\t'), { maxLength: 40 }).map((words) => words.join(' ')),
  )
  fc.assert(
    fc.property(name, (text) => {
      const written = `outs:\n- md5: x\n  ${emitEntry('path', text, 2)}\n`
      const read = parse(written, { schema: 'failsafe' }) as { outs: { path: string }[] }
      expect(read.outs[0]?.path).toBe(text)
    }),
    { numRuns: 500 },
  )
})
