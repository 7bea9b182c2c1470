import type { FreshnessOfBasis, Report } from '@dayshift/core'
import { allStates } from './states.ts'

/** One metric, in base units. */
interface Metric {
  readonly name: string
  readonly help: string
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]
}

/** How reports are told apart. */
export interface PrometheusOptions {
  /** The name that a report's check has, as label `name`. Default: none. */
  readonly nameOf?: ((report: Report<'freshness'>) => string | undefined) | undefined
}

/**
 * Freshness reports as metrics in Prometheus' text format: gauges in seconds, one sample for each basis of a dataset, and the
 * state as a set of samples of which one is 1. What has no value is left out. A file of it for the textfile collector of
 * node_exporter ends in `.prom` and must be written atomically (`writeAtomically` of core).
 *
 * Two checks of the same data are told apart by the names that `nameOf` gives, else by a number.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 * @example await writeAtomically('freshness.prom', (path) => writeFile(path, toPrometheus([report])))
 */
export function toPrometheus(
  reports: readonly Report<'freshness'>[],
  { nameOf = () => undefined }: PrometheusOptions = {},
): string {
  const labelsOf = labeller(reports, nameOf)
  const bases = reports.flatMap((report) =>
    (report.facts.bases ?? [report.facts]).map((facts) => ({ facts, labels: labelsOf(report, facts) })),
  )
  const seconds = (of: (facts: FreshnessOfBasis) => number | null | undefined): Metric['samples'] =>
    bases.flatMap(({ facts, labels }) => {
      const value = of(facts)
      return value === null || value === undefined || !Number.isFinite(value) ? [] : [{ labels, value }]
    })
  const ofReports = (of: (report: Report<'freshness'>) => number | undefined): Metric['samples'] =>
    reports.flatMap((report) => {
      const value = of(report)
      return value === undefined ? [] : [{ labels: labelsOf(report), value }]
    })
  const metrics: readonly Metric[] = [
    {
      name: 'dayshift_freshness_age_seconds',
      help: 'Age of the newest data when it was checked.',
      samples: seconds(({ ageSeconds }) => ageSeconds),
    },
    {
      name: 'dayshift_freshness_newest_timestamp_seconds',
      help: 'Time of the newest data, since 1970.',
      samples: seconds(({ newest }) => (newest === null ? null : Date.parse(newest) / 1000)),
    },
    {
      name: 'dayshift_freshness_max_age_seconds',
      help: 'Age beyond which the data is stale.',
      samples: seconds(({ maxAgeSeconds }) => maxAgeSeconds),
    },
    {
      name: 'dayshift_freshness_warn_after_seconds',
      help: 'Age beyond which the data is aging.',
      samples: ofReports(({ facts }) => facts.warnAfterSeconds),
    },
    {
      name: 'dayshift_freshness_rows',
      help: 'Rows of the data.',
      samples: ofReports(({ facts }) => facts.rows),
    },
    {
      name: 'dayshift_freshness_state',
      help: 'State of the data: 1 for the one that it is in.',
      samples: reports.flatMap((report) =>
        allStates().map((state) => ({
          labels: { ...labelsOf(report), state },
          value: report.facts.state === state ? 1 : 0,
        })),
      ),
    },
    {
      name: 'dayshift_freshness_ok',
      help: 'Whether the check passed, with or without a warning.',
      samples: ofReports(({ status }) => (status === 'fail' ? 0 : 1)),
    },
    {
      name: 'dayshift_freshness_checked_timestamp_seconds',
      help: 'When the check was made, since 1970.',
      samples: ofReports(({ at }) => Date.parse(at) / 1000),
    },
  ]
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(written)
    .join('')
}

type Labels = Readonly<Record<string, string>>

/** Gives each report labels that no other has. */
function labeller(
  reports: readonly Report<'freshness'>[],
  nameOf: NonNullable<PrometheusOptions['nameOf']>,
): (report: Report<'freshness'>, facts?: FreshnessOfBasis) => Labels {
  const met = new Map<string, number>()
  const own = new Map<Report<'freshness'>, Labels>()
  for (const report of reports) {
    const name = nameOf(report)
    const { namespace, name: dataset } = report.dataset
    const labels = { namespace, dataset, ...(name === undefined ? {} : { name }) }
    const key = JSON.stringify(labels)
    const times = (met.get(key) ?? 0) + 1
    met.set(key, times)
    own.set(report, times === 1 ? labels : { ...labels, check: String(times) })
  }
  return (report, facts) => ({ ...own.get(report), ...(facts ? { basis: facts.basis } : {}) })
}

function written({ name, help, samples }: Metric): string {
  return [
    `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`,
    ...samples.map(({ labels, value }) => `${name}{${labelText(labels)}} ${value}\n`),
  ].join('')
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
