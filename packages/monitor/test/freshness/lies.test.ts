import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createDuckdb, open, type Engine, type FreshnessFacts } from '@dayshift/core'
import type { ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { columnBasis } from '../../src/freshness/bases/column.ts'
import { contentBasis } from '../../src/freshness/bases/content.ts'
import { mtimeBasis } from '../../src/freshness/bases/mtime.ts'
import { objectBasis } from '../../src/freshness/bases/object.ts'
import { partitionBasis } from '../../src/freshness/bases/partition.ts'
import { runBasis } from '../../src/freshness/bases/run.ts'
import type { Basis } from '../../src/freshness/evidence.ts'
import { freshness, type FreshnessOptions } from '../../src/freshness.ts'

/** A Monday. */
const now = new Date('2026-11-23T08:00:00.000Z')

const root = mkdtempSync(join(tmpdir(), 'dayshift-lies-'))
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb()
})
afterAll(async () => {
  await engine.close()
  rmSync(root, { recursive: true, force: true })
})

/** So many hours ago, as an instant. */
function ago(hours: number): string {
  return new Date(now.getTime() - hours * 3_600_000).toISOString()
}

/** A table with these times in a column `at`. */
function times(...at: readonly string[]): string {
  return ['id,at', ...at.map((time, row) => `${row},${time}`), ''].join('\n')
}

/** What is in an object, and how it is kept: `refused` where it may be listed and not read. */
interface Kept {
  readonly content: string | Buffer
  readonly encoding?: string
  readonly refused?: string
  /** What the store sends in place of it. */
  readonly sent?: string
  /** The store sends all of it, whatever range is asked for. */
  readonly isWhole?: boolean
}

type Objects = Readonly<Record<string, readonly [hours: number, kept: string | Buffer | Kept]>>

function keptOf(kept: string | Buffer | Kept): Kept {
  return typeof kept === 'string' || Buffer.isBuffer(kept) ? { content: kept } : kept
}

/** A store of objects as its client shows it. What it was asked for is in `asked`. */
function store(
  objects: Objects | { readonly refused: string },
  clockMinutes = 0,
  asked: string[] = [],
): Pick<S3Client, 'send'> {
  const send = async (command: Command): Promise<unknown> => {
    if ('refused' in objects) throw Object.assign(new Error('no'), { name: objects.refused })
    const { Prefix = '', Key, Range } = command.input
    if (Key !== undefined) {
      asked.push(Range === undefined ? Key : `${Key} ${Range}`)
      return got(keptOf(objects[Key]?.[1] as Kept), Range)
    }
    const Contents = Object.entries(objects).map(([name, [hours, kept]]) => ({
      Key: name,
      Size: Buffer.from(keptOf(kept).content).length,
      LastModified: new Date(ago(hours)),
    }))
    const answer: Answer = {
      output: { Contents: Contents.filter((one) => one.Key.startsWith(Prefix)), $metadata: {} },
      response: { headers: { date: new Date(now.getTime() + clockMinutes * 60_000).toUTCString() } },
    }
    const through = command.middlewareStack.resolve(async () => answer, {})
    return (await through({ input: command.input })).output
  }
  return { send } as unknown as Pick<S3Client, 'send'>
}

/** What a store sends of an object. */
function got(
  { content, sent, encoding, refused, isWhole = sent !== undefined }: Kept,
  range: string | undefined,
): object {
  if (refused !== undefined) throw Object.assign(new Error('no'), { name: refused })
  const all = Buffer.from(sent ?? content)
  const [, from, to, last] = /^bytes=(?:(\d+)-(\d+)|-(\d+))$/.exec(isWhole ? '' : (range ?? '')) ?? []
  const start = last === undefined ? Number(from ?? 0) : all.length - Number(last)
  const part = all.subarray(start, to === undefined ? all.length : Number(to) + 1)
  return {
    Body: [part],
    ETag: 'e',
    ...(encoding === undefined ? {} : { ContentEncoding: encoding }),
    ...(part.length < all.length ? { ContentRange: `bytes ${start}-${start + part.length - 1}/${all.length}` } : {}),
  }
}

interface Answer {
  readonly output: ListObjectsV2CommandOutput
  readonly response: object
}

interface Command {
  readonly input: { readonly Prefix?: string; readonly Key?: string; readonly Range?: string }
  readonly middlewareStack: {
    resolve(last: () => Promise<Answer>, context: object): (args: object) => Promise<Answer>
  }
}

const history = (current: string, ...versions: readonly (readonly [hash: string, hours: number])[]): Basis =>
  contentBasis(async () => ({ current, versions: versions.map(([hash, hours]) => ({ hash, at: ago(hours) })) }))

const ran = (hours: number, rows?: number): Basis =>
  runBasis(async () => ({ runId: 'r1', job: 'nightly', endedAt: ago(hours), rows }))

const S3 = 's3://lake/orders/'

interface Lie {
  readonly basis: string
  readonly lie: string
  /** Hours since each file was written, and what is in it. */
  readonly files?: Readonly<Record<string, readonly [hours: number, content: string | Buffer]>>
  readonly folders?: readonly string[]
  /** Default: the folder of the files. */
  readonly path?: string
  readonly bases: readonly Basis[]
  readonly options?: Omit<FreshnessOptions, 'bases'>
  readonly state: FreshnessFacts['state']
  /** Codes of findings, without `freshness.` */
  readonly codes: readonly string[]
}

const row = times(ago(1))
const many = times(...Array.from({ length: 5000 }, (_, at) => ago(1 + at / 9000)))
/** What is larger than objects are that are taken whole: it begins so, ends so, and has nothing else but one character. */
function large(start: string, end = '', fill = '\0'): Buffer {
  return Buffer.from(start.padEnd((1 << 20) + 5000, fill) + end, 'latin1')
}

/** Some thousand bytes of gzip. */
const zipped = gzipSync(many)
const mtime = [mtimeBasis()]
const column = [columnBasis('at')]
const dt = [partitionBasis('dt', { timezone: 'UTC' })]

const LIES: readonly Lie[] = [
  // The truth, for comparison.
  { basis: 'mtime', lie: 'none', files: { 'a.csv': [23, row] }, bases: mtime, state: 'fresh', codes: [] },
  { basis: 'mtime', lie: 'old', files: { 'a.csv': [25, row] }, bases: mtime, state: 'stale', codes: ['stale'] },
  { basis: 'mtime', lie: 'missing', path: 'none.csv', bases: mtime, state: 'missing', codes: ['missing'] },
  { basis: 'mtime', lie: 'a device', path: '/dev/null', bases: mtime, state: 'unreadable', codes: ['unreadable'] },
  { basis: 'mtime', lie: 'a glob without match', path: '*.csv', bases: mtime, state: 'missing', codes: ['no_match'] },
  {
    basis: 'mtime',
    lie: 'an empty folder',
    folders: ['in'],
    path: 'in',
    bases: mtime,
    state: 'empty',
    codes: ['empty_folder'],
  },
  { basis: 'mtime', lie: 'an empty file', files: { 'a.csv': [1, ''] }, bases: mtime, state: 'empty', codes: ['empty'] },
  {
    basis: 'mtime',
    lie: 'a header only',
    files: { 'a.csv': [1, 'id,at\n'] },
    bases: mtime,
    state: 'empty',
    codes: ['no_rows'],
  },
  {
    basis: 'mtime',
    lie: 'an empty JSON list',
    files: { 'a.json': [1, '[]'] },
    bases: mtime,
    state: 'empty',
    codes: ['no_rows'],
  },
  {
    basis: 'mtime',
    lie: 'a new empty part beside old ones',
    files: { 'a.csv': [50, row], 'b.csv': [1, 'id,at\n'] },
    bases: mtime,
    state: 'stale',
    codes: ['stale', 'files_without_rows'],
  },
  {
    basis: 'mtime',
    lie: 'a truncated Parquet file',
    files: { 'a.parquet': [1, 'PAR1 and no more'] },
    bases: mtime,
    state: 'unreadable',
    codes: ['unreadable'],
  },
  {
    basis: 'mtime',
    lie: 'a new marker beside old data',
    files: { 'a.csv': [50, row], _SUCCESS: [1, 'x'], _metadata: [1, 'x'] },
    bases: mtime,
    state: 'stale',
    codes: ['stale', 'unfinished_files'],
  },
  {
    basis: 'mtime',
    lie: 'a file that is not finished',
    files: { 'a.csv': [50, row], 'b.csv.tmp': [1, row] },
    bases: mtime,
    state: 'stale',
    codes: ['stale', 'unfinished_files'],
  },
  ...[
    'README.md',
    'LICENSE',
    'SUCCESS',
    'a.csv.md5',
    'a.csv.bak',
    'a.csv.dvc',
    '#a.csv#',
    '~$a.csv',
    '_temporary/0/a.csv',
  ].map((name): Lie => ({
    basis: 'mtime',
    lie: `${name} beside old data`,
    files: { 'in/a.csv': [30, row], [`in/${name}`]: [0, row] },
    path: 'in',
    bases: mtime,
    state: 'stale',
    codes: ['stale', 'unfinished_files'],
  })),
  {
    basis: 'mtime',
    lie: 'only unfinished files',
    files: { 'b.csv.part': [1, row] },
    bases: mtime,
    state: 'empty',
    codes: ['empty_folder'],
  },
  {
    basis: 'mtime',
    lie: 'a hidden file',
    files: { 'a.csv': [50, row], '.b.csv': [1, row] },
    bases: mtime,
    state: 'stale',
    codes: ['stale'],
  },
  {
    basis: 'mtime',
    lie: 'a time in the future',
    files: { 'a.csv': [-24, row] },
    bases: mtime,
    state: 'future',
    codes: ['future'],
  },
  {
    basis: 'mtime',
    lie: 'one new shard of many old ones',
    files: { 'a.csv': [1, row], 'b.csv': [50, row] },
    bases: [mtimeBasis({ files: 'oldest' })],
    state: 'stale',
    codes: ['stale'],
  },
  {
    basis: 'mtime',
    lie: 'one old shard of many new ones',
    files: { 'a.csv': [1, row], 'b.csv': [50, row] },
    bases: [mtimeBasis({ files: 'all' })],
    state: 'stale',
    codes: ['stale', 'stale_parts'],
  },
  {
    basis: 'mtime',
    lie: 'one shard from the future',
    files: { 'a.csv': [1, row], 'b.csv': [-50, row] },
    bases: [mtimeBasis({ files: 'all' })],
    state: 'future',
    codes: ['future'],
  },
  {
    basis: 'mtime',
    lie: 'too few rows',
    files: { 'a.csv': [1, row] },
    bases: mtime,
    options: { minRows: 2 },
    state: 'short',
    codes: ['too_few_rows'],
  },
  {
    basis: 'mtime',
    lie: 'rows that cannot be counted',
    files: { 'a.csv': [1, 'a,b\n1,2\n1,2\n1,2\n1,2\n3\n'] },
    bases: mtime,
    options: { minRows: 2 },
    state: 'unreadable',
    codes: ['unreadable'],
  },
  {
    basis: 'mtime',
    lie: 'line ends only',
    files: { 'a.csv': [1, '\n\n\n'] },
    bases: mtime,
    options: { minRows: 2 },
    state: 'empty',
    codes: ['no_rows'],
  },
  {
    basis: 'mtime',
    lie: 'no row more than before',
    files: { 'a.csv': [1, times(ago(2), ago(1))] },
    bases: mtime,
    options: { minRows: 1, previous: { rows: 2 } },
    state: 'short',
    codes: ['too_few_rows'],
  },

  ...(
    [
      ['gzip that is cut off', 'a.csv.gz', zipped.subarray(0, -200)],
      ['large gzip that is cut off', 'a.csv.gz', gzipSync(many.repeat(10), { level: 0 }).subarray(0, -5)],
      ['small gzip that is cut off', 'a.csv.gz', gzipSync(row).subarray(0, -9)],
      ['gzip with a broken start', 'a.csv.gz', Buffer.concat([zipped.subarray(0, 20), Buffer.alloc(9000, 7)])],
      ['text with the name of gzip', 'a.csv.gz', row],
      ['text with the name of zstd', 'a.csv.zst', row],
      ['NUL bytes alone', 'a.csv', Buffer.alloc(5000)],
      ['NUL bytes at the end', 'a.csv', Buffer.concat([Buffer.from(many), Buffer.alloc(5000)])],
      ['NUL bytes in gzip', 'a.csv.gz', gzipSync(Buffer.alloc(5000))],
      ['a row of too few cells', 'a.csv', 'a,b\n1,2\n1,2\n1,2\n1,2\n3\n'],
      ['a row of too many cells', 'a.csv', 'a,b\n1,2\n1,2\n1,2\n1,2\n3,4,5\n'],
      ['a row of too many cells in gzip', 'a.csv.gz', gzipSync('a\tb\n1\t2\n1\t2\n3\t4\t5\n')],
      ['a last row that is cut off', 'a.csv', `${'1,2,3\n'.repeat(20_000)}4,`],
      ['JSON that is cut off', 'a.json', '[{"id":1},{"id":2}'],
      ['JSON that is cut off and ends like an object', 'a.json', '{"id":1,"of":{"id":2}'],
      ['large JSON that is cut off', 'a.json', `[${'{"id":1},'.repeat(20_000)}`],
      ['a page in place of JSON', 'a.json', '<html>'],
      ['JSON Lines of which the last is cut off', 'a.jsonl', `${'{"id":1}\n'.repeat(20_000)}{"id":`],
      ['JSON Lines of which the last ends like an object', 'a.jsonl', '{"id":1}\n{"id":2,"of":{"id":3}'],
      ['the same at the end of many', 'a.jsonl', `${'{"id":1}\n'.repeat(20_000)}{"id":2,"of":{"id":3}`],
      ['JSON Lines with a torn one among them', 'a.jsonl', '{"id":1}\n{"id":2,"of":{"id":3}\n{"id":4}\n'],
      ['large JSON that is cut off and ends like an object', 'a.json', `[${'{"id":1},'.repeat(20_000)}{"of":{"id":2}`],
      ['a quote that nothing closes', 'a.csv', 'a,b\n1,"2\n3,4\n'],
      ['a quote that nothing closes, early in a large file', 'a.csv', `a,b\n1,"2\n${'3,4\n'.repeat(20_000)}`],
      ['a page in place of a table', 'a.csv', '<!DOCTYPE html>\n<html>\n<body>\n504\n</body>\n</html>\n'],
      ['a pointer of Git LFS', 'a.csv', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'],
      ['a pointer of Git LFS in place of gzip', 'a.csv.gz', 'version https://git-lfs.github.com/spec/v1\nsize 12345\n'],
      ['Parquet of NUL bytes', 'a.parquet', Buffer.alloc(5000)],
      ['large Parquet of NUL bytes', 'a.parquet', Buffer.alloc(500_000)],
      ['Parquet whose footer is longer than it', 'a.parquet', `PAR1${'x'.repeat(90_000)}\xff\xff\xff\x0fPAR1`],
    ] as const
  ).map(([lie, name, content]): Lie => ({
    basis: 'mtime',
    lie,
    files: { [name]: [1, content] },
    bases: mtime,
    state: 'unreadable',
    codes: ['unreadable'],
  })),
  {
    basis: 'mtime',
    lie: 'a part that is torn beside a newer one that is whole',
    files: { 'a.csv': [1, row], 'b.csv.gz': [2, zipped.subarray(0, -200)] },
    bases: mtime,
    state: 'unreadable',
    codes: ['unreadable'],
  },
  {
    basis: 'mtime',
    lie: 'a torn part where each counts',
    files: { 'a.csv': [1, row], 'b.json': [2, '[{"id":'] },
    bases: [mtimeBasis({ files: 'all' })],
    state: 'unreadable',
    codes: ['unreadable'],
  },
  {
    basis: 'mtime',
    lie: 'parts with a header only where each counts',
    files: { 'a.csv': [1, 'id,at\n'] },
    bases: [mtimeBasis({ files: 'all' })],
    state: 'empty',
    codes: ['no_rows'],
  },
  {
    basis: 'mtime',
    lie: 'an old part with a header only beside new ones, where each counts',
    files: { 'a.csv': [50, 'id,at\n'], 'b.csv': [1, many] },
    bases: [mtimeBasis({ files: 'oldest' })],
    state: 'fresh',
    codes: ['files_without_rows'],
  },
  ...(
    [
      ['an object of JSON without a key', 'a.json', '{ }\n'],
      ['null in JSON', 'a.json', 'null'],
      ['a list of objects without a key', 'a.json', '[{}, {}]'],
      ['objects without a key in JSON Lines', 'a.jsonl', '{}\n{}\n'],
      ['an object without a key in gzip', 'a.json.gz', gzipSync('{}')],
      ['many objects without a key in JSON Lines', 'a.jsonl', '{}\n'.repeat(40_000)],
      ['many nulls in JSON Lines', 'a.jsonl', 'null\n'.repeat(40_000)],
      ['the answer of a service that found nothing', 'a.json', '{"results":[],"count":0,"next":null}'],
      ['a list of an empty list', 'a.json', '[[]]'],
      ['many blank lines beneath a header', 'a.csv', `id,at\n${'\n'.repeat(90_000)}`],
      ['many blank lines', 'a.csv', '\n'.repeat(90_000)],
      ['notes alone', 'a.csv', '# made by hand\n#\n# of nothing\n# at all\n# yet\n# to come\n'],
      ['notes beneath a header', 'a.csv', `id,at\n${'# none yet\n'.repeat(8)}`],
      ['a byte order mark alone', 'a.txt', '\uFEFF'],
      ['white space in a text', 'a.txt', '\n \n'],
      ['gzip of nothing', 'a.txt.gz', gzipSync('')],
      ['gzip of nothing, of a table', 'a.csv.gz', gzipSync('')],
      ['gzip of nothing, of whatever', 'a.log.gz', gzipSync('')],
      ['zstd of nothing', 'a.txt.zst', Buffer.from('28b52ffd240001000099e9d851', 'hex')],
      ['zstd of nothing without a checksum', 'a.csv.zst', Buffer.from('28b52ffd2000010000', 'hex')],
    ] as const
  ).map(([lie, name, content]): Lie => ({
    basis: 'mtime',
    lie,
    files: { [name]: [1, content] },
    bases: mtime,
    state: 'empty',
    codes: ['no_rows'],
  })),
  ...(
    [
      ['cells within quotes that hold commas and line ends', 'a.csv', 'a,b\n1,"2,\n3"\n'],
      ['a text that is no table', 'a.txt', 'Dear all,\nthis, that, and more.\n'],
      ['one character in zstd', 'a.txt.zst', Buffer.from('28b52ffd0458090000615b6e8ca9', 'hex')],
      ['an object of JSON with a key', 'a.json', '{"a":{}}'],
      ['an object of JSON with an empty list beside a value', 'a.json', '{"id":7,"tags":[]}'],
      ['a list of JSON that has a list in its last line', 'a.json', `[${'{"id":1},\n'.repeat(20_000)}{"of":[1]}\n]\n`],
      ['words with a hash', 'a.csv', 'tag,n\n# of all,3\n# of none,4\n'],
      ['words with a hash in one column', 'a.csv', 'tag\n#one\n#two\n#three\n#four\n#five\n'],
      ['a large table after many blank lines', 'a.csv', `id,at\n${'\n'.repeat(90_000)}1,2\n`],
      ['a cell over several lines at the edge of what is seen', 'a.csv', `a,b\n${'1,"2\n3"\n'.repeat(20_000)}`],
    ] as const
  ).map(([lie, name, content]): Lie => ({
    basis: 'mtime',
    lie: `none: ${lie}`,
    files: { [name]: [1, content] },
    bases: mtime,
    state: 'fresh',
    codes: [],
  })),
  ...(
    [
      ['UTF-16', Buffer.from(`\uFEFF${many}`, 'utf16le')],
      ['one NUL byte', Buffer.from(many.replace(',', ',\0'))],
    ] as const
  ).map(([lie, content]): Lie => ({
    basis: 'mtime',
    lie: `none: ${lie} is text`,
    files: { 'a.csv': [1, content] },
    bases: mtime,
    state: 'fresh',
    codes: [],
  })),
  {
    basis: 'mtime',
    lie: 'none: JSON that is no table is JSON',
    files: { 'a.json': [1, '"1.2.0"'] },
    bases: mtime,
    state: 'fresh',
    codes: [],
  },

  {
    basis: 'column',
    lie: 'none',
    files: { 'a.csv': [0, times(ago(30), ago(23))] },
    bases: column,
    state: 'fresh',
    codes: [],
  },
  {
    basis: 'column',
    lie: 'old rows in a new file',
    files: { 'a.csv': [0, times(ago(72))] },
    bases: column,
    state: 'stale',
    codes: ['stale'],
  },
  { basis: 'column', lie: 'missing', path: 'none.csv', bases: column, state: 'missing', codes: ['missing'] },
  { basis: 'column', lie: 'a glob without match', path: '*.csv', bases: column, state: 'missing', codes: ['no_match'] },
  {
    basis: 'column',
    lie: 'an empty folder',
    folders: ['in'],
    path: 'in',
    bases: column,
    state: 'empty',
    codes: ['empty_folder'],
  },
  {
    basis: 'column',
    lie: 'an empty file',
    files: { 'a.csv': [0, ''] },
    path: 'a.csv',
    bases: column,
    state: 'empty',
    codes: ['empty'],
  },
  {
    basis: 'column',
    lie: 'a header only',
    files: { 'a.csv': [0, 'id,at\n'] },
    bases: column,
    state: 'empty',
    codes: ['no_rows'],
  },
  {
    basis: 'column',
    lie: 'a row without a time',
    files: { 'a.jsonl': [0, `{"id":1,"at":null}\n{"id":2,"at":"${ago(1)}"}\n`] },
    path: 'a.jsonl',
    bases: [columnBasis('at')],
    options: { now: new Date(ago(-24)) },
    state: 'stale',
    codes: ['stale'],
  },
  {
    basis: 'column',
    lie: 'one row from the future',
    files: { 'a.csv': [0, times(ago(72), '2030-01-01T00:00:00Z')] },
    bases: column,
    state: 'stale',
    codes: ['stale', 'future_rows'],
  },
  {
    basis: 'column',
    lie: 'a cell that is no time',
    files: { 'a.csv': [0, times(ago(1), 'soon')] },
    bases: column,
    state: 'unsure',
    codes: ['bad_times'],
  },
  {
    basis: 'column',
    lie: 'a cell that is no time, beside old ones',
    files: { 'a.csv': [0, times(ago(72), 'soon')] },
    bases: column,
    state: 'stale',
    codes: ['stale', 'bad_times'],
  },
  {
    basis: 'column',
    lie: 'a cell that is no time, let pass with a warning',
    files: { 'a.csv': [0, times(ago(1), 'soon')] },
    bases: column,
    options: { unsure: 'warn' },
    state: 'unsure',
    codes: ['bad_times'],
  },
  {
    basis: 'column',
    lie: 'numbers among times',
    files: { 'a.jsonl': [0, `{"at":"${ago(1)}"}\n{"at":5}\n`] },
    bases: column,
    state: 'unsure',
    codes: ['bad_times'],
  },
  ...(
    [
      ['nothing in any row of CSV', 'a.csv', 'id,at\n1,\n2,NA\n'],
      ['null in any row of JSON', 'a.jsonl', '{"id":1,"at":null}\n{"id":2,"at":null}\n'],
      ['words only', 'a.csv', times('soon', 'later')],
      ['numbers only', 'a.csv', times('5', '6')],
    ] as const
  ).map(([lie, name, content]): Lie => ({
    basis: 'column',
    lie,
    files: { [name]: [0, content] },
    bases: column,
    state: 'empty',
    codes: ['no_times'],
  })),
  {
    basis: 'column',
    lie: 'times with a zone and without one',
    files: { 'a.csv': [0, times(ago(1), '2026-11-20 01:00:00')] },
    bases: column,
    state: 'unsure',
    codes: ['mixed_zones'],
  },
  {
    basis: 'column',
    lie: 'times with a zone and without one in JSON, those without the newest',
    files: { 'a.jsonl': [0, `{"at":"${ago(50)}"}\n{"at":"2026-11-23 06:00:00"}\n`] },
    bases: column,
    state: 'unsure',
    codes: ['mixed_zones', 'no_zone'],
  },
  {
    basis: 'column',
    lie: 'times with a zone and without one, which is said',
    files: { 'a.csv': [0, times(ago(1), '2026-11-20 01:00:00')] },
    bases: [columnBasis('at', { timezone: 'Europe/Berlin' })],
    state: 'fresh',
    codes: ['mixed_zones'],
  },
  {
    basis: 'column',
    lie: 'a column that is gone',
    files: { 'a.csv': [0, 'id,sold_at\n1,2026-11-23T07:00:00Z\n'] },
    bases: column,
    state: 'empty',
    codes: ['no_column'],
  },
  {
    basis: 'column',
    lie: 'infinity beside a fresh time',
    files: { 'a.csv': [0, times(ago(1), 'infinity')] },
    bases: column,
    state: 'unsure',
    codes: ['bad_times'],
  },
  {
    basis: 'column',
    lie: 'infinity beside an old time and one of the future',
    files: { 'a.csv': [0, times(ago(72), 'infinity', '2030-01-01T00:00:00Z')] },
    bases: column,
    state: 'stale',
    codes: ['stale', 'bad_times', 'future_rows'],
  },
  {
    basis: 'column',
    lie: 'infinity in each row',
    files: { 'a.csv': [0, times('infinity', '-infinity')] },
    bases: column,
    state: 'empty',
    codes: ['no_times'],
  },
  {
    basis: 'column',
    lie: '-infinity beside a fresh time',
    files: { 'a.csv': [0, times(ago(1), '-infinity')] },
    bases: column,
    state: 'fresh',
    codes: [],
  },
  {
    basis: 'column',
    lie: 'one row from the future beside fresh ones',
    files: { 'a.csv': [0, times(ago(1), '2030-01-01T00:00:00Z')] },
    bases: column,
    state: 'unsure',
    codes: ['future_rows'],
  },
  {
    basis: 'column',
    lie: 'all rows from the future',
    files: { 'a.csv': [0, times('2030-01-01T00:00:00Z')] },
    bases: column,
    state: 'future',
    codes: ['future'],
  },
  {
    basis: 'column',
    lie: 'a naive time, fresh in any zone',
    files: { 'a.csv': [0, times('2026-11-23 06:00:00')] },
    bases: column,
    state: 'fresh',
    codes: ['no_zone'],
  },
  {
    basis: 'column',
    lie: 'a naive time, stale in some zone',
    files: { 'a.csv': [0, times('2026-11-22 12:00:00')] },
    bases: column,
    state: 'unsure',
    codes: ['naive_time', 'no_zone'],
  },
  {
    basis: 'column',
    lie: 'a naive time, stale in any zone',
    files: { 'a.csv': [0, times('2026-11-20 12:00:00')] },
    bases: column,
    state: 'stale',
    codes: ['stale', 'no_zone'],
  },
  {
    basis: 'column',
    lie: 'a naive time of Berlin, taken as UTC',
    files: { 'a.csv': [0, times('2026-11-23 08:55:00')] },
    bases: column,
    state: 'future',
    codes: ['future', 'no_zone'],
  },
  {
    basis: 'column',
    lie: 'a naive time of Berlin, said to be so',
    files: { 'a.csv': [0, times('2026-11-23 08:55:00')] },
    bases: [columnBasis('at', { timezone: 'Europe/Berlin' })],
    state: 'fresh',
    codes: [],
  },
  {
    basis: 'column',
    lie: 'a naive time of the day before in Honolulu',
    files: { 'a.csv': [0, times('2026-11-21 21:00:00')] },
    bases: [columnBasis('at', { timezone: 'Pacific/Honolulu' })],
    state: 'stale',
    codes: ['stale'],
  },
  {
    basis: 'column',
    lie: 'fewer new rows than expected',
    files: { 'a.csv': [0, times(ago(30), ago(20), ago(1))] },
    bases: column,
    options: { minRows: 3, previous: { newest: ago(25), rows: 1 } },
    state: 'short',
    codes: ['too_few_rows'],
  },
  {
    basis: 'column',
    lie: 'as many new rows as expected',
    files: { 'a.csv': [0, times(ago(30), ago(20), ago(1))] },
    bases: column,
    options: { minRows: 2, previous: { newest: ago(25), rows: 1 } },
    state: 'fresh',
    codes: [],
  },

  {
    basis: 'partition',
    lie: 'none',
    files: { 'dt=2026-11-23/a.csv': [50, row], 'dt=2026-11-22/a.csv': [50, row] },
    bases: dt,
    state: 'fresh',
    codes: [],
  },
  {
    basis: 'partition',
    lie: 'a backfill of an old one',
    files: { 'dt=2026-11-20/a.csv': [1, row] },
    bases: dt,
    state: 'stale',
    codes: ['stale'],
  },
  { basis: 'partition', lie: 'missing', path: 'none', bases: dt, state: 'missing', codes: ['missing'] },
  {
    basis: 'partition',
    lie: 'an empty folder',
    folders: ['in'],
    path: 'in',
    bases: dt,
    state: 'empty',
    codes: ['empty_folder'],
  },
  {
    basis: 'partition',
    lie: 'a new partition without a file',
    files: { 'dt=2026-11-20/a.csv': [1, row] },
    folders: ['dt=2026-11-23'],
    bases: dt,
    state: 'stale',
    codes: ['stale'],
  },
  {
    basis: 'partition',
    lie: 'a new partition without a byte',
    files: { 'dt=2026-11-22/a.csv': [1, row], 'dt=2026-11-23/a.csv': [1, ''] },
    bases: dt,
    options: { maxAge: '2d' },
    state: 'fresh',
    codes: ['empty_partition', 'empty_files'],
  },
  {
    basis: 'partition',
    lie: 'a new partition without a row',
    files: { 'dt=2026-11-20/a.csv': [1, row], 'dt=2026-11-21/a.csv': [1, 'id,at\n'] },
    bases: dt,
    state: 'stale',
    codes: ['stale', 'empty_partition'],
  },
  {
    basis: 'partition',
    lie: 'no partition with rows',
    files: { 'dt=2026-11-20/a.csv': [1, 'id,at\n'] },
    bases: dt,
    state: 'empty',
    codes: ['no_rows'],
  },
  {
    basis: 'partition',
    lie: 'days that are missing',
    files: { 'dt=2026-11-23/a.csv': [1, row], 'dt=2026-11-19/a.csv': [1, row] },
    bases: dt,
    state: 'fresh',
    codes: ['missing_partition'],
  },
  {
    basis: 'partition',
    lie: 'a weekend that nobody expects',
    files: { 'dt=2026-11-23/a.csv': [1, row], 'dt=2026-11-19/a.csv': [1, row] },
    bases: [partitionBasis('dt', { timezone: 'UTC', cron: '0 0 * * 1-5', holidays: ['2026-11-20'] })],
    state: 'fresh',
    codes: [],
  },
  {
    basis: 'partition',
    lie: 'a name from the future',
    files: { 'dt=2030-01-01/a.csv': [1, row] },
    bases: dt,
    state: 'future',
    codes: ['future'],
  },
  {
    basis: 'partition',
    lie: 'a day that there is not',
    files: { 'dt=2026-02-30/a.csv': [1, row] },
    bases: dt,
    state: 'empty',
    codes: ['no_partition'],
  },
  {
    basis: 'partition',
    lie: 'a name without a zone, stale in some',
    files: { 'dt=2026-11-23/a.csv': [1, row] },
    bases: [partitionBasis('dt')],
    options: { maxAge: '20h' },
    state: 'unsure',
    codes: ['naive_time'],
  },

  {
    basis: 'partition',
    lie: 'names that are no dates, and files beside',
    files: { 'dt=2026-11-23/a.csv': [1, row], 'dt=latest/a.csv': [1, row], 'b.csv': [1, row] },
    bases: dt,
    state: 'fresh',
    codes: ['timeless_partition', 'outside_partitions'],
  },
  {
    basis: 'partition',
    lie: 'a newest one whose file is torn',
    files: { 'dt=2026-11-23/a.json': [1, '[{"id":'], 'dt=2026-11-22/a.json': [1, '[{"id":1}]'] },
    bases: dt,
    state: 'unreadable',
    codes: ['unreadable'],
  },
  {
    basis: 'content',
    lie: 'a header only, recorded just now',
    files: { 'a.csv': [0, 'id,at\n'] },
    bases: [history('a', ['a', 1])],
    state: 'empty',
    codes: ['no_rows'],
  },
  {
    basis: 'content',
    lie: 'torn, recorded just now',
    files: { 'a.csv.gz': [0, zipped.subarray(0, -200)] },
    bases: [history('a', ['a', 1])],
    state: 'unreadable',
    codes: ['unreadable'],
  },
  { basis: 'run', lie: 'missing', path: 'a.csv', bases: [ran(5, 7)], state: 'missing', codes: ['missing'] },
  {
    basis: 'run',
    lie: 'torn',
    files: { 'a.json': [0, '[{"id":'] },
    bases: [ran(5, 7)],
    state: 'unreadable',
    codes: ['unreadable'],
  },
  {
    basis: 'run',
    lie: 'a header only, however many rows the run says',
    files: { 'a.csv': [0, 'id,at\n'] },
    bases: [ran(5, 7)],
    state: 'empty',
    codes: ['no_rows'],
  },

  {
    basis: 'object',
    lie: 'none',
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/a.csv': [1, row], 'other/b.csv': [0, row] }))],
    state: 'fresh',
    codes: [],
  },
  {
    basis: 'object',
    lie: 'rows that nobody counts',
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/a.csv': [1, row] }))],
    options: { minRows: 1 },
    state: 'short',
    codes: ['rows_unknown'],
  },
  {
    basis: 'object',
    lie: 'old',
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/a.csv': [30, row] }))],
    state: 'stale',
    codes: ['stale'],
  },
  {
    basis: 'object',
    lie: 'missing',
    path: S3,
    bases: [objectBasis(S3, store({ 'other/b.csv': [0, row] }))],
    state: 'missing',
    codes: ['missing'],
  },
  {
    basis: 'object',
    lie: 'no bucket',
    path: S3,
    bases: [objectBasis(S3, store({ refused: 'NoSuchBucket' }))],
    state: 'missing',
    codes: ['missing'],
  },
  {
    basis: 'object',
    lie: 'unreadable',
    path: S3,
    bases: [objectBasis(S3, store({ refused: 'AccessDenied' }))],
    state: 'unreadable',
    codes: ['unreadable'],
  },
  {
    basis: 'object',
    lie: 'a glob without match',
    path: S3,
    bases: [objectBasis('s3://lake/orders/*.parquet', store({ 'orders/a.csv': [1, row] }))],
    state: 'missing',
    codes: ['no_match'],
  },
  {
    basis: 'object',
    lie: 'an empty object',
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/a.csv': [1, ''] }))],
    state: 'empty',
    codes: ['empty'],
  },
  ...(
    [
      [
        'a new one with a header only beside an old one',
        ['orders/b.csv', 'id,at\n'],
        'stale',
        ['stale', 'files_without_rows'],
      ],
      ['a new marker beside an old one', ['orders/_SUCCESS', 'x'], 'stale', ['stale', 'unfinished_files']],
      ['a new one that is not finished', ['orders/b.csv.tmp', row], 'stale', ['stale', 'unfinished_files']],
      ['a hidden one', ['orders/.b.csv', row], 'stale', ['stale', 'unfinished_files']],
      ['gzip of nothing', ['orders/b.csv.gz', gzipSync('')], 'stale', ['stale', 'files_without_rows']],
      ['an object of JSON without a key', ['orders/b.json', '{}'], 'stale', ['stale', 'files_without_rows']],
      ['an answer of nothing', ['orders/b.json', '{"results":[]}'], 'stale', ['stale', 'files_without_rows']],
      [
        'a pointer of Git LFS',
        ['orders/b.csv', 'version https://git-lfs.github.com/spec/v1\nsize 5\n'],
        'unreadable',
        ['unreadable'],
      ],
      ['gzip that is cut off', ['orders/b.csv.gz', zipped.subarray(0, -200)], 'unreadable', ['unreadable']],
      ['NUL bytes alone', ['orders/b.csv', Buffer.alloc(5000)], 'unreadable', ['unreadable']],
      ['Parquet that is none', ['orders/b.parquet', 'PAR1 and no more'], 'unreadable', ['unreadable']],
      ['large Parquet of which the end is missing', ['orders/b.parquet', large('PAR1')], 'unreadable', ['unreadable']],
      ['large JSON that is cut off', ['orders/b.json', large('[{"id":1},', '{"id":')], 'unreadable', ['unreadable']],
      ['a large one that ends in NUL bytes', ['orders/b.csv', large('id,at\n')], 'unreadable', ['unreadable']],
      ['rows of too many cells', ['orders/b.csv', 'id,at\n1,2\n3,4,5\n'], 'unreadable', ['unreadable']],
      ['none: a large table', ['orders/b.csv', large(times(), '\n1,2\n', 'x')], 'fresh', []],
      ['none: a large Parquet file', ['orders/b.parquet', large('PAR1', '\x09\0\0\0PAR1')], 'fresh', []],
      ['none: a name that tells no format', ['orders/b.bin', 'id'], 'fresh', []],
      [
        'none: a store that knows no ranges',
        ['orders/b.csv', { content: large('id,at\n', '\n1,2\n', 'x'), isWhole: true }],
        'fresh',
        [],
      ],
      [
        'none: compressed, and named as if it were not',
        ['orders/b.csv', { content: zipped, encoding: 'gzip, aws-chunked' }],
        'fresh',
        [],
      ],
      [
        'cut off, compressed, and named as if it were not',
        ['orders/b.csv', { content: zipped.subarray(0, -200), encoding: 'gzip' }],
        'unreadable',
        ['unreadable'],
      ],
      [
        'an encoding that is not known',
        ['orders/b.csv', { content: zipped, encoding: 'br' }],
        'fresh',
        ['not_looked_into'],
      ],
      [
        'one that may be listed, and not read',
        ['orders/b.csv', { content: row, refused: 'AccessDenied' }],
        'fresh',
        ['not_looked_into'],
      ],
      [
        'one that is archived',
        ['orders/b.csv', { content: row, refused: 'InvalidObjectState' }],
        'fresh',
        ['not_looked_into'],
      ],
      [
        'one of a page that an error has in place of it',
        ['orders/b.csv', { content: large('id'), sent: '<html>' }],
        'unreadable',
        ['unreadable'],
      ],
      ['one that is removed meanwhile', ['orders/b.csv', { content: row, refused: 'NoSuchKey' }], 'stale', ['stale']],
    ] as const
  ).map(([lie, [name, kept], state, codes]): Lie => ({
    basis: 'object',
    lie,
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/a.csv': [30, row], [name]: [1, kept] }))],
    state,
    codes,
  })),
  {
    basis: 'object',
    lie: 'a header only',
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/a.csv': [1, 'id,at\n'], 'orders/b.csv': [2, 'id,at\n'] }))],
    state: 'empty',
    codes: ['no_rows'],
  },
  {
    basis: 'object',
    lie: 'markers only',
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/_SUCCESS': [1, 'x'] }))],
    state: 'empty',
    codes: ['empty_folder'],
  },
  {
    basis: 'object',
    lie: 'a small torn one among those that count all',
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/a.csv': [1, row], 'orders/b.json': [2, '[{'] }), { files: 'all' })],
    state: 'unreadable',
    codes: ['unreadable'],
  },
  {
    basis: 'object',
    lie: 'an old one without a row among those that count all',
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/a.csv': [1, row], 'orders/b.csv': [50, 'id\n'] }), { files: 'oldest' })],
    state: 'fresh',
    codes: ['files_without_rows'],
  },
  {
    basis: 'object',
    lie: 'a key that begins alike',
    path: S3,
    bases: [objectBasis('s3://lake/orders', store({ 'orders/a.csv': [30, row], 'orders-new/a.csv': [1, row] }))],
    state: 'stale',
    codes: ['stale'],
  },
  {
    basis: 'object',
    lie: 'one old shard of many new ones',
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/a.csv': [1, row], 'orders/b.csv': [50, row] }), { files: 'all' })],
    state: 'stale',
    codes: ['stale', 'stale_parts'],
  },
  {
    basis: 'object',
    lie: 'a time in the future',
    path: S3,
    bases: [objectBasis(S3, store({ 'orders/a.csv': [-2, row] }))],
    state: 'future',
    codes: ['future'],
  },

  {
    basis: 'content',
    lie: 'none',
    files: { 'a.csv': [0, row] },
    bases: [history('b', ['a', 48], ['b', 5])],
    state: 'fresh',
    codes: [],
  },
  {
    basis: 'content',
    lie: 'a checkout of old content',
    files: { 'a.csv': [0, row] },
    bases: [history('a', ['a', 48])],
    state: 'stale',
    codes: ['stale'],
  },
  {
    basis: 'content',
    lie: 'old content is back',
    files: { 'a.csv': [0, row] },
    bases: [history('a', ['a', 48], ['b', 5])],
    state: 'stale',
    codes: ['stale', 'old_content'],
  },
  {
    basis: 'content',
    lie: 'the same recorded again',
    files: { 'a.csv': [0, row] },
    bases: [history('a', ['a', 48], ['a', 1])],
    state: 'stale',
    codes: ['stale'],
  },
  {
    basis: 'content',
    lie: 'content that no version has',
    files: { 'a.csv': [30, row] },
    bases: [history('c', ['a', 48])],
    state: 'stale',
    codes: ['stale', 'unrecorded'],
  },
  {
    basis: 'content',
    lie: 'content that no version has, in a file that was touched',
    files: { 'a.csv': [0, row] },
    bases: [history('c', ['a', 48])],
    state: 'unsure',
    codes: ['unrecorded'],
  },
  {
    basis: 'content',
    lie: 'a shallow clone, whose oldest commit is young',
    files: { 'a.csv': [0, row] },
    bases: [contentBasis(async () => ({ current: 'a', versions: [{ hash: 'a', at: ago(1) }], isCut: true }))],
    state: 'unsure',
    codes: ['history_cut'],
  },
  {
    basis: 'column',
    lie: 'a file that is torn, beside others that are whole',
    files: { 'a.csv.gz': [0, 'no gzip'] },
    bases: [columnBasis('t')],
    state: 'unreadable',
    codes: ['unreadable'],
  },
  {
    basis: 'content',
    lie: 'no history',
    files: { 'a.csv': [0, row] },
    bases: [contentBasis(async () => undefined)],
    state: 'unknown',
    codes: ['no_history'],
  },
  {
    basis: 'content',
    lie: 'missing',
    path: 'none.csv',
    bases: [history('a', ['a', 1])],
    state: 'missing',
    codes: ['missing'],
  },
  {
    basis: 'content',
    lie: 'recorded in the future',
    files: { 'a.csv': [0, row] },
    bases: [history('a', ['a', -9])],
    state: 'future',
    codes: ['future'],
  },

  { basis: 'run', lie: 'none', files: { 'a.csv': [50, row] }, bases: [ran(5, 7)], state: 'fresh', codes: [] },
  { basis: 'run', lie: 'old', files: { 'a.csv': [50, row] }, bases: [ran(25)], state: 'stale', codes: ['stale'] },
  {
    basis: 'run',
    lie: 'a run that wrote no rows',
    files: { 'a.csv': [50, row] },
    bases: [ran(5, 0)],
    state: 'empty',
    codes: ['empty_run'],
  },
  {
    basis: 'run',
    lie: 'no run',
    files: { 'a.csv': [50, row] },
    bases: [runBasis(async () => undefined)],
    state: 'unknown',
    codes: ['no_run'],
  },
  {
    basis: 'run',
    lie: 'a run that ends in the future',
    files: { 'a.csv': [50, row] },
    bases: [ran(-5)],
    state: 'future',
    codes: ['future'],
  },

  {
    basis: 'mtime + content',
    lie: 'rewritten every hour, content unchanged for 9 days',
    files: { 'a.csv': [1, row] },
    bases: [mtimeBasis(), history('a', ['a', 216])],
    state: 'stale',
    codes: ['stale', 'rewritten_unchanged'],
  },
  {
    basis: 'mtime + content',
    lie: 'the same within a larger limit',
    files: { 'a.csv': [1, row] },
    bases: [mtimeBasis(), history('a', ['a', 20])],
    state: 'fresh',
    codes: [],
  },
  {
    basis: 'mtime + column',
    lie: 'file is new, newest row is 3 days old',
    files: { 'a.csv': [1, times(ago(72))] },
    bases: [mtimeBasis(), columnBasis('at')],
    state: 'stale',
    codes: ['stale', 'late_rows'],
  },
  {
    basis: 'mtime + column',
    lie: 'rows from after the file was written',
    files: { 'a.csv': [20, times(ago(1))] },
    bases: [mtimeBasis(), columnBasis('at')],
    state: 'fresh',
    codes: ['rows_after_writing'],
  },
  {
    basis: 'mtime + column',
    lie: 'naive rows that may be from before the file was written',
    files: { 'a.csv': [10, times('2026-11-23 06:00:00')] },
    bases: [mtimeBasis(), columnBasis('at')],
    state: 'fresh',
    codes: ['no_zone'],
  },
  {
    basis: 'mtime + partition',
    lie: 'an old partition is rewritten',
    files: { 'dt=2026-11-19/a.csv': [1, row] },
    bases: [mtimeBasis(), ...dt],
    state: 'stale',
    codes: ['stale', 'late_rows'],
  },
  {
    basis: 'partition + column',
    lie: 'a new partition of old rows',
    files: { 'dt=2026-11-23/a.csv': [1, times(ago(72))] },
    bases: [...dt, columnBasis('at')],
    state: 'stale',
    codes: ['stale', 'partition_ahead_of_rows'],
  },
  {
    basis: 'mtime + run',
    lie: 'the run succeeds, the file stays as it was',
    files: { 'a.csv': [72, row] },
    bases: [mtimeBasis(), ran(1, 5)],
    state: 'stale',
    codes: ['stale', 'run_changed_nothing'],
  },
  {
    basis: 'mtime + column',
    lie: 'one of them has no time',
    files: { 'a.csv': [1, 'id,at\n'] },
    bases: [mtimeBasis(), columnBasis('at')],
    state: 'empty',
    codes: ['no_rows', 'no_rows'],
  },
  {
    basis: 'own',
    lie: 'a time in the future',
    path: 'a.csv',
    bases: [
      { name: 'own', read: async () => ({ basis: 'own', time: now.getTime() + 6e5, subject: 'it', findings: [] }) },
    ],
    state: 'future',
    codes: ['future'],
  },
]

function opened(path: string): ReturnType<typeof open> {
  return open(path, { engine })
}

function openedSkipping(path: string): ReturnType<typeof open> {
  return open(path, { engine, badLines: 'skip' })
}

test.each(LIES.map((lie, at) => ({ ...lie, at })))(
  '$basis: $lie is $state',
  async ({ files = {}, folders = [], path = '.', bases, options, state, codes, at }) => {
    const cwd = join(root, String(at))
    mkdirSync(cwd)
    for (const folder of folders) mkdirSync(join(cwd, folder))
    for (const [name, [hours, content]] of Object.entries(files)) {
      mkdirSync(dirname(join(cwd, name)), { recursive: true })
      writeFileSync(join(cwd, name), content)
      const time = now.getTime() / 1000 - hours * 3600
      utimesSync(join(cwd, name), time, time)
    }
    const { facts, findings, status } = await freshness({ path, open: opened }, { now, cwd, bases, ...options })
    expect([facts.state, ...findings.map(({ code }) => code.replace('freshness.', ''))]).toEqual([state, ...codes])
    // Nothing but what is fresh passes.
    expect(status === 'pass').toBe(state === 'fresh' && findings.every(({ severity }) => severity === 'info'))
    expect(findings.filter(({ severity, hint }) => severity !== 'info' && hint === undefined)).toEqual([])
  },
)

/** An object that was written just now, in a store whose clock is so many minutes ahead. */
function onClock(minutes: number): Promise<FreshnessFacts & { readonly codes: string[] }> {
  const real = Date.now()
  const client = store(
    { 'orders/a.csv': [(now.getTime() - real) / 3_600_000, row] },
    (real - now.getTime()) / 60_000 + minutes,
  )
  return freshness({ path: S3 }, { bases: [objectBasis(S3, client)] }).then(({ facts, findings }) => ({
    ...facts,
    codes: findings.map(({ code }) => code),
  }))
}

test('a clock that differs from the store’s is told, and the age is the store’s', async () => {
  expect(await onClock(2)).toMatchObject({ state: 'fresh', codes: [] })
  const behind = await onClock(60)
  expect(behind).toMatchObject({ state: 'unsure', codes: ['freshness.clock_skew'] })
  expect(Math.round((behind.ageSeconds as number) / 60)).toBe(60)
  expect((await onClock(-60)).codes).toContain('freshness.clock_skew')
  expect(await onClock(25 * 60)).toMatchObject({ state: 'stale', codes: ['freshness.stale', 'freshness.clock_skew'] })
})

test('what makes an age unsure fails, or warns where that is asked for; of bad cells the places are told', async () => {
  const cwd = join(root, 'bad')
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'a.csv'), times(ago(1), 'soon', ago(2), '23.11.2026'))
  const look = (unsure?: 'fail' | 'warn') =>
    freshness({ path: 'a.csv', open: opened }, { now, cwd, column: 'at', ...(unsure ? { unsure } : {}) })
  const { status, findings, facts } = await look()
  expect([status, facts.ageSeconds]).toEqual(['fail', 3600])
  expect(findings[0]?.message).toBe(
    '2 of 4 values in at are no times; line 3: "soon", line 5: "23.11.2026"; they were left out of the age',
  )
  expect((await look('warn')).status).toBe('warn')
})

test('of infinity it is said that it is no time, and of none up to when it lies in the future', async () => {
  const cwd = join(root, 'endless')
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'some.csv'), times(ago(1), 'infinity'))
  writeFileSync(join(cwd, 'all.csv'), times('-infinity', '-infinity'))
  const messageOf = async (path: string): Promise<string | undefined> =>
    (await freshness({ path, open: opened }, { now, cwd, column: 'at' })).findings[0]?.message
  expect(await messageOf('some.csv')).toBe(
    '1 of 2 values in at are infinity, which is no time; they were left out of the age',
  )
  expect(await messageOf('all.csv')).toContain('has no time in any of 2 rows, but -infinity')
})

test('a column that is gone is told with those that there are', async () => {
  const cwd = join(root, 'renamed')
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'a.csv'), 'id,updated\n1,2026-11-23T07:00:00Z\n')
  const { status, findings } = await freshness({ path: 'a.csv', open: opened }, { now, cwd, column: 'updates' })
  expect([status, findings[0]?.message]).toEqual([
    'fail',
    `${join(cwd, 'a.csv')} has no column 'updates' (did you mean 'updated'?); it has id, updated`,
  ])
})

test('rows that the reading lets pass make nothing unreadable', async () => {
  const cwd = join(root, 'lenient')
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'a.csv'), 'id,at\n1,2\n3,4,5\n')
  const { facts } = await freshness({ path: 'a.csv', open: openedSkipping }, { cwd })
  expect(facts.state).toBe('fresh')
})

test('a link that leads in a circle hides nothing', async () => {
  const cwd = join(root, 'circle')
  mkdirSync(cwd)
  symlinkSync('b.csv', join(cwd, 'a.csv'))
  symlinkSync('a.csv', join(cwd, 'b.csv'))
  const look = async (path: string): Promise<readonly string[]> => {
    const { facts, findings } = await freshness({ path, open: opened }, { cwd })
    return [facts.state, ...findings.map(({ message }) => message)]
  }
  expect(await look('.')).toEqual(['empty', `${cwd} holds no files`])
  expect(await look('a.csv')).toEqual(['unreadable', `${join(cwd, 'a.csv')} is a link that leads in a circle`])
  writeFileSync(join(cwd, 'c.csv'), row)
  expect(await look('.')).toEqual(['fresh'])
})

test('of objects no more is asked for than the verdict rests on, and messages name them', async () => {
  const asked: string[] = []
  const client = store(
    { 'orders/a.csv': [1, row], 'orders/b.csv': [2, row], 'orders/c.parquet': [3, large('PAR1')] },
    0,
    asked,
  )
  const look = (files?: 'all'): ReturnType<typeof freshness> =>
    freshness({ path: S3, open: opened }, { now, bases: [objectBasis(S3, client, { files })] })
  expect((await look()).facts.state).toBe('fresh')
  expect(asked.splice(0)).toEqual(['orders/a.csv'])
  const { findings } = await look('all')
  expect(asked).toEqual(['orders/c.parquet bytes=0-4095', 'orders/c.parquet bytes=-1024'])
  expect(findings.map(({ message }) => message)).toEqual([
    's3://lake/orders/c.parquet has no Parquet footer: it was not written to its end',
  ])
  const ragged = store({ 'orders/d.csv': [1, 'id,at\n1,2\n3\n'] })
  const [finding] = (await freshness({ path: S3, open: opened }, { now, bases: [objectBasis(S3, ragged)] })).findings
  expect(finding?.message).toMatch(/^s3:\/\/lake\/orders\/d\.csv:3: /)
})

test('links named as partitions are followed, or told', async () => {
  const cwd = join(root, 'links')
  const lake = join(cwd, 'lake')
  for (const day of ['2026-11-20', '2026-11-21', '2026-11-22']) mkdirSync(join(lake, `dt=${day}`), { recursive: true })
  for (const day of ['2026-11-20', '2026-11-21', '2026-11-22']) writeFileSync(join(lake, `dt=${day}`, 'a.csv'), row)
  mkdirSync(join(cwd, 'elsewhere'))
  writeFileSync(join(cwd, 'elsewhere', 'a.csv'), row)
  symlinkSync('../elsewhere', join(lake, 'dt=2026-11-23'))
  const look = async (path: string): Promise<readonly [string, ...string[]]> => {
    const { facts, findings } = await freshness({ path, open: opened }, { now, cwd, bases: dt, maxAge: '20h' })
    return [facts.state, ...findings.map(({ code }) => code.replace('freshness.', ''))]
  }
  expect(await look('lake')).toEqual(['fresh'])
  expect(await look('lake/dt=*/*.csv')).toEqual(['fresh'])
  expect(await look('lake/**/*.csv')).toEqual(['stale', 'stale', 'unfollowed_link'])
  rmSync(join(cwd, 'elsewhere'), { recursive: true })
  expect(await look('lake')).toEqual(['stale', 'stale', 'unfollowed_link'])
})

/** A path that comes to nothing, or to nothing that can be used, whatever a basis says of its time. */
const SITUATIONS: Readonly<
  Record<string, Pick<Lie, 'files' | 'folders' | 'path'> & { readonly objects: object; readonly isClosed?: boolean }>
> = {
  'nothing is there': { path: 'in/a.csv', objects: { 'other/a.csv': [1, row] } },
  'a glob without match': { path: 'in/*.csv', objects: { 'orders/a.txt': [1, row] } },
  'an empty folder': { folders: ['in'], path: 'in', objects: {} },
  'a file without a byte': {
    files: { 'in/dt=2026-11-23/a.csv': [1, ''] },
    path: 'in',
    objects: { 'orders/a.csv': [1, ''] },
  },
  'a header only': {
    files: { 'in/dt=2026-11-23/a.csv': [1, 'id,at\n'] },
    path: 'in',
    objects: { 'orders/a.csv': [1, 'id,at\n'] },
  },
  'a torn file': {
    files: { 'in/dt=2026-11-23/a.json': [1, '[{"at":'] },
    path: 'in',
    objects: { 'orders/a.json': [1, '[{"at":'] },
  },
  'may not be read': {
    files: { 'in/dt=2026-11-23/a.csv': [1, row] },
    path: 'in',
    objects: { refused: 'AccessDenied' },
    isClosed: true,
  },
  'times without a zone': {
    files: { 'in/dt=2026-11-22T20/a.csv': [1, times('2026-11-22 20:00:00')] },
    path: 'in',
    objects: {},
  },
  'a time in the future': {
    files: { 'in/dt=2030-01-01/a.csv': [-50, times('2030-01-01T00:00:00Z')] },
    path: 'in',
    objects: { 'orders/a.csv': [-50, row] },
  },
  'data that is too old': {
    files: { 'in/dt=2026-11-20/a.csv': [50, times(ago(50))] },
    path: 'in',
    objects: { 'orders/a.csv': [50, row] },
  },
}

/** The cells of a line of a table. */
function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''))
}

/** The table in the documentation that has a line a situation and a column a basis. */
function documented(): Record<string, Record<string, string>> {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/freshness.md'), 'utf8')
  const lines = text.split('\n').filter((line) => line.startsWith('|'))
  const at = lines.findIndex((line) => cells(line)[0] === 'what is there')
  const [, ...bases] = cells(lines[at] as string)
  const rows = lines.slice(at + 2, at + 2 + Object.keys(SITUATIONS).length).map(cells)
  return Object.fromEntries(
    rows.map(([what = '', ...states]) => [
      what,
      Object.fromEntries(bases.map((basis, place) => [basis, states[place] ?? ''])),
    ]),
  )
}

test('the documented table has all situations and all bases', () => {
  const table = documented()
  expect(Object.keys(table)).toEqual(Object.keys(SITUATIONS))
  for (const states of Object.values(table)) {
    expect(Object.keys(states)).toEqual(['mtime', 'column', 'partition', 'object', 'content', 'run'])
  }
})

const GRID = Object.entries(documented()).flatMap(([what, states]) =>
  Object.entries(states).map(([basis, state]) => [what, basis, state] as const),
)

test.for(GRID.filter(([, , state]) => state !== '—'))('%s: %s says %s', async ([what, basis, state], { skip }) => {
  const {
    files = {},
    folders = [],
    path = '.',
    objects,
    isClosed = false,
  } = SITUATIONS[what] as (typeof SITUATIONS)[string]
  skip(isClosed && basis !== 'object' && process.getuid?.() === 0, 'nothing is closed to who administers the machine')
  const cwd = join(root, `${what} ${basis}`)
  mkdirSync(cwd)
  for (const folder of folders) mkdirSync(join(cwd, folder))
  for (const [name, [hours, content]] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), content)
    if (isClosed) chmodSync(join(cwd, name), 0)
    utimesSync(join(cwd, name), now.getTime() / 1000 - hours * 3600, now.getTime() / 1000 - hours * 3600)
  }
  // What only is recorded of data is as young or as old as the situation says.
  const hours = Object.values(files)[0]?.[0] ?? 1
  const place = what === 'a glob without match' ? 's3://lake/orders/*.csv' : S3
  const bases: Readonly<Record<string, Basis>> = {
    mtime: mtimeBasis(),
    column: columnBasis('at'),
    partition: partitionBasis('dt', what === 'times without a zone' ? {} : { timezone: 'UTC' }),
    object: objectBasis(place, store(objects as Parameters<typeof store>[0])),
    content: history('a', ['a', hours]),
    run: ran(hours, 7),
  }
  const { facts, status } = await freshness(
    { path: basis === 'object' ? S3 : path, open: opened },
    { now, cwd, bases: [bases[basis] as Basis] },
  )
  expect([facts.state, status]).toEqual([state, state === 'fresh' ? 'pass' : 'fail'])
})
