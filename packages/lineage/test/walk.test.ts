import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnCsvOf, csvOf } from '../src/drawings/csv.ts'
import { dotOf } from '../src/drawings/dot.ts'
import { mermaidOf } from '../src/drawings/mermaid.ts'
import { treeOf } from '../src/drawings/tree.ts'
import { graphOf, nodeKey, type LineageGraph } from '../src/graph.ts'
import type { MergedRun } from '../src/runs.ts'
import { columnsOf, neighboursOf, walk } from '../src/walk.ts'

const dataset = (name: string): { namespace: string; name: string } => ({ namespace: 's3://lake', name })
const key = (name: string): string => nodeKey('dataset', dataset(name))

function run(job: string, inputs: string[], outputs: string[], over: Partial<MergedRun> = {}): MergedRun {
  return {
    runId: `${job}-1`,
    job: { namespace: 'n', name: job },
    state: 'COMPLETE',
    startedAt: '2026-11-01T08:00:00.000Z',
    facets: {},
    jobFacets: {},
    inputs: inputs.map((name) => ({ ...dataset(name), facets: {} })),
    outputs: outputs.map((name) => ({ ...dataset(name), facets: {} })),
    events: 1,
    ...over,
  }
}

const shop = graphOf([
  run('clean', ['raw'], ['clean']),
  run('aggregate', ['clean', 'codes'], ['daily']),
  run('publish', ['daily'], ['report', 'model']),
])

const walked = (graph: LineageGraph, start: string | undefined, options = {}): [string, number][] =>
  walk(graph, start, options).nodes.map(({ node: { kind, name }, distance }) => [
    kind === 'job' ? `[${name}]` : name,
    distance,
  ])

test('a walk goes both ways, with datasets counted and jobs between them', () => {
  expect(walked(shop, key('daily'))).toEqual([
    ['daily', 0],
    ['[aggregate]', 0],
    ['[publish]', 0],
    ['clean', -1],
    ['codes', -1],
    ['[clean]', -1],
    ['model', 1],
    ['report', 1],
    ['raw', -2],
  ])
  expect(walked(shop, key('daily'), { upstream: 1, downstream: 0 }).map(([name]) => name)).toEqual([
    'daily',
    '[aggregate]',
    'clean',
    'codes',
  ])
  expect(walked(shop, key('daily'), { upstream: 0, downstream: 0 })).toEqual([['daily', 0]])
  expect(walked(shop, undefined)).toHaveLength(9)
})

test('neighbours are datasets only, the nearest first', () => {
  expect(
    neighboursOf(shop, dataset('raw'), 'downstream').map(({ dataset: { name }, distance }) => [name, distance]),
  ).toEqual([
    ['clean', 1],
    ['daily', 2],
    ['model', 3],
    ['report', 3],
  ])
  expect(neighboursOf(shop, dataset('unknown'), 'upstream')).toEqual([])
})

test('of each job counts the last run that read or wrote anything; with history all do', () => {
  const runs = [
    run('clean', ['old'], ['clean'], { runId: '1', startedAt: '2026-11-01T08:00:00.000Z' }),
    run('clean', ['raw'], ['clean'], { runId: '2', startedAt: '2026-11-02T08:00:00.000Z' }),
    run('clean', [], [], { runId: '3', startedAt: '2026-11-03T08:00:00.000Z', state: 'FAIL' }),
  ]
  const names = (history: boolean): string[] =>
    neighboursOf(graphOf(runs, { history }), dataset('clean'), 'upstream').map((one) => one.dataset.name)
  expect(names(false)).toEqual(['raw'])
  expect(names(true)).toEqual(['old', 'raw'])
  expect(graphOf(runs).nodes.get(nodeKey('job', { namespace: 'n', name: 'clean' }))?.lastRun).toMatchObject({
    runId: '3',
    state: 'FAIL',
  })
})

const versioned = (version: string, startedAt: string): MergedRun => ({
  ...run(`j${version}`, [], [], { startedAt }),
  outputs: [{ ...dataset('a'), facets: { version: { datasetVersion: version } } }],
})

test('the last known version of a dataset is that of the run that began last', () => {
  for (const order of [
    ['1', '2'],
    ['2', '1'],
  ]) {
    const graph = graphOf(order.map((version) => versioned(version, `2026-11-0${version}T00:00:00.000Z`)))
    expect(graph.nodes.get(key('a'))?.version).toBe('2')
  }
})

test('circles end, in walks and in drawings', () => {
  const circle = graphOf([run('ab', ['a'], ['b']), run('ba', ['b'], ['a']), run('self', ['b'], ['b'])])
  expect(walked(circle, key('a'))).toHaveLength(5)
  expect(treeOf(walk(circle, key('a')), key('a'), { label: ({ name }) => name })).toMatchInlineSnapshot(`
    [
      "a",
      "made from",
      "└ ba",
      "  └ b",
      "    ├ ab",
      "    │ └ a (above)",
      "    └ self",
      "      └ b (above)",
      "makes",
      "└ ab",
      "  └ b",
      "    ├ ba",
      "    │ └ a (above)",
      "    └ self",
      "      └ b (above)",
    ]
  `)
  expect(treeOf(walk(circle, undefined), undefined)).not.toEqual([])
})

test('a chain of 10 000 jobs is walked and drawn', () => {
  const chain = graphOf(Array.from({ length: 10_000 }, (_, at) => run(`j${at}`, [`d${at}`], [`d${at + 1}`])))
  const part = walk(chain, key('d0'))
  expect(part.nodes).toHaveLength(20_001)
  expect(part.nodes.at(-1)?.distance).toBe(10_000)
  expect(treeOf(part, key('d0'))).toHaveLength(20_002)
})

test('a walk finds what following every edge finds', () => {
  const edges = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), { maxLength: 14 })
  fc.assert(
    fc.property(edges, (pairs) => {
      const graph = graphOf(pairs.map(([from, to], at) => run(`j${at}`, [String(from)], [String(to)])))
      const reached = new Set([0])
      for (let size = 0; size !== reached.size;) {
        size = reached.size
        for (const [from, to] of pairs) if (reached.has(from)) reached.add(to)
      }
      const found = neighboursOf(graph, dataset('0'), 'downstream').map((one) => Number(one.dataset.name))
      expect(new Set([0, ...found])).toEqual(reached)
      expect(found).toHaveLength(new Set(found).size)
    }),
  )
})

const label = ({ kind, name }: { kind: string; name: string }): string => (kind === 'job' ? `[${name}]` : name)

test('trees stand beneath what they begin with, and nothing is drawn twice', () => {
  expect(treeOf(walk(shop, key('daily')), key('daily'), { label })).toMatchInlineSnapshot(`
    [
      "daily",
      "made from",
      "└ [aggregate]",
      "  ├ clean",
      "  │ └ [clean]",
      "  │   └ raw",
      "  └ codes",
      "makes",
      "└ [publish]",
      "  ├ model",
      "  └ report",
    ]
  `)
  expect(treeOf(walk(shop, undefined), undefined, { label })).toMatchInlineSnapshot(`
    [
      "codes",
      "└ [aggregate]",
      "  └ daily",
      "    └ [publish]",
      "      ├ model",
      "      └ report",
      "raw",
      "└ [clean]",
      "  └ clean",
      "    └ [aggregate] (above)",
    ]
  `)
  expect(treeOf(walk(shop, key('nothing')), key('nothing'))).toEqual([])
})

test('odd names cannot break a drawing', () => {
  const odd = 'a"]; x --> y\n<b>&#35; \\ é'
  const part = walk(graphOf([run('=cmd()', [odd], ['-b,"c"'])]), undefined)
  const mermaid = mermaidOf(part)
  expect(mermaid).toHaveLength(1 + 3 + 2)
  expect(mermaid.join('\n')).toContain('a#34;]; x --#62; y#10;#60;b#62;#38;#35;35; \\ é')
  expect(dotOf(part).join('\n')).toContain('label="s3://lake/a\\"]; x --> y <b>&#35; \\\\ é"')
  expect(csvOf(part)[1]).toBe(`dataset,s3://lake,"${odd.replace('"', '""')}",job,n,'=cmd()`)
  expect(csvOf(part)[2]).toBe(`job,n,'=cmd(),dataset,s3://lake,"'-b,""c"""`)
})

const columnLineage = (fields: Record<string, unknown>): MergedRun['outputs'][number]['facets'] => ({
  columnLineage: { fields },
})

test('columns are followed over datasets, in the old form of the facet and the new', () => {
  const from = (name: string, field: string, over = {}): Record<string, unknown> => ({
    ...dataset(name),
    field,
    ...over,
  })
  const graph = graphOf([
    {
      ...run('a', ['raw'], []),
      outputs: [
        {
          ...dataset('clean'),
          facets: columnLineage({
            price: { inputFields: [from('raw', 'cents')], transformationType: 'TRANSFORMATION' },
            day: {
              inputFields: [
                from('raw', 'time', {
                  transformations: [
                    { type: 'DIRECT', subtype: 'IDENTITY' },
                    { type: 'INDIRECT', subtype: 'SORT' },
                  ],
                }),
              ],
            },
            odd: null,
            none: { inputFields: [{ name: 1 }, null] },
          }),
        },
      ],
    },
    {
      ...run('b', ['clean'], []),
      outputs: [{ ...dataset('daily'), facets: columnLineage({ total: { inputFields: [from('clean', 'price')] } }) }],
    },
  ])
  expect(
    columnsOf(graph, { ...dataset('daily'), field: 'total' }, 'upstream').map((edge) => [
      edge.from.field,
      edge.to.field,
      edge.type,
      edge.subtype,
    ]),
  ).toEqual([
    ['price', 'total', 'DIRECT', undefined],
    ['cents', 'price', 'DIRECT', 'TRANSFORMATION'],
  ])
  expect(columnsOf(graph, { ...dataset('raw'), field: 'time' }, 'downstream').map(({ type }) => type)).toEqual([
    'DIRECT',
    'INDIRECT',
  ])
  expect(columnCsvOf(graph.columns)[1]).toBe('s3://lake,raw,cents,s3://lake,clean,price,DIRECT,TRANSFORMATION')
})

test('a column that decides which rows there are leads to all columns of the dataset', () => {
  const from = (name: string, field: string, subtype: string): object => ({
    ...dataset(name),
    field,
    transformations: [{ type: subtype === 'FILTER' ? 'INDIRECT' : 'DIRECT', subtype }],
  })
  const output = (name: string, facet: object): MergedRun['outputs'][number] => ({
    ...dataset(name),
    facets: { columnLineage: facet as never },
  })
  const graph = graphOf([
    run('a', ['raw'], [], {
      outputs: [
        output('clean', {
          fields: { id: { inputFields: [from('raw', 'id', 'IDENTITY')] } },
          dataset: [from('raw', 'age', 'FILTER'), { ...dataset('raw'), field: 'old' }, null, { field: 7 }],
        }),
      ],
    }),
    run('b', ['clean'], [], {
      outputs: [output('daily', { fields: { n: { inputFields: [from('clean', 'id', 'AGGREGATION')] } } })],
    }),
  ])
  const walkedColumns = (name: string, field: string, direction: 'upstream' | 'downstream'): string[] =>
    columnsOf(graph, { ...dataset(name), field }, direction).map(
      (edge) => `${edge.from.name}.${edge.from.field} ${edge.type} ${edge.to.name}.${edge.to.field ?? '*'}`,
    )
  expect(walkedColumns('raw', 'age', 'downstream')).toEqual(['raw.age INDIRECT clean.*', 'clean.id DIRECT daily.n'])
  expect(walkedColumns('daily', 'n', 'upstream')).toEqual([
    'clean.id DIRECT daily.n',
    'raw.id DIRECT clean.id',
    'raw.age INDIRECT clean.*',
    'raw.old INDIRECT clean.*',
  ])
  expect(walkedColumns('clean', 'id', 'downstream')).toEqual(['clean.id DIRECT daily.n'])
  expect(walkedColumns('raw', 'id', 'upstream')).toEqual([])
  expect(columnCsvOf(graph.columns)[2]).toBe('s3://lake,raw,age,s3://lake,clean,,INDIRECT,FILTER')
})

test('a whole graph is drawn whole: circles beside what has a beginning too, and long chains in few columns', () => {
  const graph = graphOf([
    run('j1', ['root'], ['leaf']),
    run('j2', ['self'], ['self']),
    run('j3', ['c1'], ['c2']),
    run('j4', ['c2'], ['c1']),
  ])
  const text = treeOf(walk(graph, undefined), undefined).join('\n')
  for (const name of ['root', 'leaf', 'self', 'c1', 'c2', '[j1]', '[j2]', '[j3]', '[j4]']) expect(text).toContain(name)
  const chain = graphOf(Array.from({ length: 3000 }, (_, at) => run(`j${at}`, [`d${at}`], [`d${at + 1}`])))
  const lines = treeOf(walk(chain, key('d0')), key('d0'))
  expect(lines).toHaveLength(6002)
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(120)
})
