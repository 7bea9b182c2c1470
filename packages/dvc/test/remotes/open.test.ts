import { expect, test } from 'vitest'
import { openRemote } from '../../src/remotes/open.ts'
import { newFolder } from '../sandbox.ts'

test.each([
  ['s3://data/store', 's3://data/store'],
  ['http://127.0.0.1:9/data/', 'http://127.0.0.1:9/data'],
  ['HTTPS://127.0.0.1:9/data', 'https://127.0.0.1:9/data'],
])('%s is spoken', async (url, shown) => {
  const remote = await openRemote({ name: 'store', settings: { url, region: 'us-east-1' } })
  expect(remote.url).toBe(shown)
  await remote.close?.()
})

test('a folder is one, also as an address', async () => {
  const dir = newFolder()
  expect((await openRemote({ name: 'store', settings: { url: `file://${dir}` } })).url).toBe(dir)
})

test.each(['ssh', 'gs', 'azure', 'oss', 'gdrive', 'hdfs', 'webhdfs', 'webdavs'])(
  '%s is not, and says so',
  async (scheme) => {
    const opening = openRemote({ name: 'store', settings: { url: `${scheme}://ada:pw@host/data` } })
    await expect(opening).rejects.toMatchObject({
      code: 'DS_REMOTE_UNSUPPORTED',
      message: expect.stringMatching(`${scheme}://(?!.*pw)`) as string,
    })
  },
)
