import { fileDataset, makeReport, type Profile, type Report } from '@dayshift/core'
import { runEvent, type EventType, type RunEvent } from '../src/event.ts'
import { outputOf } from '../src/event-dataset.ts'
import type { LogInput } from '../src/log.ts'
import type { Transport } from '../src/transport.ts'
import { uuidv7 } from '../src/uuid.ts'

export const job = { namespace: 'airports', name: 'weather.clean' }
export const runId = '01936b5c-8c00-7a31-b1c2-3d4e5f607182'
export const now = new Date('2026-11-23T08:00:00.000Z')
export const dataset = fileDataset('data/weather.csv', '/srv', 'csv')

export const profile: Profile = {
  rows: 3,
  columns: [
    { name: 'city', type: 'string', nulls: 0, distinct: 2, min: 'Ann', max: 'Zoe' },
    {
      name: 'temp',
      type: 'float',
      nulls: 1,
      distinct: 2,
      min: -1.5,
      max: 'Infinity',
      mean: 1,
      sd: 2,
      quartiles: [0, 1, 2],
    },
  ],
}

export const validation: Report<'validate'> = makeReport('validate', dataset, now, {
  rows: 3,
  failedRows: 1,
  checks: [
    {
      id: 'temp.min',
      column: 'temp',
      check: 'min',
      severity: 'error',
      evaluated: 2,
      failed: 1,
      passed: false,
      nulls: 1,
      examples: [{ row: 2, value: -273.5, message: 'too cold' }],
      ranAs: 'sql',
    },
    {
      id: 'rows',
      check: 'rowCount',
      severity: 'warn',
      evaluated: 3,
      failed: 0,
      passed: true,
      nulls: 0,
      examples: [],
      ranAs: 'metadata',
    },
  ],
})

/** A log call as the tests use it, with all that can be known; `over` replaces fields. */
export function weather(over: Partial<LogInput> = {}): LogInput {
  return {
    dataset,
    origin: 's3://lake/raw/weather.csv',
    schema: {
      columns: [
        { name: 'city', type: 'string', nativeType: 'VARCHAR' },
        { name: 'temp', type: 'float', nativeType: 'DOUBLE' },
      ],
    },
    rows: 3,
    bytes: 120,
    version: 'md5:d41d8cd98f00b204e9800998ecf8427e',
    profile,
    validation,
    description: 'Hourly weather',
    owners: ['data@airports.example'],
    job,
    ...over,
  }
}

/** A transport that keeps what it gets; with `error`, it takes nothing. */
export function memory(name = 'memory', error?: Error): Transport & { readonly events: RunEvent[] } {
  const events: RunEvent[] = []
  return {
    name,
    events,
    emit: async (batch, { signal } = {}) => {
      signal?.throwIfAborted()
      if (error) throw error
      events.push(...(batch as readonly RunEvent[]))
    },
    close: () => Promise.resolve(),
  }
}

/** An event of a run of its own, or of one that is given. */
export function eventOf(eventType: EventType, ofRun: string = uuidv7(), name: string = job.name): RunEvent {
  const moment = { eventType, eventTime: new Date(), inputs: [], outputs: [outputOf({ dataset })] }
  return runEvent({ runId: ofRun, job: { ...job, name } }, moment)
}
