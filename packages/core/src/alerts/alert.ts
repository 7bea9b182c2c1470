import { createHash } from 'node:crypto'
import { canonicalJson } from '../canonical-json.ts'
import { withoutSecrets } from '../secrets.ts'
import type { ReportKind } from '../facts.ts'
import type { Finding } from '../finding.ts'
import type { AnyReport } from '../report.ts'
import { shortened } from '../text/shortened.ts'

/** From which severity on a finding is an alert. */
export type AlertSeverity = 'warn' | 'error'

/** One trouble of one dataset that somebody should know of. What it is stays the same from run to run; its words may not. */
export interface Alert {
  /**
   * 16 hexadecimal digits, the same for the same trouble always: of project, dataset, kind, code, column and severity; where data is
   * missing, empty or cannot be read, of project, dataset and that, whichever habit comes upon it.
   */
  readonly key: string
  /** What the project is called, where there is one. */
  readonly project?: string
  /** What the dataset is called: its name in the project, or its path. */
  readonly dataset: string
  /** The habit that found it. */
  readonly kind: ReportKind
  /** Of the finding, as `freshness.stale`; of an error where the habit could not be carried out, as `DS_SOURCE_NOT_FOUND`. */
  readonly code: string
  readonly column?: string
  readonly severity: AlertSeverity
  /** Where the data is, without user and password. */
  readonly uri: string
  readonly message: string
  /** The next thing to do. */
  readonly hint?: string
}

/** What is told of an alert: that it is there, that it is there still, that it is over. */
export type AlertEvent = 'fire' | 'remind' | 'resolve'

/** An alert, as it is told to a sink. The same `key`, `startsAt` and `event` are the same news, should it come twice. */
export interface AlertNotice extends Alert {
  readonly event: AlertEvent
  /** When it began: UTC, ISO 8601. */
  readonly startsAt: string
  /** When it was over, of `resolve`. */
  readonly endsAt?: string
}

/** What a habit found out about a dataset: what alerts are made of. */
export interface Observation {
  readonly project?: string | undefined
  /** What the dataset is called. */
  readonly dataset: string
  readonly kind: ReportKind
  readonly uri: string
  readonly findings: readonly Finding[]
  /** The habit did not come to its end: what it does not tell of is not known to be over. */
  readonly isPartial?: boolean | undefined
}

/**
 * A report as an observation.
 *
 * @param dataset what the dataset is called; default: its name in its namespace
 * @example observationOf(report, { dataset: 'weather', project: 'airports' })
 */
export function observationOf(
  { kind, dataset, findings }: Pick<AnyReport, 'kind' | 'dataset' | 'findings'>,
  called: { readonly dataset?: string | undefined; readonly project?: string | undefined } = {},
): Observation {
  return { kind, findings, uri: dataset.uri, dataset: called.dataset ?? dataset.name, project: called.project }
}

/**
 * Troubles that every habit comes upon, each with an error or a finding of its own: one alert, of the habit that found it first. Else
 * a torn file would be as many alerts as there are habits.
 */
const CAUSES: Readonly<Record<string, string>> = {
  DS_SOURCE_NOT_FOUND: 'missing',
  'freshness.missing': 'missing',
  'freshness.no_match': 'missing',
  DS_SOURCE_EMPTY: 'empty',
  'freshness.empty': 'empty',
  'freshness.empty_folder': 'empty',
  'freshness.no_rows': 'empty',
  DS_SOURCE_MALFORMED: 'unreadable',
  DS_SOURCE_UNREADABLE: 'unreadable',
  'freshness.unreadable': 'unreadable',
}

/**
 * The key of an alert, by what it is. An alert that an older dayshift wrote down may have another one; it goes by that
 * until it is over, for those who were told of it know it so.
 */
export function keyOf({
  project,
  dataset,
  kind,
  code,
  column,
  severity,
}: Pick<Alert, 'dataset' | 'kind' | 'code' | 'severity'> & {
  readonly project?: string | undefined
  readonly column?: string | undefined
}): string {
  const cause = severity === 'error' && Object.hasOwn(CAUSES, code) ? CAUSES[code] : undefined
  const identity =
    cause === undefined ? { project, dataset, kind, code, column, severity } : { project, dataset, cause }
  return createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16)
}

/** Characters of messages that are kept. */
const TOLD = 1000

/**
 * The alerts of an observation, by their keys. Findings of one code about one column are one alert: of a contract's checks, one
 * a column. That data is missing, empty or cannot be read is one alert, whichever habit says so.
 */
export function alertsOf(observation: Observation, from: AlertSeverity): Map<string, Alert> {
  const { project, dataset, kind, uri, findings } = observation
  const found = new Map<string, Alert>()
  for (const { severity, code, column, message, hint } of findings) {
    if (severity === 'info' || (severity === 'warn' && from === 'error')) continue
    const key = keyOf({ project, dataset, kind, code, column, severity })
    const before = found.get(key)
    const text = before === undefined ? message : `${before.message}; ${message}`
    found.set(key, {
      key,
      ...(project === undefined ? {} : { project }),
      dataset,
      kind,
      code,
      ...(column === undefined ? {} : { column }),
      severity,
      uri,
      message: shortened(withoutSecrets(text), TOLD),
      ...(hint === undefined ? {} : { hint: shortened(withoutSecrets(hint), TOLD) }),
    })
  }
  return found
}
