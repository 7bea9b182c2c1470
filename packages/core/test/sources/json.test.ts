import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { open } from '../../src/open.ts'
import { newFolder, typesOf } from '../folder.ts'

const folder = newFolder()

test('one object a line, with types found in all of them', async () => {
  const path = folder.write(
    'a.jsonl',
    '{"n": 1, "z": "007", "d": "2024-02-29", "e": "03/04/2024", "l": [1, 2]}\n{"n": 9007199254740993, "s": {"x": null}}\n',
  )
  const frame = await open(path)
  expect(await typesOf(frame)).toEqual([
    'n BIGINT',
    'z VARCHAR',
    'd DATE',
    'e VARCHAR',
    'l BIGINT[]',
    's STRUCT(x JSON)',
  ])
  expect(await frame.toArray()).toEqual([
    { n: 1, z: '007', d: new Date('2024-02-29'), e: '03/04/2024', l: [1, 2], s: null },
    { n: 9007199254740993n, z: null, d: null, e: null, l: null, s: { x: null } },
  ])
})

test('one array of objects, also compressed', async () => {
  const content = '[{"a": 1, "b": "x"},\n {"a": 2.5}]'
  const rows = [
    { a: 1, b: 'x' },
    { a: 2.5, b: null },
  ]
  expect(await (await open(folder.write('a.json', content))).toArray()).toEqual(rows)
  expect(await (await open(folder.write('a.json.gz', gzipSync(content)))).toArray()).toEqual(rows)
})

test.each([
  ['empty.jsonl', ''],
  ['empty.json', ''],
  ['none.json', '[]'],
])('%s holds no object, so it has no columns', async (name, content) => {
  await expect(open(folder.write(name, content))).rejects.toMatchObject({ code: 'DS_SOURCE_EMPTY' })
})

test('a column that is called json is one like any other', async () => {
  expect(await (await open(folder.write('named.jsonl', '{"json": 1}\n'))).toArray()).toEqual([{ json: 1 }])
})

test.each([
  ['list.jsonl', '{"a":1}\n\n[1]\n{"a":2}\n', 'line 3 is no object, but a list'],
  ['number.jsonl', '5\n', 'line 1 is no object, but a number'],
  ['text.json', '[{"a":1}, "b"]', 'value 2 is no object, but a text'],
])('%s holds something else than objects', async (name, content, problem) => {
  const path = folder.write(name, content)
  await expect(open(path)).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    where: path,
    message: expect.stringContaining(problem) as string,
  })
})

test.each([
  ['cut.json', '[{"a": 1}, {"a": 2', ''],
  ['broken.jsonl', '{"a": 1}\n{"a": \n{"a": 3}\n', ':2'],
  ['later.jsonl', `${'{"a": 1}\n'.repeat(5000)}{"a":}\n`, ':5001'],
])('%s is malformed', async (name, content, line) => {
  const path = folder.write(name, content)
  await expect(open(path)).rejects.toMatchObject({ code: 'DS_SOURCE_MALFORMED', where: path + line })
})

test('signs do not make whole numbers of 64 bits wider, and a byte order mark is let pass', async () => {
  const frame = await open(folder.write('signs.jsonl', '\ufeff{"a": -1}\n{"a": 9007199254740993}\n'))
  expect(await typesOf(frame)).toEqual(['a BIGINT'])
  expect(await frame.toArray()).toEqual([{ a: -1 }, { a: 9007199254740993n }])
})

test('texts among other values make a text, which is told; objects stay JSON', async () => {
  const frame = await open(folder.write('mixed.jsonl', '{"a": "x", "b": 1}\n{"a": 2, "b": {"k": 1}}\n'))
  expect(await typesOf(frame)).toEqual(['a VARCHAR', 'b JSON'])
  expect(await frame.select('a').toArray()).toEqual([{ a: 'x' }, { a: '2' }])
  expect(frame.notes).toMatchObject([{ code: 'source.column_mixed', column: 'a', severity: 'warn' }])
})

test('types can be declared; what is said of text tables is refused', async () => {
  const path = folder.write('typed.jsonl', '{"a": 1}\n{"a": 2}\n')
  expect(await typesOf(await open(path, { types: { a: 'VARCHAR' } }))).toEqual(['a VARCHAR'])
  await expect(open(path, { types: { b: 'VARCHAR' } })).rejects.toMatchObject({ code: 'DS_COLUMN_UNKNOWN' })
  await expect(open(path, { delimiter: ';', badLines: 'skip' })).rejects.toMatchObject({ code: 'DS_OPTION' })
})

test('a compressed file that was cut off is an error', async () => {
  const whole = gzipSync(Buffer.from('{"a": 1}\n'.repeat(5000)))
  await expect(open(folder.write('cut.jsonl.gz', whole.subarray(0, -9)))).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
  })
})

test.each<[string, string[], string]>([
  ['days', ['2024-01-01', '2024-02-29'], 'DATE'],
  ['times with a zone', ['2024-01-01T10:00:00Z', '2024-01-01T10:00:00.123+02:00'], 'TIMESTAMP WITH TIME ZONE'],
  ['times without', ['2024-01-01 10:00:00', '2024-01-01'], 'TIMESTAMP'],
  ['times of the day', ['10:00:00'], 'TIME'],
  ['a word of the engine among days', ['2024-01-01', 'epoch'], 'VARCHAR'],
  ['words of the engine alone', ['epoch', '-infinity'], 'VARCHAR'],
  ['years of two digits', ['24-01-01'], 'VARCHAR'],
  ['numbers in quotes', ['1', '2'], 'VARCHAR'],
  ['ids in capitals', ['6F9619FF-8B86-D011-B42D-00CF4FC964FF'], 'VARCHAR'],
])('texts: %s', async (_, texts, type) => {
  const path = folder.write('texts.jsonl', texts.map((t) => `${JSON.stringify({ t })}\n`).join(''))
  const frame = await open(path)
  expect(await typesOf(frame)).toEqual([`t ${type}`])
  // Texts that stay texts are those of the file.
  const values = (await frame.toArray()).map(({ t }) => t)
  expect(type === 'VARCHAR' ? values : texts).toEqual(texts)
})

test('an infinite day stays one', async () => {
  const frame = await open(folder.write('infinite.jsonl', '{"t":"2024-01-01"}\n{"t":"infinity"}\n{"t":"-infinity"}\n'))
  expect(await frame.toArray()).toEqual([{ t: new Date('2024-01-01') }, { t: 'infinity' }, { t: '-infinity' }])
})

test('a text behind the rows that are looked at first makes its column text', async () => {
  const rows = Array.from({ length: 9000 }, (_, at) => `{"n":${at},"day":"${at < 8999 ? '2024-01-01' : 'soon'}"}\n`)
  const frame = await open(folder.write('late.jsonl', rows.join('')))
  expect(await typesOf(frame)).toEqual(['n BIGINT', 'day VARCHAR'])
})

test('what is written with a zone is read with one', async () => {
  const path = folder.write('zoned.csv', 'a,b\n2024-02-29T22:59:59.123456+01:00,2024-02-29 10:00:00\n')
  await (await open(path)).write(`${folder.path}/zoned.jsonl`)
  const again = await open(`${folder.path}/zoned.jsonl`)
  expect(await typesOf(again)).toEqual(['a TIMESTAMP WITH TIME ZONE', 'b TIMESTAMP'])
  expect(await again.toArray()).toEqual(await (await open(path)).toArray())
})
