import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { register } from '../../src/register.ts'
import { jsonlStore } from '../../src/stores/jsonl.ts'
import { weather } from '../sample.ts'

const dataset = (name: string): { namespace: string; name: string; uri: string } => ({
  namespace: 's3://lake',
  name,
  uri: `s3://lake/${name}`,
})

test('a line that another has taken the place of, byte for byte as long, is not taken for the entry', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dayshift-moved-'))
  const path = join(folder, 'data_catalog.jsonl')
  for (const name of ['a', 'b']) await register(weather({ name, dataset: dataset(name) }), { path })
  const store = jsonlStore(path)
  await store.list()
  const [first = '', second = ''] = readFileSync(path, 'utf8').trim().split('\n')
  expect(first).toHaveLength(second.length)
  writeFileSync(path, `${second}\n${first}\n`)
  expect(await store.get(dataset('a'))).toMatchObject({ dataset_name: 'a' })
  expect((await store.history(dataset('b'))).map(({ dataset_name }) => dataset_name)).toEqual(['b'])
  rmSync(folder, { recursive: true, force: true })
})
