import { expect, test } from 'vitest'
import { openIgnore } from '../src/ignore.ts'
import { newFolder, put } from './sandbox.ts'

test('the last match of the deepest file wins, and says where it stands', async () => {
  const root = newFolder()
  put(root, '.dvcignore', '# comment\n*.tmp\n  padded  \n!keep.tmp\nlogs/\n')
  put(root, 'in [1]/.dvcignore', '!a.tmp\n/top\nx/y\n')
  const ignore = openIgnore(root)
  const by = (path: string, isDirectory = false): Promise<string | undefined> => ignore.ignoredBy(path, isDirectory)
  expect(await by('a.tmp')).toBe('.dvcignore:2:*.tmp')
  expect(await by('deep/er/a.tmp')).toBe('.dvcignore:2:*.tmp')
  expect(await by('A.TMP')).toBeUndefined()
  expect(await by('padded')).toBe('.dvcignore:3:padded')
  expect(await by('keep.tmp')).toBeUndefined()
  expect(await by('logs', true)).toBe('.dvcignore:5:logs/')
  expect(await by('logs')).toBeUndefined()
  expect(await by('logs/keep.tmp')).toBe('.dvcignore:5:logs/')
  expect(await by('in [1]/a.tmp')).toBeUndefined()
  expect(await by('in [1]/top')).toBe('in [1]/.dvcignore:2:/top')
  expect(await by('in [1]/sub/top')).toBeUndefined()
  expect(await by('in [1]/x/y')).toBe('in [1]/.dvcignore:3:x/y')
  expect(await by('.git', true)).toBe('built in:.git')
})
