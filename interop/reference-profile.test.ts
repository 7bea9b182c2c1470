import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDuckdb, open, type Engine } from '../packages/core/src/index.ts'
import {
  cellsOfRows,
  cellsSql,
  driftFromProfile,
  gapOfCells,
  openIntervals,
  referenceProfile,
  refinedCells,
  valuesSql,
  writeReferenceProfile,
  type CellsDialect,
} from '../packages/monitor/src/index.ts'
import { canInstall, installNpmPeer, installPeer } from './peer.ts'
import { NPM_PEERS, PYTHON_PEERS } from './peers.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-reference-'))
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await engine?.close()
})

function run<Answer>(program: string, script: string, ...words: readonly string[]): Promise<Answer> {
  return new Promise((done, fail) => {
    execFile(program, ['-c', script, ...words], { cwd: folder, maxBuffer: 1 << 28 }, (error, stdout) =>
      error ? fail(error) : done(JSON.parse(stdout) as Answer),
    )
  })
}

/** Writes two sides of columns of several shapes, and gives scipy's D of each. */
const ROWS = `
import json, os, sqlite3, sys
import numpy as np
from scipy import stats
random = np.random.default_rng(7)
def side(n, moved):
    bell = random.normal(20 + moved / 4, 3, n)
    return {
        'bell': bell,
        'heavy': np.exp(random.normal(moved / 3, 2, n)) * np.sign(random.normal(0.5, 1, n)),
        'tied': np.floor(bell * 2) / 4,
        'near': 1e9 + bell * 1e-3,
        'zeros': np.where(random.random(n) < 0.6 + moved / 9, 0.0, bell),
        'odd': np.where(random.random(n) < 0.1, np.inf, np.where(random.random(n) < 0.1, -np.inf, bell)),
    }
found = {}
sides = [side(12000, 0), side(7000, float(sys.argv[1]))]
for name, values in zip(('before.csv', 'after.csv'), sides):
    with open(name, 'w') as file:
        file.write(','.join(values) + '\\n')
        for row in zip(*values.values()):
            file.write(','.join(repr(float(x)) for x in row) + '\\n')
if os.path.exists('rows.sqlite'):
    os.remove('rows.sqlite')
database = sqlite3.connect('rows.sqlite')
for table, columns in zip(('before', 'after'), sides):
    database.execute('create table %s (%s)' % (table, ', '.join(name + ' real' for name in columns)))
    rows = [[float(x) for x in row] for row in zip(*columns.values())]
    database.executemany('insert into %s values (%s)' % (table, ', '.join('?' * len(columns))), rows)
database.commit()
for name in sides[0]:
    d = stats.ks_2samp(sides[0][name], sides[1][name], method='asymp')
    found[name] = {'statistic': float(d.statistic), 'probes': sorted({float(x) for x in np.quantile(sides[0][name][np.isfinite(sides[0][name])], np.linspace(0, 1, 40))})}
    found[name]['shares'] = [float(np.mean(sides[0][name] <= x)) for x in found[name]['probes']]
json.dump(found, sys.stdout)
`

interface Found {
  readonly statistic: number
  readonly probes: readonly number[]
  readonly shares: readonly number[]
}

/** The distribution function by a profile, read as anyone would: between which shares it lies at some values. */
const REBUILD = `
import json, sys
import numpy as np, pandas as pd
probes = json.load(open(sys.argv[1]))
table = pd.read_parquet('before.profile.parquet')
document = json.load(open('before.profile.json'))
answer = {}
for column in document['columns']:
    name, cells = column['name'], column['numbers']
    low = pd.Series(cells['low']).astype(float)
    high = pd.Series(cells.get('high', cells['low'])).astype(float)
    counts = pd.Series(cells['counts'])
    rows = table[(table['column'] == name) & (table['part'] == 'number')]
    assert (rows['low'].to_numpy() == low.to_numpy()).all() and (rows['high'].to_numpy() == high.to_numpy()).all()
    assert (rows['count'].to_numpy() == counts.to_numpy()).all() and counts.sum() == document['rows']
    answer[name] = [[counts[high <= x].sum() / counts.sum(), counts[low <= x].sum() / counts.sum()] for x in probes[name]]
json.dump(answer, sys.stdout)
`

/** Asks SQLite, which comes with Python. */
const SQLITE = `
import json, sqlite3, sys
database = sqlite3.connect('rows.sqlite')
answer = [[dict(zip(('low', 'high', 'count'), [str(x) for x in row])) for row in database.execute(query)] for query in json.load(open(sys.argv[1]))]
json.dump(answer, sys.stdout)
`

type Rows = { readonly low: unknown; readonly high: unknown; readonly count: unknown }[]

/** D of a column by two aggregates, and how many values the second one gave. */
async function byTwoAggregates(
  column: string,
  dialect: CellsDialect,
  ask: (queries: readonly string[]) => Promise<readonly Rows[]>,
): Promise<number> {
  const [before = [], after = []] = await ask(['before', 'after'].map((table) => cellsSql(table, column, { dialect })))
  const [a, b] = [cellsOfRows(numbersOf(before)), cellsOfRows(numbersOf(after))]
  const intervals = openIntervals(a, b)
  const [more = [], others = []] = await ask(
    ['before', 'after'].map((table) => valuesSql(table, column, intervals, { dialect })),
  )
  const { least, sizes } = gapOfCells(
    refinedCells(a, intervals, cellsOfRows(numbersOf(more))),
    refinedCells(b, intervals, cellsOfRows(numbersOf(others))),
  )
  return least.height / (sizes[0] * sizes[1])
}

/** SQLite writes Infinity as Python does. */
function numbersOf(rows: Rows): Rows {
  return rows.map(({ low, high, count }) => ({ low: numberOf(low), high: numberOf(high), count }))
}

function numberOf(value: unknown): number {
  return Number(String(value).replace('inf', 'Infinity'))
}

describe.skipIf(!canInstall)('a reference profile', () => {
  test.each([0, 2])(
    'moved by %s: D of scipy lies in the interval, pandas rebuilds the distribution function, SQL gives D exactly',
    async (moved) => {
      const scipy = join(await installPeer(PYTHON_PEERS.scipy), 'python')
      const pandas = join(await installPeer(PYTHON_PEERS.pandera), 'python')
      const found = await run<Record<string, Found>>(scipy, ROWS, String(moved))
      const types = Object.fromEntries(Object.keys(found).map((name) => [name, 'DOUBLE']))
      const [before, after] = [
        await open(join(folder, 'before.csv'), { engine, types }),
        await open(join(folder, 'after.csv'), { engine, types }),
      ]
      const profile = await referenceProfile(before)
      for (const form of ['json', 'parquet'])
        await writeReferenceProfile(join(folder, `before.profile.${form}`), profile, { engine })
      const { facts } = await driftFromProfile(profile, after)
      for (const [name, { statistic }] of Object.entries(found)) {
        const ks = facts.columns.find(({ column, detector }) => column === name && detector === 'ks')
        const [low, high] = ks?.interval ?? [ks?.statistic ?? NaN, ks?.statistic ?? NaN]
        // scipy’s last digit is another.
        expect(low).toBeLessThanOrEqual(statistic + 1e-15)
        expect(high).toBeGreaterThanOrEqual(statistic - 1e-15)
        expect(high - low).toBeLessThan(0.005)
      }
      writeFileSync(
        join(folder, 'probes.json'),
        JSON.stringify(Object.fromEntries(Object.entries(found).map(([name, { probes }]) => [name, probes]))),
      )
      const rebuilt = await run<Record<string, [number, number][]>>(pandas, REBUILD, 'probes.json')
      for (const [name, { shares }] of Object.entries(found)) {
        for (const [at, share] of shares.entries()) {
          const [least, most] = rebuilt[name]?.[at] ?? [NaN, NaN]
          expect(least).toBeLessThanOrEqual(share + 1e-12)
          expect(most).toBeGreaterThanOrEqual(share - 1e-12)
          expect(most - least).toBeLessThan(0.005)
        }
      }
      await engine.query(
        `CREATE OR REPLACE VIEW before AS FROM read_csv('${folder}/before.csv', types = ${structOf(types)})`,
      )
      await engine.query(
        `CREATE OR REPLACE VIEW after AS FROM read_csv('${folder}/after.csv', types = ${structOf(types)})`,
      )
      const postgres = await startPostgres(Object.keys(found))
      for (const [name, { statistic }] of Object.entries(found)) {
        const duckdb = async (queries: readonly string[]): Promise<Rows[]> =>
          Promise.all(queries.map((query) => engine.query(query) as unknown as Promise<Rows>))
        const sqlite = (queries: readonly string[]): Promise<Rows[]> => {
          writeFileSync(join(folder, 'queries.json'), JSON.stringify(queries))
          return run(scipy, SQLITE, 'queries.json')
        }
        const exact = await byTwoAggregates(name, 'duckdb', duckdb)
        expect(Math.abs(exact - statistic)).toBeLessThan(1e-15)
        expect(await byTwoAggregates(name, 'sqlite', sqlite)).toBe(exact)
        expect(await byTwoAggregates(name, 'postgresql', (queries) => postgres.ask(queries))).toBe(exact)
      }
      await postgres.close()
    },
  )
})

function structOf(types: Readonly<Record<string, string>>): string {
  return `{${Object.entries(types)
    .map(([name, type]) => `'${name}': '${type}'`)
    .join(', ')}}`
}

/** PostgreSQL with both sides as tables. */
async function startPostgres(
  names: readonly string[],
): Promise<{ ask(queries: readonly string[]): Promise<Rows[]>; close(): Promise<void> }> {
  const home = await installNpmPeer(NPM_PEERS.pglite)
  const place = pathToFileURL(join(home, 'node_modules', '@electric-sql', 'pglite', 'dist', 'index.js')).href
  const { PGlite } = (await import(place)) as {
    PGlite: new () => {
      exec(text: string): Promise<unknown>
      query(text: string, values?: unknown[], options?: object): Promise<{ rows: Rows }>
      close(): Promise<void>
    }
  }
  const database = new PGlite()
  for (const table of ['before', 'after']) {
    await database.exec(`CREATE TABLE ${table} (${names.map((name) => `${name} DOUBLE PRECISION`).join(', ')})`)
    const blob = new Blob([readFileSync(join(folder, `${table}.csv`))])
    await database.query(`COPY ${table} FROM '/dev/blob' WITH (FORMAT csv, HEADER true)`, [], { blob })
  }
  return {
    ask: async (queries) => {
      const answers: Rows[] = []
      for (const query of queries) answers.push((await database.query(query)).rows)
      return answers
    },
    close: () => database.close(),
  }
}
