import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, test, type ExpectStatic } from 'vitest'
import { openBadLine, type BadLine, type Fault } from './bad-line.ts'
import { file, newFolder } from './repos.ts'
import { startMoto, startStrictMoto, type Key, type Moto } from '../moto.ts'
import { findNginx, startNginx, type Nginx } from '../nginx.ts'
import { canInstall } from '../peer.ts'
import { DVC, env, installDvc } from '../real-dvc.ts'
import {
  cloneOf,
  commitAll,
  contentOf,
  done,
  filesOf,
  ours,
  OURS_PROGRAM,
  repoWith,
  theirs,
  unfinished,
  wrongObjects,
} from './transfers.ts'

const program = canInstall ? await findNginx() : undefined
let moto: Moto
let nginx: Nginx | undefined
const opened: BadLine[] = []
let made = 0

beforeAll(async () => {
  if (!canInstall) return
  await installDvc()
  moto = await startMoto()
  if (program !== undefined) nginx = await startNginx(program)
})
afterAll(async () => {
  for (const server of [...opened, moto, nginx]) await server?.stop()
})

/** A line of one test alone, for they run side by side: most of their time they wait. */
async function newLine(to: number): Promise<BadLine> {
  const line = await openBadLine(to)
  opened.push(line)
  return line
}

const SECRET = 'a/secret/that/must/not/show'
const LARGE = 9 << 20

async function fill(root: string): Promise<void> {
  for (let at = 0; at < 24; at++) await file(root, `data/${at}.txt`, `${at}\n`.repeat(at * 100))
  await file(root, 'data/large.bin', Buffer.alloc(LARGE, 'dayshift '))
  await done(ours, root, 'add', '--quiet', 'data')
  await commitAll(root)
}

interface Place {
  readonly root: string
  readonly line: BadLine
  readonly settings: Readonly<Record<string, string>>
}

/** A repository whose remote lies behind a bad line, and that has pushed nothing. */
async function s3Place(more: Readonly<Record<string, string>> = {}): Promise<Place> {
  const bucket = `bucket-${made++}`
  await fetch(`${moto.endpoint}/${bucket}`, { method: 'PUT' })
  const line = await newLine(moto.port)
  const settings = {
    endpointurl: `http://127.0.0.1:${line.port}`,
    region: 'us-east-1',
    access_key_id: 'anybody',
    secret_access_key: SECRET,
    ...more,
  }
  const root = await repoWith(`s3://${bucket}/store`, settings)
  await fill(root)
  return { root, line, settings }
}

async function httpPlace(more: Readonly<Record<string, string>> = {}): Promise<Place> {
  if (!nginx) throw new Error('there is no nginx')
  const line = await newLine(nginx.port)
  const settings = { method: 'PUT', ...more }
  const root = await repoWith(`http://127.0.0.1:${line.port}/open/${made++}`, settings)
  await fill(root)
  return { root, line, settings }
}

const PLACES = program === undefined ? { s3: s3Place } : { s3: s3Place, http: httpPlace }

/** What goes wrong once and passes. */
const PASSING: readonly Fault[] = [
  { kind: 'answer', status: 500 },
  { kind: 'cut', of: 'request', after: 300 },
  { kind: 'answer', status: 503, retryAfter: 1 },
  { kind: 'cut', of: 'answer', after: 100 },
  { kind: 'short', after: 100 },
  { kind: 'answer', status: 429, retryAfter: 1 },
  { kind: 'silence' },
]

/** Each object fails the first time that it is asked for, or sent; the rest of one that has come in part does not. */
function failingOnce(): (ask: IncomingMessage) => Fault | undefined {
  const seen = new Set<string>()
  return ({ method = '', url = '' }) => {
    // Each attempt to send in parts has an id of its own.
    const name = `${method} ${url.replace(/uploadId=[^&]*/, '')}`
    if (seen.has(name)) return undefined
    seen.add(name)
    return PASSING[seen.size % PASSING.length]
  }
}

/** The real DVC gets the right bytes over a good line. */
async function needAllFor({ root, line, settings }: Place, expect: ExpectStatic): Promise<void> {
  line.spoil(() => undefined)
  const copy = await cloneOf(root, settings)
  await done(theirs, copy, 'pull', '--quiet')
  expect(await contentOf(join(copy, 'data'))).toEqual(await contentOf(join(root, 'data')))
}

function isLarge({ method = '', headers }: IncomingMessage): boolean {
  return method === 'PUT' && Number(headers['content-length']) > 1 << 20
}

/** Nothing wrong and nothing half is in a cache. */
async function needSound(root: string, expect: ExpectStatic): Promise<void> {
  const files = await filesOf(join(root, '.dvc/cache'))
  expect([unfinished(files), wrongObjects(files)]).toEqual([[], []])
}

describe.skipIf(!canInstall).each(Object.entries(PLACES))(
  `transfers over a bad line: %s (DVC ${DVC})`,
  { concurrent: true },
  (_, placeFor) => {
    test('what goes wrong once is borne: every request fails the first time, each in another way', async ({
      expect,
    }) => {
      const place = await placeFor({ read_timeout: '2' })
      place.line.spoil(failingOnce())
      const pushed = await ours(place.root, 'push')
      expect([pushed.stderr, pushed.code]).toEqual([pushed.stderr, 0])
      expect(pushed.stderr).not.toContain('Warning')
      expect(place.line.count).toBeGreaterThan(52)
      await needAllFor(place, expect)
      const copy = await cloneOf(place.root, place.settings)
      place.line.spoil(failingOnce())
      const pulled = await ours(copy, 'pull')
      expect([pulled.stderr, pulled.code]).toEqual([pulled.stderr, 0])
      expect(pulled.stderr).not.toContain('Warning')
      expect(await contentOf(join(copy, 'data'))).toEqual(await contentOf(join(place.root, 'data')))
      await needSound(copy, expect)
    })

    test('what does not pass ends with 3, and what came stays for the next time', async ({ expect }) => {
      const place = await placeFor()
      place.line.spoil((ask) => (isLarge(ask) ? { kind: 'cut', of: 'request', after: 1 << 20 } : undefined))
      const pushed = await ours(place.root, 'push')
      expect([pushed.stderr, pushed.code]).toEqual([expect.stringContaining('DS_TRANSFER_FAILED'), 3])
      // Without one of its files a directory has no manifest there.
      place.line.spoil(() => undefined)
      const copy = await cloneOf(place.root, place.settings)
      const without = await ours(copy, 'pull')
      expect([without.stderr, without.code]).toEqual([expect.stringContaining('Neither the cache nor'), 1])
      expect((await done(ours, place.root, 'push')).stdout).toContain('2 files pushed')
      const name = objectNameOf(place.root, 'large.bin')
      place.line.spoil(({ url = '' }) => (url.includes(name) ? { kind: 'cut', of: 'answer', after: 0 } : undefined))
      const pulled = await ours(copy, 'pull')
      expect([pulled.stderr, pulled.code]).toEqual([expect.stringContaining('DS_TRANSFER_FAILED'), 3])
      await needSound(copy, expect)
      place.line.spoil(() => undefined)
      expect((await done(ours, copy, 'pull')).stdout).toContain('1 file fetched')
      await needAllFor(place, expect)
    })

    test('wrong bytes end with 1, and get neither into the cache nor into the workspace', async ({ expect }) => {
      const place = await placeFor()
      await done(ours, place.root, 'push')
      const copy = await cloneOf(place.root, place.settings)
      const name = objectNameOf(place.root, '7.txt')
      place.line.spoil(({ url = '' }) => (url.includes(name) ? { kind: 'garbled', at: 11 } : undefined))
      const pulled = await ours(copy, 'pull')
      expect([pulled.stderr, pulled.code]).toEqual([expect.stringContaining('DS_DVC_OBJECT_CORRUPT'), 1])
      await needSound(copy, expect)
      expect(Object.keys(await filesOf(join(copy, '.dvc/cache')))).not.toContain(`files/md5/${name}`)
      place.line.spoil(() => undefined)
      await done(ours, copy, 'pull')
      expect(await contentOf(join(copy, 'data'))).toEqual(await contentOf(join(place.root, 'data')))
    })

    test('a manifest of wrong bytes is not believed', async ({ expect }) => {
      const place = await placeFor()
      await done(ours, place.root, 'push')
      const copy = await cloneOf(place.root, place.settings)
      place.line.spoil(({ url = '' }) => (url.includes('.dir') ? { kind: 'garbled', at: 40 } : undefined))
      const pulled = await ours(copy, 'pull')
      expect([pulled.stderr, pulled.code]).toEqual([expect.stringContaining('Neither the cache nor'), 1])
      expect(await filesOf(join(copy, '.dvc/cache'))).toEqual({})
    })

    test('nobody answers', async ({ expect }) => {
      const place = await placeFor({ connect_timeout: '2', read_timeout: '1' })
      place.line.spoil(() => ({ kind: 'silence' }))
      const pushed = await ours(place.root, 'push')
      expect(pushed.code).toBe(3)
      expect(pushed.stderr).toContain('DS_REMOTE_FAILED')
      await needSound(place.root, expect)
    })

    test.for([401, 403])('status %i ends with 3, and says what to look at', async (status, { expect }) => {
      const place = await placeFor()
      place.line.spoil(() => ({ kind: 'answer', status }))
      const pushed = await ours(place.root, 'push')
      expect([pushed.stderr, pushed.code]).toEqual([expect.stringContaining('DS_REMOTE_DENIED'), 3])
      const copy = await cloneOf(place.root, place.settings)
      const pulled = await ours(copy, 'pull')
      expect([pulled.stderr, pulled.code]).toEqual([expect.stringContaining('DS_REMOTE_DENIED'), 3])
      for (const { stdout, stderr } of [pushed, pulled]) expect(stdout + stderr).not.toContain(SECRET)
    })
  },
)

describe.skipIf(!canInstall)('who may not', { concurrent: true }, () => {
  test('keys that have expired', async ({ expect }) => {
    const place = await s3Place({ session_token: 'an/old/token' })
    const body =
      '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message><RequestId>1</RequestId></Error>'
    place.line.spoil(() => ({ kind: 'answer', status: 400, body }))
    const ran = await ours(place.root, 'push')
    expect([ran.stderr, ran.code]).toEqual([expect.stringMatching(/DS_REMOTE_[^]*session token have not expired/), 3])
    for (const secret of [SECRET, 'an/old/token']) expect(ran.stdout + ran.stderr).not.toContain(secret)
  })

  test('a wrong key, and one that may only read', async ({ expect }) => {
    const strict = await startStrictMoto()
    try {
      const remote = { endpointurl: strict.endpoint, region: 'us-east-1' }
      const root = await repoWith('s3://closed/store', { ...remote, ...strict.owner })
      await file(root, 'one.csv', 'one')
      await done(ours, root, 'add', '--quiet', 'one.csv')
      await commitAll(root)
      await makeBucket(strict.endpoint, strict.owner)
      await done(ours, root, 'push')
      const wrong = await cloneOf(root, { ...remote, ...strict.owner, secret_access_key: SECRET })
      const denied = await ours(wrong, 'pull')
      expect([denied.stderr, denied.code]).toEqual([expect.stringMatching(/DS_REMOTE_DENIED[^]*profile or keys/), 3])
      expect(denied.stdout + denied.stderr).not.toContain(SECRET)
      const reader = await cloneOf(root, { ...remote, ...strict.reader })
      await done(ours, reader, 'pull')
      await file(reader, 'one.csv', 'new')
      await done(ours, reader, 'add', '--quiet', 'one.csv')
      const refused = await ours(reader, 'push')
      expect([refused.stderr, refused.code]).toEqual([expect.stringMatching(/DS_REMOTE_DENIED[^]*PutObject/), 3])
      expect(refused.stdout + refused.stderr).not.toContain(strict.reader.secret_access_key)
    } finally {
      await strict.stop()
    }
  })
})

const canMount = canInstall && mounts()

describe.skipIf(!canMount)('a full disk', () => {
  test('a pull onto it ends with 3 and leaves nothing half; with room again it works', async ({ expect }) => {
    const store = await newFolder()
    const root = await repoWith(store)
    await fill(root)
    await done(ours, root, 'push')
    const mount = await newFolder()
    // The mount lives as long as this shell does, in a namespace of its own.
    const script = `
      mount -t tmpfs -o size=24m tmpfs "$1" && cd "$1" && git clone --quiet "$2" copy && cd copy
      head -c 16000000 /dev/zero > ../filler
      "$3" "$4" dvc pull > /dev/null 2> ../told; echo $?
      find .dvc/cache -type f | sed 's/.*/half &/' | grep -E 'tmp$'
      rm ../filler
      "$3" "$4" dvc pull > /dev/null; echo $?
      cat data/*.txt data/large.bin | md5sum
      cat ../told`
    const words = ['-rm', 'sh', '-c', script, 'sh', mount, root, process.execPath, OURS_PROGRAM]
    const lines = execFileSync('unshare', words, { env, encoding: 'utf8' }).split('\n')
    const sum = execFileSync('sh', ['-c', 'cat data/*.txt data/large.bin | md5sum'], { cwd: root, encoding: 'utf8' })
    expect(lines.slice(0, 3)).toEqual(['3', '0', sum.trim()])
    expect(lines.join('\n')).toContain('ENOSPC')
  })
})

async function makeBucket(endpoint: string, key: Key): Promise<void> {
  const credentials = { accessKeyId: key.access_key_id, secretAccessKey: key.secret_access_key }
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  await client.send(new CreateBucketCommand({ Bucket: 'closed' }))
  client.destroy()
}

/** The name of a file's object, by the manifest. */
function objectNameOf(root: string, relpath: string): string {
  const [, digits = ''] = /md5: (\w{32})\.dir/.exec(readFileSync(join(root, 'data.dvc'), 'utf8')) ?? []
  const path = join(root, '.dvc/cache/files/md5', digits.slice(0, 2), `${digits.slice(2)}.dir`)
  const entries = JSON.parse(readFileSync(path, 'utf8')) as { readonly md5: string; readonly relpath: string }[]
  const md5 = entries.find((entry) => entry.relpath === relpath)?.md5 ?? ''
  return `${md5.slice(0, 2)}/${md5.slice(2)}`
}

/** Whether this machine lets somebody without rights mount a small disk, in a namespace of their own. */
function mounts(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=1m tmpfs /mnt'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn('interop: this machine lets nobody mount a small disk, so no transfer meets a full one')
    return false
  }
}
