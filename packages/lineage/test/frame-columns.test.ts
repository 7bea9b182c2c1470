import { createDuckdb, open, sql, type Engine, type Frame } from '@dayshift/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ColumnLineage, InputField } from '../src/dataset-facets.ts'
import { columnsOfFrame } from '../src/frame-columns.ts'
import { chanceOf } from './sql/perturb.ts'

let engine: Engine

beforeAll(async () => {
  engine = await createDuckdb()
})
afterAll(() => engine.close())

type Rows = Readonly<Record<string, unknown>>[]

const COLUMNS = {
  orders: {
    id: (chance: number) => Math.floor(chance * 6),
    amount: (chance: number) => Math.round(chance * 90),
    status: (chance: number) => ['open', 'paid', null][Math.floor(chance * 3)],
    qty: (chance: number) => (chance < 0.2 ? null : Math.floor(chance * 5)),
  },
  customers: {
    id: (chance: number) => Math.floor(chance * 6),
    name: (chance: number) => ['Ann', 'Bob', 'Cid'][Math.floor(chance * 3)],
    status: (chance: number) => ['new', 'old'][Math.floor(chance * 2)],
  },
} as const

/** Rows by chance; those of one column, where it is given, by other chances. */
function rowsOf(table: keyof typeof COLUMNS, seed: number, changed?: string): Rows {
  const lists = Object.entries(COLUMNS[table]).map(([name, make], at) => {
    const chance = chanceOf(name === changed ? seed * 1009 + 77 : seed * 31 + at)
    return [name, Array.from({ length: 12 }, () => make(chance()))] as const
  })
  return Array.from({ length: 12 }, (_, row) => Object.fromEntries(lists.map(([name, list]) => [name, list[row]])))
}

const TYPES = {
  orders: { id: 'INTEGER', amount: 'DOUBLE', status: 'VARCHAR', qty: 'INTEGER' },
  customers: { id: 'INTEGER', name: 'VARCHAR', status: 'VARCHAR' },
} as const

const frames = new Map<string, Promise<Frame>>()

function opened(table: keyof typeof COLUMNS, seed: number, changed?: string): Promise<Frame> {
  const key = JSON.stringify([table, seed, changed])
  const dataset = { namespace: 'test', name: table, uri: `test:${table}` }
  const frame = frames.get(key) ?? open(rowsOf(table, seed, changed), { engine, dataset, types: TYPES[table] })
  frames.set(key, frame)
  return frame
}

const PIPELINES: Readonly<Record<string, (orders: Frame, customers: Frame) => Frame | Promise<Frame>>> = {
  nothing: (orders) => orders,
  select: (orders) => orders.select('status', 'id'),
  filter: (orders) => orders.filter(sql`amount > ${40} AND status = ${'paid'}`),
  derive: (orders) => orders.derive({ total: 'amount * qty', status: "upper(status) || 'x'", ID: '-id' }),
  'derive in a row': (orders) => orders.derive({ a: 'id + 1' }).derive({ b: 'a * qty', a: 'amount' }).select('b', 'a'),
  rename: (orders) => orders.rename({ id: 'amount 2', amount: 'id' }),
  cast: (orders) => orders.cast({ qty: 'VARCHAR', id: 'DECIMAL(18, 3)' }),
  dropNulls: (orders) => orders.dropNulls('qty').select('id'),
  'dropNulls of all': (orders) => orders.dropNulls().select('id'),
  fillNulls: (orders) => orders.fillNulls({ qty: 0, status: sql`CAST(id AS VARCHAR)` }),
  sort: (orders) => orders.sort('-qty', 'amount').limit(3).select('id'),
  distinct: (orders) => orders.distinct('status').select('id'),
  'distinct of all': (orders) => orders.select('status', 'qty').distinct(),
  limit: (orders) => orders.limit(3, 1),
  summarize: (orders) => orders.summarize({ n: 'count(*)', total: 'sum(amount)', first: 'min(qty)' }, { by: 'status' }),
  'summarize all': (orders) => orders.filter('qty > 1').summarize({ total: 'sum(amount)' }),
  join: (orders, customers) => orders.join(customers, { on: 'id' }),
  'left join': (orders, customers) => orders.join(customers, { on: { qty: 'id' }, how: 'left' }),
  'right join': (orders, customers) => orders.join(customers, { on: 'id', how: 'right', suffix: '2' }),
  'full join': (orders, customers) => orders.join(customers, { on: 'id', how: 'full' }).select('id', 'name'),
  'semi join': (orders, customers) => orders.join(customers.filter("name = 'Ann'"), { on: 'id', how: 'semi' }),
  'anti join': (orders, customers) => orders.join(customers, { on: { qty: 'id' }, how: 'anti' }),
  'join with itself': (orders) => orders.join(orders.select('id', 'qty').rename({ qty: 'q' }), { on: { qty: 'id' } }),
  union: (orders, customers) => orders.select('id', 'status').union(customers.select('status', 'id')),
  'union with fill': (orders, customers) => orders.union(customers, { fill: true }),
  'map that says what it reads': (orders) =>
    orders.map({ twice: 'INTEGER' }, ({ id }) => ({ twice: Number(id) * 2 }), { reads: ['id'] }).select('twice', 'qty'),
  sample: (orders) => orders.derive({ more: 'id + qty' }).sample({ fraction: 1 }).select('more'),
  cache: async (orders) =>
    (await orders.derive({ more: 'id + qty' }).cache()).filter('more > 3').select('more', 'status'),
  everything: async (orders, customers) => {
    const clean = await orders.dropNulls('qty').derive({ total: 'amount * qty' }).cache()
    return clean
      .join(customers.distinct('id'), { on: 'id' })
      .summarize({ s: 'sum(total)' }, { by: 'name' })
      .sort('-s')
      .limit(2)
  },
}

const SEEDS = [1, 2]

async function valuesOf(frame: Frame): Promise<readonly string[]> {
  const rows = await frame.toArray()
  return frame.columns.map((name) =>
    JSON.stringify(rows.map((row) => JSON.stringify(row[name]) ?? '').sort((a, b) => (a < b ? -1 : 1))),
  )
}

const keysOf = (fields: readonly InputField[] = []): string[] => fields.map(({ name, field }) => `${name}.${field}`)

function claimed({ fields, dataset }: ColumnLineage, column: string): Set<string> {
  return new Set([...keysOf(fields[column]), ...keysOf(dataset)])
}

test.each(Object.entries(PIPELINES))('no dependence is missed: %s', async (_name, pipeline) => {
  const missed: string[] = []
  for (const seed of SEEDS) {
    const frame = await pipeline(await opened('orders', seed), await opened('customers', seed))
    const found = await columnsOfFrame(frame)
    expect(found.warnings).toEqual([])
    expect(Object.keys(found.lineage?.fields ?? {})).toEqual(frame.columns)
    const before = await valuesOf(frame)
    for (const table of ['orders', 'customers'] as const) {
      for (const column of Object.keys(COLUMNS[table])) {
        const changed = (one: typeof table): Promise<Frame> => opened(one, seed, one === table ? column : undefined)
        const after = await valuesOf(await pipeline(await changed('orders'), await changed('customers')))
        frame.columns.forEach((name, at) => {
          const isClaimed = claimed(found.lineage as ColumnLineage, name).has(`${table}.${column}`)
          if (after[at] !== before[at] && !isClaimed) missed.push(`${name} depends on ${table}.${column}`)
        })
      }
    }
  }
  expect(missed).toEqual([])
})

const told = (fields: readonly InputField[] = []): string[] =>
  fields.flatMap(({ name, field, transformations = [] }) =>
    transformations.map(({ type, subtype }) => `${name}.${field} ${type} ${subtype}`),
  )

test('verbs say exactly what they do', async () => {
  const frame = (await opened('orders', 1))
    .filter('qty > 1')
    .join(await opened('customers', 1), { on: 'id' })
    .derive({ label: "CASE WHEN amount > 5 THEN name ELSE 'x' END" })
    .select('id', 'label')
  const { inputs, lineage } = await columnsOfFrame(frame)
  expect(inputs.map(({ name }) => name)).toEqual(['orders', 'customers'])
  expect(told(lineage?.fields['id'])).toEqual(['orders.id DIRECT IDENTITY'])
  expect(told(lineage?.fields['label'])).toEqual([
    'orders.amount INDIRECT CONDITIONAL',
    'customers.name DIRECT TRANSFORMATION',
  ])
  expect(told(lineage?.dataset)).toEqual([
    'orders.qty INDIRECT FILTER',
    'orders.id INDIRECT JOIN',
    'customers.id INDIRECT JOIN',
  ])
})

test('a column of a function that does not say what it reads is left out, and what is made of it', async () => {
  const frame = (await opened('orders', 1))
    .map({ score: 'DOUBLE' }, ({ amount }) => ({ score: Number(amount) }))
    .derive({ half: 'score / 2' })
    .select('id', 'half')
  const { lineage, warnings } = await columnsOfFrame(frame)
  expect(Object.keys(lineage?.fields ?? {})).toEqual(['id'])
  expect(lineage?.dataset).toEqual([])
  expect(warnings).toMatchObject([
    { code: 'lineage.columns_untold', column: 'half', hint: expect.stringContaining('reads') },
  ])
  const filtered = await columnsOfFrame(frame.filter('half > 1').select('id'))
  expect(filtered.lineage).toEqual({ fields: lineage?.fields })
  expect(filtered.warnings).toHaveLength(1)
})

test('what other tables of the engine give is not told', async () => {
  await engine.query('CREATE TABLE IF NOT EXISTS secrets AS SELECT 1 AS x')
  const frame = (await opened('orders', 1)).derive({ y: '(SELECT max(x) FROM secrets)' })
  const { lineage, warnings } = await columnsOfFrame(frame)
  expect(lineage).toBeUndefined()
  expect(warnings[0]?.message).toContain('secrets')
})
