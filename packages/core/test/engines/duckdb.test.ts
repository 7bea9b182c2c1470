import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import { keepMarks } from '../../src/engines/duckdb-texts.ts'
import { newFolder } from '../folder.ts'

const folder = newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

test('a U+FEFF at the start of a text stays, as in lists, structs and names of keys', async () => {
  expect(keepMarks()).toBe(true)
  const text = "(chr(65279) || 'a')"
  const query = `SELECT ${text} AS s, [${text}] AS l, {k: ${text} || repeat('x', 20)} AS o, MAP {${text}: 1} AS m`
  expect(await engine.query(query)).toEqual([
    { s: '\uFEFFa', l: ['\uFEFFa'], o: { k: `\uFEFFa${'x'.repeat(20)}` }, m: { '\uFEFFa': 1 } },
  ])
})

const LONG = 'SELECT count(*) AS c FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3'

test.each<[string, unknown]>([
  ["DATE 'infinity'", 'infinity'],
  ["DATE '-infinity'", '-infinity'],
  ["DATE '5874897-12-31'", '5874897-12-31'],
  ["TIMESTAMP '290000-01-01'", '290000-01-01 00:00:00'],
  ["TIMESTAMP 'infinity'", 'infinity'],
  ["TIMESTAMP '1969-12-31 23:59:59.999999'", new Date(-1)],
  ["TIMESTAMP_NS '1969-12-31 23:59:59.999999999'", new Date(-1)],
  ["TIMESTAMP_S '1969-12-31 23:59:59'", new Date(-1000)],
  ["TIMESTAMP_MS '1969-12-31 23:59:59.999'", new Date(-1)],
  ["TIMESTAMPTZ '2024-01-01 00:00:00+02'", new Date('2023-12-31T22:00:00Z')],
  ['INTERVAL 1 DAY', '1 day'],
  ["TIMETZ '10:00:00+02'", '10:00:00+02'],
  ["'6e9a5d2c-0000-0000-0000-000000000001'::UUID", '6e9a5d2c-0000-0000-0000-000000000001'],
  ["'101'::BIT", '101'],
  ["'b'::ENUM('a', 'b')", 'b'],
  ['-0.29::DECIMAL(5, 2)', -0.29],
  ['123456789012.345::DECIMAL(15, 3)', 123456789012.345],
  ['[1, NULL, 9007199254740993]', [1, null, 9007199254740993n]],
  ["{'a': {'b': DATE '1970-01-01'}}", { a: { b: new Date(0) } }],
  ["MAP {'k': 2}", { k: 2 }],
])('%s comes out as %o', async (value, expected) => {
  expect(await engine.query(`SELECT ${value} AS v`)).toEqual([{ v: expected }])
})

test.each<[string, string, string]>([
  ['SELEC 1', 'DS_QUERY', 'syntax error'],
  ["SELECT 'x'::INTEGER", 'DS_QUERY', "Could not convert string 'x' to INT32"],
  ["SELECT strptime('x', '%Y')", 'DS_QUERY', 'Could not parse string "x"'],
  ["SELECT error('Permission denied')", 'DS_QUERY', 'Permission denied'],
  ['SELECT nope(1) AS parquet', 'DS_QUERY', 'Scalar Function with name nope does not exist'],
  ["SELECT 'Could not write', nope FROM (SELECT 1 AS node)", 'DS_COLUMN_UNKNOWN', "there is no column 'nope'"],
  ["FROM '/nowhere/a.parquet'", 'DS_SOURCE_NOT_FOUND', '/nowhere/a.parquet'],
])('%s: %s', async (query, code, says) => {
  await expect(engine.query(query)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(says) as string,
    cause: expect.objectContaining({ query }) as Error,
  })
})

test('nothing is downloaded: what needs an extension fails at once', async () => {
  const begun = performance.now()
  await expect(engine.query("FROM 'https://example.org/a.parquet'")).rejects.toMatchObject({
    code: 'DS_QUERY',
    message: expect.stringContaining('httpfs') as string,
  })
  expect(performance.now() - begun).toBeLessThan(300)
})

test('an aborted query stops, in whatever moment, and the engine works afterwards', async () => {
  for (const wait of [undefined, 0, 1, 60]) {
    const controller = new AbortController()
    const begun = performance.now()
    const running = engine.query(LONG, { signal: controller.signal })
    if (wait === undefined) controller.abort()
    else setTimeout(() => controller.abort(), wait)
    await expect(running).rejects.toMatchObject({ code: 'DS_ABORTED' })
    expect(performance.now() - begun).toBeLessThan(2000)
  }
  expect(await engine.query('SELECT 1 AS a')).toEqual([{ a: 1 }])
})

test('progress is told while a query runs', async () => {
  const controller = new AbortController()
  const told: (number | undefined)[] = []
  const running = engine.query(LONG, {
    signal: controller.signal,
    onProgress: ({ fraction }) => {
      told.push(fraction)
      if (told.length === 2) controller.abort()
    },
  })
  await expect(running).rejects.toMatchObject({ code: 'DS_ABORTED' })
  expect(told).toHaveLength(2)
  for (const fraction of told) expect(fraction === undefined || (fraction >= 0 && fraction <= 1)).toBe(true)
})

test('a query beyond the memory limit says so', async () => {
  const small = await createDuckdb({ memoryLimit: '16MB', threads: 1 })
  try {
    const query = "SELECT list(repeat('x', 1000) || range) AS l FROM range(1000000)"
    await expect(small.query(query)).rejects.toMatchObject({ code: 'DS_OUT_OF_MEMORY' })
    expect(await small.query('SELECT 1 AS a')).toEqual([{ a: 1 }])
  } finally {
    await small.close()
  }
})

test('times mean the same whatever the machine’s zone', async () => {
  expect(await engine.query("SELECT current_setting('TimeZone') AS zone")).toEqual([{ zone: 'UTC' }])
})

const spillFolders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('dayshift-spill-'))
const spillOf = async (of: Engine): Promise<string> => {
  const [row] = await of.query("SELECT current_setting('temp_directory') AS folder")
  return String(row?.['folder'])
}

test('the folder for spilled data goes when the engine closes; the one that it was given for it stays', async () => {
  const own = await createDuckdb({ threads: 1, memoryLimit: '128MB' })
  const spill = await spillOf(own)
  expect(existsSync(spill)).toBe(false)
  let spilled = false
  for await (const { rows } of own.stream('SELECT md5(range::text) AS m FROM range(4_000_000) ORDER BY m')) {
    spilled = existsSync(spill)
    if (rows > 0) break
  }
  expect(spilled).toBe(true)
  await own.close()
  expect(existsSync(spill)).toBe(false)
  const given = join(folder.path, 'spill')
  mkdirSync(given)
  const other = await createDuckdb({ threads: 1, tempDirectory: given })
  expect(dirname(await spillOf(other))).toBe(given)
  expect(readdirSync(given)).toEqual([])
  expect(existsSync((await other.scratch?.()) as string)).toBe(true)
  await other.close()
  expect(readdirSync(given)).toEqual([])
})

test('what a killed process has left is removed by a later one, after a day', async () => {
  const given = join(folder.path, 'left')
  const name = (pid: number): string => join(given, `dayshift-spill-${pid}-0123456789abcdef`)
  const dead = spawnSync(process.execPath, ['-e', '']).pid
  const [old, fresh, alive] = [name(dead), `${name(dead).slice(0, -1)}0`, name(process.pid)]
  const yesterday = Date.now() / 1000 - 90_000
  for (const path of [old, fresh, alive]) {
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'x.tmp'), '')
  }
  for (const path of [old, alive]) utimesSync(path, yesterday, yesterday)
  await (await createDuckdb({ threads: 1, tempDirectory: given })).close()
  expect(readdirSync(given).toSorted()).toEqual([fresh, alive].map((path) => basename(path)).toSorted())
})

test('an engine that cannot start says so, and leaves nothing behind', async () => {
  const before = spillFolders()
  await expect(createDuckdb({ memoryLimit: 'much' })).rejects.toMatchObject({ code: 'DS_ENGINE' })
  expect(spillFolders().filter((name) => !before.includes(name))).toEqual([])
})

test('a process that ends without closing its engine leaves no folder behind', () => {
  const core = join(import.meta.dirname, '../../dist/index.js')
  const script = `
    const { createDuckdb } = await import(${JSON.stringify(core)})
    const engine = await createDuckdb({ threads: 1, memoryLimit: '128MB' })
    const [row] = await engine.query("SELECT current_setting('temp_directory') AS folder")
    for await (const batch of engine.stream('SELECT md5(range::text) AS m FROM range(4_000_000) ORDER BY m')) break
    console.log(row.folder)`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout.trim()).toContain('dayshift-spill-')
  expect(existsSync(stdout.trim())).toBe(false)
})

test('a temporary folder that cannot be made is an error with a code', async () => {
  const file = folder.write('no-folder', '')
  const homeless = await createDuckdb({ tempDirectory: join(file, 'beneath') })
  await expect(homeless.scratch?.()).rejects.toMatchObject({ code: 'DS_WRITE', where: expect.stringContaining(file) })
  await homeless.close()
})
