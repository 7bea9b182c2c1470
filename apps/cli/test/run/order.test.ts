import fc from 'fast-check'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { circleOf, doInOrder, inOrder, upstreamOf } from '../../src/run/order.ts'

/** Names, each made of some of those before it, in any order. */
const projects = fc.array(fc.array(fc.nat(9), { maxLength: 3 }), { maxLength: 10 }).chain((made) =>
  fc.record({
    upstream: fc.constant(
      new Map(made.map((of, at) => [`d${at}`, of.filter((one) => one < at).map((one) => `d${one}`)])),
    ),
    names: fc.shuffledSubarray(made.map((_of, at) => `d${at}`)),
    most: fc.integer({ min: 1, max: 4 }),
  }),
)

test('each stands behind those that it is made of, and none is lost', () => {
  fc.assert(
    fc.property(projects, ({ upstream, names }) => {
      const ordered = inOrder(names, (name) => upstream.get(name) ?? [])
      expect(ordered.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)))
      for (const name of ordered) {
        const before = (upstream.get(name) ?? []).filter((other) => names.includes(other))
        for (const other of before) expect(ordered.indexOf(other)).toBeLessThan(ordered.indexOf(name))
      }
    }),
  )
})

test('work begins when that for all that a name is made of is over, and no more at a time than asked for', async () => {
  await fc.assert(
    fc.asyncProperty(projects, async ({ upstream, names, most }) => {
      const over = new Set<string>()
      let going = 0
      await doInOrder(
        names,
        (name) => upstream.get(name) ?? [],
        most,
        async (name) => {
          going += 1
          expect(going).toBeLessThanOrEqual(most)
          expect([...over]).toEqual(
            expect.arrayContaining((upstream.get(name) ?? []).filter((one) => names.includes(one))),
          )
          await setImmediate()
          over.add(name)
          going -= 1
        },
      )
      expect(over.size).toBe(names.length)
    }),
  )
})

test('what a dataset is made of is told by name, by source and as origin', () => {
  const datasets = {
    raw: { source: 'data/raw.csv' },
    other: { source: 's3://lake/other.csv' },
    made: {
      source: 'data/made.csv',
      inputs: ['raw', 'elsewhere.csv'],
      log: { origin: 's3://lake/other.csv', sql: 'SELECT 1', inputs: { t: './data/raw.csv' } },
    },
  }
  expect(upstreamOf('made', datasets)).toEqual(['raw', 'other'])
  expect(upstreamOf('raw', datasets)).toEqual([])
  expect(circleOf(datasets)).toBeUndefined()
  expect(circleOf({ ...datasets, raw: { source: 'data/raw.csv', inputs: ['made'] } })).toEqual(['raw', 'made', 'raw'])
})
