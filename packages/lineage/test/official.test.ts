import { datasetOf, fileDataset, type CheckResult, type ColumnType } from '@dayshift/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkEvent } from '../src/check-event.ts'
import { EVENT_TYPES, runEvent } from '../src/event.ts'
import { inputOf } from '../src/event-dataset.ts'
import { eventsOf, type LogInput } from '../src/log.ts'
import { logMetadata } from '../src/log-metadata.ts'
import { trackRun } from '../src/track-run.ts'
import { logLine } from '../src/transports/file.ts'
import { uuidv7 } from '../src/uuid.ts'
import { hasOfficialSchemas, NEEDS_SCHEMAS, officialValidator } from './official.ts'
import { job as weatherJob, now, memory, profile, validation, weather } from './sample.ts'

const needs = `needs ${NEEDS_SCHEMAS}`
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Names as people and machines make them: other scripts, quotes, line ends, broken surrogates, names of objects’ own. */
const name = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom('O’Brien "x".csv', 'a\nb', '\uD800', '__proto__', 'constructor', 'größe', '/', '%', 'a#b?c'),
)
const ref = fc.oneof(
  name.map((text) => fileDataset(text.replaceAll('\0', '') || 'a', '/srv', 'csv')),
  fc
    .tuple(fc.constantFrom('s3', 'postgres', 'https', 'hdfs', 'x+y'), name)
    .map(([scheme, text]) => datasetOf(`${scheme}://host/${text}`, '/srv')),
  fc.record({ namespace: name, name, uri: name, version: name }),
)
const count = fc.nat()
const job = fc.record({ namespace: name, name })
const column = fc.record({
  name,
  type: fc.constantFrom<ColumnType>('integer', 'string', 'float'),
  nulls: count,
  distinct: count,
  min: fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.constantFrom('NaN', '-Infinity')),
  max: fc.oneof(fc.double(), fc.string(), fc.constant(null)),
  quartiles: fc.option(fc.tuple(fc.double(), fc.double(), fc.double())),
})
const check: fc.Arbitrary<CheckResult> = fc.record({
  id: name,
  column: name,
  check: name,
  severity: fc.constantFrom('error', 'warn'),
  evaluated: count,
  failed: count,
  passed: fc.boolean(),
  nulls: count,
  examples: fc.constant([]),
  ranAs: fc.constant('sql'),
})
const input: fc.Arbitrary<LogInput> = fc.record(
  {
    dataset: ref,
    origin: name,
    job,
    schema: fc.array(name).map((names) => ({
      columns: names.map((text) => ({ name: text, type: 'string' as const, nativeType: 'VARCHAR' })),
    })),
    rows: count,
    bytes: count,
    version: name,
    profile: fc.record({ rows: count, columns: fc.array(column, { maxLength: 4 }) }),
    validation: fc
      .array(check, { maxLength: 3 })
      .map((checks) => ({ ...validation, facts: { ...validation.facts, checks } })),
    description: name,
    owners: fc.array(name),
    inputs: fc.array(ref, { maxLength: 2 }),
    outputs: fc.array(ref, { maxLength: 2 }),
    runId: fc.uuid(),
    eventType: fc.constantFrom(...EVENT_TYPES),
    error: fc.oneof(
      name,
      name.map((text) => new Error(text)),
      fc.constant(null),
    ),
    parent: fc.record(
      { runId: fc.uuid(), job, root: fc.record({ runId: fc.uuid(), job }) },
      { requiredKeys: ['runId', 'job'] },
    ),
    nominalTime: fc.record({ start: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }) }),
  },
  { requiredKeys: ['dataset', 'origin', 'job'] },
)

test.skipIf(!hasOfficialSchemas)(`every event that we build passes, whatever the names: ${needs}`, () => {
  const validate = officialValidator()
  fc.assert(
    fc.property(input, (known) => {
      for (const event of eventsOf(known, '/srv', now)) {
        expect(validate(asJson(event))).toEqual([])
        expect(checkEvent(asJson(event))).toEqual([])
        expect(validate(asJson(logLine(event)))).toEqual([])
      }
    }),
    { numRuns: 150 },
  )
})

test.skipIf(!hasOfficialSchemas)(`an event with all facets passes: ${needs}`, () => {
  const validate = officialValidator()
  const full = weather({
    eventType: 'FAIL',
    error: new Error('no'),
    parent: { runId: uuidv7(), job: weatherJob, root: { runId: uuidv7(), job: weatherJob } },
    nominalTime: { start: now, end: now },
  })
  for (const event of eventsOf(full, '/srv', now)) expect(validate(asJson(event))).toEqual([])
  const inputs = [inputOf({ ...weather(), profile, validation })]
  const reading = runEvent(
    { runId: uuidv7(), job: weatherJob },
    { eventType: 'OTHER', eventTime: now, inputs, outputs: [] },
  )
  expect(validate(asJson(reading))).toEqual([])
})

test.skipIf(!hasOfficialSchemas)(`what a tracked run and a line of metadata become passes: ${needs}`, async () => {
  const validate = officialValidator()
  const transport = memory()
  const transports = [transport]
  await trackRun(weatherJob, (run) => run.writes(weather()), { transports, origin: 'by hand' })
  await trackRun(weatherJob, () => Promise.reject(new Error('no')), { transports }).catch(() => undefined)
  await logMetadata({ dataset: 'a.csv', origin: 'b', columns: ['a', { name: 'b', type: 'INT' }] }, { transports })
  expect(transport.events).toHaveLength(6)
  for (const event of transport.events) expect(validate(asJson(event))).toEqual([])
})

test.skipIf(!hasOfficialSchemas)(`the validator refuses what is wrong in a facet: ${needs}`, () => {
  const validate = officialValidator()
  const [event] = eventsOf(weather({ runId: uuidv7() }), '/srv', now)
  const text = JSON.stringify(event).replace('"rowCount":3', '"rowCount":"three"')
  expect(validate(JSON.parse(text))).not.toEqual([])
})
