import { expect, test } from 'vitest'
import { inputOf, outputOf } from '../src/event-dataset.ts'
import { dataset, weather } from './sample.ts'

test('a bare dataset has its source and format', () => {
  expect(Object.keys(inputOf({ dataset }).facets)).toEqual(['dataSource', 'storage'])
  expect(inputOf({ dataset })).toEqual(outputOf({ dataset }))
})

test('each thing known is a facet where the specification wants it', () => {
  const about = ['dataSource', 'storage', 'version', 'schema', 'documentation', 'ownership']
  const quality = ['dataQualityMetrics', 'dataQualityAssertions']
  const input = inputOf(weather())
  expect(Object.keys(input.facets)).toEqual(about)
  expect(Object.keys(input.inputFacets ?? {})).toEqual(quality)
  const output = outputOf(weather())
  expect(Object.keys(output.facets)).toEqual([...about, ...quality])
  expect(output.outputFacets).toMatchObject({ outputStatistics: { rowCount: 3, size: 120 } })
})

test('the dataset’s own version counts where no other is given', () => {
  const known = { dataset: { ...dataset, version: 'md5:a' } }
  expect(inputOf(known).facets['version']).toMatchObject({ datasetVersion: 'md5:a' })
  expect(inputOf({ ...known, version: 'md5:b' }).facets['version']).toMatchObject({ datasetVersion: 'md5:b' })
})

test('no password reaches an event', () => {
  const namespace = 'postgres://me:hunter2@db'
  const leaky = { dataset: { namespace, name: 't', uri: `${namespace}/t` }, description: `from ${namespace}` }
  expect(JSON.stringify(outputOf(leaky))).not.toContain('hunter2')
  expect(outputOf(leaky)).toMatchObject({ namespace: 'postgres://db' })
})
