import { failure } from '../codes.ts'
import { shortened } from '../text/shortened.ts'
import type { AlertNotice } from './alert.ts'

/** Names and values, as Alertmanager and Prometheus have them. */
export type Labels = Readonly<Record<string, string>>

/** Characters of a value that are kept: names of columns may be of any length. */
const LONGEST = 500

/** What an alert is, as labels: the same on every run, so that receivers know it again. */
export function labelsOf({ code, project, dataset, kind, column, severity }: AlertNotice, own: Labels = {}): Labels {
  return {
    alertname: code,
    ...(project === undefined ? {} : { project: kept(project) }),
    dataset: kept(dataset),
    kind,
    ...(column === undefined ? {} : { column: kept(column) }),
    severity,
    ...own,
  }
}

/** What is said of an alert, as annotations: it may differ from run to run. */
export function annotationsOf({ message, hint, uri, event }: AlertNotice): Labels {
  return { summary: message, ...(hint === undefined ? {} : { hint }), source: uri, event }
}

/**
 * Checks labels of a caller's own.
 *
 * @throws DS_SINK_CONFIG for a name that is none, or one that alerts have themselves
 */
export function checkLabels(labels: Labels): void {
  for (const name of Object.keys(labels)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw failure('DS_SINK_CONFIG', `'${name}' is no name of a label: letters, digits and _ make one`, {
        where: 'labels',
      })
    }
    if (['alertname', 'project', 'dataset', 'kind', 'column', 'severity'].includes(name)) {
      throw failure('DS_SINK_CONFIG', `alerts have a label ${name} of their own`, { where: 'labels' })
    }
  }
}

function kept(text: string): string {
  return shortened(text, LONGEST)
}
