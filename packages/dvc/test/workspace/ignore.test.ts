import { expect, test } from 'vitest'
import { openIgnore } from '../../src/workspace/ignore.ts'
import { newFolder, put } from '../sandbox.ts'

test('the last match of the deepest file wins, and says where it stands', async () => {
  const root = newFolder()
  put(root, '.dvcignore', '# comment\n*.tmp\n  padded  \n!keep.tmp\nlogs/\n')
  put(root, 'in 1/.dvcignore', '!a.tmp\n/top\nx/y\n')
  const ignore = openIgnore(root)
  const by = async (path: string, isDirectory = false): Promise<string | undefined> =>
    ignore.ignoredBy(path, isDirectory)
  expect(await by('a.tmp')).toBe('.dvcignore:2:*.tmp')
  expect(await by('deep/er/a.tmp')).toBe('.dvcignore:2:*.tmp')
  expect(await by('A.TMP')).toBeUndefined()
  expect(await by('padded')).toBe('.dvcignore:3:padded')
  expect(await by('keep.tmp')).toBeUndefined()
  expect(await by('logs', true)).toBe('.dvcignore:5:logs/')
  expect(await by('logs')).toBeUndefined()
  expect(await by('logs/keep.tmp')).toBe('.dvcignore:5:logs/')
  expect(await by('in 1/a.tmp')).toBeUndefined()
  expect(await by('in 1/top')).toBe('in 1/.dvcignore:2:/top')
  expect(await by('in 1/sub/top')).toBeUndefined()
  expect(await by('in 1/x/y')).toBe('in 1/.dvcignore:3:x/y')
  expect(await by('.git', true)).toBe(':.git')
})

test('an ignored folder’s own patterns do not count, and what lies in it stays ignored', async () => {
  const root = newFolder()
  put(root, '.dvcignore', 'out\n!out/kept\n/.dvcignore.not\n')
  put(root, 'out/.dvcignore', '!kept\n')
  expect(await openIgnore(root).ignoredBy('out/kept', false)).toBe('.dvcignore:1:out')
})

test('a check names what keeps a path too, and repositories within', async () => {
  const root = newFolder()
  put(root, '.dvcignore', '*.tmp\n!keep.tmp\n')
  put(root, 'sub/inner/.dvc/config', '')
  const ignore = openIgnore(root)
  expect(await ignore.check('keep.tmp', false)).toEqual({ ignored: false, mark: '.dvcignore:2:!keep.tmp' })
  expect(await ignore.check('other', false)).toEqual({ ignored: false })
  expect(await ignore.check('sub/inner', true)).toEqual({ ignored: true, mark: 'in sub_repo:inner' })
  expect(await ignore.check('sub/inner/a', false)).toEqual({ ignored: true, mark: 'in sub_repo:inner' })
  expect(await ignore.ignoredBy('sub/inner', true)).toBeUndefined()
})

test.each(['!', 'a\\', '[z-a]'])('the pattern %j is refused, as DVC breaks off at it', async (pattern) => {
  const root = newFolder()
  put(root, '.dvcignore', `a\n${pattern}\n`)
  await expect(openIgnore(root).ignoredBy('x', false)).rejects.toMatchObject({
    code: 'DS_DVC_IGNORE_PATTERN',
    where: `.dvcignore:2:${pattern}`,
  })
})

test('of paths of which no pattern speaks nothing is asked twice: a folder has one answer for all of its files', async () => {
  const root = newFolder()
  put(root, '.dvcignore', '# nothing\n')
  const ignore = openIgnore(root)
  expect(await ignore.ignoredBy('data/1/a.csv', false)).toBeUndefined()
  const answer = ignore.ignoredBy('data/1/b.csv', false)
  expect(ignore.ignoredBy('data/1/c.csv', false)).toBe(answer)
  expect(ignore.ignoredBy('data/1/.dvc', true)).not.toBe(answer)
})

test('what the built-in patterns name is found in folders without patterns too', async () => {
  const root = newFolder()
  put(root, 'a/nested/.dvc/config', '')
  const ignore = openIgnore(root)
  expect(await ignore.ignoredBy('a/one', false)).toBeUndefined()
  expect(await ignore.ignoredBy('a/.git', false)).toBe(':.git')
  expect(await ignore.ignoredBy('a/.hg', true)).toBe(':.hg/')
  expect(await ignore.ignoredBy('a/.hg', false)).toBeUndefined()
  expect(await ignore.ignoredBy('a/nested/x', false)).toBe('in sub_repo:nested')
  expect(await ignore.ignoredBy('a/nested/y', false)).toBe('in sub_repo:nested')
})
