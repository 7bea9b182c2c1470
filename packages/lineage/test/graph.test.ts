import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appendJournal } from '@dayshift/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { neighboursOf, readGraph } from '../src/graph.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dayshift-graph-'))
  path = join(folder, 'metadata_log.jsonl')
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const dataset = (name: string): { namespace: string; name: string } => ({ namespace: 's3://lake', name })
const run = (inputs: string[], outputs: string[]): Record<string, unknown> => ({
  inputs: inputs.map(dataset),
  outputs: outputs.map(dataset),
})

async function names(of: string, direction: 'upstream' | 'downstream'): Promise<[string, number][]> {
  const found = neighboursOf(await readGraph(path), dataset(of), direction)
  return found.map(({ dataset: { name }, distance }) => [name, distance])
}

test('neighbours are found however far, the nearest first', async () => {
  appendJournal(path, [
    run(['raw'], ['clean']),
    run(['clean', 'codes'], ['daily']),
    run(['daily'], ['report', 'model']),
  ])
  expect(await names('raw', 'downstream')).toEqual([
    ['clean', 1],
    ['daily', 2],
    ['model', 3],
    ['report', 3],
  ])
  expect(await names('report', 'upstream')).toEqual([
    ['daily', 1],
    ['clean', 2],
    ['codes', 2],
    ['raw', 3],
  ])
  expect(await names('unknown', 'upstream')).toEqual([])
})

test('circles end, and a dataset is no neighbour of itself', async () => {
  appendJournal(path, [run(['a'], ['a', 'b']), run(['b'], ['a'])])
  expect(await names('a', 'downstream')).toEqual([['b', 1]])
})

test('a missing log is empty; lines that are no events are passed over', async () => {
  expect(await names('a', 'downstream')).toEqual([])
  appendJournal(path, [
    { origin: 'x', num_rows: 1 },
    { inputs: 'a', outputs: [null, 1, { name: 'b' }] },
    run(['a'], ['b']),
  ])
  expect(await names('a', 'downstream')).toEqual([['b', 1]])
})
