import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDuckdb, open, type Engine } from '../../../packages/core/src/index.ts'
import { Broken, type Target } from '../target.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-fuzz-tables-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
let shared: Promise<Engine> | undefined

/** A file that is opened as a user would: sniffed, counted, read whole; both ways to count must agree. */
async function readTable(name: string, bytes: Buffer): Promise<void> {
  shared ??= createDuckdb({ threads: 1, memoryLimit: '256MB' })
  const path = join(folder, name)
  writeFileSync(path, bytes)
  const frame = await open(path, { engine: await shared })
  const count = await frame.count()
  let rows = 0
  for await (const batch of frame.batches()) rows += batch.rows
  if (rows !== count) throw new Broken(`${count} rows are counted, ${rows} read`)
}

async function close(): Promise<void> {
  await (await shared)?.close()
  shared = undefined
}

const csv: Target = {
  name: 'CSV',
  cost: 40,
  texts: [
    'id,name,at\n1,"a, b",2026-01-01\n2,"two\nlines",2026-01-02\n3,,\n',
    '\ufeffa;b\r\n1,5;"x ""y"""\r\n2,5;z\r\n',
    '# a preface\n\na\tb\tc\n1\t2\t3\n4\t5\n6\t7\t8\t9\n',
    'a|b\n1|2\r3|4\r',
    'x\n1\n2\nNA\n',
  ],
  words: [',', ';', '\t', '|', '""', '"\n', '\r', 'x'.repeat(300_000), '\n\n\n', ',,,,', "'"],
  read: (bytes) => readTable('case.csv', bytes),
  close,
}

const jsonLines: Target = {
  name: 'JSON Lines',
  cost: 40,
  texts: ['{"a": 1, "b": "x"}\n{"a": 2.5, "b": null, "c": [1, {"d": true}]}\n', '[{"a": 1}, {"a": "2026-01-01"}]'],
  trees: [{ a: 1, b: { c: ['x', null] }, d: 1e300, e: 'é' }],
  words: ['}{', '}\n{', '[', ']', '"a":', '1e400', '\\u0000', '\\ud800'],
  read: (bytes) => readTable('case.jsonl', bytes),
  close,
}

export const tableTargets = [csv, jsonLines]
