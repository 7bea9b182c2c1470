import { expect, test } from 'vitest'
import type { Engine } from '../src/engine.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'
import { engineConformance } from '../src/testing.ts'

test.each(engineConformance(() => createDuckdb({ threads: 2 })))('DuckDB: $name', async ({ run }) => {
  await expect(run()).resolves.toBeUndefined()
})

/** Engines that do one thing wrong each: a suite that passes them would prove nothing. */
const wrong: Record<string, (engine: Engine) => Partial<Engine>> = {
  'a stream gives all rows in their order, in batches': (engine) => ({
    stream: async function* stream(text, options) {
      for await (const batch of engine.stream(text, options)) {
        yield { ...batch, columns: batch.columns.map((column) => Array.from(column).toReversed()) }
      }
    },
  }),
  'values come out as Batch says': (engine) => ({
    query: async (text, options) =>
      (await engine.query(text, options)).map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
        ),
      ),
  }),
  'an aborted stream gives no more rows': (engine) => ({ stream: (text) => engine.stream(text) }),
  'a query that cannot be is an error with a code and the cause': (engine) => ({
    query: (text, options) =>
      engine.query(text, options).catch((error: unknown) => {
        throw new Error('plain', { cause: error })
      }),
  }),
}

test.each(Object.keys(wrong))('an engine that does not keep "%s" is found out', async (name) => {
  const suite = engineConformance(async () => {
    const engine = await createDuckdb({ threads: 1 })
    return {
      dialect: engine.dialect,
      query: (text, options) => engine.query(text, options),
      stream: (text, options) => engine.stream(text, options),
      close: () => engine.close(),
      ...wrong[name]?.(engine),
    }
  })
  await expect(suite.find((item) => item.name === name)?.run()).rejects.toThrow(/./)
})
