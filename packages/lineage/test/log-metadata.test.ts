import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
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
