import { join } from 'node:path'
import { expect, test } from 'vitest'
import { open } from '../../src/open.ts'
import { newFolder, typesOf } from '../folder.ts'

const folder = newFolder()

test('what was written as Parquet is read again, to the value and the type', async () => {
  const one = await folder.csv('a\n1\n')
  const frame = one.derive({
    a: '9007199254740993',
    h: '99999999999999999999999999999999999999::DECIMAL(38, 0)',
    small: '1.10::DECIMAL(5, 2)',
    large: '12345678901234567890.123456::DECIMAL(30, 6)',
    day: "DATE '0001-01-01'",
    time: "TIMESTAMP '2024-02-29 12:34:56.789'",
    zoned: "TIMESTAMPTZ '2024-02-29 12:34:56.789+02'",
    nanos: "TIMESTAMP_NS '2024-02-29 12:34:56.789012345'",
    text: "'Ü\n😀'",
    none: 'NULL::VARCHAR',
    nan: "'NaN'::DOUBLE",
    bytes: "'\\x00\\xFF'::BLOB",
    list: '[1, NULL]',
    struct: "{'x': {'y': 'z'}}",
    bool: 'true',
  })
  const path = join(folder.path, 'all.parquet')
  await frame.write(path)
  const again = await open(path)
  expect(await typesOf(again)).toEqual(await typesOf(frame))
  const [row] = await again.toArray()
  expect(row).toEqual((await frame.toArray())[0])
  expect(row).toEqual({
    a: 9007199254740993n,
    h: '99999999999999999999999999999999999999',
    small: 1.1,
    large: '12345678901234567890.123456',
    day: new Date('0001-01-01'),
    time: new Date('2024-02-29T12:34:56.789Z'),
    zoned: new Date('2024-02-29T10:34:56.789Z'),
    nanos: new Date('2024-02-29T12:34:56.789Z'),
    text: 'Ü\n😀',
    none: null,
    nan: Number.NaN,
    bytes: Uint8Array.of(0, 255),
    list: [1, null],
    struct: { x: { y: 'z' } },
    bool: true,
  })
})

test('a table without rows keeps its columns', async () => {
  const path = join(folder.path, 'empty.parquet')
  await (await folder.csv('a,b\n1,x\n')).filter('false').write(path)
  const frame = await open(path)
  expect([await typesOf(frame), await frame.toArray()]).toEqual([['a BIGINT', 'b VARCHAR'], []])
})

test.each([
  ['short.parquet', ''],
  ['text.parquet', 'a,b\n1,2\n'],
  ['odd.parquet', Buffer.from(`PAR1${'\u0007'.repeat(40)}\b\0\0\0PAR1`)],
])('%s is malformed', async (name, content) => {
  await expect(open(folder.write(name, content))).rejects.toMatchObject({ code: 'DS_SOURCE_MALFORMED' })
})

test('files with other types are read in types wide enough for all, and told; other columns are an error', async () => {
  const whole = await folder.csv('a,b\n1,x\n9007199254740993,y\n')
  const parts = folder.write('parts/readme.txt', '').replace('readme.txt', '')
  await whole.limit(1).write(`${parts}1.parquet`)
  await whole.limit(1).derive({ a: '2.75::DOUBLE' }).select('b', 'a').write(`${parts}2.parquet`)
  await whole.limit(1).write(`${parts}3.parquet`)
  const frame = await open(`${parts}*.parquet`)
  expect(await typesOf(frame)).toEqual(['a DOUBLE', 'b VARCHAR'])
  expect(await frame.toArray()).toEqual([
    { a: 1, b: 'x' },
    { a: 2.75, b: 'x' },
    { a: 1, b: 'x' },
  ])
  expect(await frame.sample({ rows: 2 }).toArray()).toEqual(await frame.filter('true').sample({ rows: 2 }).toArray())
  expect(frame.notes).toMatchObject([{ code: 'source.column_widened', column: 'a' }])
  await whole.cast({ a: 'VARCHAR' }).write(`${parts}4.parquet`)
  expect(await typesOf(await open(`${parts}*.parquet`))).toEqual(['a VARCHAR', 'b VARCHAR'])
  await whole.select('a').write(`${parts}5.parquet`)
  await expect(open(`${parts}*.parquet`)).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    where: `${parts}5.parquet`,
  })
})
