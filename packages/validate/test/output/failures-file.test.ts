import { join } from 'node:path'
import { createDuckdb, open } from '@dayshift/core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { validate } from '../../src/index.ts'
import { newFolder } from '../folder.ts'

const { folder } = newFolder()

test('a message that tells a cell of 35 MB stands in a table', async () => {
  const engine = await createDuckdb({ threads: 1 })
  const source = join(folder, 'source.parquet')
  await engine.query(`COPY (SELECT repeat('ä', 17_500_000) AS a) TO '${source}' (FORMAT parquet)`)
  const failures = join(folder, 'long.parquet')
  const schema = z.string().max(3, { error: ({ input }) => `what is ${JSON.stringify(input)}?` })
  await validate(await open(source, { engine }), z.object({ a: schema }), { failures })
  const [failure] = await (await open(failures, { engine })).head(1)
  expect(failure?.['message'] === `what is "${'ä'.repeat(17_500_000)}"?`).toBe(true)
  await engine.close()
})
