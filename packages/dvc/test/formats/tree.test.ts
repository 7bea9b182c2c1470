import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareCodePoints } from '../../src/formats/python.ts'
import { manifestOf, readManifest, withEntries } from '../../src/formats/tree.ts'

const md5 = 'd41d8cd98f00b204e9800998ecf8427e'

test('an empty directory is DVC’s empty manifest', () => {
  expect(manifestOf([])).toEqual({ text: '[]', md5: 'd751713988987e9331980363e24189ce.dir' })
})

test('a manifest has the bytes of DVC 3.67.1 (dvc add data)', () => {
  const entries = [
    { md5: '2cd6ee2c70b0bde53fbe6cac3c8b8bb1', relpath: 'sub/é' },
    { md5: '3b5d5c3712955042212316173ccf37be', relpath: 'b b' },
    { md5: '60b725f10c9c85c70d97880dfe8191b3', relpath: 'a' },
  ]
  const manifest = manifestOf(entries)
  expect(manifest.text).toBe(
    '[{"md5": "60b725f10c9c85c70d97880dfe8191b3", "relpath": "a"}, {"md5": "3b5d5c3712955042212316173ccf37be", "relpath": "b b"}, {"md5": "2cd6ee2c70b0bde53fbe6cac3c8b8bb1", "relpath": "sub/\\u00e9"}]',
  )
  expect(manifest.md5).toBe('d2aa2160ae615cf6a989dee4b4e2c11b.dir')
})

test('names are escaped as Python’s json does', () => {
  const { text } = manifestOf([{ md5, relpath: '\u007F"\\\t\u0001😀/' }])
  expect(text).toContain('"\\u007f\\"\\\\\\t\\u0001\\ud83d\\ude00/"')
})

test('the order is by code point of the whole path', () => {
  const sorted = ['a-b', 'a.b', 'a/z', 'ab', 'e\u0301', 'é', '\uFFE0', '😀']
  expect(sorted.toReversed().toSorted(compareCodePoints)).toEqual(sorted)
})

test('the order is that of UTF-8 bytes, and the whole manifest comes back', () => {
  const path = fc
    .array(
      fc.string({ unit: 'binary', minLength: 1 }).map((part) => `_${part.replaceAll(/[/\0]/g, '-')}`),
      { minLength: 1 },
    )
    .map((parts) => parts.join('/'))
  fc.assert(
    fc.property(fc.uniqueArray(path), (paths) => {
      const sorted = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      const entries = sorted.map((relpath) => ({ md5, relpath }))
      expect(readManifest(manifestOf(paths.map((relpath) => ({ md5, relpath }))).text, 'x')).toEqual(entries)
    }),
    { numRuns: 40 },
  )
})

test.each([
  '{',
  '{}',
  '[1]',
  '[{"md5": "x", "relpath": "a"}]',
  ...['../a', '/a', 'a//b', 'a/./b', '', 'a/.git/config', '.DVC/x'].map(leading),
])('refuses %s', (text) => {
  expect(() => readManifest(text, 'x.dir')).toThrow(expect.objectContaining({ code: 'DS_DVC_OBJECT_CORRUPT' }))
})

function leading(relpath: string): string {
  return JSON.stringify([{ md5, relpath }])
}

test('refuses what is a file and a folder', () => {
  for (const paths of [
    ['x', 'x-1', 'x/y'],
    ['a/x/y/z', 'a/x'],
    ['b/c', 'b/c/d', 'b/e'],
  ]) {
    const { text } = manifestOf(paths.map((relpath) => ({ md5, relpath })))
    expect(() => readManifest(text, 'x.dir')).toThrow(/as a file and as a folder/)
  }
  const fine = ['a/b/c', 'a/b-c', 'a/d', 'b'].map((relpath) => ({ md5, relpath }))
  expect(readManifest(manifestOf(fine).text, 'x.dir')).toHaveLength(4)
})

test('what is in the way of new entries goes', () => {
  const before = ['k', 'x', 'z/a/b', 'z/c'].map((relpath) => ({ md5, relpath }))
  const added = ['x/y', 'z/a'].map((relpath) => ({ md5, relpath }))
  expect(withEntries(before, added).map(({ relpath }) => relpath)).toEqual(['k', 'z/c', 'x/y', 'z/a'])
})
