import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { graphOf } from '../src/graph.ts'
import type { LoggedEvent } from '../src/run-log.ts'
import { mergeRuns } from '../src/runs.ts'

const dataset = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c'),
    version: fc.option(fc.constantFrom('1', '2', '3'), { nil: undefined }),
    deleted: fc.boolean(),
  })
  .map(({ name, version, deleted }) => ({
    namespace: 's3://lake',
    name,
    facets:
      version === undefined ? {} : { version: { datasetVersion: version, ...(deleted ? { _deleted: true } : {}) } },
  }))

/** Few different values in every field that decides, so that ties are common. */
const event: fc.Arbitrary<LoggedEvent> = fc.record({
  eventType: fc.constantFrom('START', 'RUNNING', 'COMPLETE', 'FAIL', 'ABORT', 'OTHER'),
  eventTime: fc.constantFrom('2026-11-01T08:00:00.000Z', '2026-11-01T09:00:00+01:00', '2026-11-02T08:00:00Z'),
  run: fc.record({
    runId: fc.constantFrom('r1', 'r2', 'r3'),
    facets: fc.constantFrom({}, { errorMessage: { message: 'x' } }, { errorMessage: { message: 'y' } }),
  }),
  job: fc.record({ namespace: fc.constant('n'), name: fc.constantFrom('j1', 'j2') }),
  inputs: fc.array(dataset, { maxLength: 2 }),
  outputs: fc.array(dataset, { maxLength: 2 }),
})

test('any order of events, and events that come twice, give the same runs and the same graph', () => {
  const cases = fc
    .array(event, { maxLength: 14 })
    .chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }), fc.subarray(events)),
    )
  fc.assert(
    fc.property(cases, ([events, shuffled, again]) => {
      const merged = mergeRuns(events)
      const other = mergeRuns([...again, ...shuffled, ...again])
      expect(other).toEqual(merged)
      for (const history of [false, true]) {
        const [one, two] = [graphOf(merged, { history }), graphOf(other.toReversed(), { history })]
        expect(two.nodes).toEqual(one.nodes)
        expect(two.downstream).toEqual(one.downstream)
      }
    }),
    { numRuns: 300 },
  )
})

const at = (hour: number, over: Partial<LoggedEvent> = {}): LoggedEvent => ({
  eventTime: `2026-11-01T${String(hour).padStart(2, '0')}:00:00Z`,
  run: { runId: 'r' },
  job: { namespace: 'n', name: 'j' },
  inputs: [],
  outputs: [],
  ...over,
})

test('an end outranks what comes before and after it, whenever it is told', () => {
  const [run] = mergeRuns([
    at(9, { eventType: 'RUNNING' }),
    at(10, { eventType: 'COMPLETE' }),
    at(8, { eventType: 'START' }),
    at(11, { eventType: 'RUNNING' }),
  ])
  expect(run).toMatchObject({
    state: 'COMPLETE',
    startedAt: '2026-11-01T08:00:00.000Z',
    endedAt: '2026-11-01T10:00:00.000Z',
    events: 4,
  })
})

test('a run that was only spoken of has not begun; one that began has not ended', () => {
  expect(mergeRuns([at(8, { eventType: 'OTHER' })])[0]).toMatchObject({
    state: 'OTHER',
    startedAt: '2026-11-01T08:00:00.000Z',
  })
  expect(mergeRuns([at(8, { eventType: 'START' }), at(7, { eventType: 'OTHER' })])[0]).toMatchObject({
    state: 'RUNNING',
    startedAt: '2026-11-01T08:00:00.000Z',
  })
})

const version = (datasetVersion: string, over = {}): LoggedEvent['inputs'][number] => ({
  namespace: 'file',
  name: '/a',
  facets: { version: { datasetVersion, ...over } },
  inputFacets: { inputStatistics: { rowCount: 3 } },
})

test('inputs and outputs add up; of a facet the last word holds, and what is deleted is gone', () => {
  const [run] = mergeRuns([
    at(10, { inputs: [version('late')] }),
    at(9, { inputs: [version('early'), { namespace: 'file', name: '/b' }] }),
  ])
  expect(run?.inputs).toEqual([
    {
      namespace: 'file',
      name: '/a',
      facets: { inputStatistics: { rowCount: 3 }, version: { datasetVersion: 'late' } },
    },
    { namespace: 'file', name: '/b', facets: {} },
  ])
  const [gone] = mergeRuns([at(10, { inputs: [version('x', { _deleted: true })] }), at(9, { inputs: [version('y')] })])
  expect(gone?.inputs[0]?.facets).not.toHaveProperty('version')
})

test('facets may have the names of what every object has', () => {
  const facets = JSON.parse('{"constructor": {"a": 1}, "__proto__": {"b": 2}, "toString": {"c": 3}}') as object
  const [run] = mergeRuns([at(10, { inputs: [{ namespace: 'file', name: '/a', facets: facets as never }] })])
  expect(Object.entries(run?.inputs[0]?.facets ?? {})).toEqual([
    ['__proto__', { b: 2 }],
    ['constructor', { a: 1 }],
    ['toString', { c: 3 }],
  ])
})

test('runs are listed with the one that began last first', () => {
  const runs = mergeRuns([at(8), at(10, { run: { runId: 'late' } }), at(9, { run: { runId: 'middle' } })])
  expect(runs.map(({ runId }) => runId)).toEqual(['late', 'middle', 'r'])
})
