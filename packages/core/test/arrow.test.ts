import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  columnFromArray,
  dictionary,
  float64,
  largeUtf8,
  struct,
  tableFromColumns,
  tableFromIPC,
  tableToIPC,
  union,
  utf8,
} from '@uwdata/flechette'
import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { createDuckdb } from '../src/engines/duckdb.ts'
import type { Engine } from '../src/engine.ts'
import { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import { raw } from '../src/sql.ts'
import { newFolder, typesOf } from './folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
const path = (name: string): string => join(folder.path, name)
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ memoryLimit: '512MB', threads: 2 })
  return () => engine.close()
})

/** A frame over SQL of its engine. */
function framed(from: string, names: readonly string[]): Frame {
  return new Frame(engine, {
    dataset: { namespace: 'memory', name: 'test', uri: 'memory:test' },
    files: [],
    relation: { from: raw(from), names },
  })
}

/** A frame of one column, `v`, of values as SQL writes them. */
function column(type: string, values: readonly string[]): Frame {
  const rows = values.map((value, at) => `(${at}, CAST(${value} AS ${type}))`)
  return framed(`(SELECT v FROM (VALUES ${rows.join(', ')}) AS t(n, v) ORDER BY n)`, ['v'])
}

/** Every value as the engine itself writes it, which loses nothing. */
async function texts(frame: Frame): Promise<unknown[]> {
  const rows = await frame.derive({ v: 'CAST(v AS VARCHAR)' }).toArray()
  return rows.map(({ v }) => v)
}

async function again(frame: Frame, name = 'again.arrow'): Promise<Frame> {
  await frame.write(path(name))
  return open(path(name), { engine })
}

/** Types, values at their edges as SQL, and the type that they have again where it is another one. */
const TYPES: readonly (readonly [type: string, values: readonly string[], becomes?: string])[] = [
  ['BOOLEAN', ['TRUE', 'FALSE']],
  ['TINYINT', ['-128', '127']],
  ['SMALLINT', ['-32768', '32767']],
  ['INTEGER', ['-2147483648', '2147483647']],
  ['BIGINT', ['-9223372036854775808', '9223372036854775807', '9007199254740993']],
  ['UTINYINT', ['0', '255']],
  ['USMALLINT', ['0', '65535']],
  ['UINTEGER', ['0', '4294967295']],
  ['UBIGINT', ['0', '18446744073709551615']],
  ['HUGEINT', ["'-99999999999999999999999999999999999999'", '1'], 'DECIMAL(38,0)'],
  ['UHUGEINT', ["'99999999999999999999999999999999999999'", '0'], 'DECIMAL(38,0)'],
  ['DECIMAL(4,1)', ['-999.9', '0.1', '-0.1']],
  ['DECIMAL(18,3)', ['-123456789012345.678', '0.001']],
  ['DECIMAL(38,10)', ["'-1234567890123456789012345678.0123456789'", "'0.0000000001'"]],
  ['DECIMAL(3,3)', ['-0.999', '0.001']],
  ['FLOAT', ["'NaN'", "'-inf'", "'-0'", '0.1', '3.4e38']],
  ['DOUBLE', ["'NaN'", "'inf'", "'-0'", '0.1', '5e-324', '1e300']],
  ['VARCHAR', ["''", "'a'", "'Ü😀'", "'a' || chr(0) || 'b'", "repeat('x', 5000)", "'\\x41'"]],
  ["ENUM('sad', 'it''s ok')", ["'sad'", "'it''s ok'"], 'VARCHAR'],
  ['JSON', [`'{"a":[1,2.50,null]}'`, `'"x"'`]],
  ['UUID', ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-1234-5678-9abc-def012345678'"]],
  ['BLOB', ["''", "from_hex('00ff2741')"]],
  ['BIT', ["'10101'"], 'VARCHAR'],
  ['DATE', ["'1970-01-01'", "'1969-12-31'", "'0044-03-15 (BC)'", "'12345-06-07'", "'infinity'", "'-infinity'"]],
  ['TIME', ["'00:00:00'", "'23:59:59.999999'", "'24:00:00'"]],
  ['TIME_NS', ["'23:59:59.999999999'", "'00:00:00.000000001'"]],
  ['TIME WITH TIME ZONE', ["'10:00:00+02'"], 'VARCHAR'],
  ['TIMESTAMP_S', ["'1969-12-31 23:59:59'", "'9999-12-31 23:59:59'"]],
  ['TIMESTAMP_MS', ["'1969-12-31 23:59:59.999'", "'2024-02-29 12:00:00.5'"]],
  [
    'TIMESTAMP',
    [
      "'1969-12-31 23:59:59.999999'",
      "'2024-02-29 12:00:00.000001'",
      "'0044-03-15 (BC) 00:00:00.5'",
      "'12345-06-07 01:02:03'",
      "'infinity'",
      "'-infinity'",
    ],
  ],
  ['TIMESTAMP_NS', ["'1969-12-31 23:59:59.999999999'", "'2024-02-29 12:00:00.000000001'"]],
  ['TIMESTAMP WITH TIME ZONE', ["'2024-02-29 12:00:00.000001+05:30'", "'infinity'", "'0044-03-15 (BC) 00:00:00+00'"]],
  ['INTERVAL', ["'14 months -3 days 1 microsecond'", "'-1 microsecond'", "'9223372036854775 microseconds'"]],
  ['INTEGER[]', ['[1, NULL, 3]', '[]']],
  ['INTEGER[2]', ['[1, NULL]', '[3, 4]']],
  ['VARCHAR[][]', [`[['a', '"'], [], NULL]`]],
  ['BIGINT[]', ['[9223372036854775807]']],
  ['DOUBLE[]', ["['NaN'::DOUBLE, '-0'::DOUBLE, 'inf'::DOUBLE, 0.1]"]],
  ['DECIMAL(38,2)[]', ["['-123456789012345678901234567890123456.78']"]],
  ['TIMESTAMP[]', ["['2024-02-29 12:00:00.000001', NULL]"]],
  ['TIMESTAMP_NS[]', ["['2024-02-29 12:00:00.000000001']"]],
  ['TIMESTAMP WITH TIME ZONE[]', ["['2024-02-29 12:00:00.000001+00']"]],
  ['TIME[]', ["['10:00:00.000001']"]],
  ['DATE[]', ["['2024-02-29', '-infinity']"]],
  ['INTERVAL[]', ["['1 month 2 days 3 microseconds']"]],
  ['BLOB[]', ["[from_hex('00ff'), NULL]"]],
  ['UUID[]', ["['ffffffff-1234-5678-9abc-def012345678']"]],
  ['BOOLEAN[]', ['[TRUE, NULL, FALSE]']],
  [
    'STRUCT("a b" INTEGER, "it\'s ""x""" TIMESTAMP[], s STRUCT(t TIME))',
    [
      `{'a b': 1, 'it''s "x"': ['2024-02-29 12:00:00.000001'], 's': {'t': '10:00:00'}}`,
      `{'a b': NULL, 'it''s "x"': NULL, 's': NULL}`,
    ],
  ],
  ['STRUCT(a INTEGER)[]', ["[{'a': 1}, NULL, {'a': NULL}]"]],
  ['MAP(VARCHAR, INTEGER)', ["MAP {'b': 1, 'a': NULL}", 'MAP {}']],
  ['MAP(INTEGER, VARCHAR)', ["MAP {2: 'b', 1: 'a'}"]],
  ['MAP(TIMESTAMP, DECIMAL(4,1)[])', ["MAP {TIMESTAMP '2024-02-29 12:00:00.000001': [1.5]}"]],
  ['MAP(VARCHAR, MAP(VARCHAR, DATE))', ["MAP {'a': MAP {'b': '2024-02-29'}}"]],
]

test.each(TYPES.map(([type, values, becomes]) => ({ type, values, becomes })))(
  '$type is the same again, in files and streams',
  async ({ type, values, becomes = type }) => {
    const frame = column(type, ['NULL', ...values, 'NULL'])
    const file = await again(frame)
    expect(await texts(file)).toEqual(await texts(frame))
    const native = (await frame.schema()).columns.map(({ nativeType }) => nativeType)
    expect(await typesOf(file)).toEqual([`v ${becomes === type ? String(native[0]) : becomes}`])
    writeFileSync(path('stream.arrow'), await frame.toArrow())
    expect(await texts(await open(path('stream.arrow'), { engine }))).toEqual(await texts(frame))
  },
)

/** Values of every kind, with the type of the column that holds them, as SQL. */
const ANY_COLUMN = fc.oneof(
  ...(
    [
      ['BOOLEAN', fc.boolean().map(String)],
      ['BIGINT', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => `'${n}'`)],
      ['UBIGINT', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => `'${n}'`)],
      ['DECIMAL(38,9)', fc.bigInt({ min: -(10n ** 29n) + 1n, max: 10n ** 29n - 1n }).map((n) => `'${n}.123456789'`)],
      ['DOUBLE', fc.double().map((n) => `'${Object.is(n, -0) ? '-0' : n}'`)],
      ['FLOAT', fc.float().map((n) => `'${Object.is(n, -0) ? '-0' : n}'`)],
      [
        'VARCHAR',
        fc.string({ unit: 'grapheme' }).map((text) => `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`),
      ],
      ['BLOB', fc.uint8Array().map((bytes) => `from_hex('${Buffer.from(bytes).toString('hex')}')`)],
      ['UUID', fc.uuid().map((text) => `'${text}'`)],
      ['DATE', fc.integer({ min: -3_000_000, max: 3_000_000 }).map((n) => `CAST('1970-01-01' AS DATE) + ${n}`)],
      ['TIME', fc.integer({ min: 0, max: 86_399_999_999 }).map((n) => `make_time(0, 0, 0) + to_microseconds(${n})`)],
      ['TIMESTAMP', fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map((n) => `make_timestamp(${n})`)],
      ['TIMESTAMP_NS', fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map((n) => `make_timestamp_ns(${n})`)],
      ['TIMESTAMPTZ', fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map((n) => `make_timestamptz(${n})`)],
      [
        'INTERVAL',
        fc
          .tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -9999, max: 9999 }), fc.integer())
          .map(([m, d, us]) => `'${m} months ${d} days ${us} microseconds'`),
      ],
    ] as const
  ).map(([type, value]) =>
    fc.record({
      type: fc.constant(type),
      values: fc.array(fc.option(value, { freq: 4, nil: 'NULL' }), { minLength: 1, maxLength: 20 }),
      list: fc.boolean(),
    }),
  ),
)

test('any values, alone and in lists, are the same again', async () => {
  await fc.assert(
    fc.asyncProperty(ANY_COLUMN, async ({ type, values, list }) => {
      const frame = list
        ? column(`${type}[]`, [`[${values.map((value) => `CAST(${value} AS ${type})`).join(', ')}]`, '[]', 'NULL'])
        : column(type, values)
      expect(await texts(await again(frame))).toEqual(await texts(frame))
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('a U+FEFF at the start of a text stays, plain or dictionary-encoded', async () => {
  const values = ['\uFEFFa', 'a', null, '\uFEFF', 'a longer text, \uFEFF within']
  const file = folder.write(
    'marks.arrow',
    Buffer.from(
      tableToIPC(
        tableFromColumns({
          plain: columnFromArray(values, utf8()),
          large: columnFromArray(values, largeUtf8()),
          coded: columnFromArray(values, dictionary(utf8())),
        }),
        { format: 'file' },
      ) as Uint8Array,
    ),
  )
  const rows = await (await open(file, { engine })).toArray()
  expect(rows).toEqual(values.map((value) => ({ plain: value, large: value, coded: value })))
})

test('many record batches keep rows and order', async () => {
  const frame = framed("(SELECT range AS v, 'row ' || range AS t FROM range(150000))", ['v', 't'])
  const file = await again(frame)
  expect(await file.count()).toBe(150_000)
  let wrong = 0
  let at = 0
  for await (const { v, t } of file.rows()) wrong += Number(v !== at || t !== `row ${at++}`)
  expect(wrong).toBe(0)
  const table = tableFromIPC(readFileSync(path('again.arrow')))
  expect(table.getChildAt(0)?.data.map(({ length }) => length)).toEqual([65_536, 65_536, 18_928])
})

test('no rows, and names as odd as can be', async () => {
  const names = ['a b', `O'Brien "x"`, 'Ü', '__proto__', 'constructor', 'select', '\\', '']
  const odd = names.filter(Boolean)
  const frame = framed(`(SELECT ${odd.map((name, at) => `${at} AS "${name.replaceAll('"', '""')}"`).join(', ')})`, odd)
  expect((await again(frame)).columns).toEqual(odd)
  expect(await (await again(frame)).toArray()).toEqual(await frame.toArray())
  expect(await (await again(frame.limit(0))).toArray()).toEqual([])
  expect(await typesOf(await again(frame.limit(0)))).toEqual(odd.map((name) => `${name} INTEGER`))
  expect(
    tableFromIPC(
      await frame
        .limit(0)
        .toArray()
        .then(() => frame.limit(0).toArrow()),
    ).numRows,
  ).toBe(0)
})

test('columns without a name, or with the same, get a number', async () => {
  const numbers = columnFromArray([1, 2], float64())
  const columns: [string, typeof numbers][] = ['a', 'A', 'a_1', '', 'a'].map((name) => [name, numbers])
  writeFileSync(path('names.arrow'), tableToIPC(tableFromColumns(columns), {}) as Uint8Array)
  expect((await open(path('names.arrow'), { engine })).columns).toEqual(['a', 'A_1', 'a_1_1', 'column3', 'a_2'])
})

test('nothing is read but the schema until rows are asked for', async () => {
  await column('BIGINT', ['1', '2']).write(path('lazy.arrow'))
  const frame = await open(path('lazy.arrow'), { engine })
  expect(frame.columns).toEqual(['v'])
  expect(frame.filter('v > 1').explain()).toContain('is filled from lazy.arrow')
  expect(await frame.filter('v > 1').toArray()).toEqual([{ v: 2 }])
  expect(await frame.sample({ rows: 1, seed: 1 }).count()).toBe(1)
})

test('several files are one frame, if their columns are the same', async () => {
  await column('BIGINT', ['1', '2']).write(path('many/a.arrow'.replace('many/', 'many-')))
  await column('BIGINT', ['3']).write(path('many-b.feather'))
  const frame = await open(path('many-*'), { engine, format: 'arrow' })
  expect(await frame.toArray()).toEqual([{ v: 1 }, { v: 2 }, { v: 3 }])
  await column('DOUBLE', ['3']).write(path('many-c.ipc'))
  await expect(open(path('many-*'), { engine, format: 'arrow' })).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    where: path('many-c.ipc'),
  })
})

test('a stream of bytes is known by its first ones', async () => {
  const frame = column('TIMESTAMP', ["'2024-02-29 12:00:00.000001'"])
  const stream = await open([await frame.toArrow()], { engine })
  expect(await texts(stream)).toEqual(await texts(frame))
  await frame.write(path('bytes.arrow'))
  expect(await texts(await open([readFileSync(path('bytes.arrow'))], { engine }))).toEqual(await texts(frame))
})

test('a file that is no Arrow, or torn anywhere, is an error with its path, and leaves nothing behind', async () => {
  const frame = framed("(SELECT range AS v, 'row ' || range AS t, [range] AS l FROM range(3000))", ['v', 't', 'l'])
  await frame.write(path('whole.arrow'))
  const file = readFileSync(path('whole.arrow'))
  const stream = await frame.toArrow()
  const tables = async (): Promise<unknown> =>
    (await engine.query("SELECT count(*) AS n FROM duckdb_tables() WHERE table_name LIKE 'dayshift_staged%'"))[0]
  for (const [bytes, cuts] of [
    [file, [1, 7, 20, 500, file.length >> 1, file.length - 1]],
    [stream, [1, 3, 7, 100, stream.length >> 1, stream.length - 20]],
    [Buffer.from('hello, world'), [5, 12]],
  ] as const) {
    for (const cut of cuts) {
      writeFileSync(path('torn.arrow'), bytes.subarray(0, cut))
      const reading = open(path('torn.arrow'), { engine }).then((torn) => torn.count())
      await expect(reading, `cut at ${cut}`).rejects.toMatchObject({
        code: 'DS_SOURCE_MALFORMED',
        where: path('torn.arrow'),
      })
    }
  }
  expect(await tables()).toEqual({ n: 0 })
  writeFileSync(path('torn.arrow'), '')
  await expect(open(path('torn.arrow'), { engine })).rejects.toMatchObject({ code: 'DS_SOURCE_EMPTY' })
  writeFileSync(path('torn.arrow'), 'FEA1 and more')
  await expect(open(path('torn.arrow'), { engine })).rejects.toThrow(/version 1 of Feather/)
})

test('bytes that are wrong give an error or other values, and never stop the process', async () => {
  const frame = framed("(SELECT range AS v, 'row ' || range AS t, {'a': [range]} AS s FROM range(50))", ['v', 't', 's'])
  await frame.write(path('whole.arrow'))
  const whole = readFileSync(path('whole.arrow'))
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, by) => {
        const bytes = Buffer.from(whole)
        bytes[at] = (bytes[at] as number) ^ by
        writeFileSync(path('flipped.arrow'), bytes)
        const error: unknown = await open(path('flipped.arrow'), { engine })
          .then((flipped) => flipped.count())
          .then(
            () => undefined,
            (thrown: unknown) => thrown,
          )
        const { code = '' } = (error ?? { code: 'DS_SOURCE_' }) as { code?: string }
        expect(code).toMatch(/^DS_(SOURCE|VALUE)_/)
      },
    ),
    { numRuns: 150 },
  )
  expect(whole.length).toBeGreaterThan(1000)
}, 60_000)

test('what Arrow or the engine has no place for is refused with the name of the column', async () => {
  const odd = union(0, [float64(), utf8()])
  writeFileSync(
    path('union.arrow'),
    tableToIPC(
      tableFromColumns([
        [
          'either one',
          columnFromArray([1, 'x'], { ...odd, typeIdForValue: (value) => Number(typeof value === 'string') }),
        ],
      ]),
      {},
    ) as Uint8Array,
  )
  const opening = open(path('union.arrow'), { engine })
  await expect(opening).rejects.toMatchObject({ code: 'DS_SOURCE_UNSUPPORTED', where: path('union.arrow') })
  await expect(opening).rejects.toThrow("column 'either one' is a union, which has no place here")
  const empty = columnFromArray([{}], struct([]))
  writeFileSync(path('struct.arrow'), tableToIPC(tableFromColumns([['s', empty]]), {}) as Uint8Array)
  await expect(open(path('struct.arrow'), { engine })).rejects.toThrow("column 's' is a struct of fields")
  const writing = framed('(SELECT union_value(k := 1) AS u)', ['u'])
  await expect(writing.toArrow()).rejects.toMatchObject({ code: 'DS_SOURCE_UNSUPPORTED' })
  await expect(writing.write(path('u.arrow'))).rejects.toThrow("column 'u' is a UNION(k INTEGER)")
  await expect(column('HUGEINT', [`'${2n ** 127n - 1n}'`]).toArrow()).rejects.toMatchObject({ code: 'DS_VALUE_MISFIT' })
  expect(readdirSync(folder.path).filter((name) => name.includes('u.arrow'))).toEqual([])
})

test('an error of the rows themselves names the column, and leaves the old file', async () => {
  await column('BIGINT', ['1']).write(path('kept.arrow'))
  const broken = column('VARCHAR', ["'x'"]).derive({ n: 'CAST(v AS INTEGER)' })
  await expect(broken.write(path('kept.arrow'))).rejects.toMatchObject({ code: 'DS_QUERY' })
  await expect(broken.toArrow()).rejects.toMatchObject({ code: 'DS_QUERY' })
  expect(await (await open(path('kept.arrow'), { engine })).toArray()).toEqual([{ v: 1 }])
})

test('work that is stopped ends, and can be done again', async () => {
  await framed('(SELECT range AS v FROM range(300000))', ['v']).write(path('stopped.arrow'))
  const frame = await open(path('stopped.arrow'), { engine })
  await expect(frame.count({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  expect(await frame.count()).toBe(300_000)
})
