import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareVersions, nextVersion, readTagName, writeTagName, type TagName } from '../../src/tags/tag-name.ts'

test.each<[string, TagName]>([
  ['weather@v1.2.3', { name: 'weather', action: 'register', version: 'v1.2.3' }],
  ['weather@v1.2.3!', { name: 'weather', action: 'deregister', version: 'v1.2.3' }],
  ['weather@v1.2.3!#4', { name: 'weather', action: 'deregister', version: 'v1.2.3', counter: 4 }],
  ['weather#prod', { name: 'weather', action: 'assign', stage: 'prod' }],
  ['a/b_c#prod#12', { name: 'a/b_c', action: 'assign', stage: 'prod', counter: 12 }],
  ['weather#prod!#3', { name: 'weather', action: 'unassign', stage: 'prod', counter: 3 }],
  ['weather@deprecated', { name: 'weather', action: 'deprecate' }],
  ['data/eu=weather@v0.1.0-rc.1+b', { name: 'data/eu:weather', action: 'register', version: 'v0.1.0-rc.1+b' }],
])('%s is read and written as GTO 1.10 does', (tag, said) => {
  expect(readTagName(tag)).toEqual(said)
  expect(writeTagName(said)).toBe(tag)
})

test.each(['v1.2.3', 'weather@1.2.3', 'weather@v1.2', 'weather@v01.2.3', '-a@v1.2.3', 'a#', 'a@deprecated!', 'a b#c'])(
  '%s is no tag of GTO',
  (tag) => {
    expect(readTagName(tag)).toBeUndefined()
  },
)

test('names that no tag can hold are refused', () => {
  for (const said of [
    { name: 'a b', action: 'deprecate' },
    { name: 'a', action: 'register', version: '1.2.3' },
    { name: 'a', action: 'assign', stage: '-' },
    { name: 'a', action: 'unassign' },
  ] as const) {
    expect(() => writeTagName(said)).toThrow(expect.objectContaining({ code: 'DS_TAG_NAME' }))
  }
})

test('the next version is that of GTO, whose bumps of v1.2.3-rc.1 are v2.0.0, v1.3.0 and v1.2.4', () => {
  expect((['major', 'minor', 'patch'] as const).map((bump) => nextVersion('v1.2.3-rc.1', bump))).toEqual([
    'v2.0.0',
    'v1.3.0',
    'v1.2.4',
  ])
})

test('versions are ordered as semver.org says', () => {
  const ordered =
    'v1.0.0-alpha v1.0.0-alpha.1 v1.0.0-alpha.beta v1.0.0-beta v1.0.0-beta.2 v1.0.0-beta.11 v1.0.0-rc.1 v1.0.0 v1.0.1 v1.10.0 v2.0.0'
  fc.assert(
    fc.property(fc.shuffledSubarray(ordered.split(' ')), (some) => {
      const expected = ordered.split(' ').filter((version) => some.includes(version))
      expect(some.toSorted(compareVersions)).toEqual(expected)
    }),
  )
})
