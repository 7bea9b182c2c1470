import { isObject, pointerKey, type EventProblem } from './conform.ts'

type Kind = 'integer' | 'number'

/** Where the numbers of a facet stand; `*` is any key, or any place in a list. */
type Numbers = Readonly<Record<string, Kind>>

const COUNTS: Numbers = { rowCount: 'integer', size: 'integer', fileCount: 'integer' }

const METRICS: Numbers = {
  rowCount: 'integer',
  bytes: 'integer',
  fileCount: 'integer',
  'columnMetrics.*.nullCount': 'integer',
  'columnMetrics.*.distinctCount': 'integer',
  'columnMetrics.*.sum': 'number',
  'columnMetrics.*.count': 'number',
  'columnMetrics.*.min': 'number',
  'columnMetrics.*.max': 'number',
  'columnMetrics.*.quantiles.*': 'number',
}

/** Facets that hold numbers, by the definitions that their schemas have. */
const FACETS: Readonly<Record<string, Numbers>> = {
  OutputStatisticsOutputDatasetFacet: COUNTS,
  InputStatisticsInputDatasetFacet: COUNTS,
  DataQualityMetricsInputDatasetFacet: METRICS,
  DataQualityMetricsDatasetFacet: METRICS,
  ExtractionErrorRunFacet: { totalTasks: 'integer', failedTasks: 'integer', 'errors.*.taskNumber': 'integer' },
  SchemaDatasetFacet: { 'fields.*.ordinal_position': 'integer' },
  JobTypeJobFacet: { 'emissionPattern.windowDuration': 'integer' },
}

/**
 * What is wrong with the numbers in an event’s facets: where the official schema wants a whole number, null and fractions are
 * none. Facets that follow another schema are not looked at.
 */
export function numberProblems(event: unknown): EventProblem[] {
  if (!isObject(event)) return []
  const lists = ['inputs', 'outputs'].flatMap((key) => {
    const datasets = event[key]
    return Array.isArray(datasets) ? datasets.map((one: unknown, at) => [`/${key}/${at}`, one] as const) : []
  })
  const parts = [...['run', 'job', 'dataset'].map((key) => [`/${key}`, event[key]] as const), ...lists]
  return parts.flatMap(([pointer, part]) =>
    ['facets', 'inputFacets', 'outputFacets'].flatMap((key) => {
      const facets = isObject(part) ? part[key] : undefined
      return isObject(facets)
        ? Object.entries(facets).flatMap(([name, facet]) => problemsOf(facet, `${pointer}/${key}/${pointerKey(name)}`))
        : []
    }),
  )
}

function problemsOf(facet: unknown, pointer: string): EventProblem[] {
  const schema = isObject(facet) ? facet['_schemaURL'] : undefined
  const definition = typeof schema === 'string' ? (schema.split('/').at(-1) as string).replace(/\.json#?$/, '') : ''
  const numbers = Object.hasOwn(FACETS, definition) ? (FACETS[definition] as Numbers) : {}
  return Object.entries(numbers).flatMap(([path, kind]) => problemsAt(facet, path.split('.'), kind, pointer))
}

function problemsAt(value: unknown, path: readonly string[], kind: Kind, pointer: string): EventProblem[] {
  const [key, ...rest] = path
  if (key === undefined) {
    const isRight = kind === 'integer' ? Number.isInteger(value) : Number.isFinite(value)
    return isRight ? [] : [{ pointer, message: `is no ${kind === 'integer' ? 'whole number' : 'number'}` }]
  }
  if (typeof value !== 'object' || value === null) return []
  const entries = Object.entries(value).filter(([name, one]) => (key === '*' || key === name) && one !== undefined)
  return entries.flatMap(([name, one]) => problemsAt(one, rest, kind, `${pointer}/${pointerKey(name)}`))
}
