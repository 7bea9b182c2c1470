import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Frame } from '../../src/frame.ts'
import { open } from '../../src/open.ts'
import type { CsvOptions } from '../../src/source.ts'
import { newFolder, typesOf } from '../folder.ts'

const folder = newFolder()

async function read(frame: Promise<Frame>): Promise<unknown[][]> {
  return (await (await frame).toArray()).map(Object.values)
}

test.each<[string, string | Uint8Array, CsvOptions, unknown[][]]>([
  ['commas', 'a,b\n1,2\n', {}, [[1, 2]]],
  ['semicolons and decimal commas', 'a;b\n1,5;2\n', {}, [['1,5', 2]]],
  ['tabs', 'a\tb\n1,5\t2\n', {}, [['1,5', 2]]],
  ['bars', 'a|b\n1,5|2\n', {}, [['1,5', 2]]],
  ['a delimiter that was said', 'a^b\n1^2\n', { delimiter: '^' }, [[1, 2]]],
  ['one column', 'a\n1\n\n3\n', {}, [[1], [null], [3]]],
  ['no line end at the end', 'a,b\n1,2', {}, [[1, 2]]],
  [
    'CRLF',
    'a,b\r\n1,x\r\n2,y\r\n',
    {},
    [
      [1, 'x'],
      [2, 'y'],
    ],
  ],
  [
    'CR',
    'a,b\r1,x\r2,y\r',
    {},
    [
      [1, 'x'],
      [2, 'y'],
    ],
  ],
  ['a byte order mark', '\u{FEFF}a,b\n1,2\n', {}, [[1, 2]]],
  ['a byte order mark before a quote', '\u{FEFF}"a",b\n1,2\n', {}, [[1, 2]]],
  ['empty lines before the header', '\n\na,b\n1,2\n', {}, [[1, 2]]],
  [
    'empty lines among the rows',
    'a,b\n1,2\n\n\n3,4\n\n',
    {},
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['line ends and delimiters within quotes', 'a,b\n"x\r\ny, ""z""",1\n', {}, [['x\r\ny, "z"', 1]]],
  [
    'quotes that open nothing',
    'a,b\n5" pipe,1\n6" pipe,2\n',
    {},
    [
      ['5" pipe', 1],
      ['6" pipe', 2],
    ],
  ],
  ['other quotes', "a,b\n'x,y',1\n", { quote: "'" }, [['x,y', 1]]],
  [
    'no header',
    '1,2\n3,4\n',
    { header: false },
    [
      [1, 2],
      [3, 4],
    ],
  ],
  [
    'cells of one kind of text',
    'a,b\n"",x\n,y\n',
    {},
    [
      [null, 'x'],
      [null, 'y'],
    ],
  ],
  [
    'mixed line ends, those within quotes as they are',
    'a,b\r\n1,"x\r\ny"\n2,"x\ny"\r3,z\r\n',
    {},
    [
      [1, 'x\r\ny'],
      [2, 'x\ny'],
      [3, 'z'],
    ],
  ],
  [
    'a delimiter behind every row',
    'a,b\n1,2,\n3,4,\n',
    {},
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['a delimiter behind every line', 'a,b,\n1,2,\n', {}, [[1, 2, null]]],
  [
    'names where there is no header',
    '1,2\n3,4\n',
    { names: ['x', 'y'] },
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['names in place of a header', 'a,b\n1,2\n', { names: ['x', 'y'], header: true }, [[1, 2]]],
  ['skipped lines', 'Report\nof 2024\na,b\n1,2\n', { skip: 2 }, [[1, 2]]],
  ['skipped lines with a quote', 'My "report\n\na,b\n1,2\n', { skip: 1 }, [[1, 2]]],
  ['skipped lines, CRLF and a comment', '# "x\r\ny\r\na,b\r\n1,2\r\n', { skip: 2, comment: '#' }, [[1, 2]]],
  ['skipped lines without a header', 'x\n1,2\n', { skip: 1, header: false }, [[1, 2]]],
  [
    'comments',
    '# "x\n\na,b\n# y\n1,2 # z\n"#3",4\n',
    { comment: '#' },
    [
      ['1', '2 '],
      ['#3', '4'],
    ].map(([a, b]) => [a, Number(b)]),
  ],
  ['escaped quotes', 'a,b\n"x\\"y",2\n', { escape: '\\' }, [['x"y', 2]]],
  ['a delimiter of two characters', 'a||b\n1||"x||y"\n', { delimiter: '||' }, [[1, 'x||y']]],
  ['a delimiter beyond ASCII', 'a§b\n1§2\n', { delimiter: '§' }, [[1, 2]]],
  ['no quotes at all', 'a,b\n"x,2\n', { quote: '' }, [['"x', 2]]],
  ['Latin-1 that was said', Buffer.from('a,b\ncaf\xE9,1\n', 'latin1'), { encoding: 'latin-1' }, [['café', 1]]],
  ['UTF-16 that was said', Buffer.from('\u{FEFF}a,b\ncafé,1\n', 'utf16le'), { encoding: 'utf-16' }, [['café', 1]]],
])('%s', async (_, content, options, rows) => {
  expect(await read(folder.csv(content, options))).toEqual(rows)
})

test.each<[string, string, CsvOptions, string[]]>([
  [
    'numbers, booleans, dates and times',
    'a,b,c,d,e,f,g\n1,1.5,true,2024-02-29,2024-02-29 10:00:00,10:00:00,2024-02-29T10:00:00Z\n',
    {},
    ['a BIGINT', 'b DOUBLE', 'c BOOLEAN', 'd DATE', 'e TIMESTAMP', 'f TIME', 'g TIMESTAMP WITH TIME ZONE'],
  ],
  ['leading zeros stay text', 'zip\n00701\n10001\n', {}, ['zip VARCHAR']],
  [
    'two-day dates stay text, beside dates that are none',
    'a,b\n03/04/2024,2024-04-03\n12/11/2024,2024-11-12\n',
    {},
    ['a VARCHAR', 'b DATE'],
  ],
  ['dates with the day first stay text', 'a\n31.12.2024\n', {}, ['a VARCHAR']],
  ['two-day times stay text', 'a\n03/04/2024 10:00:00 AM\n', {}, ['a VARCHAR']],
  ['two-day times stay text (24 hours)', 'a\n03/04/2024 10:00:00\n', {}, ['a VARCHAR']],
  ['a type that changes late', `a\n${'1\n'.repeat(30_000)}x\n`, {}, ['a VARCHAR']],
  ['integers that become fractions late', `a\n${'1\n'.repeat(30_000)}0.5\n`, {}, ['a DOUBLE']],
  ['integers beyond 2^53', 'a\n9007199254740993\n', {}, ['a BIGINT']],
  ['integers that a double would cut stay text', 'a\n1\n12345678901234567890\n', {}, ['a VARCHAR']],
  ['numbers of other bases stay text', 'a,b,c\n1,0x1F,1.5\n2,7,0b11\n', {}, ['a BIGINT', 'b VARCHAR', 'c VARCHAR']],
  ['a header alone', 'a,b\n', {}, ['a VARCHAR', 'b VARCHAR']],
  ['a header alone, without a line end', 'a,b', {}, ['a VARCHAR', 'b VARCHAR']],
  [
    'names that are there twice or not at all',
    'a,a,A,\n1,2,3,4\n',
    {},
    ['a BIGINT', 'a_1 BIGINT', 'A_2 BIGINT', 'column3 BIGINT'],
  ],
  [
    'names that JavaScript objects have',
    'constructor,toString,__proto__\n1,x,2\n',
    {},
    ['constructor BIGINT', 'toString VARCHAR', '__proto__ BIGINT'],
  ],
  [
    'types that were declared',
    'a,b,c\n1,2,3\n',
    { types: { a: 'VARCHAR', B: 'DOUBLE' } },
    ['a VARCHAR', 'b DOUBLE', 'c BIGINT'],
  ],
  ['no header', '1,x\n', { header: false }, ['column0 BIGINT', 'column1 VARCHAR']],
])('types: %s', async (_, content, options, types) => {
  expect(await typesOf(await folder.csv(content, options))).toEqual(types)
})

test('a column named as an object’s own comes out in its rows', async () => {
  const [row] = await (await folder.csv('constructor,__proto__\n1,2\n')).toArray()
  expect(Object.entries(row ?? {})).toEqual([
    ['constructor', 1],
    ['__proto__', 2],
  ])
})

test('NA is missing among numbers and dates, and Namibia among countries', async () => {
  const frame = await folder.csv('n,country,d\n1,NA,2024-01-01\nNA,US,NA\nNULL,null,N/A\n')
  expect(await frame.toArray()).toEqual([
    { n: 1, country: 'NA', d: new Date('2024-01-01') },
    { n: null, country: 'US', d: null },
    { n: null, country: 'null', d: null },
  ])
  expect(await frame.select('d').toArray()).toEqual([{ d: new Date('2024-01-01') }, { d: null }, { d: null }])
})

test('declared nulls are missing in every column, and no others are', async () => {
  const content = 'n,t\n1,-\n-,US\n3,NA\n4,\n'
  expect(await read(folder.csv(content, { nulls: ['-'] }))).toEqual([
    [1, null],
    [null, 'US'],
    [3, 'NA'],
    [4, ''],
  ])
  expect(await read(folder.csv('n,t\n1,-\n2,\n', { nulls: [] }))).toEqual([
    [1, '-'],
    [2, ''],
  ])
})

test('usual markers count in a column declared as a number, not in one declared as text', async () => {
  const content = 'a,b\nNA,NA\n1,2\n'
  expect(await read(folder.csv(content, { types: { a: 'VARCHAR', b: 'DOUBLE' } }))).toEqual([
    ['NA', null],
    ['1', 2],
  ])
})

test('the text of a table is every cell as it stands', async () => {
  const frame = await folder.csv('a,b\n007,NA\n1.50,\n')
  expect(frame.text?.layout).toMatchObject({ delimiter: ',', quote: '"', header: true, nulls: [''] })
  expect(frame.text?.nullsDeclared).toBe(false)
  const rows = await frame.engine.query(`SELECT * FROM ${frame.text?.relation.from.text}`)
  expect(rows).toEqual([
    { a: '007', b: 'NA' },
    { a: '1.50', b: null },
  ])
  expect(frame.filter('true').text).toBeUndefined()
})

test.each<[string, string | Uint8Array, number, string]>([
  ['too few cells', 'a,b\n1,2\n3\n4,5\n', 3, 'Expected Number of Columns: 2 Found: 1'],
  ['too many cells', 'a,b\n1,2\n3,4,5\n', 3, 'Expected Number of Columns: 2 Found: 3'],
  ['after a cell of two lines', 'a,b\n"x\ny",2\n3\n', 4, 'Found: 1'],
  ['after empty lines', 'a,b\n1,2\n\n\n3\n', 5, 'Found: 1'],
  ['after both, and quotes that open nothing', 'a,b\n5" pipe,2\n"x\n\ny",2\n\n6" pipe\n', 7, 'Found: 1'],
  ['after a header of two lines', '"a\nx",b\n1,2\n3\n', 4, 'Found: 1'],
  ['every row shorter than the header', 'id,a,b\n1,2\n3,4\n', 2, 'Expected Number of Columns: 3 Found: 2'],
  ['a title above the header', 'Report 2024\na,b\n1,2\n', 2, 'Expected Number of Columns: 1 Found: 2'],
  ['a comment among the rows', 'a,b\n1,2\n# note\n3,4\n', 3, 'Found: 1'],
  ['a quote that never closes', 'a,b\n1,2\n"x,1\n2,3\n', 3, 'unterminated quote'],
  ['bytes that are no UTF-8', Buffer.from('a,b\nx,1\ncaf\xE9,1\n', 'latin1'), 3, 'not utf-8 encoded'],
  ['a line beyond 32 MB', `a,b\n1,2\n${'x'.repeat(33_600_000)},1\n`, 3, 'Maximum line size'],
])('malformed: %s', async (_, content, line, says) => {
  const opened = folder.csv(content)
  await expect(opened).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    where: expect.stringMatching(new RegExp(`\\.csv:${line}$`)) as string,
    message: expect.stringContaining(says) as string,
  })
})

test('a file in another encoding says which to say', async () => {
  const opened = folder.csv(Buffer.from('a\ncaf\xE9\n', 'latin1'))
  await expect(opened).rejects.toMatchObject({
    hint: expect.stringContaining('Say the encoding of the file') as string,
  })
})

test.each(['', '\n\n', '  \n'])('%j has neither header nor rows', async (content) => {
  await expect(folder.csv(content)).rejects.toMatchObject({ code: 'DS_SOURCE_EMPTY' })
})

test('a declared type for a column that is not there', async () => {
  await expect(folder.csv('temp\n1\n', { types: { tmep: 'DOUBLE' } })).rejects.toMatchObject({
    code: 'DS_COLUMN_UNKNOWN',
    message: "types: there is no column 'tmep' (did you mean 'temp'?)",
  })
})

test('a declared type that a value does not have', async () => {
  const frame = await folder.csv('a\n1\nx\n', { types: { a: 'BIGINT' }, nulls: [''] })
  await expect(frame.toArray()).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    where: expect.stringMatching(/\.csv:3$/) as string,
    hint: expect.stringContaining('types') as string,
  })
})

test('files of one glob have types wide enough for all; one without values changes none', async () => {
  folder.write('wide/a.csv', 'n,m,t,e\n1,1,x,\n')
  folder.write('wide/b.csv', 'n,m,t,e\n')
  folder.write('wide/c.csv', 'n,m,t,e\n2.5,NA,1,\n')
  folder.write('wide/d.csv', 'n,m,t,e\n,3,2024-01-01,true\n')
  const frame = await open('wide/*.csv', { cwd: folder.path })
  expect(await typesOf(frame)).toEqual(['n DOUBLE', 'm BIGINT', 't VARCHAR', 'e BOOLEAN'])
  expect(await read(Promise.resolve(frame))).toEqual([
    [1, 1, 'x', null],
    [2.5, null, '1', null],
    [null, 3, '2024-01-01', true],
  ])
})

test('a column that holds only markers in one file has the type of the others', async () => {
  folder.write('marked/a.csv', 'gust,country\nNA,NA\nNA,\n')
  folder.write('marked/b.csv', 'gust,country\n,US\n')
  folder.write('marked/c.csv', 'gust,country\n2.5,NA\n')
  const frame = await open('marked/*.csv', { cwd: folder.path })
  expect(await typesOf(frame)).toEqual(['gust DOUBLE', 'country VARCHAR'])
  expect(await read(Promise.resolve(frame))).toEqual([
    [null, 'NA'],
    [null, null],
    [null, 'US'],
    [2.5, 'NA'],
  ])
})

test('files of one glob with other columns are an error that shows both headers', async () => {
  const a = folder.write('other/a.csv', 'n,m\n1,2\n')
  const b = folder.write('other/b.csv', 'n,x\n1,2\n')
  await expect(open('other/*.csv', { cwd: folder.path })).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    message: `${b} has other columns than ${a}`,
    where: b,
    hint: `${a}: n, m. ${b}: n, x.`,
  })
})

test('an empty file among others is named', async () => {
  folder.write('some/a.csv', 'n\n1\n')
  const b = folder.write('some/b.csv', '')
  await expect(open('some/*.csv', { cwd: folder.path })).rejects.toMatchObject({ code: 'DS_SOURCE_EMPTY', where: b })
})

test('gzip, and what only looks like it', async () => {
  const rows = Array.from({ length: 20_000 }, (_, at) => `${Math.sin(at)},${at}\n`).join('')
  const bytes = gzipSync(`a,b\n${rows}`)
  const frame = await open(folder.write('a.csv.gz', bytes))
  expect(await frame.summarize({ n: 'count(*)', s: 'sum(b)::BIGINT' }).toArray()).toEqual([
    { n: 20_000, s: 199_990_000 },
  ])
  const ragged = open(folder.write('ragged.csv.gz', gzipSync('a,b\n"x\ny",2\n3\n')))
  await expect(ragged).rejects.toMatchObject({ where: expect.stringMatching(/ragged\.csv\.gz:4$/) as string })
  const none = folder.write('none.csv.gz', 'a,b\n1,2\n')
  await expect(open(none)).rejects.toMatchObject({ code: 'DS_SOURCE_MALFORMED', where: none })
})

test('a gzip file that is cut off, or goes on with something else, is no whole table', async () => {
  const bytes = gzipSync(`a,b\n${Array.from({ length: 5000 }, (_, at) => `${at},${Math.sin(at)}\n`).join('')}`)
  const cut = folder.write('cut.csv.gz', bytes.subarray(0, -9))
  await expect(open(cut)).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    where: cut,
    message: `${cut} is cut off`,
  })
  const more = folder.write('more.csv.gz', Buffer.concat([bytes, Buffer.from('garbage')]))
  await expect(open(more)).rejects.toMatchObject({ code: 'DS_SOURCE_MALFORMED', where: more })
  const members = folder.write('members.csv.GZ', Buffer.concat([gzipSync('a,b\n1,2\n'), gzipSync('3,4\n')]))
  expect(await (await open(members)).count()).toBe(2)
})

test('lines that end in several ways are told', async () => {
  const frame = await folder.csv('a,b\n1,2\n3,4\r\n5,6\n')
  expect(frame.notes).toMatchObject([
    { code: 'source.line_ends', message: expect.stringContaining('.csv:3 ends otherwise') as string },
  ])
  expect(frame.text?.files).not.toEqual(frame.files)
})

test.each<[CsvOptions, string]>([
  [{ delimiter: '' }, 'delimiter is ""'],
  [{ delimiter: '-----' }, 'delimiter is "-----"'],
  [{ quote: '""' }, 'quote is "\\"\\""'],
  [{ escape: 'ä' }, 'escape is "ä"'],
  [{ comment: '//' }, 'comment is "//"'],
  [{ skip: -1 }, 'skip is -1'],
  [{ names: ['x'] }, 'names: 1 names for 2 columns'],
  [{ encoding: 'utf-7' }, "there is no encoding 'utf-7'"],
])('%j cannot be', async (options, message) => {
  await expect(folder.csv('a,b\n1,2\n', options)).rejects.toMatchObject({ code: 'DS_OPTION', message })
})

test('a record of 16 MB', async () => {
  const frame = await folder.csv(`a,b\n1,2\n${'x'.repeat(16_700_000)},1\n`)
  expect(await frame.derive({ n: 'length(a)' }).select('n').toArray()).toEqual([{ n: 1 }, { n: 16_700_000 }])
})

test('a file of more than 64 MB tells its names at once, and a late text with its line', async () => {
  const filler = 'y'.repeat(60)
  const rows = Array.from({ length: 1000 }, (_, at) => `${at},${at}.5,${filler}\n`).join('')
  const late = `${rows.repeat(899)}${rows.replace('\n999,999.5,', '\n999,abc,')}${rows.repeat(100)}`
  const path = folder.write('large.csv', `id,amount,note\n${late}`)
  expect(statSync(path).size).toBeGreaterThan(64_000_000)
  const frame = await open(path)
  expect([frame.columns, frame.notes]).toEqual([['id', 'amount', 'note'], []])
  expect(await typesOf(frame)).toEqual(['id BIGINT', 'amount VARCHAR', 'note VARCHAR'])
  expect(frame.notes.map(({ message }) => message)).toEqual([
    "'amount' is read as text: line 900001 holds 'abc' among numbers",
  ])
  expect(await frame.filter("amount = 'abc'").count()).toBe(1)
  rmSync(path)
})

const data = join(import.meta.dirname, '../../../../../shared/data/nycflights13')

test.skipIf(!existsSync(data))('weather and airports of nycflights13 (needs ../shared/data)', async () => {
  const weather = await open(join(data, 'weather.csv'))
  expect(await weather.count()).toBe(26_115)
  expect(weather.notes).toEqual([])
  const types = new Map((await weather.schema()).columns.map(({ name, nativeType }) => [name, nativeType]))
  expect([types.get('temp'), types.get('wind_gust'), types.get('origin')]).toEqual(['DOUBLE', 'DOUBLE', 'VARCHAR'])
  expect(await (await open(join(data, 'airports.csv'))).count()).toBe(1458)
  expect(await (await open(join(data, 'planes.csv'), { badLines: 'skip' })).count()).toBe(3322)
})

test('a file of markers alone, opened by itself, is text', async () => {
  expect(await typesOf(await folder.csv('gust\nNA\nNA\n'))).toEqual(['gust VARCHAR'])
})

test('lines within a cell that look like records are none, in a file that the engine reads in parts', async () => {
  const inner = Array.from({ length: 2000 }, (_, at) => `${at},inner${at},9`).join('\n')
  const table = `id,text,x\n${Array.from({ length: 400 }, (_, at) => `${at},"${inner}",1\n`).join('')}`
  const frame = await folder.csv(table)
  expect(await frame.summarize({ rows: 'count(*)', x: 'sum(x)', length: 'max(length(text))' }).toArray()).toEqual([
    { rows: 400, x: 400, length: inner.length },
  ])
  const size = { rows: 390 }
  expect(await frame.sample(size).numbers('id')).toEqual(await frame.filter('true').sample(size).numbers('id'))
})

test('files that begin with other numbers of empty lines are refused, not read wrongly', async () => {
  folder.write('uneven/a.csv', 'id,name\n0,n0\n')
  folder.write('uneven/b.csv', '\n\nid,name\n1,n1\n')
  await expect(open(`${folder.path}/uneven/*.csv`)).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    message: expect.stringMatching(/b\.csv has 2 empty lines before its header, .*a\.csv has 0/) as string,
  })
})

test.each<[object, string]>([
  [{ format: 'xlsx' }, 'format is "xlsx"'],
  [{ delimiter: '"' }, 'quote is "\\""'],
  [{ quote: ',', delimiter: ',' }, 'quote is ","'],
  [{ comment: '"' }, 'comment is "\\""'],
  [{ badLines: 'skp' }, 'badLines is "skp"'],
])('%j is an option that cannot be', async (options, message) => {
  await expect(folder.csv('a,b\n1,2\n', options)).rejects.toMatchObject({ code: 'DS_OPTION', message })
})

test('a header with the character U+0000 is told with its file', async () => {
  await expect(folder.csv('a\0,b\n1,2\n')).rejects.toMatchObject({
    code: 'DS_SOURCE_MALFORMED',
    where: expect.stringContaining('.csv') as string,
  })
})
