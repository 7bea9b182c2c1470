import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPlainRecord } from '../../src/formats/plain-record.ts'
import { readYaml } from '../../src/formats/yaml.ts'

test('what dvc add writes of a directory is read', () => {
  const text = 'outs:\n- md5: 4508680b3b3784d5ddc783ad63ae0462.dir\n  size: 5\n  nfiles: 3\n  hash: md5\n  path: data\n'
  expect(readPlainRecord(text)).toEqual({
    outs: [{ md5: '4508680b3b3784d5ddc783ad63ae0462.dir', size: 5, nfiles: 3, hash: 'md5', path: 'data' }],
  })
})

test.each([
  '',
  'outs:\n',
  'outs:\n  path: a\n',
  'outs:\n- path: a',
  'outs:\n- path: a b\n',
  'outs:\n- path: a:\n',
  'outs:\n- path: a # b\n',
  "outs:\n- path: 'a'\n",
  'outs:\n- path: a\n  path: b\n',
  'outs:\n- path: a\ndesc: b\n',
  'outs:\n- path: a\r\n',
  'outs:\n- path: a\n\n',
  'outs:\n- path: a\n   size: 1\n',
  'outs:\n- path: a\n  meta:\n    a: 1\n',
  'deps:\n- path: a\n',
])('other forms are left to YAML: %j', (text) => {
  expect(readPlainRecord(text)).toBeUndefined()
})

test('whatever is read is what YAML says', () => {
  expect.hasAssertions()
  const plain = fc.stringMatching(/^\w[\w./-]{0,12}$/)
  const value = fc.oneof(
    plain,
    fc.constantFrom('null', 'True', 'no', '0x1f', '1e3', '1_000', '017', '2001-01-01', '0b1', '1.', '.5', '_1', '12e3'),
    fc.stringMatching(/^[0-9e]{32}$/),
  )
  const entry = fc.dictionary(fc.constantFrom('md5', 'size', 'path', 'hash', 'isexec', 'nfiles'), value, { minKeys: 1 })
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 3 }), (outs) => {
      const lines = outs.flatMap((out) =>
        Object.entries(out).map(([key, one], at) => `${at === 0 ? '- ' : '  '}${key}: ${one}`),
      )
      const text = `outs:\n${lines.join('\n')}\n`
      const yaml = readYaml(text, 'x.dvc')
      expect(readPlainRecord(text) ?? yaml).toEqual(yaml)
    }),
    { numRuns: 1000 },
  )
})
