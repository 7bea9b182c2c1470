import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpRemote } from '../../packages/dvc/src/remotes/http.ts'
import { Interruption, type Remote } from '../../packages/dvc/src/remotes/remote.ts'
import { remoteConformance } from '../../packages/dvc/src/testing.ts'
import { findNginx, startNginx, USER, type Nginx } from '../nginx.ts'

const program = await findNginx()
let nginx: Nginx
let made = 0

beforeAll(async () => {
  if (program !== undefined) nginx = await startNginx(program)
})
afterAll(() => nginx?.stop())

describe.runIf(program)('HTTP, as nginx speaks it', () => {
  test.each(remoteConformance(() => httpRemote({ url: `${nginx.url}/open/${++made}`, method: 'PUT' })))(
    '$name',
    ({ run }) => expect(run()).resolves.toBeUndefined(),
  )

  test.each(
    remoteConformance(() =>
      httpRemote({ url: `${nginx.url}/closed/${++made}/`, auth: 'basic', ...USER, method: 'put' }),
    ),
  )('with a password: $name', ({ run }) => expect(run()).resolves.toBeUndefined())

  test('a wrong password, and none, are refused, and not told', async () => {
    writeFileSync(join(nginx.store, 'closed', 'x'), 'x')
    for (const settings of [{}, { auth: 'basic', user: 'ada', password: 'babbage' }]) {
      const remote = await httpRemote({ url: `${nginx.url}/closed`, ...settings })
      const error = await remote.get('x').catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'DS_REMOTE_DENIED' })
      expect(String(error)).not.toContain('babbage')
      await remote.close?.()
    }
  })

  test('a user and a password in the address let in, and are not shown', async () => {
    writeFileSync(join(nginx.store, 'closed', 'y'), 'yes')
    const url = `${nginx.url.replace('://', `://${USER.user}:${encodeURIComponent(USER.password)}@`)}/closed`
    const remote = await httpRemote({ url })
    expect((await remote.has('y'))?.bytes).toBe(3)
    expect(remote.url).toBe(`${nginx.url}/closed`)
    await remote.close?.()
  })

  test('entity tags, ranges and what lies behind the end', async () => {
    writeFileSync(join(nginx.store, 'open', 'ten'), '0123456789')
    const remote = await httpRemote({ url: `${nginx.url}/open` })
    const held = await remote.has('ten')
    expect(held).toMatchObject({ bytes: 10, etag: expect.stringMatching(/^[0-9a-f]+-a$/) as string })
    expect(await textOf(remote, 'ten', 4)).toBe('456789')
    expect(await remote.get('ten', { from: 10 })).toEqual({ bytes: 10, from: 10, pieces: [] })
    await remote.close?.()
  })

  test('what leads elsewhere is followed', async () => {
    writeFileSync(join(nginx.store, 'open', 'there'), 'found')
    const remote = await httpRemote({ url: `${nginx.url}/moved` })
    expect(await textOf(remote, 'there')).toBe('found')
    expect((await remote.has('there'))?.bytes).toBe(5)
    await remote.close?.()
  })

  test('a server that is busy says when to come back', async () => {
    const remote = await httpRemote({ url: `${nginx.url}/busy` })
    const error = await remote.get('x').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Interruption)
    expect(error).toMatchObject({ after: 7000 })
    await remote.close?.()
  })

  test('one that takes no POST names the way out', async () => {
    const remote = await httpRemote({ url: `${nginx.url}/open` })
    const error: unknown = await remote
      .put?.('z', { bytes: 1, open: () => [Buffer.from('z')] })
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'DS_REMOTE_FAILED', hint: expect.stringContaining('method PUT') as string })
    await remote.close?.()
  })

  test('over TLS its certificate counts', async () => {
    expect(nginx.secureUrl).toBeDefined()
    mkdirSync(join(nginx.store, 'open', 'tls'))
    const url = `${nginx.secureUrl}/open/tls`
    const stranger = await httpRemote({ url })
    await expect(stranger.has('x')).rejects.toMatchObject({
      code: 'DS_REMOTE_FAILED',
      hint: expect.stringContaining('ssl_verify') as string,
    })
    await stranger.close?.()
    for (const ssl_verify of [nginx.certificate, 'false']) {
      const remote = await httpRemote({ url, ssl_verify, method: 'PUT' })
      await remote.put?.('x', { bytes: 2, open: () => [Buffer.from('ok')] })
      expect(await textOf(remote, 'x')).toBe('ok')
      await remote.close?.()
    }
    expect(readdirSync(join(nginx.store, 'open', 'tls'))).toEqual(['x'])
    expect(readFileSync(join(nginx.store, 'open', 'tls', 'x'), 'utf8')).toBe('ok')
  })
})

async function textOf(remote: Remote, key: string, from = 0): Promise<string> {
  let text = ''
  for await (const piece of (await remote.get(key, { from }))?.pieces ?? []) text += Buffer.from(piece).toString()
  return text
}
