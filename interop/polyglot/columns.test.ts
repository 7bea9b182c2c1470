import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createDuckdb, type Engine } from '../../packages/core/src/index.ts'
import { duckdbSql, polyglotSql, type PolyglotSdk } from '../../packages/lineage/src/index.ts'
import { statementOf } from '../../packages/lineage/src/sql/statement.ts'
import { TOLD } from '../../packages/lineage/test/sql/corpus.ts'
import { missedBy, observed } from '../../packages/lineage/test/sql/observed.ts'
import { INPUTS, makeTables } from '../../packages/lineage/test/sql/perturb.ts'
import { randomQuery } from '../../packages/lineage/test/sql/random-queries.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installNpmPeer } from '../peer.ts'
import { NPM_PEERS } from '../peers.ts'

const SEEDS = [1, 2, 3, 4]

let engine: Engine
let sdk: PolyglotSdk

beforeAll(async () => {
  const home = await installNpmPeer(NPM_PEERS.polyglot)
  const entry = join(home, 'node_modules', '@polyglot-sql', 'sdk', 'dist', 'index.node.js')
  sdk = (await import(pathToFileURL(entry).href)) as PolyglotSdk
  engine = await createDuckdb()
  await engine.query('SET threads = 1')
  for (const seed of SEEDS) await makeTables(engine, seed)
})
afterAll(() => engine.close())

test('polyglot-sql, held against the engine’s columns, is never wrong, and tells a third', async () => {
  const ours = { told: 0, wrong: [] as string[] }
  const theirs = { told: 0, wrong: [] as string[] }
  for (const sql of TOLD) {
    const own = await duckdbSql(engine).columnsOf(sql, { inputs: INPUTS })
    const other = await polyglotSql(sdk, 'duckdb').columnsOf(sql, { inputs: INPUTS, result: own.columns })
    const changes = await observed(engine, statementOf(sql).query, own.columns.length, SEEDS)
    for (const [of, found] of [
      [ours, own],
      [theirs, other],
    ] as const) {
      if (!found.lineage) continue
      of.told++
      if (missedBy(found, changes).length > 0) of.wrong.push(sql)
    }
  }
  console.log(`told of ${TOLD.length} queries: ${ours.told} by DuckDB’s parser, ${theirs.told} by polyglot-sql`)
  expect(ours).toEqual({ told: TOLD.length, wrong: [] })
  expect(theirs.wrong).toEqual([])
  expect(theirs.told).toBeGreaterThan(TOLD.length / 3)
})

test('what other engines write is told where it is sure, and else why not', async () => {
  const columns = ['id', 'amount', 'status'].map((name) => ({ name, nativeType: 'INT' }))
  const inputs = { orders: { dataset: { namespace: 'snowflake://org-acc', name: 'DB.S.ORDERS' }, columns } }
  const snowflake = polyglotSql(sdk, 'snowflake')
  const { lineage } = await snowflake.columnsOf(
    'SELECT id, amount * 2 AS twice FROM orders WHERE status = 1 QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY amount) = 1',
    { inputs, result: ['ID', 'TWICE'] },
  )
  expect(lineage?.fields['TWICE']).toEqual([
    {
      ...inputs.orders.dataset,
      field: 'amount',
      transformations: [{ type: 'DIRECT', subtype: 'TRANSFORMATION' }],
    },
  ])
  expect(new Set(lineage?.dataset?.map(({ field }) => field))).toEqual(new Set(['status', 'id', 'amount']))
  for (const [sql, result] of [
    ['SELECT nothing FROM orders', ['NOTHING']],
    ['SELECT id FROM orders', undefined],
    ['SELECT id FROM orders', ['ID', 'MORE']],
    ['SELECT DISTINCT id FROM orders', ['ID']],
    ['SELEC id', ['ID']],
  ] as const) {
    const found = await snowflake.columnsOf(sql, { inputs, ...(result ? { result } : {}) })
    expect([sql, found.lineage, found.warnings.length]).toEqual([sql, undefined, 1])
  }
})

test('queries by chance are told right, or not at all', async () => {
  const wrong: string[] = []
  let told = 0
  for (let seed = 0; seed < 1500; seed++) {
    const sql = randomQuery(seed)
    const found = await duckdbSql(engine).columnsOf(sql, { inputs: INPUTS })
    if (!found.lineage) continue
    told++
    // Some give no rows: a value is too large, a query within has several rows.
    const changes = await observed(engine, sql, found.columns.length, SEEDS.slice(0, 2)).catch(() => new Map())
    const missed = missedBy(found, changes)
    if (missed.length > 0) wrong.push(`${seed}: ${sql}: ${missed.join(', ')}`)
  }
  console.log(`told of 1500 queries by chance, of which the engine refuses many: ${told}`)
  expect(told).toBeGreaterThan(250)
  expect(wrong).toEqual([])
})
