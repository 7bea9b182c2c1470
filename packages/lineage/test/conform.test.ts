import { expect, test } from 'vitest'
import { checkEvent } from '../src/check-event.ts'
import { eventsOf } from '../src/log.ts'
import { hasOfficialSchemas, NEEDS_SCHEMAS, officialValidator } from './official.ts'
import { now, weather } from './sample.ts'

const complete = (): unknown => JSON.parse(JSON.stringify(eventsOf(weather(), '/srv', now).at(-1)))

/** A copy of a value in which the field at a pointer is another; `undefined` removes it. */
function withField(value: unknown, pointer: string, field: unknown): unknown {
  const copy = structuredClone(value)
  const keys = pointer.split('/').slice(1)
  let at = copy as Record<string, unknown>
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>
  const last = keys.at(-1) as string
  if (field === undefined) delete at[last]
  else at[last] = field
  return copy
}

test('an event that we build is right', () => {
  expect(checkEvent(complete())).toEqual([])
})

test.each([null, 7, 'event', []])('%j is no event', (value) => {
  expect(checkEvent(value)).toEqual([{ pointer: '', message: 'is not an object' }])
})

const broken: [pointer: string, field: unknown, message: string][] = [
  ['/eventType', 'DONE', 'is not one of START RUNNING COMPLETE ABORT FAIL OTHER'],
  ['/eventTime', undefined, 'is not a time in ISO 8601 with its zone'],
  ['/eventTime', '2026-11-23T08:00:00', 'is not a time in ISO 8601 with its zone'],
  ['/eventTime', '2026-02-30T08:00:00Z', 'is not a time in ISO 8601 with its zone'],
  ['/eventTime', '2026-11-23T25:00:00Z', 'is not a time in ISO 8601 with its zone'],
  ['/producer', 'dayshift', 'is not a URI'],
  ['/schemaURL', undefined, 'is not a URI'],
  ['/run', undefined, 'is missing'],
  ['/run/runId', 'run_id', 'is not a UUID'],
  ['/run/facets', [], 'is not an object'],
  ['/job', undefined, 'is missing'],
  ['/job/name', undefined, 'is missing or empty'],
  ['/job/facets/jobType/_producer', undefined, 'is not a URI'],
  ['/inputs', {}, 'is not a list'],
  ['/inputs/0', 'file', 'is not an object'],
  ['/inputs/0/namespace', 7, 'is missing or empty'],
  ['/outputs/0/name', undefined, 'is missing or empty'],
  ['/outputs/0/facets/schema', null, 'is not an object'],
  ['/outputs/0/facets/schema/_schemaURL', 'schema', 'is not a URI'],
  ['/outputs/0/outputFacets/outputStatistics/_producer', undefined, 'is not a URI'],
]

test.each(broken)('%s = %j', (pointer, field, message) => {
  expect(checkEvent(withField(complete(), pointer, field))).toEqual([{ pointer, message }])
})

test('an empty name is refused, though the schema lets it pass', () => {
  expect(checkEvent(withField(complete(), '/job/name', ''))).toEqual([
    { pointer: '/job/name', message: 'is missing or empty' },
  ])
})

test('a facet with an odd name is pointed to', () => {
  expect(checkEvent(withField(complete(), '/run/facets', { 'a/b~c': {} })).map(({ pointer }) => pointer)).toEqual([
    '/run/facets/a~1b~0c/_producer',
    '/run/facets/a~1b~0c/_schemaURL',
  ])
})

test.skipIf(!hasOfficialSchemas)(`what we refuse, the official schemas refuse too: needs ${NEEDS_SCHEMAS}`, () => {
  const validate = officialValidator()
  for (const [pointer, field] of broken) {
    expect(validate(withField(complete(), pointer, field)), `${pointer} = ${String(field)}`).not.toEqual([])
  }
})

const numbers: [pointer: string, field: unknown, message: string][] = [
  ['/outputs/0/outputFacets/outputStatistics/rowCount', null, 'is no whole number'],
  ['/outputs/0/outputFacets/outputStatistics/rowCount', 3.5, 'is no whole number'],
  ['/outputs/0/outputFacets/outputStatistics/size', '120', 'is no whole number'],
  ['/outputs/0/facets/dataQualityMetrics/rowCount', null, 'is no whole number'],
  ['/outputs/0/facets/dataQualityMetrics/bytes', 1.5, 'is no whole number'],
  ['/outputs/0/facets/dataQualityMetrics/columnMetrics/temp/nullCount', 0.5, 'is no whole number'],
  ['/outputs/0/facets/dataQualityMetrics/columnMetrics/temp/min', null, 'is no number'],
  ['/outputs/0/facets/dataQualityMetrics/columnMetrics/temp/quantiles/0.5', 'x', 'is no number'],
  ['/outputs/0/facets/schema/fields/0/ordinal_position', 1.5, 'is no whole number'],
]

test.each(numbers)('a facet’s number %s may not be %j', (pointer, field, message) => {
  expect(checkEvent(withField(complete(), pointer, field))).toEqual([{ pointer, message }])
})

test.skipIf(!hasOfficialSchemas)(`the official schemas refuse the same numbers: needs ${NEEDS_SCHEMAS}`, () => {
  const official = officialValidator()
  for (const [pointer, field] of numbers) expect(official(withField(complete(), pointer, field))).toHaveLength(1)
})

function withStatistics(facet: object): unknown {
  return withField(complete(), '/outputs/0/outputFacets', { outputStatistics: facet })
}

test('numbers of older schemas, of facets that are cut and of other schemas', () => {
  const stats = { _producer: 'https://a.b', rowCount: 1.5 }
  const older = 'https://openlineage.io/spec/1-0-0/OpenLineage.json#/definitions/OutputStatisticsOutputDatasetFacet'
  expect(checkEvent(withStatistics({ ...stats, _schemaURL: older }))).toHaveLength(1)
  expect(checkEvent(withStatistics({ ...stats, _schemaURL: 'https://a.b/own.json#/$defs/Own' }))).toEqual([])
  expect(checkEvent(withStatistics({ ...stats, _schemaURL: older, rowCount: 2 ** 60 }))).toEqual([])
})
