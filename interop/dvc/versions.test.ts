import {
  CreateBucketCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { file, git } from './repos.ts'
import { startMoto, type Moto } from '../moto.ts'
import { canInstall } from '../peer.ts'
import { DVC, installDvc } from '../real-dvc.ts'
import { cloneOf, commitAll, contentOf, done, ours, repoWith, theirs, type Doer } from './transfers.ts'

const KEY = { access_key_id: 'any', secret_access_key: 'body' }
/** DVC does not pull what it has pushed itself where a name has `#?` or `#%` in it. */
const FILES = {
  'data/a.csv': 'id\n1\n',
  'data/deep/er/b c.bin': 'x'.repeat(70_000),
  'data/\u00e9 \u{1f600}.txt': '',
  'one.csv': 'one\n',
}
let moto: Moto | undefined
let admin: S3Client

beforeAll(async () => {
  if (!canInstall) return
  await installDvc()
  moto = await startMoto()
  const credentials = { accessKeyId: 'any', secretAccessKey: 'body' }
  admin = new S3Client({ endpoint: moto.endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
})
afterAll(async () => {
  admin?.destroy()
  await moto?.stop()
})

function settings(): Readonly<Record<string, string>> {
  return { endpointurl: moto?.endpoint ?? '', region: 'us-east-1', ...KEY }
}

/** A repository with data, whose remote is a bucket that keeps versions. */
async function versioned(bucket: string): Promise<string> {
  await admin.send(new CreateBucketCommand({ Bucket: bucket }))
  const VersioningConfiguration = { Status: 'Enabled' } as const
  await admin.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }))
  const root = await repoWith(`s3://${bucket}/some/where`, settings())
  await done(ours, root, 'remote', 'modify', 'store', 'version_aware', 'true')
  for (const [path, content] of Object.entries(FILES)) await file(root, path, content)
  await done(ours, root, 'add', 'data', 'one.csv')
  return root
}

/** The records, with a letter for each version in the order in which the bucket got it under its path. */
async function recordsOf(root: string, bucket: string): Promise<string> {
  const { Versions = [] } = await admin.send(new ListObjectVersionsCommand({ Bucket: bucket }))
  const ids = new Map<string, string>()
  const seen = new Map<string, number>()
  for (const { Key = '', VersionId = '' } of Versions.toReversed()) {
    const turn = (seen.get(Key) ?? 0) + 1
    seen.set(Key, turn)
    ids.set(VersionId, `${Key.replace('some/where/', '')} ${turn}`)
  }
  const texts = await Promise.all(['data.dvc', 'one.csv.dvc'].map((name) => readFile(join(root, name), 'utf8')))
  return texts
    .join('')
    .replaceAll(/(?<=version_id: ').*?(?=')|(?<=version_id: )[^'\n]+/g, (id) => ids.get(id) ?? `?${id}`)
}

/** Pulls what a commit has into a clone that has nothing. */
async function pulledBy(doer: Doer, root: string, revision = 'main'): Promise<Record<string, string>> {
  const copy = await cloneOf(root, settings())
  await git(copy, 'checkout', '--quiet', revision)
  await done(doer, copy, 'pull')
  for (const judge of [ours, theirs]) {
    const { stdout } = await done(judge, copy, 'status')
    expect(stdout).toBe('Data and pipelines are up to date.\n')
  }
  const { 'one.csv': one, ...data } = { ...(await contentOf(join(copy, 'data'))), ...(await onlyOne(copy)) }
  return { ...data, ...(one === undefined ? {} : { 'one.csv': one }) }
}

async function onlyOne(copy: string): Promise<Record<string, string>> {
  return { 'one.csv': (await contentOf(copy))['one.csv'] as string }
}

describe.runIf(canInstall)(`versions of S3, beside DVC ${DVC}`, () => {
  test('what one pushes, the other pulls, version by version', async () => {
    const buckets = ['by-us', 'by-them']
    const doers = [ours, theirs]
    const roots = await Promise.all(buckets.map(versioned))
    const records: string[][] = [[], []]
    for (const [at, root] of roots.entries()) {
      const bucket = buckets[at] as string
      const step = async (doer: Doer, message: string): Promise<void> => {
        await done(doer, root, 'push')
        records[at]?.push(await recordsOf(root, bucket))
        await commitAll(root, message)
      }
      await step(doers[at] as Doer, 'first')
      await writeFile(join(root, 'data/a.csv'), 'id\n1\n2\n')
      await file(root, 'data/new', 'new')
      await writeFile(join(root, 'one.csv'), 'two\n')
      // The other one goes on.
      const other = doers[1 - at] as Doer
      await done(other, root, 'add', 'data', 'one.csv')
      await step(other, 'second')
      await rm(join(root, 'data/new'))
      await done(other, root, 'add', 'data')
      await step(doers[at] as Doer, 'third')
    }
    expect(records[0]).toEqual(records[1])
    expect(records[0]?.[1]).toContain('version_id: ')
    const before = await readFile(join(roots[0] as string, 'data.dvc'), 'utf8')
    for (const doer of doers) await done(doer, roots[0] as string, 'push')
    expect(await readFile(join(roots[0] as string, 'data.dvc'), 'utf8')).toBe(before)
    const first = await pulledBy(ours, roots[1] as string, 'main~2')
    expect(await pulledBy(theirs, roots[0] as string, 'main~2')).toEqual(first)
    expect(Object.keys(first)).toHaveLength(Object.keys(FILES).length)
    const last = await pulledBy(ours, roots[1] as string)
    expect(await pulledBy(theirs, roots[0] as string)).toEqual(last)
    expect(last['a.csv']).not.toBe(first['a.csv'])
  })
})
