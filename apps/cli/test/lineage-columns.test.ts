import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { dayshift, newFolder } from './cli.ts'

const folder = newFolder()

async function text(...words: string[]): Promise<string> {
  const { stdout, stderr, code } = await dayshift(folder, words)
  return `${stdout}${stderr}${code}`
}

const SQL = `-- by customer
CREATE TABLE totals AS
WITH paid AS (SELECT customer, amount * qty AS total FROM orders WHERE status = 'paid')
SELECT c.name, sum(total) AS total, count(*) AS n FROM paid p JOIN customers c ON c.id = p.customer GROUP BY ALL`

const ETL = `export default (frame) =>
  frame.derive({ total: 'amount * qty' }).map({ size: 'VARCHAR' }, ({ amount }) => ({ size: amount > 15 ? 'big' : 'small' })).select('id', 'total', 'size')
`

beforeAll(() => {
  mkdirSync(join(folder, 'data'))
  const rows = Array.from(
    { length: 30 },
    (_, at) => `${at},${at % 3},${(at * 7) % 31}.5,${at % 4},${at % 2 ? 'paid' : 'open'}`,
  )
  writeFileSync(join(folder, 'data', 'orders.csv'), `id,customer,amount,qty,status\n${rows.join('\n')}\n`)
  writeFileSync(join(folder, 'data', 'customers.csv'), 'id,name\n1,Ann\n2,Bob\n')
  writeFileSync(join(folder, 'data', 'totals.csv'), 'name,total,n\nAnn,3,1\n')
  writeFileSync(join(folder, 'totals.sql'), SQL)
  writeFileSync(join(folder, 'etl.mjs'), ETL)
})

const INPUTS = ['--input', 'orders=data/orders.csv', '--input', 'customers=data/customers.csv']

test('SQL tells which columns are made of which', async () => {
  expect(await text('lineage', 'columns', '--sql', 'totals.sql', ...INPUTS)).toBe(
    [
      'name   from  data/customers.csv › name  (identity)',
      'total  from  data/orders.csv › amount  (aggregation)',
      '             data/orders.csv › qty  (aggregation)',
      'n      from  no column',
      'rows   by    data/orders.csv › status  (filter)',
      '             data/customers.csv › id  (join)',
      '             data/orders.csv › customer  (join)',
      '             data/customers.csv › name  (group by)',
      '0',
    ].join('\n'),
  )
})

test('SQL that is not sure is told at the level of tables, with the reason', async () => {
  const { stdout, code } = await dayshift(folder, [
    'lineage',
    'columns',
    '--sql',
    'SELECT id, cost FROM orders',
    '--json',
    '--fail-on',
    'warn',
    ...INPUTS.slice(0, 2),
  ])
  const { result, status } = JSON.parse(stdout) as { result: Record<string, unknown>; status: string }
  expect([code, status]).toEqual([1, 'warn'])
  expect(result).toMatchObject({
    inputs: [{ namespace: 'file', name: join(folder, 'data', 'orders.csv') }],
    lineage: null,
    facet: null,
    warnings: [{ code: 'lineage.columns_untold', message: expect.stringContaining('cost') }],
  })
})

test('an ETL tells by its verbs, and what its functions look at is tried', async () => {
  const told = await text('lineage', 'columns', 'data/orders.csv', '--etl', 'etl.mjs')
  expect(told).toMatch(/^id {5}from {2}data\/orders\.csv › id {2}\(identity\)\n/)
  expect(told).toMatch(
    /total {2}from {2}data\/orders\.csv › amount {2}\(transformation\)\n +data\/orders\.csv › qty {2}\(transf/,
  )
  expect(told).toMatch(/size {3}from {2}data\/orders\.csv › amount {2}\(in \d+ of 10 tries\)\n/)
  expect(told).toContain('found by trying')
  const untried = await text('lineage', 'columns', 'data/orders.csv', '--etl', 'etl.mjs', '--tries', '0')
  expect(untried).toContain('size   not told\n')
})

test('a log tells the columns, held against the data, and the graph follows one of them', async () => {
  const log = ['log', 'data/totals.csv', '--origin', 'data/orders.csv', '--sql', 'totals.sql']
  expect(await text(...log, ...INPUTS)).toMatch(/delivered to file\n0$/)
  const lines = readFileSync(join(folder, 'metadata_log.jsonl'), 'utf8').trimEnd().split('\n')
  const event = JSON.parse(lines.at(-1) ?? '') as {
    inputs: { name: string }[]
    outputs: { facets: Record<string, { fields: object }> }[]
    job: { facets: Record<string, object> }
  }
  expect(event.inputs.map(({ name }) => name)).toEqual(
    ['orders', 'customers'].map((name) => join(folder, 'data', `${name}.csv`)),
  )
  expect(event.job.facets['sql']).toMatchObject({ query: SQL, dialect: 'duckdb' })
  expect(Object.keys(event.outputs[0]?.facets['columnLineage']?.fields ?? {})).toEqual(['name', 'total', 'n'])
  expect(await text('lineage', 'graph', 'data/orders.csv', '--column', 'STATUS')).toBe(
    [
      'data/orders.csv › status goes into',
      '  data/totals.csv › all columns  from  data/orders.csv › status  (indirect, filter)',
      '1 dataset changes with it',
      '0',
    ].join('\n'),
  )
  const other = ['--sql', 'SELECT id AS other FROM orders', ...INPUTS.slice(0, 2)]
  expect(await text(...log.slice(0, 4), ...other, '--dry-run')).toContain('the data has no column other')
})

test('a project that names the SQL of a dataset tells its columns with each run', async () => {
  const project = `export default { name: 'shop', datasets: {
    orders: { source: 'data/orders.csv' },
    totals: { source: 'data/totals.csv', log: { sql: 'totals.sql', inputs: { orders: 'orders', customers: 'data/customers.csv' } } },
  } }`
  writeFileSync(join(folder, 'dayshift.config.mjs'), project)
  expect(await text('run', 'totals', '--only', 'log')).toMatch(/0$/)
  const line = readFileSync(join(folder, 'metadata_log.jsonl'), 'utf8').trimEnd().split('\n').at(-1)
  const event = JSON.parse(line ?? '') as {
    inputs: object[]
    outputs: { facets: Record<string, { fields: object }> }[]
  }
  expect(event.inputs).toMatchObject([
    { name: join(folder, 'data', 'orders.csv') },
    { name: join(folder, 'data', 'customers.csv') },
  ])
  expect(Object.keys(event.outputs[0]?.facets['columnLineage']?.fields ?? {})).toEqual(['name', 'total', 'n'])
  writeFileSync(join(folder, 'dayshift.config.mjs'), project.replace("sql: 'totals.sql', ", ''))
  expect(await text('run', 'totals', '--only', 'log')).toContain('which is missing')
})
