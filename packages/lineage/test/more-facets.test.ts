import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkEvent } from '../src/check-event.ts'
import {
  catalogFacet,
  columnLineageFacet,
  datasetTagsFacet,
  datasetTypeFacet,
  hierarchyFacet,
  inputStatisticsFacet,
  inputSubsetFacet,
  lifecycleFacet,
  outputSubsetFacet,
  symlinksFacet,
  type SubsetCondition,
} from '../src/dataset-facets.ts'
import { runEvent } from '../src/event.ts'
import { inputOf, outputOf } from '../src/event-dataset.ts'
import { outputStatisticsFacet, type Facet } from '../src/facets.ts'
import {
  jobDocumentationFacet,
  jobOwnershipFacet,
  jobTagsFacet,
  runTagsFacet,
  sourceCodeFacet,
  sourceCodeLocationFacet,
  sqlFacet,
} from '../src/job-facets.ts'
import {
  environmentVariablesFacet,
  executionParametersFacet,
  externalQueryFacet,
  extractionErrorFacet,
  jobDependenciesFacet,
  testFacet,
} from '../src/run-facets.ts'
import { datasetEvent, jobEvent } from '../src/static-event.ts'
import { uuidv7 } from '../src/uuid.ts'
import { hasOfficialSchemas, NEEDS_SCHEMAS, officialValidator } from './official.ts'
import { job, now } from './sample.ts'

const needs = `needs ${NEEDS_SCHEMAS}`

/** Names as people and machines make them. */
const name = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom(
    'O’Brien "x".csv',
    'a\nb',
    '\uD800',
    '__proto__',
    'größe',
    '/',
    '%',
    'https://me:pw@host/x?token=abc',
  ),
)
const maybe = fc.option(name, { nil: undefined })
const where = fc.record({ namespace: name, name })
/** What is not given is left out, as the builders' types have it. */
type Given<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> }
const given = <Value extends object>(value: Value): Given<Value> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Given<Value>
const inputField = fc
  .record({
    namespace: name,
    name,
    field: name,
    transformations: fc.option(
      fc.array(
        fc.record({
          type: fc.constantFrom('DIRECT' as const, 'INDIRECT' as const),
          subtype: name,
          masking: fc.boolean(),
        }),
        { maxLength: 2 },
      ),
      { nil: undefined },
    ),
  })
  .map(given)
const { condition } = fc.letrec<{ condition: SubsetCondition; leaf: SubsetCondition }>((tie) => ({
  leaf: fc.oneof(
    fc.record({ type: fc.constant('location' as const), locations: fc.array(name) }),
    fc.record({
      type: fc.constant('partition' as const),
      partitions: fc.array(fc.record({ identifier: name, dimensions: fc.dictionary(name, name) })),
    }),
    fc.record({
      type: fc.constant('compare' as const),
      left: fc.record({ type: fc.constant('field' as const), field: name }),
      right: fc.record({ type: fc.constant('literal' as const), value: name }),
      comparison: name,
    }),
  ),
  condition: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.record({
      type: fc.constant('binary' as const),
      left: tie('condition'),
      right: tie('condition'),
      operator: name,
    }),
  ),
}))
const tag = fc.record({ key: name, value: name, source: maybe }).map(given)

/** Each builder, given whatever fits its types. */
const builders: Readonly<Record<string, fc.Arbitrary<Facet | undefined>>> = {
  columnLineage: fc
    .record({ fields: fc.dictionary(name, fc.array(inputField, { maxLength: 2 })), dataset: fc.array(inputField) })
    .map(columnLineageFacet),
  lifecycle: fc
    .tuple(
      fc.constantFrom('ALTER', 'CREATE', 'DROP', 'OVERWRITE', 'RENAME', 'TRUNCATE'),
      fc.option(where, { nil: undefined }),
    )
    .map(([change, previous]) => lifecycleFacet(change, previous)),
  symlinks: fc.array(fc.record({ namespace: name, name, type: name })).map(symlinksFacet),
  datasetTags: fc
    .array(fc.record({ key: name, value: name, source: maybe, field: maybe }).map(given))
    .map(datasetTagsFacet),
  datasetType: fc.tuple(name, maybe).map(([type, sub]) => datasetTypeFacet(type, sub)),
  hierarchy: fc.array(fc.record({ type: name, name })).map(hierarchyFacet),
  catalog: fc
    .record({ framework: name, type: name, name, metadataUri: maybe, warehouseUri: maybe, source: maybe })
    .map((value) => catalogFacet(given(value))),
  inputStatistics: fc.record({ rows: fc.nat(), bytes: fc.nat(), files: fc.nat() }).map(inputStatisticsFacet),
  inputSubset: condition.map(inputSubsetFacet),
  outputSubset: condition.map(outputSubsetFacet),
  sourceCodeLocation: fc
    .record({ url: fc.oneof(name, fc.webUrl()), repoUrl: maybe, path: maybe, version: maybe, branch: maybe })
    .map((value) => sourceCodeLocationFacet(given(value))),
  sourceCode: fc.tuple(name, name).map(([language, code]) => sourceCodeFacet(language, code)),
  sql: fc.tuple(name, maybe).map(([query, dialect]) => sqlFacet(query, dialect)),
  jobDocumentation: name.map(jobDocumentationFacet),
  jobOwnership: fc.array(name).map(jobOwnershipFacet),
  jobTags: fc.array(tag).map(jobTagsFacet),
  runTags: fc.array(tag).map(runTagsFacet),
  executionParameters: fc
    .array(fc.record({ key: name, name: maybe, description: maybe, value: maybe }).map(given))
    .map(executionParametersFacet),
  environmentVariables: fc.dictionary(name, name).map(environmentVariablesFacet),
  externalQuery: fc.tuple(name, name).map(([id, source]) => externalQueryFacet(id, source)),
  jobDependencies: fc
    .array(fc.record({ job: where, runId: fc.option(fc.uuid(), { nil: undefined }), dependencyType: maybe }).map(given))
    .map((list) => jobDependenciesFacet(list, list)),
  extractionError: fc
    .record({
      totalTasks: fc.nat(),
      failedTasks: fc.nat(),
      errors: fc.array(fc.record({ error: fc.anything(), task: name, taskNumber: fc.nat() })),
    })
    .map(extractionErrorFacet),
  test: fc
    .array(fc.record({ name, status: name, severity: maybe, expected: maybe, actual: maybe }).map(given))
    .map(testFacet),
}

test.skipIf(!hasOfficialSchemas).each(Object.entries(builders))(
  `every facet of %s passes its official schema (${needs})`,
  (_, facets) => {
    const validate = officialValidator()
    fc.assert(
      fc.property(facets, (facet) => {
        const event = runEvent(
          { runId: uuidv7(), job, runFacets: facet === undefined ? {} : { one: facet } },
          { eventType: 'RUNNING', eventTime: now, inputs: [], outputs: [] },
        )
        // As it is sent.
        expect(validate(JSON.parse(JSON.stringify(event)))).toEqual([])
      }),
      { numRuns: 40 },
    )
  },
)

test('facets that a caller gives stand beside ours, in runs, jobs and datasets', () => {
  const dataset = { namespace: 's3://lake', name: 'a', uri: 's3://lake/a' }
  const tags = datasetTagsFacet([{ key: 'tier', value: 'gold' }])
  const event = runEvent(
    { runId: uuidv7(), job, runFacets: { tags: runTagsFacet([]) }, jobFacets: { sql: sqlFacet('SELECT 1', 'duckdb') } },
    { eventType: 'START', eventTime: now, inputs: [inputOf({ dataset, facets: { tags } })], outputs: [] },
  )
  expect(Object.keys(event.job.facets)).toEqual(['jobType', 'sql'])
  expect(Object.keys(event.run.facets)).toContain('tags')
  expect(event.inputs[0]?.facets['tags']).toBe(tags)
  expect(checkEvent(event)).toEqual([])
})

test('secrets in queries, code, parameters and addresses do not leave', () => {
  const secret = 'postgres://me:hunter2@host/db'
  const all = [
    sqlFacet(`COPY t FROM '${secret}'`),
    sourceCodeFacet('sql', secret),
    executionParametersFacet([{ key: 'url', value: secret }]),
    environmentVariablesFacet({ URL: secret }),
    sourceCodeLocationFacet({ url: 'https://me:hunter2@git.example/repo/a.ts' }),
    catalogFacet({ framework: 'x', type: 'y', name: 'z', metadataUri: secret }),
    extractionErrorFacet({ totalTasks: 1, failedTasks: 1, errors: [{ error: new Error(secret) }] }),
    externalQueryFacet('1', secret),
  ]
  expect(JSON.stringify(all)).not.toContain('hunter2')
})

test('an address that is none makes no facet of a source’s location', () => {
  expect(sourceCodeLocationFacet({ url: 'not an address' })).toBeUndefined()
})

test('the older form of column lineage stands beside the new one', () => {
  const field = { namespace: 'n', name: 'd', field: 'a' }
  const { fields } = columnLineageFacet({
    fields: {
      x: [{ ...field, transformations: [{ type: 'DIRECT', subtype: 'AGGREGATION', description: 'sum' }] }],
      y: [field],
    },
  }) as unknown as { fields: Record<string, object> }
  expect(fields['x']).toMatchObject({ transformationType: 'AGGREGATION', transformationDescription: 'sum' })
  expect(fields['y']).toEqual({ inputFields: [field] })
})

test.skipIf(!hasOfficialSchemas)(
  `events of jobs and datasets pass the official schemas, and our own check (${needs})`,
  () => {
    const validate = officialValidator()
    const dataset = { namespace: 's3://lake', name: 'a', uri: 's3://lake/a' }
    const output = outputOf({ dataset, rows: 3, owners: ['ada'] })
    const events = [
      jobEvent({ job, facets: { sql: sqlFacet('SELECT 1') }, inputs: [inputOf({ dataset })], outputs: [output] }, now),
      jobEvent({ job }, now),
      datasetEvent(output, now),
    ]
    for (const event of events) {
      expect(validate(JSON.parse(JSON.stringify(event)))).toEqual([])
      expect(checkEvent(event)).toEqual([])
    }
  },
)

test('events of jobs and datasets are checked too', () => {
  const [head] = [jobEvent({ job }, now)]
  expect(checkEvent({ ...head, eventType: 'START' })).toEqual([{ pointer: '/run', message: 'is missing' }])
  expect(checkEvent({ ...head, job: { namespace: '', name: 'x' } })).toEqual([
    { pointer: '/job/namespace', message: 'is missing or empty' },
  ])
  const { job: _job, ...rest } = head
  expect(checkEvent(rest)).toEqual([
    { pointer: '/run', message: 'is missing' },
    { pointer: '/job', message: 'is missing' },
  ])
  expect(checkEvent({ ...rest, dataset: { namespace: 'n', facets: { x: 1 } } })).toEqual([
    { pointer: '/dataset/name', message: 'is missing or empty' },
    { pointer: '/dataset/facets/x', message: 'is not an object' },
  ])
})

test.each([
  [10n, { rowCount: 10 }],
  [7, { rowCount: 7 }],
  [Number.NaN, {}],
  [1.5, {}],
  [-1, {}],
  ['12' as never, {}],
])('rows of %s are told only where they are a count', (rows, expected) => {
  const { rowCount } = outputStatisticsFacet(rows as number, undefined)
  expect(rowCount === undefined ? {} : { rowCount }).toEqual(expected)
})

test('no secret is in any facet, wherever it was given', () => {
  const secret = { namespace: 'postgres://ada:hunter22@db', name: 'password=hunter22' }
  const words = 'see https://ada:hunter22@host/ and token=hunter22'
  const parent = { runId: uuidv7(), job: secret }
  const facets: Record<string, Facet | undefined> = {
    columnLineage: columnLineageFacet({
      fields: { a: [{ ...secret, field: 'b' }] },
      dataset: [{ ...secret, field: 'c' }],
    }),
    symlinks: symlinksFacet([{ ...secret, type: 'TABLE' }]),
    lifecycle: lifecycleFacet('RENAME', secret),
    tags: datasetTagsFacet([{ key: 'from', value: words }]),
    jobTags: jobTagsFacet([{ key: 'from', value: words }]),
    hierarchy: hierarchyFacet([{ type: 'DATABASE', name: words }]),
    catalog: catalogFacet({ framework: 'a', type: 'b', name: 'c', metadataUri: 'https://ada:hunter22@host/' }),
    owners: jobOwnershipFacet([words]),
    documentation: jobDocumentationFacet(words),
    sql: sqlFacet(`CREATE SECRET s (SECRET 'hunter22'); -- ${words}`),
    source: sourceCodeFacet('sh', `curl -H 'Authorization: Bearer hunter22.a.b' ${words}`),
    location: sourceCodeLocationFacet({ url: 'https://ada:hunter22@host/x', repoUrl: 'https://ada:hunter22@host/' }),
    parameters: executionParametersFacet([{ key: 'url', value: words }]),
    error: extractionErrorFacet({ totalTasks: 1, failedTasks: 1, errors: [{ error: new Error(words) }] }),
    dependencies: jobDependenciesFacet([{ job: secret, runId: uuidv7() }]),
  }
  const error = new Error(`AWS_SECRET_ACCESS_KEY=hunter22 at ${words}`)
  const moment = { eventType: 'FAIL', eventTime: now, inputs: [], outputs: [], error } as const
  const event = runEvent({ runId: uuidv7(), job: secret, parent, origin: words }, moment)
  for (const [key, value] of [...Object.entries(facets), ['event', event] as const]) {
    expect([key, JSON.stringify(value)]).toEqual([key, expect.not.stringContaining('hunter22') as string])
  }
})
