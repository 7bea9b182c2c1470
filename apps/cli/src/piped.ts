import type { AnyReport } from '@dayshift/core'
import { DayshiftError } from '@dayshift/core/ground'

/** Where core keeps what is piped in: a place that says nothing to a person. */
const SPOOLED = /(?:[A-Za-z]:)?[\\/][^\n'"]*?dayshift_stream_\w+(?:\.[a-z]+)+/g

function say(text: string): string {
  return text.replaceAll(SPOOLED, 'standard input')
}

/** An error that names standard input, where it is about what was piped in. */
export function saidOfStdin(error: DayshiftError): DayshiftError {
  const { code, kind, message, hint, where, cause } = error
  if (say(message) === message) return error
  return new DayshiftError(code, kind, say(message), {
    hint,
    cause,
    ...(where === undefined ? {} : { where: say(where) }),
  })
}

/** A report whose findings name standard input, where it is of what was piped in. */
export function reportOfStdin(report: AnyReport): AnyReport {
  if (report.dataset.namespace !== 'memory') return report
  return { ...report, findings: report.findings.map((finding) => ({ ...finding, message: say(finding.message) })) }
}
