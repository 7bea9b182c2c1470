import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDuckdb, Frame, open, raw, type Engine } from '../../packages/core/src/index.ts'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS, VERSIONS } from '../peers.ts'

const { pyarrow: PYARROW, polars: POLARS } = VERSIONS
let python = ''
let engine: Engine
const folder = mkdtempSync(join(tmpdir(), 'dayshift-arrow-'))

/** Runs Python in the folder, and gives what it prints as JSON. */
function ask<Answer>(script: string, ...words: readonly string[]): Promise<Answer> {
  return new Promise((done, fail) => {
    execFile(python, ['-c', script, ...words], { cwd: folder, maxBuffer: 1 << 28 }, (error, stdout) =>
      error ? fail(error) : done(JSON.parse(stdout || 'null') as Answer),
    )
  })
}

const at = (name: string): Promise<Frame> => open(join(folder, name), { engine })

/** Names, types and, row by row, values as the engine writes them, which loses nothing. */
async function contents(frame: Frame): Promise<Record<string, readonly [string, ...unknown[]]>> {
  const { columns } = await frame.schema()
  const text = frame.derive(Object.fromEntries(frame.columns.map((name) => [name, `CAST("${name}" AS VARCHAR)`])))
  const rows = await text.toArray()
  return Object.fromEntries(
    columns.map(({ name, nativeType }) => [name, [nativeType, ...rows.map((row) => row[name])] as const]),
  )
}

/** Columns as pyarrow makes them, and what they are here. */
const FROM_PYARROW: Readonly<Record<string, readonly [python: string, type: string, ...values: (string | null)[]]>> = {
  none: ['pa.nulls(3)', 'VARCHAR', null, null, null],
  flag: ['pa.array([True, None, False])', 'BOOLEAN', 'true', null, 'false'],
  i8: ['pa.array([-128, None, 127], pa.int8())', 'TINYINT', '-128', null, '127'],
  i16: ['pa.array([-2**15, None, 2**15-1], pa.int16())', 'SMALLINT', '-32768', null, '32767'],
  i32: ['pa.array([-2**31, None, 2**31-1], pa.int32())', 'INTEGER', '-2147483648', null, '2147483647'],
  i64: ['pa.array([-2**63, None, 2**53+1])', 'BIGINT', '-9223372036854775808', null, '9007199254740993'],
  u8: ['pa.array([0, None, 255], pa.uint8())', 'UTINYINT', '0', null, '255'],
  u16: ['pa.array([0, None, 2**16-1], pa.uint16())', 'USMALLINT', '0', null, '65535'],
  u32: ['pa.array([0, None, 2**32-1], pa.uint32())', 'UINTEGER', '0', null, '4294967295'],
  u64: ['pa.array([0, None, 2**64-1], pa.uint64())', 'UBIGINT', '0', null, '18446744073709551615'],
  f16: ['pa.array(np.array([1.5, -0.25, float("inf")], dtype=np.float16))', 'FLOAT', '1.5', '-0.25', 'inf'],
  f32: ['pa.array([0.1, None, float("nan")], pa.float32())', 'FLOAT', '0.1', null, 'nan'],
  f64: ['pa.array([0.1, None, -0.0])', 'DOUBLE', '0.1', null, '-0.0'],
  d32: ['pa.array([D("-1.25"), None, D("9.99")], pa.decimal32(3, 2))', 'DECIMAL(3,2)', '-1.25', null, '9.99'],
  d64: ['pa.array([D("-1.25"), None, D("9.99")], pa.decimal64(18, 2))', 'DECIMAL(18,2)', '-1.25', null, '9.99'],
  d128: [
    'pa.array([D("-123456789012345678901234567890.12345678"), None, D("0.00000001")], pa.decimal128(38, 8))',
    'DECIMAL(38,8)',
    '-123456789012345678901234567890.12345678',
    null,
    '0.00000001',
  ],
  d256: ['pa.array([D("-1.5"), None, D("2.5")], pa.decimal256(30, 1))', 'DECIMAL(30,1)', '-1.5', null, '2.5'],
  text: ['pa.array(["Ü😀", None, ""])', 'VARCHAR', 'Ü😀', null, ''],
  large: ['pa.array(["a", None, "b"], pa.large_utf8())', 'VARCHAR', 'a', null, 'b'],
  view: [
    'pa.array(["short", None, "longer than twelve bytes"], pa.string_view())',
    'VARCHAR',
    'short',
    null,
    'longer than twelve bytes',
  ],
  bytes: [String.raw`pa.array([b"\x00\xff", None, b""])`, 'BLOB', String.raw`\x00\xFF`, null, ''],
  largebytes: ['pa.array([b"a", None, b"b"], pa.large_binary())', 'BLOB', 'a', null, 'b'],
  viewbytes: [
    'pa.array([b"a", None, b"longer than twelve bytes"], pa.binary_view())',
    'BLOB',
    'a',
    null,
    'longer than twelve bytes',
  ],
  fixed: ['pa.array([b"ab", None, b"cd"], pa.binary(2))', 'BLOB', 'ab', null, 'cd'],
  uuid: [
    'pa.array([uuid.UUID(int=1).bytes, None, uuid.UUID(int=2**128-1).bytes], pa.uuid())',
    'UUID',
    '00000000-0000-0000-0000-000000000001',
    null,
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ],
  json: [`pa.array(['{"a":1.50}', None, '[]'], pa.json_())`, 'JSON', '{"a":1.50}', null, '[]'],
  date32: ['pa.array([0, None, -1], pa.date32())', 'DATE', '1970-01-01', null, '1969-12-31'],
  date64: ['pa.array([86400000, None, -86400000], pa.date64())', 'DATE', '1970-01-02', null, '1969-12-31'],
  time_s: ['pa.array([3661, None, 0], pa.time32("s"))', 'TIME', '01:01:01', null, '00:00:00'],
  time_ms: ['pa.array([86399999, None, 0], pa.time32("ms"))', 'TIME', '23:59:59.999', null, '00:00:00'],
  time_us: ['pa.array([86399999999, None, 0], pa.time64("us"))', 'TIME', '23:59:59.999999', null, '00:00:00'],
  time_ns: [
    'pa.array([86399999999999, None, 1], pa.time64("ns"))',
    'TIME_NS',
    '23:59:59.999999999',
    null,
    '00:00:00.000000001',
  ],
  ts_s: [
    'pa.array([-1, None, 0], pa.timestamp("s"))',
    'TIMESTAMP_S',
    '1969-12-31 23:59:59',
    null,
    '1970-01-01 00:00:00',
  ],
  ts_ms: [
    'pa.array([-1, None, 1], pa.timestamp("ms"))',
    'TIMESTAMP_MS',
    '1969-12-31 23:59:59.999',
    null,
    '1970-01-01 00:00:00.001',
  ],
  ts_us: [
    'pa.array([-1, None, 2**53+1], pa.timestamp("us"))',
    'TIMESTAMP',
    '1969-12-31 23:59:59.999999',
    null,
    '2255-06-05 23:47:34.740993',
  ],
  ts_ns: [
    'pa.array([-1, None, 2**60+1], pa.timestamp("ns"))',
    'TIMESTAMP_NS',
    '1969-12-31 23:59:59.999999999',
    null,
    '2006-07-14 23:58:24.606846977',
  ],
  tz_s: [
    'pa.array([-1, None, 0], pa.timestamp("s", "Europe/Berlin"))',
    'TIMESTAMP WITH TIME ZONE',
    '1969-12-31 23:59:59+00',
    null,
    '1970-01-01 00:00:00+00',
  ],
  tz_us: [
    'pa.array([-1, None, 1], pa.timestamp("us", "+05:30"))',
    'TIMESTAMP WITH TIME ZONE',
    '1969-12-31 23:59:59.999999+00',
    null,
    '1970-01-01 00:00:00.000001+00',
  ],
  tz_ns: [
    'pa.array([-1, None, 1001], pa.timestamp("ns", "UTC"))',
    'TIMESTAMP WITH TIME ZONE',
    '1969-12-31 23:59:59.999999+00',
    null,
    '1970-01-01 00:00:00.000001+00',
  ],
  dur_s: ['pa.array([90, None, -1], pa.duration("s"))', 'INTERVAL', '00:01:30', null, '-00:00:01'],
  dur_ns: ['pa.array([1000, None, -1000], pa.duration("ns"))', 'INTERVAL', '00:00:00.000001', null, '-00:00:00.000001'],
  span: [
    'pa.array([(14, -3, 1000), None, (0, 0, 2**60)], pa.month_day_nano_interval())',
    'INTERVAL',
    '1 year 2 months -3 days 00:00:00.000001',
    null,
    '320255:58:24.606846',
  ],
  list: ['pa.array([[1, None], None, []], pa.list_(pa.int64()))', 'BIGINT[]', '[1, NULL]', null, '[]'],
  lists: [
    'pa.array([[[1], None], None, []], pa.large_list(pa.list_(pa.int8())))',
    'TINYINT[][]',
    '[[1], NULL]',
    null,
    '[]',
  ],
  listview: ['pa.array([["a"], None, []], pa.list_view(pa.string()))', 'VARCHAR[]', '[a]', null, '[]'],
  pair: [
    'pa.array([[1, 2], None, [3, None]], pa.list_(pa.float32(), 2))',
    'FLOAT[2]',
    '[1.0, 2.0]',
    null,
    '[3.0, NULL]',
  ],
  times: [
    'pa.array([[2**53+1], None, [None]], pa.list_(pa.timestamp("us")))',
    'TIMESTAMP[]',
    "['2255-06-05 23:47:34.740993']",
    null,
    '[NULL]',
  ],
  struct: [
    'pa.array([{"a": 1, "b c": "x"}, None, {"a": None, "b c": "y"}])',
    'STRUCT(a BIGINT, "b c" VARCHAR)',
    "{'a': 1, 'b c': x}",
    null,
    "{'a': NULL, 'b c': y}",
  ],
  map: [
    'pa.array([[("b", 1), ("a", None)], None, []], pa.map_(pa.string(), pa.int32()))',
    'MAP(VARCHAR, INTEGER)',
    '{b=1, a=NULL}',
    null,
    '{}',
  ],
  word: ['pa.array(["b", None, "a"]).dictionary_encode()', 'VARCHAR', 'b', null, 'a'],
  moment: [
    'pa.array([2**53+1, None, -1], pa.timestamp("us")).dictionary_encode()',
    'TIMESTAMP',
    '2255-06-05 23:47:34.740993',
    null,
    '1969-12-31 23:59:59.999999',
  ],
  words: [
    'pa.array([["b", "a"], None, ["b"]], pa.list_(pa.string())).cast(pa.list_(pa.dictionary(pa.int8(), pa.string())))',
    'VARCHAR[]',
    '[b, a]',
    null,
    '[b]',
  ],
  runs: ['pa.RunEndEncodedArray.from_arrays([2, 3], ["x", "y"])', 'VARCHAR', 'x', 'x', 'y'],
}

const HEAD = `
import json, sys, uuid
from decimal import Decimal as D
import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
`

const WRITE = `${HEAD}
columns = {${Object.entries(FROM_PYARROW)
  .map(([name, [code]]) => `${JSON.stringify(name)}: ${code}`)
  .join(',\n')}}
whole = pa.table(columns)
# The oldest way of compression has no place for the newest types, and the stream none for dictionaries that change.
plain = whole.drop_columns(["runs"])
for name in ["lz4", "zstd", "uncompressed"]:
    feather.write_feather(plain, f"{name}.feather", compression=name)
feather.write_feather(plain, "default.feather")
def write(make, name, table, **options):
    with make(name, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as out:
        for batch in table.to_batches(max_chunksize=1):
            out.write_batch(batch)
write(pa.ipc.new_stream, "rows.arrows", whole)
write(pa.ipc.new_stream, "rows-lz4.arrows", plain, compression="lz4")
write(pa.ipc.new_stream, "rows-zstd.ipc", plain, compression="zstd")
write(pa.ipc.new_file, "rows.arrow", whole)
`

/** A frame of one row and one without values, of columns as SQL writes them. */
function ours(columns: Readonly<Record<string, string>>): Frame {
  const list = Object.entries(columns).map(([name, value]) => `${value} AS "${name}"`)
  const nulls = Object.keys(columns).map(() => 'NULL')
  return new Frame(engine, {
    dataset: { namespace: 'memory', name: 'ours', uri: 'memory:ours' },
    files: [],
    relation: {
      from: raw(`(SELECT ${list.join(', ')} UNION ALL SELECT ${nulls.join(', ')})`),
      names: Object.keys(columns),
    },
  })
}

describe.skipIf(!canInstall)(`against pyarrow ${PYARROW} and polars ${POLARS}`, () => {
  beforeAll(async () => {
    const bin = await installPeer(PYTHON_PEERS.arrow)
    python = join(bin, 'python')
    engine = await createDuckdb({ threads: 2 })
    await ask(WRITE)
  })
  afterAll(async () => {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test.each([
    'default.feather',
    'lz4.feather',
    'zstd.feather',
    'uncompressed.feather',
    'rows.arrow',
    'rows.arrows',
    'rows-lz4.arrows',
    'rows-zstd.ipc',
  ])('%s, by pyarrow, is read with the same types and values', async (name) => {
    const frame = await at(name)
    const expected = Object.fromEntries(Object.entries(FROM_PYARROW).map(([column, [, ...rest]]) => [column, rest]))
    if (!name.startsWith('rows.arrow')) delete expected['runs']
    expect(await contents(frame)).toEqual(expected)
    expect(frame.notes.map(({ code, column }) => [code, column])).toEqual([
      ['arrow.cut', 'tz_ns'],
      ['arrow.cut', 'span'],
    ])
  })

  test.each([
    ['pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])', 'union'],
    ['pa.array([D("1.00")], pa.decimal256(60, 2))', 'decimal256(60, 2)'],
    ['pa.array([D("1200")], pa.decimal128(4, -2))', 'decimal128(4, -2)'],
    ['pa.array([[D("1200")]], pa.list_(pa.decimal128(4, -2)))', 'decimal128(4, -2)'],
    ['pa.array([{}], pa.struct([]))', 'struct of fields that are not told apart ()'],
  ])('%s is refused with the name of its column', async (values, type) => {
    await ask(`${HEAD}
feather.write_feather(pa.table({"x": [1], "odd one": ${values}}), "odd.feather", compression="uncompressed")
`)
    await expect(at('odd.feather')).rejects.toMatchObject({
      code: 'DS_SOURCE_UNSUPPORTED',
      message: `column 'odd one' is a ${type}, which has no place here`,
    })
  })

  test('dictionaries that grow or change from batch to batch', async () => {
    await ask(`${HEAD}
schema = pa.schema([("word", pa.dictionary(pa.int8(), pa.string()))])
def rows(indices, words):
    return pa.record_batch([pa.DictionaryArray.from_arrays(pa.array(indices, pa.int8()), words)], schema)
for name, deltas, second in [("grown", True, ["a", "b", "c"]), ("changed", False, ["x", "y"])]:
    with pa.ipc.new_stream(f"{name}.arrows", schema, options=pa.ipc.IpcWriteOptions(emit_dictionary_deltas=deltas)) as out:
        out.write_batch(rows([0, 1], ["a", "b"]))
        out.write_batch(rows([1, 0], second))
        out.write_batch(rows([1], second))
`)
    expect(await contents(await at('grown.arrows'))).toEqual({ word: ['VARCHAR', 'a', 'b', 'b', 'a', 'b'] })
    expect(await contents(await at('changed.arrows'))).toEqual({ word: ['VARCHAR', 'a', 'b', 'y', 'x', 'y'] })
  })

  test.each(['uncompressed', 'lz4', 'zstd'])(
    'what polars writes, %s, is read with the same values',
    async (compression) => {
      await ask(
        `
import sys, datetime as dt, polars as pl
from decimal import Decimal as D
pl.DataFrame({
    "text": ["Ü😀", None, "longer than twelve bytes"],
    "i": pl.Series([2**53 + 1, None, -1]), "u": pl.Series([2**64 - 1, None, 0], dtype=pl.UInt64),
    "f": [0.1, None, float("nan")], "flag": [True, None, False], "bytes": [b"a", None, b""],
    "category": pl.Series(["a", None, "b"], dtype=pl.Categorical),
    "enum": pl.Series(["a", None, "b"], dtype=pl.Enum(["b", "a"])),
    "date": [dt.date(2024, 2, 29), None, dt.date(1, 1, 1)],
    "us": [dt.datetime(2024, 2, 29, 12, 0, 0, 1), None, dt.datetime(1, 1, 1)],
    "tz": pl.Series([dt.datetime(2024, 2, 29, 12)] * 3).dt.replace_time_zone("Europe/Berlin"),
    "time": [dt.time(1, 2, 3, 4), None, dt.time(0)], "span": [dt.timedelta(days=1, microseconds=1), None, dt.timedelta(0)],
    "dec": pl.Series([D("1.25"), None, D("-0.50")], dtype=pl.Decimal(10, 2)),
    "list": [[1, None], None, []], "pair": pl.Series([[1, 2], None, [3, 4]], dtype=pl.Array(pl.Int8, 2)),
    "struct": [{"a": 1, "b": "x"}, {"a": None, "b": None}, {"a": 2, "b": "y"}], "none": [None, None, None],
}).write_ipc("polars.arrow", compression=sys.argv[1])
`,
        compression,
      )
      expect(await contents(await at('polars.arrow'))).toEqual({
        text: ['VARCHAR', 'Ü😀', null, 'longer than twelve bytes'],
        i: ['BIGINT', '9007199254740993', null, '-1'],
        u: ['UBIGINT', '18446744073709551615', null, '0'],
        f: ['DOUBLE', '0.1', null, 'nan'],
        flag: ['BOOLEAN', 'true', null, 'false'],
        bytes: ['BLOB', 'a', null, ''],
        category: ['VARCHAR', 'a', null, 'b'],
        enum: ['VARCHAR', 'a', null, 'b'],
        date: ['DATE', '2024-02-29', null, '0001-01-01'],
        us: ['TIMESTAMP', '2024-02-29 12:00:00.000001', null, '0001-01-01 00:00:00'],
        tz: ['TIMESTAMP WITH TIME ZONE', ...Array<string>(3).fill('2024-02-29 11:00:00+00')],
        time: ['TIME_NS', '01:02:03.000004', null, '00:00:00'],
        span: ['INTERVAL', '24:00:00.000001', null, '00:00:00'],
        dec: ['DECIMAL(10,2)', '1.25', null, '-0.50'],
        list: ['BIGINT[]', '[1, NULL]', null, '[]'],
        pair: ['TINYINT[2]', '[1, 2]', null, '[3, 4]'],
        struct: ['STRUCT(a BIGINT, b VARCHAR)', "{'a': 1, 'b': x}", "{'a': NULL, 'b': NULL}", "{'a': 2, 'b': y}"],
        none: ['VARCHAR', null, null, null],
      })
    },
  )

  /** Values as SQL, and what they are to pyarrow: the type, and the value as Python writes it. */
  const TO_PYARROW: Readonly<Record<string, readonly [sql: string, type: string, value: string]>> = {
    flag: ['TRUE', 'bool', 'True'],
    i8: ['(-128)::TINYINT', 'int8', '-128'],
    i16: ['(-32768)::SMALLINT', 'int16', '-32768'],
    i32: ["'-2147483648'::INTEGER", 'int32', '-2147483648'],
    i64: ['9007199254740993', 'int64', '9007199254740993'],
    u8: ['255::UTINYINT', 'uint8', '255'],
    u16: ['65535::USMALLINT', 'uint16', '65535'],
    u32: ['4294967295::UINTEGER', 'uint32', '4294967295'],
    u64: ['18446744073709551615::UBIGINT', 'uint64', '18446744073709551615'],
    huge: [
      "'-99999999999999999999999999999999999999'::HUGEINT",
      'decimal128(38, 0)',
      "Decimal('-99999999999999999999999999999999999999')",
    ],
    dec: ['1.25::DECIMAL(10,2)', 'decimal128(10, 2)', "Decimal('1.25')"],
    deep: [
      "'-123456789012345678901234567890.12345678'::DECIMAL(38,8)",
      'decimal128(38, 8)',
      "Decimal('-123456789012345678901234567890.12345678')",
    ],
    f32: ['0.5::FLOAT', 'float', '0.5'],
    f64: ["'-inf'::DOUBLE", 'double', '-inf'],
    text: ["'Ü😀'", 'string', "'Ü😀'"],
    enum: ["'b'::ENUM('a', 'b')", 'string', "'b'"],
    bytes: ["from_hex('00ff')", 'binary', String.raw`b'\x00\xff'`],
    uuid: [
      "'00000000-0000-0000-0000-000000000001'::UUID",
      'extension<arrow.uuid>',
      "UUID('00000000-0000-0000-0000-000000000001')",
    ],
    json: [`'{"a":1.50}'::JSON`, 'extension<arrow.json>', `'{"a":1.50}'`],
    date: ["DATE '0001-01-01'", 'date32[day]', 'datetime.date(1, 1, 1)'],
    time: ["TIME '23:59:59.999999'", 'time64[us]', 'datetime.time(23, 59, 59, 999999)'],
    ts: [
      "TIMESTAMP '2255-06-05 23:47:34.740993'",
      'timestamp[us]',
      'datetime.datetime(2255, 6, 5, 23, 47, 34, 740993)',
    ],
    ts_s: ["'1969-12-31 23:59:59'::TIMESTAMP_S", 'timestamp[s]', 'datetime.datetime(1969, 12, 31, 23, 59, 59)'],
    ts_ms: [
      "'1969-12-31 23:59:59.999'::TIMESTAMP_MS",
      'timestamp[ms]',
      'datetime.datetime(1969, 12, 31, 23, 59, 59, 999000)',
    ],
    tz: [
      "TIMESTAMPTZ '2024-02-29 12:00:00.000001+05:30'",
      'timestamp[us, tz=UTC]',
      "datetime.datetime(2024, 2, 29, 6, 30, 0, 1, tzinfo=zoneinfo.ZoneInfo(key='UTC'))",
    ],
    span: [
      "'14 months -3 days 1 microsecond'::INTERVAL",
      'month_day_nano_interval',
      'MonthDayNano(months=14, days=-3, nanoseconds=1000)',
    ],
    list: ['[1, NULL]', 'list<item: int32>', '[1, None]'],
    pair: ['[1, 2]::TINYINT[2]', 'fixed_size_list<item: int8>[2]', '[1, 2]'],
    struct: ["{'a': 1::BIGINT, 'b c': ['x']}", 'struct<a: int64, b c: list<item: string>>', "{'a': 1, 'b c': ['x']}"],
    map: [
      "MAP {'b': DATE '2024-02-29', 'a': NULL}",
      'map<string, date32[day]>',
      "[('b', datetime.date(2024, 2, 29)), ('a', None)]",
    ],
  }

  const READ = `${HEAD}
import datetime, zoneinfo
table = pa.ipc.open_stream("ours.arrows").read_all() if sys.argv[1] == "stream" else feather.read_table("ours.feather", memory_map=False)
table.validate(full=True)
print(json.dumps({name: [str(table.schema.field(name).type), *map(repr, table[name].to_pylist())] for name in table.column_names}))
`

  test.each(['stream', 'file'])('ours, as a %s, is read by pyarrow with the same types and values', async (format) => {
    const frame = ours(Object.fromEntries(Object.entries(TO_PYARROW).map(([name, [sql]]) => [name, sql])))
    writeFileSync(join(folder, 'ours.arrows'), await frame.toArrow())
    await frame.write(join(folder, 'ours.feather'))
    const expected = Object.fromEntries(
      Object.entries(TO_PYARROW).map(([name, [, type, value]]) => [name, [type, value, 'None']]),
    )
    expect(await ask(READ, format)).toEqual(expected)
  })

  test('ours is read by polars with the same values, but for intervals, which it does not know', async () => {
    const { span: _, ...columns } = TO_PYARROW
    const frame = ours(Object.fromEntries(Object.entries(columns).map(([name, [sql]]) => [name, sql])))
    await frame.write(join(folder, 'polars-ours.arrow'))
    writeFileSync(join(folder, 'polars-ours.arrows'), await frame.toArrow())
    const found = await ask<Record<string, unknown>>(`
import json, datetime, polars as pl
a, b = pl.read_ipc("polars-ours.arrow"), pl.read_ipc_stream("polars-ours.arrows")
print(json.dumps({"same": a.equals(b), "rows": a.height, **{name: [str(a.schema[name]), str(a[name].to_list()[0])] for name in a.columns}}))
`)
    expect(found).toMatchObject({
      same: true,
      rows: 2,
      i64: ['Int64', '9007199254740993'],
      u64: ['UInt64', '18446744073709551615'],
      dec: ['Decimal(precision=10, scale=2)', '1.25'],
      deep: ['Decimal(precision=38, scale=8)', '-123456789012345678901234567890.12345678'],
      text: ['String', 'Ü😀'],
      date: ['Date', '0001-01-01'],
      time: ['Time', '23:59:59.999999'],
      ts: ["Datetime(time_unit='us', time_zone=None)", '2255-06-05 23:47:34.740993'],
      tz: ["Datetime(time_unit='us', time_zone='UTC')", '2024-02-29 06:30:00.000001+00:00'],
      list: ['List(Int32)', '[1, None]'],
      pair: ['Array(Int8, shape=(2,))', '[1, 2]'],
      struct: ["Struct({'a': Int64, 'b c': List(String)})", "{'a': 1, 'b c': ['x']}"],
    })
  })

  test('many record batches, and none, are read by pyarrow', async () => {
    const many = new Frame(engine, {
      dataset: { namespace: 'memory', name: 'many', uri: 'memory:many' },
      files: [],
      relation: { from: raw(`(SELECT range AS i, 'row ' || range AS t FROM range(200000))`), names: ['i', 't'] },
    })
    await many.write(join(folder, 'many.arrow'))
    await many.limit(0).write(join(folder, 'none.arrow'))
    const found = await ask(
      `${HEAD}
many = pa.ipc.open_file("many.arrow")
table = many.read_all()
table.validate(full=True)
one = many.get_batch(2)
none = pa.ipc.open_file("none.arrow").read_all()
print(json.dumps([many.num_record_batches, table.num_rows, pa.compute.sum(table["i"]).as_py(), table["t"][199999].as_py(), one["i"][0].as_py(), none.num_rows, str(none.schema)]))
`.replace('import pyarrow as pa', 'import pyarrow as pa, pyarrow.compute'),
    )
    expect(found).toEqual([4, 200_000, 19_999_900_000, 'row 199999', 131_072, 0, 'i: int64\nt: string'])
  })
})
