import type { Alert } from '../alerts/alert.ts'
import type { DatasetRef } from '../dataset.ts'
import type { ReportKind } from '../facts.ts'
import { matchesGlob } from '../glob.ts'
import type { Status } from '../report.ts'
import type { Sink } from '../sink.ts'

/** What a sink gets. What is left out lets all through. */
export interface SinkFilter {
  /** Which habits it is told of. */
  readonly kinds?: readonly ReportKind[] | undefined
  /** Globs over what datasets are called: `weather`, `bronze-*`, `/srv/lake/**`. */
  readonly datasets?: readonly string[] | undefined
  /** Of reports. An alert of an error is a `fail`, one of a warning a `warn`. */
  readonly statuses?: readonly Status[] | undefined
}

/**
 * A sink that gets a part only.
 *
 * @param nameOf what the dataset of a report is called; default: its name in its namespace
 * @example filtered(webhookSink({ url }), { datasets: ['bronze-*'], statuses: ['fail'] })
 */
export function filtered(
  sink: Sink,
  { kinds, datasets, statuses }: SinkFilter,
  nameOf: (dataset: DatasetRef) => string = ({ name }) => name,
): Sink {
  const passes = (kind: ReportKind, status: Status, dataset: string): boolean =>
    (kinds?.includes(kind) ?? true) &&
    (statuses?.includes(status) ?? true) &&
    (datasets?.some((glob) => matchesGlob(dataset, glob)) ?? true)
  return {
    name: sink.name,
    wants: (one) => passes(one.kind, statusOf(one), one.dataset) && (sink.wants?.(one) ?? true),
    ...(sink.write && {
      write: async (report, options) => {
        if (passes(report.kind, report.status, nameOf(report.dataset))) await sink.write?.(report, options)
      },
    }),
    ...(sink.alert && { alert: async (notices, options) => sink.alert?.(notices, options) }),
  }
}

function statusOf({ severity }: Alert): Status {
  return severity === 'error' ? 'fail' : 'warn'
}
