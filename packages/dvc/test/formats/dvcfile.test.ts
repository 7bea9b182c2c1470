import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  definitionHash,
  readDvcFile,
  updateDvcFile,
  withData,
  writeDvcFile,
  type OutEntry,
} from '../../src/formats/dvcfile.ts'

const md5 = '401b30e3b8b5d629635a5c613cdb7919'
const other = '60b725f10c9c85c70d97880dfe8191b3'

test('new files have the bytes of DVC 3.67.1 (dvc add data x.csv)', () => {
  const data = { md5: 'd2aa2160ae615cf6a989dee4b4e2c11b.dir', size: 6, nfiles: 3, hash: 'md5', path: 'data' }
  expect(writeDvcFile({ outs: [data] })).toBe(
    'outs:\n- md5: d2aa2160ae615cf6a989dee4b4e2c11b.dir\n  size: 6\n  nfiles: 3\n  hash: md5\n  path: data\n',
  )
  expect(writeDvcFile({ outs: [{ path: 'x.csv', hash: 'md5', isexec: true, size: 2, md5 }] })).toBe(
    `outs:\n- md5: ${md5}\n  size: 2\n  isexec: true\n  hash: md5\n  path: x.csv\n`,
  )
})

const digits = fc.stringMatching(/^[0-9]{32}$/)
const hash = fc.oneof(
  digits,
  fc.stringMatching(/^[0-9a-f]{32}$/),
  digits.map((all) => `${all}.dir`),
)
const name = fc.string({ unit: 'binary', minLength: 1 }).map((text) => `_${text.replaceAll(/[/\0]/g, '-')}`)
const note = fc.string({ unit: 'grapheme', minLength: 1 })
const out: fc.Arbitrary<OutEntry> = fc.record(
  {
    md5: hash,
    size: fc.nat(),
    nfiles: fc.nat(),
    isexec: fc.constant(true),
    hash: fc.constant('md5'),
    path: name,
    desc: note,
    labels: fc.array(note, { minLength: 1, maxLength: 3 }),
    meta: fc.dictionary(note, fc.oneof(note, fc.integer(), fc.boolean()), {
      minKeys: 1,
      maxKeys: 3,
      noNullPrototype: true,
    }),
    cache: fc.constant(false),
    push: fc.constant(false),
    persist: fc.constant(true),
    remote: note,
  },
  { requiredKeys: ['md5', 'size', 'path', 'hash'] },
)

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.array(out, { minLength: 1, maxLength: 3 }), fc.option(note, { nil: undefined }), (outs, desc) => {
      const file = { outs, ...(desc === undefined ? {} : { desc }) }
      expect(readDvcFile(writeDvcFile(file), 'x.dvc')).toEqual(file)
    }),
  )
})

test('an update gives what a new file would say; what says it already stays', () => {
  fc.assert(
    fc.property(out, out, (first, second) => {
      const text = writeDvcFile({ outs: [first] })
      const file = { outs: [second] }
      expect(readDvcFile(updateDvcFile(text, file, 'x.dvc'), 'x.dvc')).toEqual(file)
      expect(updateDvcFile(text, { outs: [first] }, 'x.dvc')).toBe(text)
    }),
  )
})

test('an update keeps comments and the order of keys, and writes the rest as DVC 3.67.1 does (dvc add)', () => {
  const text = `\uFEFF---\r\n# top\r\nouts:\r\n  - path: "a b" # name\r\n    # deep\r\n    size: 2 # bytes\r\n    hash: md5\r\n    md5: '${md5}' # hash\r\n    desc: |\r\n      two\r\n      lines\r\n# end\r\nmeta: {a: 1}\r\n`
  const file = readDvcFile(text, 'x.dvc')
  const [before] = file.outs ?? []
  const data = { md5: other, size: 30, isexec: true }
  expect(updateDvcFile(text, { ...file, outs: [withData(before as OutEntry, data)] }, 'x.dvc')).toBe(
    `# top\nouts:\n- path: a b     # name\n    # deep\n  size: 30  # bytes\n  hash: md5\n  md5: ${other}     # hash\n  desc: |\n    two\n    lines\n# end\n  isexec: true\nmeta: {a: 1}\n`,
  )
})

test('an entry of DVC 2 that changed becomes one of DVC 3; keys that go take their comments along', () => {
  const text = `outs:\n- nfiles: 2 # gone\n  isexec: true\n  md5: ${md5}\n  path: a\n`
  const [entry] = readDvcFile(text, 'a.dvc').outs ?? []
  expect(updateDvcFile(text, { outs: [withData(entry as OutEntry, { md5: other, size: 3 })] }, 'a.dvc')).toBe(
    `outs:\n- md5: ${other}\n  path: a\n  size: 3\n  hash: md5\n`,
  )
})

test('an unquoted hash of digits is read digit by digit', () => {
  const text = `outs:\n- md5: 0${'1'.repeat(31)}\n  hash: md5\n  path: a\n`
  expect(readDvcFile(text, 'x.dvc')).toEqual({ outs: [{ md5: `0${'1'.repeat(31)}`, hash: 'md5', path: 'a' }] })
})

describe('all kinds of .dvc files', () => {
  // Written by DVC 3.67.1: import, import-url, an output whose versions the remote keeps, several outputs of DVC 2.
  test.each([
    `md5: 0f5e24ee0d2a4a5fb32fb0d9f7bbd1a9\nfrozen: true\ndeps:\n- path: data\n  repo:\n    url: https://example.com/r\n    rev: main\n    rev_lock: 3f4e2d1c\nouts:\n- md5: ${md5}\n  size: 2\n  hash: md5\n  path: a\n`,
    `md5: ${other}\nwdir: ../x\nfrozen: true\ndeps:\n- checksum: '"5c-1f"'\n  size: 2\n  hash: md5\n  path: https://example.com/a\nouts:\n- md5: ${md5}\n  size: 2\n  hash: md5\n  path: a\n`,
    `outs:\n- hash: md5\n  path: d\n  files:\n  - relpath: a\n    md5: ${md5}\n    size: 2\n    cloud:\n      s3:\n        etag: AbC\n        version_id: x.1\n`,
    `outs:\n- md5: ${md5}\n  size: 2\n  path: a\n- md5: ${other}.dir\n  nfiles: 1\n  path: b\n  cache: false\nalways_changed: true\nmeta:\n  who: me\n`,
    'outs:\n- hash: md5\n  path: later\n',
  ])('are read and written: %#', (text) => {
    expect(writeDvcFile(readDvcFile(text, 'x.dvc'))).toBe(text)
  })
})

test('what is the default anyway is not written', () => {
  const text = `frozen: false\nwdir: ./\nouts:\n- md5: ${md5.toUpperCase()}\n  isexec: false\n  hash: md5\n  path: ./a/\n  cache: true\n  push: true\n  persist: false\n  desc: ''\n  labels: []\n`
  expect(writeDvcFile(readDvcFile(text, 'x.dvc'))).toBe(`outs:\n- md5: ${md5}\n  hash: md5\n  path: a\n`)
})

test('the hash of an import’s definition is DVC’s (example-get-started, data.xml.dvc)', () => {
  const file = {
    frozen: true,
    deps: [
      {
        path: 'get-started/data.xml',
        repo: {
          url: 'https://github.com/iterative/dataset-registry',
          rev_lock: 'f59388cd04276e75d70b2136597aaa27e7937cc3',
        },
      },
    ],
    outs: [{ md5: '22a1a2931c8370d3aeedd7183606fd7f', size: 14445097, hash: 'md5', path: 'data.xml' }],
  }
  expect(definitionHash({ ...file, md5: other, desc: 'mine', meta: { a: 1 } })).toBe('f5ea021eddd7b1df6de80b904cba1da6')
})

test.each([
  ['a', 'it is not a mapping'],
  ['outs: 1', 'outs is not a list'],
  ['outs:\n- a', 'outs[0] is not a mapping'],
  ['outs:\n- md5: x\n  path: 1', 'outs[0].md5 is not a hash; outs[0].path is not a text without NUL'],
  ['outs:\n- md5: abcd\n  path: a', "outs[0].md5 'abcd' is no md5"],
  [`outs:\n- md5: ${md5}\n  hash: sha256\n  path: a`, 'outs[0].hash is not md5, the only algorithm that DVC 3 knows'],
  ['a: [', 'a.dvc: '],
  ['outs:\n- hash: md5', 'outs[0].path is missing'],
  ['cmd: make\nouts: []', 'cmd is a key that DVC does not know'],
  [
    `outs:\n- path: a\n  metric: true\n  size: '2'`,
    'outs[0].metric is a key that DVC does not know; outs[0].size is not a whole number',
  ],
])('refuses %j as malformed', (text, problem) => {
  expect(() => readDvcFile(text, 'a.dvc')).toThrow(
    expect.objectContaining({ code: 'DS_DVC_FILE_MALFORMED', message: expect.stringContaining(problem) as string }),
  )
})

test.each([
  ['tags', `outs:\n- md5: ${md5}\n  path: !x a\n`],
  ['merged keys', `meta: &x {a: 1}\nouts:\n- md5: ${md5}\n  path: a\n  meta:\n    <<: *x\n`],
  ['comments within brackets', `meta: [1, # one\n  2]\nouts:\n- md5: ${md5}\n  path: a\n`],
  ['block scalars with their own indent', `desc: |2\n    a\nouts:\n- md5: ${md5}\n  path: a\n`],
])('refuses to change a file with %s: a rewrite would not keep them', (_, text) => {
  const file = { outs: [{ md5: other, path: 'a' }] }
  expect(() => updateDvcFile(text, file, 'a.dvc')).toThrow(
    expect.objectContaining({ code: 'DS_DVC_FILE_UNSUPPORTED', where: 'a.dvc' }),
  )
})

// What DVC 3.67.1 with ruamel.yaml 0.19.1 makes of these files with this change.
test.each([
  [
    `{outs: [{md5: ${md5}, size: 0, hash: md5, path: a}]}\n`,
    `{outs: [{md5: ${other}, size: 1, hash: md5, path: a}]}\n`,
  ],
  [
    '# top\n{outs: [{path: a}], meta: {by: [ann, bob], why: a reason that goes on and on and on}}\n# end\n',
    `# top\n{outs: [{path: a, md5: ${other}, size: 1, hash: md5}], meta: {\nby: [ann, bob], why: a reason that goes on and on and on}}\n`,
  ],
  [
    `# top\n{"outs": [{"md5": "${md5}", "path": "a"}]} # one\n# end\n`,
    `{outs: [{md5: ${other}, path: a, size: 1, hash: md5}]} # one\n# end\n`,
  ],
  [
    'outs: [path: a]\nmeta: {a: , b: [c: 1]}\n',
    `outs: [{path: a, md5: ${other}, size: 1, hash: md5}]\nmeta: {a: null, b: [c: 1]}\n`,
  ],
  [
    `outs: [{md5: ${md5}, size: 0, hash: md5, desc: the first one, path: a}] # one\n`,
    `outs: [{md5: ${other}, size: 1, hash: md5, desc: the \n      first one, path: a}]${' '.repeat(72)}# one\n`,
  ],
])('an entry within brackets stays there: %j', (text, expected) => {
  const file = readDvcFile(text, 'a.dvc')
  const [entry] = file.outs ?? []
  const outs = [withData(entry as OutEntry, { md5: other, size: 1 })]
  expect(updateDvcFile(text, { ...file, outs }, 'a.dvc')).toBe(expected)
})

test('what a merge has left is told as such, and other faults name the file that comes back', () => {
  const text = `<<<<<<< HEAD\nouts:\n- md5: ${md5}\n=======\nouts:\n- md5: ${other}\n>>>>>>> b\n  path: x\n`
  expect(thrown(text, 'x.dvc')).toMatchObject({
    message: 'x.dvc has conflict markers of git',
    hint: expect.stringContaining("git checkout --ours -- 'x.dvc'"),
  })
  expect(thrown('a: [', 'x.dvc')).toMatchObject({ hint: "Restore it from git: git checkout -- 'x.dvc'" })
  expect(thrown('outs: 1\n', 'v1:x.dvc')).toMatchObject({ hint: expect.not.stringContaining('git checkout') })
})

test.each(['size', 'nfiles'])('a %s below 0 is refused', (key) => {
  expect(() => readDvcFile(`outs:\n- ${key}: -1\n  path: x\n`, 'x.dvc')).toThrow(
    `x.dvc is no .dvc file: outs[0].${key} is not a whole number of 0 or more`,
  )
})

function thrown(file: string, where: string): unknown {
  try {
    return readDvcFile(file, where)
  } catch (error) {
    return error
  }
}
