import { expect, test } from 'vitest'
import { compareIndexes, comparePaths } from '../../src/history/compare.ts'
import type { DataIndex } from '../../src/history/data-index.ts'

/** A tree of files, by their digits. */
function treeOf(files: Readonly<Record<string, string>>): DataIndex {
  const entries = Object.entries(files).map(([path, digits]) => ({
    path,
    isDirectory: false,
    hash: { algorithm: 'md5' as const, digits },
  }))
  return {
    entry: async (path) => (path === '' ? { path, isDirectory: true } : entries.find((one) => one.path === path)),
    within: async () => entries,
  }
}

test('what has one hash in several places is renamed in the order of paths, first to first', async () => {
  const before = treeOf({ b: '1', 'a-b': '1', 'a/z': '1', same: '2' })
  const after = treeOf({ y: '1', x: '1', same: '2' })
  const found = await compareIndexes(before, after, { by: 'entry' })
  // DVC orders by the parts of a path, so that a/z comes before a-b.
  expect(found.map(({ kind, before: was, after: is }) => [kind, was?.path, is?.path])).toEqual([
    ['deleted', 'b', undefined],
    ['renamed', 'a/z', 'x'],
    ['renamed', 'a-b', 'y'],
  ])
})

function many(prefix: string): DataIndex {
  return treeOf(Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`${prefix}${at}`, '1'])))
}

test('many files of one content are matched, each once', async () => {
  const found = await compareIndexes(many('a'), many('b'), { by: 'hash' })
  expect(found.every(({ kind }) => kind === 'renamed')).toBe(true)
})

test('paths are ordered by their parts', () => {
  expect(['a-b', 'a', 'a/z', 'a.b'].toSorted(comparePaths)).toEqual(['a', 'a/z', 'a-b', 'a.b'])
})
