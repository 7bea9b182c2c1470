import type { Report } from '@dayshift/core'

/** What dbt's file says beside the ages. */
export interface DbtSourcesOptions {
  /** Name of the project, in `unique_id`. Default: dayshift. */
  readonly project?: string | undefined
  /**
   * The id of a source. Default: `source.PROJECT.NAMESPACE.NAME`, with letters, digits and underscores only. Of sources of one id the
   * second ends in `_2`.
   */
  readonly uniqueId?: ((report: Report<'freshness'>) => string) | undefined
  /** The name that a report's check has, which then ends its id. Default: the file's name. */
  readonly nameOf?: ((report: Report<'freshness'>) => string | undefined) | undefined
  /** Default: now. */
  readonly generatedAt?: Date | undefined
  /** A UUID. Default: a new one. */
  readonly invocationId?: string | undefined
}

/** One source, by its age. */
interface DbtFreshness {
  readonly unique_id: string
  readonly max_loaded_at: string
  readonly snapshotted_at: string
  readonly max_loaded_at_time_ago_in_s: number
  readonly status: 'pass' | 'warn' | 'error'
  readonly criteria: {
    readonly warn_after: DbtPeriod
    readonly error_after: DbtPeriod
    readonly filter: null
  }
  readonly adapter_response: Readonly<Record<string, never>>
  readonly timing: readonly { readonly name: string; readonly started_at: string; readonly completed_at: string }[]
  readonly thread_id: string
  readonly execution_time: number
}

/** A source that has no age. */
interface DbtRuntimeError {
  readonly unique_id: string
  readonly error: string
  readonly status: 'runtime error'
}

interface DbtPeriod {
  readonly count: number | null
  readonly period: 'minute' | 'hour' | 'day' | null
}

/** dbt's `sources.json`, version 3. */
export interface DbtSources {
  readonly metadata: {
    readonly dbt_schema_version: string
    readonly dbt_version: string
    readonly generated_at: string
    readonly invocation_id: string
    readonly env: Readonly<Record<string, string>>
  }
  readonly results: readonly (DbtFreshness | DbtRuntimeError)[]
  readonly elapsed_time: number
}

/**
 * Freshness reports in the form of dbt's `target/sources.json`, version 3, so that what reads that file reads these too. A
 * report that warns is `warn`, one that fails `error`; data without an age (missing, empty, unreadable, unknown) is a
 * `runtime error` with the first finding. Limits are in the largest period that is exact, else in minutes, rounded up.
 *
 * @see https://schemas.getdbt.com/dbt/sources/v3.json
 * @example await writeFile('target/sources.json', JSON.stringify(toDbtSources([report], { project: 'airports' })))
 */
export function toDbtSources(reports: readonly Report<'freshness'>[], options: DbtSourcesOptions = {}): DbtSources {
  const { project = 'dayshift', generatedAt = new Date(), invocationId = crypto.randomUUID() } = options
  const uniqueId = options.uniqueId ?? ((report) => usualId(report, project, options.nameOf?.(report)))
  const ids = distinct(reports.map(uniqueId))
  return {
    metadata: {
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/sources/v3.json',
      // What dbt's own readers ask for: the version whose form this is.
      dbt_version: '1.11.2',
      generated_at: generatedAt.toISOString(),
      invocation_id: invocationId,
      env: {},
    },
    results: reports.map((report, at) => resultOf(report, ids[at] as string)),
    elapsed_time: reports.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000,
  }
}

/** Readers of the file keep one source of an id. */
function distinct(ids: readonly string[]): string[] {
  const met = new Map<string, number>()
  return ids.map((id) => {
    const times = (met.get(id) ?? 0) + 1
    met.set(id, times)
    return times === 1 ? id : `${id}_${times}`
  })
}

function resultOf(report: Report<'freshness'>, unique_id: string): DbtFreshness | DbtRuntimeError {
  const { facts, findings, status, at, durationMs } = report
  const { newest, ageSeconds, maxAgeSeconds, warnAfterSeconds } = facts
  if (newest === null || ageSeconds === null) {
    const error = findings.find(({ severity }) => severity === 'error')?.message ?? `no age: ${facts.state}`
    return { unique_id, error, status: 'runtime error' }
  }
  const completed = new Date(Date.parse(at) + durationMs).toISOString()
  return {
    unique_id,
    max_loaded_at: newest,
    snapshotted_at: new Date(Date.parse(newest) + ageSeconds * 1000).toISOString(),
    max_loaded_at_time_ago_in_s: ageSeconds,
    status: status === 'fail' ? 'error' : status,
    criteria: { warn_after: periodOf(warnAfterSeconds), error_after: periodOf(maxAgeSeconds), filter: null },
    adapter_response: {},
    timing: [
      { name: 'compile', started_at: at, completed_at: at },
      { name: 'execute', started_at: at, completed_at: completed },
    ],
    thread_id: 'Thread-1',
    execution_time: durationMs / 1000,
  }
}

function periodOf(seconds: number | undefined): DbtPeriod {
  if (seconds === undefined || !Number.isFinite(seconds)) return { count: null, period: null }
  if (seconds > 0 && seconds % 86_400 === 0) return { count: seconds / 86_400, period: 'day' }
  if (seconds > 0 && seconds % 3600 === 0) return { count: seconds / 3600, period: 'hour' }
  return { count: Math.ceil(seconds / 60), period: 'minute' }
}

function usualId(
  { dataset: { namespace, name } }: Report<'freshness'>,
  project: string,
  own: string | undefined,
): string {
  const file = name.split('/').at(-1) ?? name
  return ['source', ...[project, namespace, own ?? file.replace(/\.[^.]*$/, '')].map(plain)].join('.')
}

function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]+/g, '_').replaceAll(/^_+|_+$/g, '') || 'unnamed'
}
