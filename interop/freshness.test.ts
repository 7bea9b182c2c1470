import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshness, mtimeBasis, objectBasis, toDbtSources, toPrometheus } from '../packages/monitor/src/index.ts'
import { MOTO, startMoto, type Moto } from './moto.ts'
import { canInstall, installPeer, unpackDebPeer } from './peer.ts'
import { PYTHON_PEERS, VERSIONS } from './peers.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'dayshift-freshness-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const now = new Date('2026-11-23T08:00:00.000Z')

/** Reports of every kind: fresh, aging, stale, from the future, missing, empty, of several bases; with odd names. */
async function reports(): Promise<Awaited<ReturnType<typeof freshness>>[]> {
  const file = (name: string, hours: number, content = 'id\n1\n'): string => {
    const path = join(folder, name)
    writeFileSync(path, content)
    const time = now.getTime() / 1000 - hours * 3600
    utimesSync(path, time, time)
    return path
  }
  const paths = [
    file('fresh.csv', 1),
    file('a "quoted" \\ name\nof two lines.csv', 20),
    file('stale ü 数.csv', 48),
    file('future.csv', -48),
    file('empty.csv', 1, ''),
    join(folder, 'missing.csv'),
  ]
  const own = { name: 'own', read: async () => ({ basis: 'own', time: 5, subject: 'it', findings: [] }) }
  return [
    ...(await Promise.all(paths.map((path) => freshness({ path }, { now, warnAfter: '12h' })))),
    await freshness({ path: join(folder, 'fresh.csv') }, { now, maxAge: '90s', bases: [mtimeBasis(), own] }),
  ]
}

/** promtool: this machine's own, or Debian's. */
async function findPromtool(): Promise<string | undefined> {
  for (const find of [
    async () => 'promtool',
    async () => join(await unpackDebPeer('prometheus-debian', ['prometheus']), 'usr/bin/promtool'),
  ]) {
    try {
      const program = await find()
      await run(program, ['--version'])
      return program
    } catch {
      // The next one may do.
    }
  }
  console.warn('interop: promtool is not here and cannot be fetched, so metrics are not held against it')
  return undefined
}

const promtool = await findPromtool()

/** What promtool says of metrics. */
async function lint(text: string): Promise<[code: number | null, said: string]> {
  const child = spawn(promtool as string, ['check', 'metrics'])
  let said = ''
  child.stdout.on('data', (more: Buffer) => (said += more.toString()))
  child.stderr.on('data', (more: Buffer) => (said += more.toString()))
  child.stdin.end(text)
  const [code] = (await once(child, 'close')) as [number | null]
  return [code, said]
}

describe.runIf(promtool)('Prometheus', () => {
  test('promtool reads what is written, and finds nothing to better', async () => {
    const text = toPrometheus(await reports())
    expect(text.split('\n').length).toBeGreaterThan(60)
    expect(await lint(text)).toEqual([0, ''])
  })

  test('promtool would find what is wrong', async () => {
    const [code] = await lint('# TYPE a gauge\na{b="c\nd"} 1\n')
    expect(code).not.toBe(0)
  })
})

describe.runIf(canInstall)(`dbt ${VERSIONS.dbt}`, () => {
  test('its own reader of sources.json takes ours, and finds every state', async () => {
    const bin = await installPeer(PYTHON_PEERS.dbt)
    const file = join(folder, 'sources.json')
    writeFileSync(file, JSON.stringify(toDbtSources(await reports(), { project: 'airports' })))
    const script = [
      'import json, sys',
      'from dbt.artifacts.schemas.freshness import FreshnessExecutionResultArtifact as Artifact',
      'read = Artifact.read_and_check_versions(sys.argv[1])',
      'Artifact.validate(read.to_dict(omit_none=False))',
      'print(json.dumps([[str(one.unique_id), str(getattr(one.status, "value", one.status)), getattr(one, "max_loaded_at_time_ago_in_s", None)] for one in read.results]))',
    ].join('\n')
    const { stdout } = await run(join(bin, 'python'), ['-c', script, file])
    expect(JSON.parse(stdout)).toEqual([
      ['source.airports.file.fresh', 'pass', 3600],
      ['source.airports.file.a_quoted_name_of_two_lines', 'warn', 72_000],
      ['source.airports.file.stale', 'error', 172_800],
      ['source.airports.file.future', 'error', -172_800],
      ['source.airports.file.empty', 'runtime error', null],
      ['source.airports.file.missing', 'runtime error', null],
      // Of one file by another basis: readers keep one of an id.
      ['source.airports.file.fresh_2', 'error', expect.any(Number)],
    ])
  })
})

describe.runIf(canInstall)(`objects in S3, as moto ${MOTO} speaks it`, () => {
  let moto: Moto
  let client: S3Client
  beforeAll(async () => {
    moto = await startMoto()
    const credentials = { accessKeyId: 'any', secretAccessKey: 'body' }
    client = new S3Client({ endpoint: moto.endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
    await client.send(new CreateBucketCommand({ Bucket: 'lake' }))
    const put = async (Key: string, Body: string | Buffer): Promise<void> => {
      await client.send(new PutObjectCommand({ Bucket: 'lake', Key, Body }))
    }
    await put('orders/dt=2026-11-22/a b+c.csv', 'id\n1\n')
    await put('orders/dt=2026-11-23/empty.csv', '')
    await put('orders-new/a.csv', 'id\n1\n')
    await put('empty/', '')
    await put('header/a.csv', 'id,at\n')
    await put('torn/a.csv.gz', gzipSync('id\n1\n'.repeat(1000)).subarray(0, -9))
    await put('torn-parquet/a.parquet', 'PAR1'.padEnd(3_000_000))
    await put('large/a.csv', 'id,at\n'.padEnd(3_000_000, '1,2\n'))
    await put('ragged/a.csv', 'id,at\n1,2\n3\n')
    await put('beside/a.csv', 'id\n1\n')
    await put('beside/_SUCCESS', 'x')
    await put('nothing/a.json.gz', gzipSync('{}'))
    await client.send(
      new PutObjectCommand({ Bucket: 'lake', Key: 'zipped/a.csv', Body: gzipSync('id\n1\n'), ContentEncoding: 'gzip' }),
    )
    await client.send(
      new PutObjectCommand({ Bucket: 'lake', Key: 'archived/a.csv', Body: 'id\n1\n', StorageClass: 'GLACIER' }),
    )
    for (let at = 0; at < 1005; at++) await put(`many/${String(at).padStart(4, '0')}.csv`, 'id\n1\n2\n3\n4\n')
  })
  afterAll(async () => {
    client?.destroy()
    await moto?.stop()
  })

  test.each([
    ['s3://lake/orders/', 'fresh', ['freshness.empty_files']],
    ['s3://lake/orders', 'fresh', ['freshness.empty_files']],
    ['s3://lake/orders/dt=*/*.csv', 'fresh', ['freshness.empty_files']],
    ['s3://lake/orders/dt=2026-11-22/a b+c.csv', 'fresh', []],
    ['s3://lake/many/', 'fresh', []],
    ['s3://lake/header/', 'empty', ['freshness.no_rows']],
    ['s3://lake/torn/', 'unreadable', ['freshness.unreadable']],
    ['s3://lake/torn-parquet/', 'unreadable', ['freshness.unreadable']],
    ['s3://lake/ragged/', 'unreadable', ['freshness.unreadable']],
    ['s3://lake/nothing/', 'empty', ['freshness.no_rows']],
    ['s3://lake/large/', 'fresh', []],
    ['s3://lake/zipped/', 'fresh', []],
    ['s3://lake/beside/', 'fresh', ['freshness.unfinished_files']],
    ['s3://lake/archived/', 'fresh', ['freshness.not_looked_into']],
    ['s3://lake/orders/dt=2026-11-23/', 'empty', ['freshness.empty']],
    ['s3://lake/orders/*.parquet', 'missing', ['freshness.no_match']],
    ['s3://lake/order', 'missing', ['freshness.missing']],
    ['s3://lake/empty/', 'missing', ['freshness.missing']],
    ['s3://sea/orders/', 'missing', ['freshness.missing']],
  ])('%s is %s', async (path, state, codes) => {
    const { facts, findings, dataset } = await freshness({ path }, { bases: [objectBasis(path, client)] })
    expect([facts.state, findings.map(({ code }) => code)]).toEqual([state, codes])
    expect(dataset.namespace).toMatch(/^s3:\/\/(lake|sea)$/)
  })

  test('every page of a listing is looked at', async () => {
    const bases = [objectBasis('s3://lake/many/', client, { files: 'all' })]
    const later = new Date(Date.now() + 48 * 3_600_000)
    const { findings } = await freshness({ path: 's3://lake/many/' }, { bases, now: later })
    expect(findings.map(({ message }) => message).join('\n')).toContain('1005 of 1005 files are stale')
  })

  test('the age is that of the store’s clock', async () => {
    const path = 's3://lake/orders/'
    const { facts } = await freshness({ path }, { bases: [objectBasis(path, client)] })
    expect(Math.abs(facts.ageSeconds as number)).toBeLessThan(300)
  })

  test('a store that does not answer is an error', async () => {
    const credentials = { accessKeyId: 'any', secretAccessKey: 'body' }
    const closed = new S3Client({ endpoint: 'http://127.0.0.1:9', region: 'us-east-1', credentials, maxAttempts: 1 })
    await expect(
      freshness({ path: 's3://lake/a' }, { bases: [objectBasis('s3://lake/a', closed)] }),
    ).rejects.toMatchObject({ code: 'DS_FRESHNESS_STORE', kind: 'failed' })
    closed.destroy()
  })
})
