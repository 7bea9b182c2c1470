import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDuckdb } from '../src/engines/duckdb.ts'
import { freeName } from '../src/free-name.ts'
import { open } from '../src/open.ts'
import { newFolder } from './folder.ts'

const folder = newFolder()

test.each([
  [['id'], '_row'],
  [['id', '_ROW'], '__row'],
  [['_row_0'], '__row'],
  [['_rows', '__Row_looked'], '___row'],
  [[], '_row'],
])('of %j it is %s', (names, free) => {
  expect(freeName(names)).toBe(free)
})

test('law: no name begins with it', () => {
  const names = fc.array(fc.string({ unit: fc.constantFrom('_', 'r', 'o', 'w', 'R', 'O', 'W', '1'), maxLength: 8 }))
  fc.assert(
    fc.property(names, (some) => {
      const free = freeName(some)
      expect(some.filter((name) => name.toLowerCase().startsWith(free))).toEqual([])
    }),
  )
})

test('what a sample draws does not hang on the names of columns', async () => {
  const engine = await createDuckdb({ threads: 1 })
  const rows = Array.from({ length: 100 }, (_, at) => `${at % 3},${at},${[9, 8, 7, 6, 5].join()}\n`).join('')
  const drawn = async (names: string): Promise<unknown> => {
    const frame = await open(folder.write(`${names.length}.csv`, `k,id,${names}\n${rows}`), { engine })
    return Promise.all(
      [
        { fraction: 0.2, stratify: 'k' },
        { rows: 10, weight: 'id' },
        { fraction: 0.1, key: 'id' },
      ].map(async (options) => [...(await frame.sample(options).numbers('id'))]),
    )
  }
  expect(await drawn('_row_0,_row_1,_row_2,_row_3,_ROW_4')).toEqual(await drawn('a,b,c,d,e'))
  await engine.close()
})
