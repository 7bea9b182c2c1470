import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gitAddress } from '../../src/elsewhere/address.ts'
import { newFolder, put } from '../sandbox.ts'

test('folders are found from the first place that has them', () => {
  const folder = newFolder()
  put(folder, 'a/x', '')
  put(folder, 'b/there/x', '')
  expect(gitAddress('there', [join(folder, 'a'), join(folder, 'b')])).toEqual({
    url: join(folder, 'b/there'),
    isFolder: true,
  })
})

test.each([
  'https://example.com/a.git',
  'ssh://git@example.com:2222/a',
  'git@example.com:a/b.git',
  'host:a',
  'file:///srv/a',
])('%s goes to git as it is', (url) => {
  expect(gitAddress(url, ['/'])).toEqual({ url, isFolder: false })
})

test.each([
  '',
  'ext::sh -c true',
  'fd::17/x',
  '--upload-pack=touch /tmp/x',
  '-oProxyCommand=x:y',
  'foo://example.com/a',
  'nowhere',
  '../nowhere',
  'https://example.com/a\nb',
  's3://bucket/a',
])('%j does not go to git', (url) => {
  expect(() => gitAddress(url, [newFolder()])).toThrow(expect.objectContaining({ code: 'DS_GIT_ADDRESS' }))
})
