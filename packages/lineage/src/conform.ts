import { EVENT_TYPES } from './event.ts'
import { isUuid } from './uuid.ts'

/** What is wrong with an event, and where. */
export interface EventProblem {
  /** JSON Pointer (RFC 6901) to the field: `/run/runId`. */
  readonly pointer: string
  readonly message: string
}

type Tell = (pointer: string, message: string) => void

const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i
const URI = /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i

/**
 * Checks an event as {@link checkEvent} does, but for what facets hold: an event that is wrong there is one all the same, so
 * that readers take it.
 */
export function checkShape(event: unknown): EventProblem[] {
  const problems: EventProblem[] = []
  const tell: Tell = (pointer, message) => problems.push({ pointer, message })
  if (!isObject(event)) return [{ pointer: '', message: 'is not an object' }]
  const { eventType, eventTime, producer, schemaURL, run, job } = event
  if (eventType !== undefined && !EVENT_TYPES.includes(eventType as (typeof EVENT_TYPES)[number])) {
    tell('/eventType', `is not one of ${EVENT_TYPES.join(' ')}`)
  }
  if (!isTime(eventTime)) tell('/eventTime', 'is not a time in ISO 8601 with its zone')
  if (!matches(producer, URI)) tell('/producer', 'is not a URI')
  if (!matches(schemaURL, URI)) tell('/schemaURL', 'is not a URI')

  const isOfDataset = run === undefined && job === undefined && event['dataset'] !== undefined
  if (isOfDataset) {
    checkDataset(event['dataset'], '/dataset', undefined, tell)
    return problems
  }
  // Without a run it is an event of a job, if it says nothing that only a run has.
  if (!isObject(run)) {
    if (run !== undefined || eventType !== undefined || !isObject(job)) tell('/run', 'is missing')
  } else {
    if (typeof run['runId'] !== 'string' || !isUuid(run['runId'])) tell('/run/runId', 'is not a UUID')
    checkFacets(run['facets'], '/run/facets', tell)
  }
  if (!isObject(job)) tell('/job', 'is missing')
  else {
    checkNames(job, '/job', tell)
    checkFacets(job['facets'], '/job/facets', tell)
  }
  checkDatasets(event['inputs'], '/inputs', 'inputFacets', tell)
  checkDatasets(event['outputs'], '/outputs', 'outputFacets', tell)
  return problems
}

function checkDatasets(datasets: unknown, pointer: string, ownFacets: string, tell: Tell): void {
  if (datasets === undefined) return
  if (!Array.isArray(datasets)) {
    tell(pointer, 'is not a list')
    return
  }
  for (const [at, dataset] of datasets.entries()) {
    checkDataset(dataset, `${pointer}/${at}`, ownFacets, tell)
  }
}

function checkDataset(dataset: unknown, place: string, ownFacets: string | undefined, tell: Tell): void {
  if (!isObject(dataset)) {
    tell(place, 'is not an object')
    return
  }
  checkNames(dataset, place, tell)
  checkFacets(dataset['facets'], `${place}/facets`, tell)
  if (ownFacets !== undefined) checkFacets(dataset[ownFacets], `${place}/${ownFacets}`, tell)
}

function checkNames(value: Record<string, unknown>, pointer: string, tell: Tell): void {
  for (const key of ['namespace', 'name']) {
    if (typeof value[key] !== 'string' || value[key] === '') tell(`${pointer}/${key}`, 'is missing or empty')
  }
}

function checkFacets(facets: unknown, pointer: string, tell: Tell): void {
  if (facets === undefined) return
  if (!isObject(facets)) {
    tell(pointer, 'is not an object')
    return
  }
  for (const [name, facet] of Object.entries(facets)) {
    const place = `${pointer}/${pointerKey(name)}`
    if (!isObject(facet)) tell(place, 'is not an object')
    else
      for (const key of ['_producer', '_schemaURL'])
        if (!matches(facet[key], URI)) tell(`${place}/${key}`, 'is not a URI')
  }
}

/** A key as a JSON Pointer has it. */
export function pointerKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Whether a value holds others by keys. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value)
}

function isTime(value: unknown): boolean {
  if (typeof value !== 'string') return false
  const day = TIME.exec(value)?.[1]
  if (day === undefined || Number.isNaN(Date.parse(value))) return false
  // Date.parse takes the 30th of February for the 2nd of March.
  return new Date(day).toISOString().startsWith(day)
}
