import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDuckdb, open, type ColumnProfile, type Engine, type OpenOptions } from '../../packages/core/src/index.ts'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS, VERSIONS } from '../peers.ts'

const VERSION = VERSIONS.pandas
const shared = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'nycflights13')
const folder = mkdtempSync(join(tmpdir(), 'dayshift-pandas-'))
let python = ''
let engine: Engine

beforeAll(async () => {
  if (!canInstall) return
  python = join(await installPeer(PYTHON_PEERS.pandas), 'python')
  engine = await createDuckdb({ threads: 2 })
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await engine?.close()
})

function ask<Answer>(script: string, ...words: readonly string[]): Promise<Answer> {
  return new Promise((done, fail) => {
    execFile(python, ['-c', script, ...words], { cwd: folder, maxBuffer: 1 << 28 }, (error, stdout) =>
      error ? fail(error) : done(JSON.parse(stdout || 'null') as Answer),
    )
  })
}

/** Per column: missing, different, least, greatest, mean, deviation, quartiles, as pandas computes them. */
const DESCRIBE = `
import json, sys
import pandas as pd
frame = pd.read_csv(sys.argv[1], keep_default_na=False, na_values=json.loads(sys.argv[2]))
answer = {}
for name in frame:
    column = frame[name]
    facts = {"nulls": int(column.isna().sum()), "distinct": int(column.nunique())}
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        facts |= {"min": float(column.min()), "max": float(column.max()), "mean": float(column.mean()), "sd": float(column.std()),
                  "quartiles": [float(column.quantile(q)) for q in (0.25, 0.5, 0.75)]}
    answer[name] = facts
json.dump({"rows": len(frame), "columns": answer}, sys.stdout)
`

interface Described {
  readonly rows: number
  readonly columns: Readonly<
    Record<string, Partial<ColumnProfile> & { readonly nulls: number; readonly distinct: number }>
  >
}

/** A table of awkward texts, written by pandas in some way, and its cells. */
const WRITE = `
import csv, json, sys
import pandas as pd
how = json.loads(sys.argv[1])
cells = ["plain", "with, comma", "with; and | and \\t", 'a "quote"', "line\\nbreak", " padded ", "Ünïcödé", "0x1F", "007", "1e5", "-", "#no comment", "'"]
rows = 500
table = pd.DataFrame({
    "id": range(rows),
    "text": [cells[i % len(cells)] + ("" if i < 100 else str(i)) for i in range(rows)],
    "more, of it": [cells[(i * 7) % len(cells)] for i in range(rows)],
    "number": [i / 8 for i in range(rows)],
    "gap": [None if i % 3 == 0 else i for i in range(rows)],
})
if how.get("encoding") == "latin-1":
    table["text"] = table["text"].str.encode("latin-1", "ignore").str.decode("latin-1")
how["quoting"] = getattr(csv, how.pop("quoting", "QUOTE_MINIMAL"))
table.to_csv(how.pop("file"), index=False, **how)
json.dump({name: [None if pd.isna(v) else v for v in table[name].tolist()] for name in table}, sys.stdout)
`

describe.skipIf(!canInstall)(`beside pandas ${VERSION}`, () => {
  test.each<[string, Record<string, string>, OpenOptions]>([
    ['as usual', { file: 'usual.csv' }, {}],
    ['all cells in quotes', { file: 'all.csv', quoting: 'QUOTE_ALL' }, {}],
    ['texts in quotes', { file: 'texts.csv', quoting: 'QUOTE_NONNUMERIC' }, {}],
    ['semicolons', { file: 'semicolon.csv', sep: ';' }, {}],
    ['tabs', { file: 'tabs.tsv', sep: '\t' }, {}],
    ['bars', { file: 'bars.txt', sep: '|' }, {}],
    ['a sign of our own', { file: 'sign.csv', sep: '§' }, { delimiter: '§' }],
    ['CRLF', { file: 'crlf.csv', lineterminator: '\r\n' }, {}],
    ['CR', { file: 'cr.csv', lineterminator: '\r', quoting: 'QUOTE_ALL' }, {}],
    ['single quotes', { file: 'single.csv', quotechar: "'", quoting: 'QUOTE_ALL' }, { quote: "'" }],
    ['UTF-16', { file: 'utf16.csv', encoding: 'utf-16' }, {}],
    ['UTF-8 with a mark', { file: 'mark.csv', encoding: 'utf-8-sig' }, {}],
    ['Latin-1', { file: 'latin1.csv', encoding: 'latin-1' }, { encoding: 'latin-1' }],
    ['gzip', { file: 'packed.csv.gz' }, {}],
    ['a sign for missing cells', { file: 'missing.csv', na_rep: '-9999' }, { nulls: ['-9999'] }],
  ])('a table that pandas wrote with %s has the same cells here', async (_, how, options) => {
    const cells = await ask<Record<string, unknown[]>>(WRITE, JSON.stringify(how))
    const frame = await open(join(folder, how['file'] as string), { engine, ...options })
    expect(frame.columns).toEqual(Object.keys(cells))
    const rows = await frame.toArray()
    for (const name of frame.columns) expect(rows.map((row) => row[name])).toEqual(cells[name])
    // pandas writes whole numbers with gaps as 1.0.
    const types = (await frame.schema()).columns.map(({ type }) => type)
    expect(types).toEqual(['integer', 'string', 'string', 'float', 'float'])
  })

  test('a table that we wrote has the same cells there', async () => {
    const cells = await ask<Record<string, unknown[]>>(WRITE, JSON.stringify({ file: 'theirs.csv' }))
    await (await open(join(folder, 'theirs.csv'), { engine })).write(join(folder, 'ours.csv'))
    const read = `
import json, sys
import pandas as pd
t = pd.read_csv("ours.csv", keep_default_na=False, na_values={"gap": [""]})
json.dump({name: [None if pd.isna(v) else v for v in t[name].tolist()] for name in t}, sys.stdout)`
    expect(await ask(read)).toEqual(cells)
  })

  test.skipIf(!existsSync(shared)).each([
    ['weather.csv', ['NA']],
    ['planes.csv', ['NA']],
    ['airports.csv', ['NA', '\\N']],
  ])('the profile of %s has the numbers of pandas', async (name, markers) => {
    const file = join(shared, name)
    const theirs = await ask<Described>(DESCRIBE, file, JSON.stringify(markers))
    const ours = await (await open(file, { engine, nulls: markers })).profile()
    expect(ours.rows).toBe(theirs.rows)
    expect(ours.columns.map((column) => column.name)).toEqual(Object.keys(theirs.columns))
    for (const column of ours.columns) {
      const { nulls, distinct, ...numbers } = theirs.columns[column.name] as Described['columns'][string]
      expect([column.name, column.nulls, column.distinct]).toEqual([column.name, nulls, distinct])
      for (const [key, value] of Object.entries(numbers)) {
        const own = [column[key as keyof ColumnProfile]].flat() as number[]
        const other = [value].flat() as number[]
        if (Number.isNaN(other[0])) continue
        own.forEach((one, at) => {
          expect(Math.abs(one - (other[at] as number))).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(one)))
        })
      }
    }
  })
})
