import { existsSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cloneCommit } from '../../src/elsewhere/clone.ts'
import { codeOf, env, git, newFolder, newGitRepo } from '../sandbox.ts'

const clone = (url: string, signal?: AbortSignal): Promise<string> =>
  cloneCommit(url, undefined, join(newFolder(), 'git'), { env, signal })

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

test('what git says last is told, and no password', async () => {
  const error: unknown = await clone('http://ada:secret@127.0.0.1:1/a.git').catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'DS_GIT_REMOTE', where: 'http://127.0.0.1:1/a.git' })
  expect(JSON.stringify([error, (error as Error).message])).not.toContain('secret')
  expect((error as Error).message).toMatch(/^http:\/\/127\.0\.0\.1:1\/a\.git cannot be read: fatal: /)
  await expect(clone('/nowhere')).rejects.toThrow(/nowhere.* does not appear to be a git repository/)
})

test('a repository without commits has no revision', async () => {
  expect(await codeOf(clone(newGitRepo()))).toBe('DS_GIT_REVISION')
})

test('nobody is asked for a password', async () => {
  const server = createServer((_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
  })
  const port = await portOf(server)
  try {
    await expect(clone(`http://127.0.0.1:${port}/a.git`)).rejects.toThrow(
      /could not read Username|Authentication failed/,
    )
  } finally {
    server.close()
  }
})

test('a server that does not answer is left at once', async () => {
  const server = createServer(() => undefined)
  const port = await portOf(server)
  const stop = new AbortController()
  server.once('connection', () => stop.abort())
  const began = Date.now()
  try {
    expect(await codeOf(clone(`http://127.0.0.1:${port}/a.git`, stop.signal))).toBe('DS_ABORTED')
    expect(Date.now() - began).toBeLessThan(20_000)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('nothing that the address could start is started', async () => {
  const mark = join(newFolder(), 'mark')
  await expect(clone(`ext::touch ${mark}`)).rejects.toMatchObject({ code: 'DS_GIT_REMOTE' })
  expect(existsSync(mark)).toBe(false)
})

test('within a hook of git’s, whose variables name another repository, that one is left alone', async () => {
  const mine = newGitRepo()
  const config = readFileSync(join(mine, '.git/config'), 'utf8')
  const other = newGitRepo()
  git(other, 'commit', '--quiet', '--allow-empty', '-m', 'one')
  const hook = { ...env, GIT_DIR: join(mine, '.git'), GIT_INDEX_FILE: join(mine, '.git/index') }
  const commit = await cloneCommit(other, undefined, join(newFolder(), 'git'), { env: hook })
  expect(commit).toBe(git(other, 'rev-parse', 'HEAD').trim())
  expect(readFileSync(join(mine, '.git/config'), 'utf8')).toBe(config)
})
