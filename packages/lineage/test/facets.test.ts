import { datasetOf } from '@dayshift/core'
import { expect, test } from 'vitest'
import {
  dataQualityAssertionsFacet,
  dataQualityMetricsFacet,
  dataSourceFacet,
  errorMessageFacet,
  jobTypeFacet,
  schemaFacet,
  storageFacet,
  type Facet,
} from '../src/facets.ts'
import { PRODUCER } from '../src/producer.ts'
import { profile, validation, weather } from './sample.ts'

const content = ({ _producer: _a, _schemaURL: _b, ...rest }: Facet): object => rest

test('a facet says who made it and which schema it follows', () => {
  expect(schemaFacet({ columns: [] })).toEqual({
    _producer: PRODUCER,
    _schemaURL: 'https://openlineage.io/spec/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet',
    fields: [],
  })
})

test('schema: the engine’s types, positions from 1', () => {
  expect(content(schemaFacet(weather().schema ?? { columns: [] }))).toEqual({
    fields: [
      { name: 'city', type: 'VARCHAR', ordinal_position: 1 },
      { name: 'temp', type: 'DOUBLE', ordinal_position: 2 },
    ],
  })
})

test('dataSource and storage come from the reference', () => {
  const ref = { ...datasetOf('s3://lake/raw/a b.parquet', '/srv'), format: 'parquet' }
  expect(content(dataSourceFacet(ref))).toEqual({ name: 's3://lake', uri: 's3://lake/raw/a%20b.parquet' })
  expect(content(dataSourceFacet({ ...ref, uri: 'no address' }))).toEqual({ name: 's3://lake' })
  expect(content(storageFacet(ref))).toEqual({ storageLayer: 's3', fileFormat: 'parquet' })
})

test('dataQualityMetrics: numbers only, and no value of a text column', () => {
  expect(content(dataQualityMetricsFacet('dataset', profile, 120))).toEqual({
    rowCount: 3,
    bytes: 120,
    columnMetrics: {
      city: { nullCount: 0, distinctCount: 2, count: 3 },
      temp: { nullCount: 1, distinctCount: 2, count: 2, min: -1.5, quantiles: { '0.25': 0, '0.5': 1, '0.75': 2 } },
    },
  })
})

test('dataQualityAssertions: one a check, with counts and no values', () => {
  const facet = dataQualityAssertionsFacet(validation)
  expect(content(facet)).toEqual({
    assertions: [
      {
        assertion: 'min',
        success: false,
        column: 'temp',
        severity: 'error',
        name: 'temp.min',
        expected: 'no row fails',
        actual: '1 of 2 rows fail',
      },
      {
        assertion: 'rowCount',
        success: true,
        severity: 'warn',
        name: 'rows',
        expected: 'no row fails',
        actual: '0 of 3 rows fail',
      },
    ],
  })
  expect(JSON.stringify(facet)).not.toContain('273.5')
})

test('errorMessage: any thrown value, without secrets', () => {
  const facet = errorMessageFacet(new Error('cannot reach postgres://me:hunter2@db/t'))
  expect(facet).toMatchObject({ message: 'cannot reach postgres://db/t', programmingLanguage: 'javascript' })
  expect(facet['stackTrace']).toContain('facets.test.ts')
  expect(JSON.stringify(facet)).not.toContain('hunter2')
  expect(content(errorMessageFacet('stopped'))).toEqual({ message: 'stopped', programmingLanguage: 'javascript' })
})

test('jobType always has its jobType', () => {
  expect(content(jobTypeFacet())).toEqual({ processingType: 'BATCH', integration: 'DAYSHIFT', jobType: 'JOB' })
})
