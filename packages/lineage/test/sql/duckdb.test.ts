import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as path } from 'node:path'
import { createDuckdb, type Engine } from '@dayshift/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { InputField } from '../../src/dataset-facets.ts'
import { duckdbSql } from '../../src/sql/duckdb.ts'
import { statementOf } from '../../src/sql/statement.ts'
import { TOLD, UNTOLD } from './corpus.ts'
import { missedBy, observed } from './observed.ts'
import { INPUTS, makeTables } from './perturb.ts'

const SEEDS = [1, 2]

let engine: Engine

beforeAll(async () => {
  engine = await createDuckdb()
  await engine.query('SET threads = 1')
  for (const seed of SEEDS) await makeTables(engine, seed)
})
afterAll(() => engine.close())

test.each(TOLD)('no dependence is missed: %s', async (sql) => {
  const found = await duckdbSql(engine).columnsOf(sql, { inputs: INPUTS })
  expect(found.warnings).toEqual([])
  expect(Object.keys(found.lineage?.fields ?? {})).toEqual(found.columns)
  const changes = await observed(engine, statementOf(sql).query, found.columns.length, SEEDS)
  expect(missedBy(found, changes)).toEqual([])
})

test.each(UNTOLD)('table level, with a warning: %s', async (sql, why) => {
  const found = await duckdbSql(engine).columnsOf(sql, { inputs: INPUTS })
  expect(found.lineage).toBeUndefined()
  expect(found.warnings).toHaveLength(1)
  expect(found.warnings[0]?.message).toMatch(why)
})

const lake = { namespace: 's3://lake', name: 'orders' }
const orders = {
  dataset: lake,
  columns: ['id', 'qty', 'status'].map((name) => ({ name, nativeType: name === 'status' ? 'VARCHAR' : 'INTEGER' })),
}

test('each way in which a column counts has its word', async () => {
  const sql = `SELECT id, qty + 1 AS more, sum(qty) OVER (PARTITION BY status) AS s, md5(status) AS m,
    CASE WHEN qty > 1 THEN id END AS c FROM o WHERE id > 2 ORDER BY status`
  const { inputs, columns, lineage } = await duckdbSql(engine).columnsOf(sql, { inputs: { o: orders } })
  const from = (field: string, ...ways: (readonly [string, string, boolean?])[]): InputField => ({
    ...lake,
    field,
    transformations: ways.map(
      ([type, subtype, masking]) => ({ type, subtype, ...(masking ? { masking } : {}) }) as never,
    ),
  })
  expect(inputs).toEqual([lake])
  expect(columns).toEqual(['id', 'more', 's', 'm', 'c'])
  expect(lineage).toEqual({
    fields: {
      id: [from('id', ['DIRECT', 'IDENTITY'])],
      more: [from('qty', ['DIRECT', 'TRANSFORMATION'])],
      s: [from('qty', ['DIRECT', 'AGGREGATION']), from('status', ['INDIRECT', 'WINDOW'])],
      m: [from('status', ['DIRECT', 'TRANSFORMATION', true])],
      c: [from('qty', ['INDIRECT', 'CONDITIONAL']), from('id', ['DIRECT', 'TRANSFORMATION'])],
    },
    dataset: [from('id', ['INDIRECT', 'FILTER']), from('status', ['INDIRECT', 'SORT'])],
  })
})

const at = (name: string, columns: readonly (readonly [string, string])[]): typeof orders => ({
  dataset: { namespace: 'file', name },
  columns: columns.map(([column, nativeType]) => ({ name: column, nativeType })),
})

const told = (fields: readonly InputField[] = []): string[] =>
  fields.flatMap(({ name, field, transformations = [] }) =>
    transformations.map(({ type, subtype }) => `${name}.${field} ${type} ${subtype}`),
  )

/**
 * The scenario CLL of OpenLineage/compatibility-tests (Apache-2.0), with the edges that its events 5 to 8 state, but for one:
 * Spark’s optimizer also filters cll_source1.a, which it takes from the condition of the join.
 */
test('the official scenario of column lineage has its edges', async () => {
  const { lineage } = await duckdbSql(engine).columnsOf(
    `CREATE TABLE tbl1 AS SELECT t1.a as ident, CONCAT(b, 'test') as trans, SUM(c) as agg
     FROM (SELECT a, c from cll_source2 where a > 1) t2 JOIN cll_source1 t1 on t1.a = t2.a GROUP BY t1.a, b`,
    {
      inputs: {
        cll_source1: at('cll_source1', [
          ['a', 'INTEGER'],
          ['b', 'VARCHAR'],
        ]),
        cll_source2: at('cll_source2', [
          ['a', 'INTEGER'],
          ['c', 'INTEGER'],
        ]),
      },
    },
  )
  expect(Object.entries(lineage?.fields ?? {}).map(([column, fields]) => [column, told(fields)])).toEqual([
    ['ident', ['cll_source1.a DIRECT IDENTITY']],
    ['trans', ['cll_source1.b DIRECT TRANSFORMATION']],
    ['agg', ['cll_source2.c DIRECT AGGREGATION']],
  ])
  expect(told(lineage?.dataset).sort()).toEqual([
    'cll_source1.a INDIRECT GROUP_BY',
    'cll_source1.a INDIRECT JOIN',
    'cll_source1.b INDIRECT GROUP_BY',
    'cll_source2.a INDIRECT FILTER',
    'cll_source2.a INDIRECT JOIN',
  ])
})

test('files that the SQL names are asked for their columns', async () => {
  const folder = await mkdtemp(path(tmpdir(), 'dayshift-'))
  const [csv, parquet] = [path(folder, "o'brien.csv"), path(folder, 'b.parquet')]
  try {
    await engine.query(`COPY (SELECT 1 AS id, 2 AS qty) TO '${csv.replaceAll("'", "''")}'`)
    await engine.query(`COPY (SELECT 1 AS id, 'x' AS word) TO '${parquet}'`)
    const sql = `SELECT b.word, r.qty * 2 AS twice FROM '${parquet}' b JOIN read_csv('${csv.replaceAll("'", "''")}', header = true) r USING (id)`
    const { inputs, lineage, warnings } = await duckdbSql(engine).columnsOf(sql)
    expect(warnings).toEqual([])
    expect(inputs).toEqual([
      { namespace: 'file', name: parquet },
      { namespace: 'file', name: csv },
    ])
    expect(lineage?.fields['twice']?.map(({ name, field }) => [name, field])).toEqual([[csv, 'qty']])
    expect(lineage?.fields['word']?.map(({ name, field }) => [name, field])).toEqual([[parquet, 'word']])
    expect(lineage?.dataset?.map(({ name, field }) => [name, field])).toEqual([
      [parquet, 'id'],
      [csv, 'id'],
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('what a macro reads is not seen, so it is not told', async () => {
  await engine.query('CREATE TEMP MACRO dearest() AS (SELECT max(c2) FROM "of 1: items")')
  await engine.query('CREATE TEMP MACRO rows_of() AS TABLE SELECT 1 AS n')
  for (const sql of ['SELECT qty + dearest() AS d FROM o', 'SELECT n, qty FROM o, rows_of()']) {
    const { lineage, warnings } = await duckdbSql(engine).columnsOf(sql, { inputs: { o: orders } })
    expect(lineage).toBeUndefined()
    expect(warnings[0]?.code).toBe('lineage.columns_untold')
  }
})

async function rowsBy(sql: string): Promise<string[] | undefined> {
  const { lineage } = await duckdbSql(engine).columnsOf(sql, { inputs: { o: orders } })
  return lineage?.dataset?.map(({ field }) => field)
}

test('names of columns and of results that are alike are told only where it is sure which is meant', async () => {
  expect(await rowsBy('SELECT qty AS id FROM o ORDER BY id')).toEqual(['qty'])
  expect(await rowsBy('SELECT qty AS id FROM o WHERE id > 1')).toEqual(['id'])
  expect(await rowsBy('SELECT -qty AS id FROM o ORDER BY -id')).toBeUndefined()
  expect(await rowsBy('SELECT max(qty) AS id FROM o GROUP BY o.id HAVING id > 1')).toBeUndefined()
})

async function sidesOf(join: string): Promise<string[] | undefined> {
  const sql = `SELECT id FROM a ${join} JOIN b USING (id)`
  const inputs = Object.fromEntries(
    ['a', 'b'].map((name) => [name, { ...orders, dataset: { namespace: 'test', name } }]),
  )
  return (await duckdbSql(engine).columnsOf(sql, { inputs })).lineage?.fields['id']?.map(({ name }) => name)
}

test('of a key that both sides have, the side counts whose rows are all there', async () => {
  expect(await sidesOf('LEFT')).toEqual(['a'])
  expect(await sidesOf('RIGHT')).toEqual(['b'])
  expect(await sidesOf('FULL')).toEqual(['a', 'b'])
})

test('a schema cannot bring SQL of its own', async () => {
  const columns = [{ name: 'id', nativeType: 'INTEGER) AS x; DROP TABLE t; --' }]
  await engine.query('CREATE OR REPLACE TABLE t AS SELECT 1 AS one')
  const { lineage } = await duckdbSql(engine).columnsOf('FROM o', { inputs: { o: { dataset: lake, columns } } })
  expect(Object.keys(lineage?.fields ?? {})).toEqual(['id'])
  expect(await engine.query('FROM t')).toEqual([{ one: 1 }])
})

test('columns of unknown types fit everything', async () => {
  const columns = ['id', 'word'].map((name) => ({ name, nativeType: '' }))
  const sql = "SELECT id + 1 AS n, word || 'x' AS w, upper(word) AS u FROM o"
  const { lineage, warnings } = await duckdbSql(engine).columnsOf(sql, { inputs: { o: { dataset: lake, columns } } })
  expect(warnings).toEqual([])
  expect(Object.keys(lineage?.fields ?? {})).toEqual(['n', 'w', 'u'])
})

async function heldAgainst(result: string[], sql: string): Promise<string[] | string | undefined> {
  const { lineage, warnings } = await duckdbSql(engine).columnsOf(sql, { inputs: { o: orders }, result })
  return lineage ? Object.keys(lineage.fields) : warnings[0]?.message
}

test('what is found is held against the data that was made', async () => {
  expect(await heldAgainst(['ID', 'QTY'], 'SELECT qty, id FROM o')).toEqual(['QTY', 'ID'])
  expect(await heldAgainst(['id', 'qty'], 'SELECT qty, id AS other FROM o')).toContain('the data has no column other')
  expect(await heldAgainst(['id', 'qty'], 'SELECT qty FROM o')).toContain('the SQL gives no column id')
  expect(await heldAgainst(['word', 'n'], 'INSERT INTO t (n, word) SELECT qty, status FROM o')).toEqual(['n', 'word'])
  // The data may have its columns in another order than the table.
  expect(await heldAgainst(['n', 'word'], 'INSERT INTO t SELECT qty, status FROM o')).toContain('is not known')
  // Of a table that has more columns, only some are inserted.
  expect(await heldAgainst(['n', 'word'], 'INSERT INTO t (word) SELECT status FROM o')).toContain('gives no column n')
})

const items = at('items', [
  ['id', 'INTEGER'],
  ['price', 'INTEGER'],
  ['info', 'STRUCT(a INTEGER, b INTEGER)'],
])
const customers = at('customers', [['id', 'INTEGER']])

test.each<[string, RegExp]>([
  // The engine calls the second id id_1, and so the third id_1_1.
  ['SELECT id_1 FROM (SELECT o.id, c.id, o.qty AS id_1 FROM o, c)', /two columns are called id/],
  [
    'WITH t AS (SELECT o.id, c.ID, o.qty AS ID_1 FROM o JOIN c USING (id)) SELECT id_1 FROM t',
    /two columns are called id/,
  ],
  ['SELECT * EXCLUDE (id_1) FROM (SELECT o.id, c.id, o.qty AS id_1 FROM o, c)', /two columns are called id/],
  // A field of the struct may be called b, and then the price is not.
  ['SELECT b FROM (SELECT info.*, price AS b FROM i)', /of a struct/],
  ['WITH t AS (SELECT price AS b, info.* FROM i) SELECT b FROM t', /of a struct/],
  ['SELECT * EXCLUDE (b) FROM (SELECT info.*, price AS b FROM i)', /of a struct/],
  ['INSERT INTO t SELECT id, qty FROM o', /INSERT INTO t \(…\) names them/],
  ["SELECT a FROM read_csv('postgres://u:hunter22@h/x?password=hunter22')", /^(?!.*hunter22)/],
])('what would be wrong is not told: %s', async (sql, why) => {
  const inputs = { o: orders, c: customers, i: items }
  const found = await duckdbSql(engine).columnsOf(sql, { inputs })
  expect(found.lineage).toBeUndefined()
  expect(found.warnings.map(({ message }) => message)).toEqual([expect.stringMatching(why)])
})

test('of letters those of ASCII count in either case', async () => {
  const inputs = { Ü: at('upper', [['p', 'INTEGER']]), ü: at('lower', [['P', 'INTEGER']]) }
  const { lineage } = await duckdbSql(engine).columnsOf('SELECT p FROM "ü"', { inputs })
  expect(told(lineage?.fields['P'] ?? lineage?.fields['p'])).toEqual(['lower.P DIRECT IDENTITY'])
})

test('columns that files do not have are not told as theirs', async () => {
  const folder = await mkdtemp(path(tmpdir(), 'dayshift-columns-'))
  try {
    await engine.query(`COPY (SELECT 1 AS a, 2 AS b) TO '${folder}/x.csv'`)
    await engine.query(`COPY (SELECT 1 AS b, 2 AS c) TO '${folder}/y.csv'`)
    await engine.query(`COPY (SELECT 1 AS a, 2024 AS yr) TO '${folder}/h' (FORMAT csv, PARTITION_BY (yr))`)
    for (const sql of [
      `SELECT * FROM read_csv(['${folder}/x.csv', '${folder}/y.csv'], union_by_name = true)`,
      `SELECT a FROM read_csv('${folder}/x.csv', filename = true)`,
      `SELECT p FROM read_csv('${folder}/x.csv', names = ['p', 'q'])`,
      `SELECT yr FROM '${folder}/h/yr=2024/data_0.csv'`,
    ]) {
      const { lineage, warnings } = await duckdbSql(engine).columnsOf(sql)
      expect([sql, lineage]).toEqual([sql, undefined])
      expect(warnings).toHaveLength(1)
    }
    const plain = await duckdbSql(engine).columnsOf(`SELECT a FROM read_csv('${folder}/x.csv', delim = ',')`)
    expect(Object.keys(plain.lineage?.fields ?? {})).toEqual(['a'])
  } finally {
    await rm(folder, { recursive: true })
  }
})

async function fieldsOf(sql: string): Promise<Record<string, string[]> | string | undefined> {
  const inputs = { o: orders, i: items }
  const { lineage, warnings } = await duckdbSql(engine).columnsOf(sql, { inputs })
  if (!lineage) return warnings[0]?.message
  const list = Object.entries({ ...lineage.fields, rows: lineage.dataset ?? [] })
  return Object.fromEntries(list.map(([column, fields]) => [column, fields.map(({ field }) => field)]))
}

describe('a field of a struct that the SQL puts together', () => {
  const packed = '(SELECT {a: id, b: qty, c: {d: status}} AS s FROM o) t'
  test.each<[string, Record<string, string[]>]>([
    [`SELECT s.* FROM ${packed}`, { a: ['id'], b: ['qty'], c: ['status'], rows: [] }],
    [`SELECT s.b, t.s.b AS x, t.s.c.d AS y FROM ${packed}`, { b: ['qty'], x: ['qty'], y: ['status'], rows: [] }],
    [
      `SELECT s['b'] AS x, (s).a AS y, struct_extract(s, 'b') AS z FROM ${packed}`,
      { x: ['qty'], y: ['id'], z: ['qty'], rows: [] },
    ],
    [`SELECT unnest(s) FROM ${packed}`, { a: ['id'], b: ['qty'], c: ['status'], rows: [] }],
    [
      `WITH p AS (SELECT s FROM ${packed}) SELECT s.* EXCLUDE (c) FROM p WHERE s.a > 1`,
      { a: ['id'], b: ['qty'], rows: ['id'] },
    ],
    ['SELECT {a: id, b: qty}.b AS x, row(id, qty)[2] AS y FROM o', { x: ['qty'], y: ['qty'], rows: [] }],
    ['SELECT w.qty AS x FROM (SELECT o AS w FROM o)', { x: ['qty'], rows: [] }],
    [
      'SELECT s.b AS x FROM (SELECT {a: id, b: qty} AS s FROM o UNION ALL SELECT {a: price, b: id} FROM i)',
      { x: ['qty', 'id'], rows: [] },
    ],
    ['SELECT unnest(info), id FROM i', { a: ['info'], b: ['info'], id: ['id'], rows: [] }],
    ['SELECT info.a AS x FROM i', { x: ['info'], rows: [] }],
    ['SELECT s.x.a AS n FROM (SELECT {x: info, y: id} AS s FROM i)', { n: ['info'], rows: [] }],
  ])('is made of that alone: %s', async (sql, fields) => {
    expect(await fieldsOf(sql)).toEqual(fields)
  })

  test.each([
    'SELECT s.b AS x FROM (SELECT CASE WHEN id > 1 THEN {a: id, b: qty} END AS s FROM o)',
    'SELECT s.* FROM (SELECT max({a: id, b: qty}) AS s FROM o)',
    'SELECT unnest(struct_insert({a: id}, b := qty)) FROM o',
    'SELECT u.s.b AS x FROM o, unnest([{a: id, b: qty}]) AS u(s)',
    'SELECT l[1].b AS x FROM (SELECT list({a: id, b: qty}) AS l FROM o)',
  ])('is not told where it is not known: %s', async (sql) => {
    expect(await fieldsOf(sql)).toMatch(/is not clear/)
  })
})

test.each<[string, string[]]>([
  ['WITH o AS (SELECT 1 AS id) SELECT id FROM o', []],
  ['WITH o AS (SELECT price AS id FROM i) SELECT id FROM o', ['items']],
  ['WITH O AS (SELECT id FROM o) SELECT id FROM "O"', ['orders']],
  ['WITH o AS (SELECT id FROM i) SELECT 1 AS one', []],
  ['SELECT id FROM o WHERE id IN (WITH i AS (SELECT 1 AS id) SELECT id FROM i)', ['orders']],
  ['WITH RECURSIVE o AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM o WHERE id < 3) SELECT id FROM o', []],
  ['WITH a AS (SELECT id FROM o), o AS (SELECT id FROM i) SELECT a.id FROM a', ['orders']],
  ['WITH o AS (SELECT id FROM i), a AS (SELECT id FROM o) SELECT a.id FROM a', ['items']],
])('a CTE that has the name of a table is not the table: %s', async (sql, read) => {
  const inputs = { o: { ...orders, dataset: { namespace: 'test', name: 'orders' } }, i: items }
  const found = await duckdbSql(engine).columnsOf(sql, { inputs })
  expect(found.warnings).toEqual([])
  expect(found.inputs.map(({ name }) => name)).toEqual(read)
})

test('what the engine says is told in one line, and without the SQL', async () => {
  const sql = "SELECT nothing, 'password=hunter22' AS p FROM o -- \u001b[31m"
  const { warnings } = await duckdbSql(engine).columnsOf(sql, { inputs: { o: orders } })
  expect(warnings).toHaveLength(1)
  expect(warnings[0]?.message).toMatch(/^[^\n\p{Cc}]*nothing[^\n\p{Cc}]*[^.]\.$/u)
  expect(warnings[0]?.message).not.toMatch(/hunter22|LINE|CAST|SELECT/)
})
