import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { symlinksFacet } from '../src/dataset-facets.ts'
import { graphOf, nodeKey, type GraphDataset } from '../src/graph.ts'
import type { MergedRun, RunDataset } from '../src/runs.ts'
import { columnsOf, walk } from '../src/walk.ts'

const folder = (name: string): GraphDataset => ({ namespace: 'hdfs://lake', name: `/warehouse/${name}` })
const table = (name: string): GraphDataset => ({ namespace: 'hive://lake:9083', name: `default.${name}` })
const key = (dataset: GraphDataset): string => nodeKey('dataset', dataset)

/** A dataset as a run tells of it, with its other name. */
const known = (dataset: GraphDataset, other?: GraphDataset, facets: RunDataset['facets'] = {}): RunDataset => ({
  ...dataset,
  facets: { ...facets, ...(other ? { symlinks: symlinksFacet([{ ...other, type: 'TABLE' }]) } : {}) },
})

const run = (
  job: string,
  inputs: RunDataset[],
  outputs: RunDataset[],
  startedAt = '2026-11-01T08:00:00.000Z',
): MergedRun => ({
  runId: job,
  job: { namespace: 'n', name: job },
  state: 'COMPLETE',
  startedAt,
  facets: {},
  jobFacets: {},
  inputs,
  outputs,
  events: 1,
})

test('a folder and the table in it are one node, which either name finds', () => {
  const columnLineage = { fields: { b: { inputFields: [{ ...table('a'), field: 'x' }] } } }
  const graph = graphOf([
    run('load', [], [known(folder('a'), table('a'))]),
    run('report', [known(table('a'))], [known(table('b'), undefined, { columnLineage })]),
  ])
  expect(graph.nodes.get(key(folder('a')))).toEqual({ kind: 'dataset', ...folder('a'), aliases: [table('a')] })
  expect(graph.nodes.has(key(table('a')))).toBe(false)
  const { nodes } = walk(graph, key(table('a')))
  expect(nodes.map(({ node: { name }, distance }) => [name, distance])).toEqual([
    [folder('a').name, 0],
    ['load', 0],
    ['report', 0],
    [table('b').name, 1],
  ])
  const [edge] = columnsOf(graph, { ...table('a'), field: 'x' }, 'downstream')
  expect(edge).toMatchObject({ from: { ...folder('a'), field: 'x' }, to: { ...table('b'), field: 'b' } })
})

test('a table that moved is where the later run says', () => {
  const runs = [
    run('old', [], [known(folder('old'), table('t'))], '2026-11-01T00:00:00.000Z'),
    run('new', [], [known(folder('new'), table('t'))], '2026-11-02T00:00:00.000Z'),
    run('read', [known(table('t'))], []),
  ]
  const graph = graphOf(runs)
  expect([...(graph.downstream.get(key(folder('new'))) ?? [])]).toEqual([
    nodeKey('job', { namespace: 'n', name: 'read' }),
  ])
  expect(graph.downstream.get(key(folder('old')))).toBeUndefined()
})

test('names that stand for each other in a circle are one node, whatever the order of runs', () => {
  const names = ['a', 'b', 'c', 'd'].map(folder)
  const claims = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(2)), { maxLength: 8 })
  fc.assert(
    fc.property(claims, fc.nat(100), (told, turn) => {
      const runs = told.map(([from, to, at], index) =>
        run(`j${index}`, [known(names[from] as GraphDataset, names[to])], [], `2026-11-0${at + 1}T00:00:00.000Z`),
      )
      const turned = [...runs.slice(turn % (runs.length + 1)), ...runs.slice(0, turn % (runs.length + 1))].toReversed()
      const [one, other] = [graphOf(runs), graphOf(turned)]
      expect(new Map(other.nodes)).toEqual(new Map(one.nodes))
      expect(other.aliases).toEqual(one.aliases)
      // No name that stands for another is a node of its own.
      for (const [alias, of] of one.aliases) {
        expect(one.nodes.has(alias)).toBe(false)
        expect(one.aliases.has(of)).toBe(false)
      }
    }),
  )
})

test('identifiers that are none are passed over', () => {
  const broken = { ...folder('a'), facets: { symlinks: { identifiers: [null, 7, { name: 'x' }] } } }
  expect(graphOf([run('j', [broken as unknown as RunDataset], [])]).aliases.size).toBe(0)
})
