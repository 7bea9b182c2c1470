import { withoutSecrets } from '@dayshift/core/ground'
import type { InputDataset, OutputDataset } from './event-dataset.ts'
import type { Facet, JobRef } from './facets.ts'
import { PRODUCER } from './producer.ts'

const SCHEMA = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/'

type Facets = Readonly<Record<string, Facet>>

/** An OpenLineage job event: what a job is, and reads and writes, told without a run. */
export interface JobEvent {
  readonly eventTime: string
  readonly job: JobRef & { readonly facets: Facets }
  readonly inputs: readonly InputDataset[]
  readonly outputs: readonly OutputDataset[]
  readonly producer: string
  readonly schemaURL: string
}

/** An OpenLineage dataset event: what a dataset is, told without a job. */
export interface DatasetEvent {
  readonly eventTime: string
  readonly dataset: { readonly namespace: string; readonly name: string; readonly facets: Facets }
  readonly producer: string
  readonly schemaURL: string
}

/** What a job event tells. */
export interface JobDescription {
  readonly job: JobRef
  /** By names of the specification: `sql`, `documentation`, `ownership` … */
  readonly facets?: Facets
  /** As {@link inputOf} makes them. */
  readonly inputs?: readonly InputDataset[]
  /** As {@link outputOf} makes them. */
  readonly outputs?: readonly OutputDataset[]
}

/**
 * Builds a job event.
 *
 * @example jobEvent({ job: { namespace: 'airports', name: 'weather' }, facets: { sql: sqlFacet('SELECT 1') } }, new Date())
 */
export function jobEvent({ job, facets = {}, inputs = [], outputs = [] }: JobDescription, at: Date): JobEvent {
  return {
    eventTime: at.toISOString(),
    job: { namespace: withoutSecrets(job.namespace), name: withoutSecrets(job.name), facets },
    inputs,
    outputs,
    producer: PRODUCER,
    schemaURL: `${SCHEMA}JobEvent`,
  }
}

/**
 * Builds a dataset event.
 *
 * @param dataset as {@link outputOf} makes it; what it says of a run is left out
 * @example datasetEvent(outputOf({ dataset, schema }), new Date())
 */
export function datasetEvent({ namespace, name, facets }: OutputDataset, at: Date): DatasetEvent {
  return {
    eventTime: at.toISOString(),
    dataset: { namespace, name, facets },
    producer: PRODUCER,
    schemaURL: `${SCHEMA}DatasetEvent`,
  }
}
