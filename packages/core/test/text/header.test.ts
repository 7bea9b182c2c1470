import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import { columnNames, renamedColumns } from '../../src/text/header.ts'
import { literal } from '../../src/sql.ts'
import { newFolder } from '../folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

test('names are those that the engine would give', async () => {
  const name = fc.constantFrom(
    'a',
    'A',
    ' a ',
    'a_1',
    'A_1',
    'a_1_1',
    '',
    ' ',
    'column0',
    'column1',
    'ä',
    'Ä',
    'x\ny',
    '1',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 2, maxLength: 12 }), async (cells) => {
      const row = cells.map((cell) => `"${cell}"`).join()
      const path = folder.write('names.csv', `${row}\n${cells.map(() => '1').join()}\n`)
      const [found] = await engine.query(
        `SELECT list_transform("Columns", lambda c: c.name) AS names FROM sniff_csv(${literal(path).text}, header = true, delim = ',', quote = '"')`,
      )
      expect(columnNames(cells)).toEqual(found?.['names'])
    }),
    { numRuns: 80 },
  )
})

test('columns that are not called as the header has it are told, those without a name are not', () => {
  const cells = ['a', ' a ', 'A', '', ' b ']
  expect(renamedColumns(cells, columnNames(cells))).toEqual([
    { written: 'a', name: 'a_1' },
    { written: 'A', name: 'A_2' },
  ])
})
