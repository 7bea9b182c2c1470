import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import { Frame } from '../../src/frame.ts'
import type { CsvOptions } from '../../src/source.ts'
import { csvSource, type CsvLimits } from '../../src/sources/csv.ts'
import { literal } from '../../src/sql.ts'
import { newFolder, recording, typesOf } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
const dataset = { namespace: 'test', name: 'test', uri: 'test' }
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

let files = 0

/** Opens a table of the cells given, one column and a number beside it, its types found by a head of a few rows. */
async function column(
  cells: readonly string[],
  options: CsvOptions = {},
  limits: CsvLimits = { headRows: 3, openWhole: 64_000_000 },
  bare = false,
): Promise<Frame> {
  const quoted = (cell: string): string => (bare && !/[",\n]/.test(cell) ? cell : `"${cell.replaceAll('"', '""')}"`)
  const rows = cells.map((cell, at) => `${at},${quoted(cell)}\n`)
  const path = folder.write(`types/${++files}.csv`, `id,c\n${rows.join('')}`)
  return new Frame(engine, await csvSource(engine, dataset, [path], options, limits))
}

async function typeOf(frame: Frame): Promise<string> {
  return (await frame.schema()).columns.find(({ name }) => name === 'c')?.nativeType ?? ''
}

/** The type that DuckDB's own detection finds in all rows, by the rules for markers and for numbers that it would cut. */
async function sniffedType(path: string): Promise<string> {
  const sniff = async (nulls: readonly string[]): Promise<string> => {
    const [row] = await engine.query(
      `SELECT "Columns"[2].type AS type, "TimestampFormat" AS times FROM sniff_csv(${literal(path).text}, header = true, ` +
        `delim = ',', quote = '"', escape = '"', nullstr = [${literal(nulls).text}], dateformat = '%Y-%m-%d', sample_size = -1)`,
    )
    const { type, times } = row as { type: string; times: string | null }
    return type === 'TIMESTAMP' && times !== null && !times.startsWith('%Y') ? 'VARCHAR' : type
  }
  const plain = await sniff([''])
  const type = plain === 'VARCHAR' ? await sniff(['', 'NA', 'N/A', 'NULL', 'null']) : plain
  const cut = { BIGINT: '^ *[-+]?0[xXbB]', DOUBLE: '^ *[-+]?(0[xXbB]|[0-9]{19,} *$)' }[type]
  if (cut === undefined) return type
  const [row] = await engine.query(
    `SELECT bool_or(regexp_matches(c, ${literal(cut).text})) AS cut FROM read_csv(${literal(path).text}, header = true, ` +
      `all_varchar = true, delim = ',', quote = '"', escape = '"')`,
  )
  return row?.['cut'] === true ? 'VARCHAR' : type
}

const pad = (n: number, width = 2): string => String(n).padStart(width, '0')
const day = fc
  .record({
    y: fc.integer({ min: 1900, max: 2099 }),
    m: fc.integer({ min: 1, max: 12 }),
    d: fc.integer({ min: 1, max: 31 }),
  })
  .map(({ y, m, d }) => `${y}-${pad(m)}-${pad(d)}`)
const clock = fc
  .record({ h: fc.nat(23), m: fc.nat(59), s: fc.nat(59), part: fc.constantFrom('', '.5', '.123456') })
  .map(({ h, m, s, part }) => `${pad(h)}:${pad(m)}:${pad(s)}${part}`)
const kinds: Record<string, fc.Arbitrary<string>> = {
  integers: fc.oneof(
    fc.integer().map(String),
    fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
    fc.constantFrom('0', '-0', '9223372036854775807', '9223372036854775808', '999999999999999999'),
  ),
  decimals: fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((n) => n.toFixed(2)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.constantFrom('0.1', '.5', '5.', '1e3', '1E-7', '-1.5e10', '123456789012345678901.5'),
  ),
  special: fc.constantFrom('nan', 'NaN'),
  dates: fc.oneof(day, fc.constantFrom('2023-02-29', '1999-12-31')),
  timestamps: fc.tuple(day, fc.constantFrom(' ', 'T'), clock).map((parts) => parts.join('')),
  zoned: fc
    .tuple(day, clock, fc.constantFrom('Z', '+02', '-05:30'))
    .map(([date, time, zone]) => `${date}T${time}${zone}`),
  times: fc.oneof(clock, fc.constantFrom('10:00', '1:02:03', '24:00:00', '25:00:00')),
  booleans: fc.constantFrom('true', 'false', 'True', 'FALSE'),
  leading: fc.constantFrom('007', '00701', '00.5', '01.5'),
  based: fc.constantFrom('0x1F', '0b11', '0o7'),
  words: fc.constantFrom(
    'x',
    'n/a',
    '-',
    '1,000',
    '1_000',
    '+5',
    '$5',
    '5%',
    '03/04/2024',
    '31.12.2024',
    '1 2',
    'null ',
  ),
  markers: fc.constantFrom('NA', 'N/A', 'NULL', 'null'),
  empty: fc.constant(''),
}
const names = Object.keys(kinds)
const anyColumn = fc.tuple(fc.subarray(names, { minLength: 1, maxLength: 3 }), fc.boolean()).chain(([some, sparse]) =>
  fc.array(
    fc.oneof(...[...some, ...(sparse ? ['empty', 'markers'] : [])].map((name) => kinds[name] as fc.Arbitrary<string>)),
    {
      minLength: 1,
      maxLength: 12,
    },
  ),
)

test('types are those that the engine finds in all rows, however few are looked at first', async () => {
  await fc.assert(
    fc.asyncProperty(anyColumn, fc.boolean(), async (cells, bare) => {
      const frame = await column(cells, {}, undefined, bare)
      const found = await typeOf(frame)
      const sniffed = await sniffedType(frame.files[0] as string)
      // Days are midnights among times; the engine's own detection gives such columns up.
      const mixed = found.startsWith('TIMESTAMP') && cells.some((cell) => /^\d+-\d+-\d+$/.test(cell))
      expect(mixed ? ['VARCHAR', found] : [found]).toContain(sniffed)
      // Read as such, no cell is lost and none is refused.
      const rows = await frame.toArray()
      const missing = new Set(['', ...(found === 'VARCHAR' ? [] : ['NA', 'N/A', 'NULL', 'null'])])
      expect(rows.map(({ c }) => c === null)).toEqual(cells.map((cell) => missing.has(cell)))
    }),
    { numRuns: Number(process.env['RUNS'] ?? 150) },
  )
})

/** Where the engine's own detection differs by its order of tries, or takes for a value what a person does not. */
test.each<[string, readonly string[], string]>([
  ['dates of one digit before times with a zone', ['2024-2-9', '1900-01-01T00:00:00Z'], 'TIMESTAMP WITH TIME ZONE'],
  ['days among times', ['1900-01-01', '1900-01-01 10:00'], 'TIMESTAMP'],
  ['numbers with spaces behind them', ['5 ', '1.5 '], 'DOUBLE'],
  ['leading zeros behind a sign', ['-007'], 'VARCHAR'],
  ['years of two digits', ['24-02-09'], 'VARCHAR'],
  ['infinity in short', ['inf', '-inf'], 'DOUBLE'],
  ['a word for a date', ['epoch'], 'VARCHAR'],
])('types: %s', async (_, cells, type) => {
  expect(await typeOf(await column(cells))).toBe(type)
})

test.each<[string, readonly string[], string]>([
  ['spaces around whole numbers', [' 5 ', '6'], 'BIGINT'],
  ['spaces around decimals', [' 0.5', '.25 '], 'DOUBLE'],
  ['exponents', ['1e3', '2E-7', '1'], 'DOUBLE'],
  ['not a number, and infinity, among numbers', ['nan', '1.5', '-inf'], 'DOUBLE'],
  ['a plus sign', ['+5', '6'], 'VARCHAR'],
  ['thousands', ['1,000', '2'], 'VARCHAR'],
  ['digits that a double would lose', ['1.5', '1234567890123456789'], 'VARCHAR'],
  ['slashes, year first', ['2024/02/29'], 'TIMESTAMP'],
  ['markers alone', ['NA', 'NULL', ''], 'VARCHAR'],
  ['nothing', ['', ''], 'VARCHAR'],
  ['values after a head without any', ['', '', '', 'NA', '7'], 'BIGINT'],
  ['a narrower type is not found where the head was text', ['x', '1', '2', '3', '4'], 'VARCHAR'],
])('types: %s', async (_, cells, type) => {
  expect(await typeOf(await column(cells))).toBe(type)
})

const LATE: CsvLimits = { headRows: 3, openWhole: 0 }

test('a column that turns into text late is told, with the line, and read as text', async () => {
  const cells = ['1', '2', 'NA', '4', 'a\nb', '6']
  for (const limits of [LATE, { headRows: 3, openWhole: 64_000_000 }]) {
    const frame = await column(cells, {}, limits)
    expect(frame.notes).toHaveLength(limits === LATE ? 0 : 1)
    expect((await frame.toArray()).map(({ c }) => c)).toEqual(cells)
    expect(frame.notes).toEqual([
      {
        severity: 'warn',
        code: 'source.column_widened',
        message: "'c' is read as text: line 6 holds 'a\nb' among whole numbers",
        column: 'c',
        hint: `Mend that cell, declare the cells that mean "no value" (nulls), or the type: types: { "c": 'BIGINT' }.`,
      },
    ])
  }
})

test('whole numbers that become fractions late are told, too', async () => {
  const frame = await column(['1', '2', '3', '4', '4.5'])
  expect(frame.notes).toMatchObject([
    { severity: 'info', message: "'c' is read as numbers: line 6 holds '4.5' among whole numbers" },
  ])
})

test('a table whose types are found late tells names at once, and types once they are needed', async () => {
  const frame = await column(['1', '2', '3', '4', '4.5'], {}, LATE)
  expect(frame.columns).toEqual(['id', 'c'])
  expect(frame.explain()).toMatch(/^-- before: the types of 2 columns/)
  expect((await frame.filter('c > 3').toArray()).map(({ c }) => c)).toEqual([4, 4.5])
  expect(await typeOf(frame)).toBe('DOUBLE')
  expect((await frame.sample({ rows: 2 }).toArray()).length).toBe(2)
})

test('looking at all cells can be stopped, and done again', async () => {
  const frame = await column(['1', '2', '3', '4', 'x'], {}, LATE)
  await expect(frame.count({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  expect(await frame.count()).toBe(5)
  expect(frame.notes).toHaveLength(1)
})

test('a declared type is not looked for, only markers are', async () => {
  const frame = await column(['1', '2', '3', 'NA', '5'], { types: { c: 'DOUBLE' } })
  expect((await frame.toArray()).map(({ c }) => c)).toEqual([1, 2, 3, null, 5])
  expect(frame.notes).toEqual([])
})

test('a part of the rows has the types of the first rows, as far as its own cells let it', async () => {
  const frame = await column(['1', '2', '3', '4', 'x'], {}, LATE)
  const over = async (content: string): Promise<[string, unknown[]]> => {
    const relation = await frame.text?.over([folder.write(`part-${++files}.csv`, content)])
    const part = frame.with(relation as Frame['relation'])
    return [await typeOf(part), (await part.toArray()).map(({ c }) => c)]
  }
  expect(await over('id,c\n1,2\n')).toEqual(['BIGINT', [2]])
  expect(await over('id,c\n1,2\n2,2.5\n3,NA\n')).toEqual(['DOUBLE', [2, 2.5, null]])
  expect(await over('id,c\n1,x\n')).toEqual(['VARCHAR', ['x']])
  expect(await over('\nid,c\n')).toEqual(['BIGINT', []])
})

function wideRow(cell: (at: number) => string): string {
  return `${Array.from({ length: 2000 }, (_, at) => cell(at)).join()}\n`
}

test('two thousand columns', async () => {
  const values = wideRow((at) => (at % 3 === 0 ? `${at}.5` : at % 2 === 0 ? 'text' : '2024-01-01'))
  const path = folder.write('wide.csv', wideRow((at) => `c${at}`) + values.repeat(200))
  const { columns } = await new Frame(engine, await csvSource(engine, dataset, [path])).schema()
  expect(columns.slice(0, 3).map(({ nativeType }) => nativeType)).toEqual(['DOUBLE', 'DATE', 'VARCHAR'])
})

test('what is wrong below the first rows is found with the types', async () => {
  const rows = '1,2\n'.repeat(30_000)
  const even = folder.write('late-ends.csv', `id,c\n${rows}3,x\r\n4,5\n`)
  const frame = new Frame(engine, await csvSource(engine, dataset, [even], {}, LATE))
  expect(frame.text?.files).toEqual([even])
  expect([await frame.count(), await typeOf(frame)]).toEqual([30_002, 'VARCHAR'])
  expect(frame.text?.files).not.toEqual([even])
  expect(frame.notes.map(({ code }) => code)).toEqual(['source.line_ends', 'source.column_widened'])

  const cut = folder.write('late-cut.csv.gz', gzipSync(`id,c\n${rows}`).subarray(0, -9))
  const torn = new Frame(engine, await csvSource(engine, dataset, [cut], {}, LATE))
  await expect(torn.count()).rejects.toMatchObject({ code: 'DS_SOURCE_MALFORMED', where: cut })

  const ragged = folder.write('late-ragged.csv', `id,c\n${rows}3\n`)
  const open = csvSource(engine, dataset, [ragged], {}, LATE).then((source) => new Frame(engine, source).count())
  await expect(open).rejects.toMatchObject({ where: `${ragged}:30002` })
})

test('an engine without a folder of its own reads what it can', async () => {
  const { engine: bare } = recording(engine)
  const path = folder.write('bare.csv', Buffer.from('a,b\ncaf\xE9,1\n', 'latin1'))
  const frame = new Frame(bare, await csvSource(bare, dataset, [path], { encoding: 'latin-1' }))
  expect(await frame.toArray()).toEqual([{ a: 'café', b: 1 }])
})

test.each<[string, readonly string[], string]>([
  ['16 digits beside a fraction', ['9007199254740993', '1.5'], 'VARCHAR'],
  ['15 digits beside a fraction', ['900719925474099', '1.5'], 'DOUBLE'],
  ['many digits before a point', ['12345678901234567890.5', '1.5'], 'VARCHAR'],
  ['what a double takes for infinite', ['12e4567', '1.5'], 'VARCHAR'],
  ['what a double takes for nothing', ['1e-400', '1.5'], 'VARCHAR'],
  ['zeros with an exponent', ['0e-400', '0.0e5', '1.5'], 'DOUBLE'],
  ['infinity as such', ['inf', '-Infinity', '1.5'], 'DOUBLE'],
  ['nanoseconds', ['2024-01-02 03:04:05.123456789', '2024-01-02 03:04:05'], 'VARCHAR'],
  ['microseconds with zeros behind', ['2024-01-02 03:04:05.123456000', '2024-01-02 03:04:05'], 'TIMESTAMP'],
  ['Norway', ['NO', 'NO'], 'VARCHAR'],
  ['women', ['F', 'F'], 'VARCHAR'],
  ['truth', ['true', 'FALSE'], 'BOOLEAN'],
])('%s', async (_, cells, type) => {
  const frame = await folder.csv(`id,x\n${cells.map((cell, at) => `${at},${cell}\n`).join('')}`)
  expect(await typesOf(frame)).toEqual(['id BIGINT', `x ${type}`])
})
