import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { outPathsOf, readDvcFile, updateDvcFile, writeDvcFile, type DvcOut } from '../src/dvcfile.ts'

const md5 = '401b30e3b8b5d629635a5c613cdb7919'
const other = '60b725f10c9c85c70d97880dfe8191b3'

test('new files have the bytes of DVC 3.67.1 (dvc add data x.csv)', () => {
  expect(writeDvcFile({ md5: 'd2aa2160ae615cf6a989dee4b4e2c11b.dir', size: 6, nfiles: 3, path: 'data' })).toBe(
    'outs:\n- md5: d2aa2160ae615cf6a989dee4b4e2c11b.dir\n  size: 6\n  nfiles: 3\n  hash: md5\n  path: data\n',
  )
  expect(writeDvcFile({ md5, size: 2, isexec: true, path: 'x.csv' })).toBe(
    `outs:\n- md5: ${md5}\n  size: 2\n  isexec: true\n  hash: md5\n  path: x.csv\n`,
  )
})

const digits = fc.stringMatching(/^[0-9]{32}$/)
const hash = fc.oneof(
  digits,
  fc.stringMatching(/^[0-9a-f]{32}$/),
  digits.map((all) => `${all}.dir`),
)
const out: fc.Arbitrary<DvcOut> = fc.record(
  {
    md5: hash,
    size: fc.nat(),
    nfiles: fc.nat(),
    isexec: fc.constant(true),
    path: fc.string({ unit: 'binary', minLength: 1 }),
  },
  { requiredKeys: ['md5', 'size', 'path'] },
)

test('what is written is read again', () => {
  fc.assert(
    fc.property(out, (first) => {
      expect(readDvcFile(writeDvcFile(first), 'x.dvc')).toEqual(first)
    }),
  )
})

test('an update gives what a new file would say, and keeps the path', () => {
  fc.assert(
    fc.property(out, out, (first, second) => {
      const next = { ...second, path: first.path }
      expect(readDvcFile(updateDvcFile(writeDvcFile(first), next, 'x.dvc'), 'x.dvc')).toEqual(next)
      expect(updateDvcFile(writeDvcFile(first), first, 'x.dvc')).toBe(writeDvcFile(first))
    }),
  )
})

test('an update keeps comments, order, unknown keys, line ends and the byte order mark', () => {
  const text = `\uFEFF---\r\n# top\r\nouts:\r\n  - path: "a b" # name\r\n    # deep\r\n    size: 2 # bytes\r\n    hash: md5\r\n    md5: '${md5}' # hash\r\n    desc: |\r\n      two\r\n      lines\r\n    new-key: [1, 2]\r\n# end\r\nmeta: {a: 1}\r\n`
  const updated = updateDvcFile(text, { md5: other, size: 30, isexec: true, path: 'a b' }, 'x.dvc')
  expect(updated).toBe(
    text.replace(`'${md5}'`, other).replace('size: 2', 'size: 30').replace('# end', '    isexec: true\r\n# end'),
  )
})

test('keys that go take their line with them, the first of the entry too', () => {
  const text = `outs:\n- nfiles: 2\n  # about the hash\n  isexec: true # gone\n  md5: ${md5}\n  hash: md5\n  path: a`
  expect(() => updateDvcFile(text, { md5, path: 'a' }, 'a.dvc')).toThrow('has a comment at nfiles')
  expect(updateDvcFile(text.replace('  # about the hash\n', ''), { md5, size: 3, path: 'a' }, 'a.dvc')).toBe(
    `outs:\n- md5: ${md5}\n  hash: md5\n  path: a\n  size: 3\n`,
  )
})

test('an unquoted hash of digits is read digit by digit', () => {
  const text = `outs:\n- md5: ${'1'.repeat(32)}\n  hash: md5\n  path: 123\n`
  expect(readDvcFile(text, 'x.dvc')).toEqual({ md5: '1'.repeat(32), path: '123' })
})

test.each([
  ['an import', `md5: x\ndeps:\n- path: a\nouts:\n- md5: ${md5}\n  hash: md5\n  path: a\n`],
  ['a stage', `cmd: true\nouts:\n- path: a\n`],
  ['a frozen file', `frozen: true\nouts:\n- md5: ${md5}\n  hash: md5\n  path: a\n`],
  ['a working directory', `wdir: ..\nouts:\n- md5: ${md5}\n  hash: md5\n  path: a\n`],
  ['several outputs', `outs:\n- md5: ${md5}\n  hash: md5\n  path: a\n- md5: ${md5}\n  hash: md5\n  path: b\n`],
  ['DVC 2', `outs:\n- md5: ${md5}\n  path: a\n`],
  ['no cache', `outs:\n- md5: ${md5}\n  hash: md5\n  path: a\n  cache: false\n`],
  ['cloud versions', `outs:\n- md5: ${md5}\n  hash: md5\n  path: a\n  cloud: {s3: {etag: x}}\n`],
  ['aliases', `outs:\n- md5: &x ${md5}\n  hash: md5\n  path: a\nmeta: *x\n`],
])('refuses to change a file with %s', (_, text) => {
  const update = (): string => updateDvcFile(text, { md5: other, size: 1, path: 'a' }, 'a.dvc')
  expect(update).toThrow(expect.objectContaining({ code: 'DS_DVC_FILE_UNSUPPORTED', where: 'a.dvc' }))
})

test('a flow mapping is changed in place, and refused where a key would have to be added', () => {
  const text = `outs: [{md5: ${md5}, size: 2, hash: md5, path: a}]\n`
  expect(updateDvcFile(text, { md5: other, size: 3, path: 'a' }, 'a.dvc')).toBe(
    `outs: [{md5: ${other}, size: 3, hash: md5, path: a}]\n`,
  )
  expect(() => updateDvcFile(text, { md5, size: 2, isexec: true, path: 'a' }, 'a.dvc')).toThrow('in one line')
})

test.each([
  '',
  'a',
  'outs: 1',
  'outs: []',
  'outs:\n- a',
  `outs:\n- md5: x\n  hash: md5\n  path: a`,
  'a: [',
  'outs:\n- hash: md5',
])('refuses %j as malformed', (text) => {
  expect(() => readDvcFile(text, 'a.dvc')).toThrow(expect.objectContaining({ code: 'DS_DVC_FILE_MALFORMED' }))
})

test('lists the outputs of any .dvc file', () => {
  expect(outPathsOf('wdir: sub\ndeps:\n- path: a\nouts:\n- path: b\n- path: c\n', 'x.dvc')).toEqual(['sub/b', 'sub/c'])
})
