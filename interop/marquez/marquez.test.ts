import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  columnLineageFacet,
  fileTransport,
  graphOf,
  httpTransport,
  mergeRuns,
  readLineageLog,
  readLogLine,
  runEvent,
  sendSpool,
  spooled,
  sqlFacet,
  trackRun,
  uuidv7,
  type EventType,
  type GraphNode,
  type KnownDataset,
  type LineageEvent,
  type LineageGraph,
  type LoggedEvent,
  type Transport,
} from '../../packages/lineage/src/index.ts'
import { inputOf, outputOf } from '../../packages/lineage/src/event-dataset.ts'
import { freePort } from '../server.ts'

/**
 * Marquez is not in any registry that CI has, so a running one is given: DAYSHIFT_MARQUEZ=http://127.0.0.1:5000. With
 * DAYSHIFT_OPENLINEAGE_EVENTS, a checkout of OpenLineage's compatibility tests, it is held against these events too.
 */
const { DAYSHIFT_MARQUEZ: url = '', DAYSHIFT_OPENLINEAGE_EVENTS: corpus = '' } = process.env

if (url === '') console.warn('interop: no Marquez is given in DAYSHIFT_MARQUEZ, so lineage is not held against it')

const folder = mkdtempSync(join(tmpdir(), 'dayshift-marquez-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What no other run of these tests has. */
const mark = uuidv7().slice(-12)
const namespace = `dayshift-${mark}`

async function ask<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${path}`)
  if (!response.ok) throw new Error(`Marquez answers ${response.status} to ${path}: ${await response.text()}`)
  return (await response.json()) as Answer
}

interface Named {
  readonly namespace: string
  readonly name: string
}

interface Job {
  readonly inputs: readonly Named[]
  readonly outputs: readonly Named[]
  readonly latestRun: { readonly id: string; readonly state: string } | null
}

const jobAt = (job: Named): Promise<Job> =>
  ask(`namespaces/${encodeURIComponent(job.namespace)}/jobs/${encodeURIComponent(job.name)}`)

const named = (datasets: readonly Named[]): string[] => datasets.map((one) => `${one.namespace} ${one.name}`).toSorted()

/** Marquez lists a dataset once by each of its names. */
function namesOf(graph: LineageGraph, keys: ReadonlySet<string> = new Set()): string[] {
  const nodes = [...keys].map((key) => graph.nodes.get(key) as GraphNode)
  return named(nodes.flatMap((node) => [node, ...(node.aliases ?? [])]))
}

const STATES: Readonly<Record<string, string>> = { COMPLETED: 'COMPLETE', FAILED: 'FAIL', ABORTED: 'ABORT' }

/** What both know of each job: what it reads and writes, and how its last run ended. */
async function jobsOfBoth(graph: LineageGraph): Promise<{ ours: unknown[]; marquez: unknown[] }> {
  const [ours, marquez]: [unknown[], unknown[]] = [[], []]
  for (const [key, node] of graph.nodes) {
    if (node.kind !== 'job') continue
    const { inputs, outputs, latestRun } = await jobAt(node)
    const state = latestRun?.state ?? ''
    marquez.push([node.name, named(inputs), named(outputs), STATES[state] ?? state])
    const [read, written] = [graph.upstream.get(key), graph.downstream.get(key)]
    ours.push([node.name, namesOf(graph, read), namesOf(graph, written), node.lastRun?.state])
  }
  return { ours, marquez }
}

const table = (name: string): KnownDataset => ({
  dataset: { namespace: `s3://lake-${mark}`, name, uri: `s3://lake-${mark}/${name}` },
  schema: {
    columns: ['id', 'city name', 'tëmp'].map((column) => ({ name: column, type: 'string', nativeType: 'VARCHAR' })),
  },
  rows: 10,
})

/** A pipeline with joins, a fork, a circle and odd names: by job, what it reads and writes. */
const PIPELINE: readonly (readonly [job: string, inputs: readonly string[], outputs: readonly string[]])[] = [
  ['ingest.orders', [], ['raw/orders']],
  ['ingest.cities', [], ['raw/Städte list.csv']],
  ['clean', ['raw/orders'], ['clean/orders']],
  ['join it', ['clean/orders', 'raw/Städte list.csv'], ['mart/daily', 'mart/rejects']],
  ['feedback', ['mart/rejects'], ['raw/orders']],
  ['publish', ['mart/daily'], []],
]

const columnLineage = (inputs: readonly string[]) =>
  columnLineageFacet({
    fields: {
      tëmp: inputs.map((name) => ({
        namespace: `s3://lake-${mark}`,
        name,
        field: 'city name',
        transformations: [{ type: 'DIRECT', subtype: 'TRANSFORMATION' }],
      })),
    },
  })

function eventsOfPipeline(last: (job: string) => EventType): LineageEvent[] {
  const start = Date.now() - 60_000
  return PIPELINE.flatMap(([job, reads, writes], at) => {
    const context = { runId: uuidv7(), job: { namespace, name: job }, jobFacets: { sql: sqlFacet('select 1') } }
    const inputs = reads.map((name) => inputOf(table(name)))
    const outputs = writes.map((name) => outputOf({ ...table(name), facets: { columnLineage: columnLineage(reads) } }))
    const event = (eventType: EventType, ms: number): LineageEvent =>
      runEvent(context, { eventType, eventTime: new Date(start + at * 1000 + ms), inputs, outputs, error: 'too cold' })
    return [event('START', 0), event('RUNNING', 100), event(last(job), 500)]
  })
}

async function emitAll(transport: Transport, events: readonly LineageEvent[]): Promise<void> {
  for (const event of events) await transport.emit([event])
}

describe.skipIf(url === '')('Marquez', () => {
  test('has the graph that we have, of jobs, datasets and columns', async () => {
    const log = join(folder, 'pipeline.jsonl')
    const events = eventsOfPipeline((job) => (job === 'feedback' ? 'FAIL' : job === 'clean' ? 'ABORT' : 'COMPLETE'))
    const server = httpTransport({ url, compression: 'gzip' })
    await emitAll(fileTransport(log), events)
    await emitAll(server, events)
    const graph = graphOf((await readLineageLog(log)).runs)
    const { ours, marquez } = await jobsOfBoth(graph)
    expect(marquez).toHaveLength(PIPELINE.length)
    expect(ours).toEqual(marquez)

    const start = `dataset:s3://lake-${mark}:mart/daily`
    interface Graph {
      readonly graph: readonly {
        readonly id: string
        readonly outEdges: readonly { readonly origin: string; readonly destination: string }[]
      }[]
    }
    const edgesAt = async (path: string): Promise<string[]> => {
      const { graph: nodes } = await ask<Graph>(`${path}?nodeId=${encodeURIComponent(start)}&depth=100`)
      const edges = nodes.flatMap(({ outEdges }) => outEdges)
      return [...new Set(edges.map(({ origin, destination }) => `${origin} > ${destination}`))].toSorted()
    }
    const idOf = (key: string): string => {
      const { kind, namespace: space, name } = graph.nodes.get(key) as GraphNode
      return `${kind}:${space}:${name}`
    }
    const own = [...graph.downstream].flatMap(([from, to]) => [...to].map((one) => `${idOf(from)} > ${idOf(one)}`))
    expect(own.toSorted()).toEqual(await edgesAt('lineage'))

    // Marquez tells what leads to the dataset that is asked for.
    const ofDaily = graph.columns.filter(({ to }) => to.name === 'mart/daily')
    const place = ({ namespace: space, name, field }: (typeof ofDaily)[number]['to']): string =>
      `datasetField:${space}:${name}:${field}`
    const ownFields = ofDaily.map(({ from, to }) => `${place(from)} > ${place(to)}`)
    expect(ownFields).toHaveLength(2)
    expect(ownFields.toSorted()).toEqual(await edgesAt('column-lineage'))
  })

  test('was down for the whole run: what waited comes later, in order, and once', async () => {
    const [spool, job] = [join(folder, 'spool'), { namespace, name: `patient ${mark}` }]
    const nowhere = httpTransport({ url: `http://127.0.0.1:${await freePort()}`, retry: { total: 0 } })
    const down = spooled(nowhere, { folder: spool, patience: 1 })
    const output = table('patient/out')
    const result = await trackRun(job, () => 42, { transports: [down], outputs: [output], jobFacets: {} })
    await down.close()
    expect(result).toBe(42)
    const back = httpTransport({ url })
    expect(await sendSpool(back, spool)).toMatchObject({ sent: 2, left: 0, rejected: 0 })
    expect(await sendSpool(back, spool)).toMatchObject({ sent: 0, left: 0 })
    const { latestRun, outputs } = await jobAt(job)
    expect([latestRun?.state, named(outputs)]).toEqual(['COMPLETED', named([output.dataset])])
    const { events } = await ask<{ events: { job: Named; eventType: string }[] }>('events/lineage?limit=500')
    const own = events.filter((event) => event.job.name === job.name).map(({ eventType }) => eventType)
    expect(own.toSorted()).toEqual(['COMPLETE', 'START'])
  })

  test('knows which run began another, and why one failed', async () => {
    const transports = [httpTransport({ url })]
    const outer = { namespace, name: `outer-${mark}` }
    const inner = { namespace, name: `inner-${mark}` }
    const failing = trackRun(
      outer,
      ({ runId }) =>
        trackRun(inner, () => Promise.reject(new Error('too cold')), {
          transports,
          parent: { runId, job: outer },
        }),
      { transports },
    )
    await expect(failing).rejects.toThrow('too cold')
    expect((await jobAt(outer)).latestRun?.state).toBe('FAILED')
    // It puts a job within that of the run that began it.
    const child = await jobAt({ namespace, name: `${outer.name}.${inner.name}` })
    expect(child.latestRun?.state).toBe('FAILED')
    const facets = await ask<{ facets: { errorMessage?: { message: string } } }>(
      `jobs/runs/${child.latestRun?.id}/facets?type=run`,
    )
    expect(facets.facets.errorMessage?.message).toContain('too cold')
  })

  test.skipIf(corpus === '')('has the graph that we have of the events of others', async () => {
    const scenarios = join(corpus, 'consumer', 'scenarios')
    const files = readdirSync(scenarios, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /(^|\/)events\/[^/]+\.json$/.test(file),
    )
    const told = files.flatMap(
      (file) => JSON.parse(readFileSync(join(scenarios, file), 'utf8')) as { eventTime: string },
    )
    const inOrder = told.toSorted((a, b) => (a.eventTime < b.eventTime ? -1 : 1))
    const events: LoggedEvent[] = []
    for (const record of inOrder) {
      const line = readLogLine({ ...record }, '/')
      if (typeof line === 'string' || line.kind !== 'run') continue
      events.push(line.event)
      const body = JSON.stringify(record)
      const headers = { 'content-type': 'application/json' }
      expect((await fetch(`${url}/api/v1/lineage`, { method: 'POST', headers, body })).status).toBe(201)
    }
    // One of them has a run id that is no UUID, which the specification forbids.
    expect([inOrder.length, events.length]).toEqual([74, 73])
    const { ours, marquez } = await jobsOfBoth(graphOf(mergeRuns(events)))
    expect(marquez).toHaveLength(29)
    expect(ours).toEqual(marquez)
    expect(graphOf(mergeRuns(events.toReversed())).nodes).toEqual(graphOf(mergeRuns(events)).nodes)
  })
})
