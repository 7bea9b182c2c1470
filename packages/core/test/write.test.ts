import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import { raw, sql } from '../src/sql.ts'
import { newFolder, typesOf } from './folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let frame: Frame
beforeAll(async () => {
  frame = await folder.csv('n,t,d\n1,"a, ""b""\nc",2024-02-29\n2.5,,\n')
})

const path = (name: string): string => join(folder.path, name)
const hidden = (): string[] => readdirSync(folder.path).filter((name) => name.startsWith('.'))

test.each<[string, string]>([
  ['a.csv', 'n,t,d\n1.0,"a, ""b""\nc",2024-02-29\n2.5,,\n'],
  ['a.tsv', 'n\tt\td\n1.0\t"a, ""b""\nc"\t2024-02-29\n2.5\t\t\n'],
  ['a.jsonl', '{"n":1.0,"t":"a, \\"b\\"\\nc","d":"2024-02-29"}\n{"n":2.5,"t":null,"d":null}\n'],
  ['a.json', '[\n\t{"n":1.0,"t":"a, \\"b\\"\\nc","d":"2024-02-29"},\n\t{"n":2.5,"t":null,"d":null}\n]\n'],
])('%s to the byte', async (name, text) => {
  await frame.write(path(name))
  expect(readFileSync(path(name), 'utf8')).toBe(text)
})

test.each([
  'csv',
  'tsv',
  'csv.gz',
  'csv.zst',
  'tsv.gz',
  'jsonl',
  'jsonl.gz',
  'ndjson.zst',
  'json',
  'json.gz',
  'parquet',
])('what is written as .%s is read again', async (ending) => {
  const name = path(`again.${ending}`)
  await frame.write(name)
  const again = await open(name)
  expect(await typesOf(again)).toEqual(['n DOUBLE', 't VARCHAR', 'd DATE'])
  expect(await again.toArray()).toEqual([
    { n: 1, t: 'a, "b"\nc', d: new Date('2024-02-29') },
    { n: 2.5, t: null, d: null },
  ])
})

test.each(['zstd', 'snappy', 'gzip', 'none'] as const)('parquet with %s within', async (compression) => {
  const name = path(`${compression}.parquet`)
  await frame.write(name, { compression })
  const [found] = await frame.engine.query(`SELECT DISTINCT compression AS c FROM parquet_metadata('${name}')`)
  expect(found).toEqual({ c: compression === 'none' ? 'UNCOMPRESSED' : compression.toUpperCase() })
})

test('text tables as they are wanted: delimiter, header, what stands for a missing value', async () => {
  const name = path('wanted.csv')
  await frame.write(name, { delimiter: ';', header: false, nulls: 'NA' })
  expect(readFileSync(name, 'utf8')).toBe('1.0;"a, ""b""\nc";2024-02-29\n2.5;NA;NA\n')
  const again = await open(name, { delimiter: ';', header: false, nulls: ['NA'] })
  expect((await again.toArray()).map((row) => Object.values(row))).toEqual([
    [1, 'a, "b"\nc', new Date('2024-02-29')],
    [2.5, null, null],
  ])
  await frame.write(path('text.dat'), { format: 'csv', compression: 'gzip' })
  expect(gunzipSync(readFileSync(path('text.dat'))).toString('utf8')).toContain('n,t,d\n')
})

test('an error in the SQL names its verb, as it does for rows', async () => {
  await expect(frame.filter('m > 1').write(path('no.csv'))).rejects.toMatchObject({
    code: 'DS_COLUMN_UNKNOWN',
    message: "filter: there is no column 'm'",
  })
  expect(hidden()).toEqual([])
})

const built = join(import.meta.dirname, '../dist/index.js')

/** Runs a script that writes a file of many rows, or folders of them, and says `begun` first. */
function writerOf(target: string, options: object, rows: number): string {
  const script = path(`write-${basename(target)}.mjs`)
  writeFileSync(
    script,
    `import { createDuckdb, open } from ${JSON.stringify(built)}
     process.on('SIGXFSZ', () => undefined)
     const engine = await createDuckdb({ threads: 2 })
     const rows = (await open([{ a: 1 }], { engine })).derive({ n: 'unnest(range(${rows}))' })
     process.stdout.write('begun\\n')
     await rows.derive({ t: 'md5(CAST(n AS VARCHAR))', k: 'n % 20' }).write(${JSON.stringify(target)}, ${JSON.stringify(options)})
       .then(() => process.stdout.write('done'), (error) => process.stdout.write(error.code))
     process.exit()`,
  )
  return script
}

// A limit on the size of files makes the system write short, as a full disk does.
test.skipIf(process.platform === 'win32').each<[string, object]>([
  ['full.csv', {}],
  ['full.parquet', {}],
  ['full.jsonl.gz', {}],
  ['full-folder', { partitionBy: ['k'], overwrite: true }],
])('a disk that is full leaves the old %s, and nothing else', (name, options) => {
  const folders = 'partitionBy' in options
  folder.write(folders ? `${name}/k=1/old.csv` : name, 'old')
  const script = writerOf(path(name), options, 100_000)
  const limit = folders ? 100 : 1000
  const { stdout } = spawnSync('sh', ['-c', `ulimit -f ${limit}; exec "${process.execPath}" "${script}"`], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('begun\nDS_WRITE')
  expect(readFileSync(folders ? path(`${name}/k=1/old.csv`) : path(name), 'utf8')).toBe('old')
  expect(hidden()).toEqual([])
})

test.each<[string, object]>([
  ['killed.csv', {}],
  ['killed-folder', { partitionBy: ['k'], overwrite: true }],
])('a process that is killed in the middle leaves the old %s whole', async (name, options) => {
  const folders = 'partitionBy' in options
  folder.write(folders ? `${name}/k=1/old.csv` : name, 'old')
  const child = spawn(process.execPath, [writerOf(path(name), options, 1_500_000)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  // Until there is something of the new one.
  while (!hidden().some((file) => file.includes(name) && statSync(path(file)).size > 0))
    await new Promise((done) => setTimeout(done, 5))
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(readFileSync(folders ? path(`${name}/k=1/old.csv`) : path(name), 'utf8')).toBe('old')
  // What is left has a name of its own, which no folder or glob takes for data.
  const left = hidden().filter((file) => file.includes(name))
  expect(left.map((file) => file.replace(/[0-9a-f]{6}-\d+-[0-9a-f]{12}/, '#'))).toEqual([`.${name}.#.tmp`])
  expect((await open(join(folder.path, `${name}*`, folders ? '**' : ''))).files).toHaveLength(1)
  for (const file of left) rmSync(path(file), { recursive: true })
})

test('gzip is gzip', async () => {
  await frame.write(path('g.csv.gz'))
  expect(gunzipSync(readFileSync(path('g.csv.gz'))).toString('utf8')).toBe(
    'n,t,d\n1.0,"a, ""b""\nc",2024-02-29\n2.5,,\n',
  )
})

test('the format may be said, and a name with quotes and a star is a name', async () => {
  const name = path(`it's "so" *.dat`)
  await frame.write(name, { format: 'csv' })
  expect(await (await open(name, { format: 'csv' })).count()).toBe(2)
})

test('a text that is written is the text that is read, whatever it holds', async () => {
  const text = fc.string({ unit: 'grapheme-composite', maxLength: 12 }).filter((value) => !value.includes('\0'))
  await fc.assert(
    fc.asyncProperty(
      text.filter((value) => value !== ''),
      fc.constantFrom('csv', 'tsv', 'jsonl', 'parquet'),
      async (value, ending) => {
        const name = path(`text.${ending}`)
        await frame
          .limit(1)
          .derive({ t: sql`${value}`, u: sql`${`x${value}`}` })
          .select('t', 'u')
          .write(name)
        const again = await open(name, ending.endsWith('sv') ? { types: { t: 'VARCHAR', u: 'VARCHAR' } } : {})
        expect(await again.toArray()).toEqual([{ t: value, u: `x${value}` }])
      },
    ),
    { numRuns: 25 },
  )
})

test('a query that fails in the middle leaves the old file, and nothing else', async () => {
  const name = path('old.csv')
  writeFileSync(name, 'old')
  const broken = frame
    .limit(1)
    .derive({ n: 'unnest(range(200000))' })
    .derive({ x: "CASE WHEN n = 199999 THEN error('boom') ELSE 1 END" })
  await expect(broken.write(name)).rejects.toMatchObject({ code: 'DS_QUERY', message: "derive: column 'x': boom" })
  expect([readFileSync(name, 'utf8'), hidden()]).toEqual(['old', []])
})

test('stopping it leaves the old file, and nothing else', async () => {
  const name = path('stopped.csv')
  writeFileSync(name, 'old')
  const controller = new AbortController()
  const long = frame.with({ from: raw('range(10000000000) AS t(n)'), names: ['n'] })
  const writing = long.write(name, { signal: controller.signal })
  setTimeout(() => controller.abort(), 50)
  await expect(writing).rejects.toMatchObject({ code: 'DS_ABORTED' })
  expect([readFileSync(name, 'utf8'), hidden()]).toEqual(['old', []])
})

test('a file may be written over by what was read from it', async () => {
  const name = folder.write('self.csv', 'a\n1\n2\n')
  await (await open(name)).filter('a > 1').write(name)
  expect(readFileSync(name, 'utf8')).toBe('a\n2\n')
})

test('a folder that is missing is known before any row is computed', async () => {
  const broken = frame.filter("error('computed')")
  await expect(broken.write(path('nowhere/a.csv'))).rejects.toMatchObject({
    code: 'DS_WRITE',
    where: path('nowhere/a.csv'),
  })
})

test('a folder in place of the file, and a name that tells no format', async () => {
  folder.write('folder.csv/x', '')
  await expect(frame.write(path('folder.csv'))).rejects.toMatchObject({ code: 'DS_WRITE' })
  await expect(frame.write(path('a.xlsx'))).rejects.toMatchObject({ code: 'DS_SOURCE_UNSUPPORTED' })
  expect(hidden()).toEqual([])
})
