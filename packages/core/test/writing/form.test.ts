import { expect, test } from 'vitest'
import { endingOf, writtenForm, type FormOptions } from '../../src/writing/form.ts'

test.each<[string, FormOptions, boolean, object]>([
  ['a.csv', {}, false, { format: 'csv', compression: 'none', delimiter: ',', header: true, nulls: '' }],
  ['a.tsv.gz', {}, false, { format: 'csv', compression: 'gzip', delimiter: '\t' }],
  ['a.csv', { delimiter: '😀', header: false, nulls: 'NA' }, false, { delimiter: '😀', header: false, nulls: 'NA' }],
  ['a.csv.zst', { compression: 'zstd' }, false, { compression: 'zstd' }],
  ['a.dat', { format: 'csv', compression: 'gzip' }, false, { format: 'csv', compression: 'gzip' }],
  ['a.jsonl.gz', {}, false, { format: 'jsonl', compression: 'gzip' }],
  ['a.parquet', {}, false, { format: 'parquet', compression: 'zstd' }],
  ['a.pq', { compression: 'none' }, false, { format: 'parquet', compression: 'none' }],
  ['a.arrow', {}, false, { format: 'arrow', compression: 'none' }],
  ['folder', {}, true, { format: 'parquet', compression: 'zstd' }],
  ['folder', { format: 'csv', compression: 'gzip' }, true, { format: 'csv', compression: 'gzip' }],
  ['folder.csv', {}, true, { format: 'csv', compression: 'none' }],
])('%s with %j (a folder: %s)', (path, options, folder, form) => {
  expect(writtenForm(path, options, folder)).toMatchObject(form)
})

test.each<[string, FormOptions, string]>([
  ['a.parquet', { delimiter: ';' }, 'delimiter is for text tables, not for parquet'],
  ['a.json', { header: true }, 'header is for text tables, not for json'],
  ['a.arrow', { nulls: '-' }, 'nulls is for text tables, not for arrow'],
  ['a.csv', { delimiter: '' }, 'delimiter: "" is not one character that can stand between cells'],
  ['a.csv', { delimiter: ';;' }, 'delimiter: ";;" is not one character that can stand between cells'],
  ['a.csv', { delimiter: '"' }, 'delimiter: "\\"" is not one character that can stand between cells'],
  ['a.csv', { nulls: 'a,b' }, 'nulls: "a,b" cannot stand in a cell as it is'],
  ['a.csv', { compression: 'snappy' }, "compression: 'snappy' is none of csv, which has none, gzip, zstd"],
  ['a.arrow', { compression: 'zstd' }, "compression: 'zstd' is none of arrow, which has none"],
  [
    'a.parquet',
    { compression: 'lz4' as 'zstd' },
    "compression: 'lz4' is none of parquet, which has zstd, snappy, gzip, none",
  ],
  ['a.csv', { compression: 'gzip' }, 'compression: a.csv would not be read again as gzip; end its name with .gz'],
  [
    'a.csv.gz',
    { compression: 'none' },
    'compression: a.csv.gz would not be read again as none; end its name with no .gz or .zst',
  ],
  [
    'a.dat.gz',
    { format: 'csv', compression: 'zstd' },
    'compression: a.dat.gz would not be read again as zstd; end its name with .zst',
  ],
])('%s with %j cannot be', (path, options, message) => {
  expect(() => writtenForm(path, options, false)).toThrow(
    expect.objectContaining({ code: 'DS_OPTION', message: `write: ${message}` }),
  )
})

test('a name that tells no format', () => {
  expect(() => writtenForm('a.xlsx', {}, false)).toThrow(expect.objectContaining({ code: 'DS_SOURCE_UNSUPPORTED' }))
})

test('files of a form have names that are read again as such', () => {
  expect(endingOf(writtenForm('f', { format: 'csv', compression: 'gzip' }, true))).toBe('csv.gz')
  expect(endingOf(writtenForm('f', { format: 'jsonl' }, true))).toBe('jsonl')
  expect(endingOf(writtenForm('f', {}, true))).toBe('parquet')
  expect(endingOf(writtenForm('f', { format: 'arrow' }, true))).toBe('arrow')
})
