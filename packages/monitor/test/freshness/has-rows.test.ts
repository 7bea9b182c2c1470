import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createDuckdb, open, type Engine, type Frame } from '@dayshift/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasRows, type HasRows } from '../../src/freshness/has-rows.ts'

const root = mkdtempSync(join(tmpdir(), 'dayshift-rows-'))
let engine: Engine
let table: Frame
beforeAll(async () => {
  engine = await createDuckdb()
  writeFileSync(join(root, 'table.csv'), 'id,at\n1,2026-11-23\n')
  table = await open(join(root, 'table.csv'), { engine })
})
afterAll(async () => {
  await engine.close()
  rmSync(root, { recursive: true, force: true })
})

let opened = 0

async function look(name: string): Promise<HasRows> {
  opened = 0
  const path = join(root, name)
  return hasRows(
    { path, bytes: statSync(path).size, mtimeMs: 0 },
    {
      open: (one) => {
        opened += 1
        return open(one, { engine })
      },
    },
  )
}

test.each<[string, string | Buffer, HasRows, number]>([
  ['five.csv', 'id\n1\n2\n3\n4\n', 'yes', 0],
  ['one.csv', 'id\n1\n', 'yes', 1],
  ['header.csv', 'id,at\n', 'no', 1],
  ['comments.csv', '# a\n# b\n# c\n# d\n# e\nid,at\n', 'unknown', 1],
  ['notes.csv', '# a\n# b\n', 'no', 0],
  ['open.csv', 'id,at\n1,"2\n', { broken: expect.any(String) as string }, 1],
  ['torn.jsonl', '{"id":1}\n{"id":{"of":2}\n', { broken: expect.any(String) as string }, 1],
  ['wide.csv', `${`${'n'.repeat(5000)},`.repeat(20)}last\n`, 'no', 1],
  ['row.csv', `${`${'n'.repeat(5000)},`.repeat(20)}last\n${'1,'.repeat(20)}2\n`, 'yes', 0],
  ['blanks.csv', 'id,at\n\n\n\n\n\n\n', 'no', 1],
  ['header.csv.gz', gzipSync('id,at\n'), 'no', 1],
  ['none.json', '[]', 'no', 0],
  ['one.jsonl', '{"id":1}\n', 'yes', 1],
  ['large.csv', `id,note\n1,${'x'.repeat(70_000)}\n`, 'yes', 0],
  ['version.txt', 'v1.0\n', 'unknown', 0],
  ['picture.png', 'anything', 'unknown', 0],
  ['cut.json', '[{"id":', { broken: expect.any(String) as string }, 1],
  ['word.json', '"v1.0"', 'unknown', 1],
  ['cut.arrow', 'ARROW1 and no more', { broken: expect.any(String) as string }, 1],
])('%s', async (name, content, expected, times) => {
  writeFileSync(join(root, name), content)
  expect([await look(name), opened]).toEqual([expected, times])
})

test('of Parquet the footer says it, and one that was not written to its end is broken', async () => {
  await table.write(join(root, 'one.parquet'))
  await table.filter('id > 5').write(join(root, 'none.parquet'))
  const many = table.derive({ other: 'unnest(range(100000))', chance: 'random()' })
  await many.write(join(root, 'many.parquet'))
  expect([await look('one.parquet'), opened]).toEqual(['yes', 1])
  expect([await look('none.parquet'), opened]).toEqual(['no', 1])
  expect([await look('many.parquet'), opened]).toEqual(['yes', 0])
  truncateSync(join(root, 'many.parquet'), 200_000)
  expect([await look('many.parquet'), opened]).toEqual([{ broken: expect.stringContaining('no Parquet footer') }, 0])
  truncateSync(join(root, 'one.parquet'), 40)
  expect([await look('one.parquet'), opened]).toEqual([{ broken: expect.any(String) }, 1])
})
