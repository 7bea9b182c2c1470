import type { LogFacts } from '@dayshift/core'
import { withoutSecrets } from '@dayshift/core/ground'
import type { InputDataset, OutputDataset } from './event-dataset.ts'
import {
  errorMessageFacet,
  jobTypeFacet,
  nominalTimeFacet,
  originFacet,
  parentFacet,
  processingEngineFacet,
  type Facet,
  type JobRef,
  type ParentRun,
} from './facets.ts'
import { PRODUCER } from './producer.ts'

/** What became of a run. `COMPLETE`, `ABORT` and `FAIL` end it. */
export type EventType = LogFacts['eventType']

/** All values of {@link EventType}. */
export const EVENT_TYPES: readonly EventType[] = ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER']

/** The schema that run events follow: OpenLineage 2-0-2. */
const RUN_EVENT_SCHEMA = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent'

/** An OpenLineage run event. Keys that it does not have here are allowed beside them. */
export interface RunEvent {
  readonly eventType: EventType
  /** ISO 8601 with zone. */
  readonly eventTime: string
  readonly run: { readonly runId: string; readonly facets: Readonly<Record<string, Facet>> }
  readonly job: JobRef & { readonly facets: Readonly<Record<string, Facet>> }
  readonly inputs: readonly InputDataset[]
  readonly outputs: readonly OutputDataset[]
  readonly producer: string
  readonly schemaURL: string
}

/** What is said of a run in all its events. */
export interface RunContext {
  /** UUID, the same in all events of the run. */
  readonly runId: string
  readonly job: JobRef
  /** The run that started this one. */
  readonly parent?: ParentRun
  /** The time that a scheduled run stands for. */
  readonly nominalTime?: { readonly start: Date; readonly end?: Date }
  /** Where the data came from, in the caller's words. */
  readonly origin?: string
  /** More of the run, by names of the specification: `tags`, `executionParameters` … */
  readonly runFacets?: Readonly<Record<string, Facet>>
  /** More of the job: `sql`, `sourceCodeLocation`, `documentation` … */
  readonly jobFacets?: Readonly<Record<string, Facet>>
}

/** What is said in one event of a run. */
export interface Moment {
  readonly eventType: EventType
  readonly eventTime: Date
  readonly inputs: readonly InputDataset[]
  readonly outputs: readonly OutputDataset[]
  /** Why the run failed. */
  readonly error?: unknown
}

/**
 * Builds an event. Give the inputs and outputs in every event of a run: consumers take an event without them for a run
 * that has none.
 *
 * @example
 * runEvent({ runId: uuidv7(), job: { namespace: 'airports', name: 'weather' } },
 *   { eventType: 'START', eventTime: new Date(), inputs: [], outputs: [] })
 */
export function runEvent(context: RunContext, moment: Moment): RunEvent {
  const { runId, job, parent, nominalTime, origin, runFacets, jobFacets } = context
  const { eventType, eventTime, inputs, outputs, error } = moment
  return {
    eventType,
    eventTime: eventTime.toISOString(),
    run: {
      runId,
      facets: {
        processing_engine: processingEngineFacet(),
        ...(parent === undefined ? {} : { parent: parentFacet(parent) }),
        ...(nominalTime === undefined ? {} : { nominalTime: nominalTimeFacet(nominalTime) }),
        ...(origin === undefined ? {} : { dayshift_origin: originFacet(origin) }),
        ...(error === undefined ? {} : { errorMessage: errorMessageFacet(error) }),
        ...runFacets,
      },
    },
    job: {
      namespace: withoutSecrets(job.namespace),
      name: withoutSecrets(job.name),
      facets: { jobType: jobTypeFacet(), ...jobFacets },
    },
    inputs,
    outputs,
    producer: PRODUCER,
    schemaURL: RUN_EVENT_SCHEMA,
  }
}
