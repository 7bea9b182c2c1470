import { matchesGlob } from '@dayshift/core/ground'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { proposeDatasets } from '../../src/init/found-data.ts'

test.each([
  [['data/a.csv'], [['a', 'data/a.csv']]],
  [
    ['a.csv', 'b/a.csv'],
    [
      ['a', 'a.csv'],
      ['a_2', 'b/a.csv'],
    ],
  ],
  [
    ['d/2026-10.csv', 'd/2026-11.csv'],
    [
      ['data_2026_10', 'd/2026-10.csv'],
      ['data_2026_11', 'd/2026-11.csv'],
    ],
  ],
  [['d/2026-09.csv', 'd/2026-10.csv', 'd/2026-11.csv'], [['d', 'd/*.csv']]],
  [['p/dt=1/x.parquet', 'p/dt=2/x.parquet', 'p/dt=3/x.parquet'], [['x', 'p/dt=*/x.parquet']]],
])('%j are proposed as %j', (paths, expected) => {
  expect(proposeDatasets(paths).map(({ name, source }) => [name, source])).toEqual(expected)
})

function isIn(path: string, source: string): boolean {
  return path === source || matchesGlob(`/${path}`, `/${source}`)
}

test('each file is in a dataset, whose names differ', () => {
  const name = fc.stringMatching(/^[a-z]{0,2}[0-9]{1,3}(-[0-9]{1,2})?\.csv$/)
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.constantFrom('', 'd/', 'd1/', 'd2/'), name), { maxLength: 12 }), (parts) => {
      const paths = [...new Set(parts.map(([folder, file]) => folder + file))]
      const found = proposeDatasets(paths)
      for (const path of paths) expect([path, found.some(({ source }) => isIn(path, source))]).toEqual([path, true])
      expect(new Set(found.map((one) => one.name)).size).toBe(found.length)
    }),
  )
})
