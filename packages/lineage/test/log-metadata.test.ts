import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDuckdb, open } from '@dayshift/core'
import { expect, test } from 'vitest'
import { checkEvent } from '../src/check-event.ts'
import { logMetadata } from '../src/log-metadata.ts'
import { newFolder } from './folder.ts'
import { memory } from './sample.ts'

test('one line logs data at a stage of a pipeline', async () => {
  const cwd = newFolder()
  const path = join(cwd, 'metadata_log.jsonl')
  const report = await logMetadata(
    {
      dataset: 'data/weather.clean.csv',
      origin: 's3://lake/w.csv',
      rows: 3,
      columns: ['city', { name: 'temp', type: 'DOUBLE' }],
    },
    { cwd, path },
  )
  expect(report.facts).toMatchObject({
    job: { namespace: 'default', name: 'weather' },
    numRows: 3,
    columnNames: ['city', 'temp'],
    delivered: ['file'],
  })
  const [, line] = readFileSync(path, 'utf8').trimEnd().split('\n')
  expect(JSON.parse(line ?? '')).toMatchObject({
    origin: 's3://lake/w.csv',
    num_rows: 3,
    column_names: ['city', 'temp'],
    outputs: [
      {
        name: join(cwd, 'data/weather.clean.csv'),
        facets: { schema: { fields: [{ name: 'city' }, { name: 'temp', type: 'DOUBLE' }] } },
      },
    ],
  })
})

test('an address, a reference and a job are taken as they are', async () => {
  const transport = memory()
  const dataset = { namespace: 'inmemory://', name: 'step-2', uri: 'inmemory://step-2' }
  await logMetadata(
    { dataset: 'postgres://me:pw@db/shop.public.orders', origin: 'by hand', job: 'load' },
    { transports: [transport] },
  )
  await logMetadata({ dataset, origin: 'step 1', job: { namespace: 'n', name: 'j' } }, { transports: [transport] })
  const [, first, , second] = transport.events
  expect(first?.outputs[0]).toMatchObject({ namespace: 'postgres://db:5432', name: 'shop.public.orders' })
  expect(first?.job).toMatchObject({ namespace: 'default', name: 'load' })
  expect(second).toMatchObject({ job: { namespace: 'n', name: 'j' }, outputs: [{ name: 'step-2' }] })
})

const source = (field: string, type: string, subtype: string): object => ({
  namespace: 's3://lake',
  name: 'orders',
  field,
  transformations: [{ type, subtype }],
})

test('a frame tells its rows, its columns, and which columns it is made of', async () => {
  const engine = await createDuckdb()
  try {
    const transport = memory()
    const dataset = { namespace: 's3://lake', name: 'orders', uri: 's3://lake/orders' }
    const orders = await open(
      [
        { id: 1, amount: 5, qty: 2 },
        { id: 2, amount: 7, qty: null },
      ],
      { engine, dataset },
    )
    const frame = orders.dropNulls('qty').derive({ total: 'amount * qty' }).select('id', 'total')
    const report = await logMetadata(
      { dataset: 'totals.parquet', origin: 'the shop', frame },
      { cwd: '/srv', transports: [transport] },
    )
    expect(report.findings).toEqual([])
    const [, event] = transport.events
    expect(checkEvent(event)).toEqual([])
    expect(event?.inputs).toMatchObject([{ namespace: 's3://lake', name: 'orders' }])
    const [output] = event?.outputs ?? []
    expect(output).toMatchObject({ name: '/srv/totals.parquet', outputFacets: { outputStatistics: { rowCount: 1 } } })
    const { columnLineage } = output?.facets ?? {}
    expect(columnLineage).toMatchObject({
      fields: {
        id: { inputFields: [source('id', 'DIRECT', 'IDENTITY')], transformationType: 'IDENTITY' },
        total: { inputFields: ['amount', 'qty'].map((field) => source(field, 'DIRECT', 'TRANSFORMATION')) },
      },
      dataset: [source('qty', 'INDIRECT', 'FILTER')],
    })

    // The data as it was opened is made of nothing but what its origin says.
    const opened = memory()
    await logMetadata({ dataset, origin: 's3://raw/orders.csv', frame: orders }, { transports: [opened] })
    expect(opened.events[1]?.inputs).toMatchObject([{ namespace: 's3://raw' }])
    expect(opened.events[1]?.outputs[0]?.facets['columnLineage']).toBeUndefined()
  } finally {
    await engine.close()
  }
})
