import { STEPS, type AnyReport, type Status } from '@dayshift/core'
import type { SkippedStep } from '../command.ts'
import type { Document } from '../document.ts'
import type { Terminal } from '../terminal.ts'
import { detailsOf } from './details.ts'
import { nameOf } from './name.ts'
import { count, printable } from './words.ts'
import { summaryOf } from './summary.ts'

const MARKS: Readonly<Record<Status, readonly ['green' | 'yellow' | 'red', string]>> = {
  pass: ['green', '✔'],
  warn: ['yellow', '!'],
  fail: ['red', '✖'],
}

/** Findings that a report's details show already. */
const SHOWN_BY_DETAILS: ReadonlySet<string> = new Set(['validate.failed', 'validate.tolerated', 'drift.column'])

/** How results are told to a person. */
export interface TextOptions {
  /** Paths below this folder are told relative to it. */
  readonly cwd: string
  /** Whether a workflow tells each step in full, and a report all its columns. */
  readonly verbose: boolean
}

/** A document as lines for a person. */
export function renderText(document: Document, terminal: Terminal, options: TextOptions): string[] {
  return document.command === 'run' ? workflow(document, terminal, options) : single(document, terminal, options)
}

/** The reports of one habit, in full. */
function single({ reports }: Document, terminal: Terminal, { cwd, verbose }: TextOptions): string[] {
  return reports.flatMap((report, at) => [
    ...(at > 0 ? [''] : []),
    `${mark(report.status, terminal)} ${terminal.paint('bold', report.kind)} ${printable(nameOf(report, cwd))}: ${summaryOf(report)}`,
    ...detailsOf(report, verbose),
    ...findings(report, terminal, '  ', true, SHOWN_BY_DETAILS),
  ])
}

/** A workflow: a line for each step, dataset by dataset. */
function workflow(
  { reports, skipped = [], durationMs, status }: Document,
  terminal: Terminal,
  { cwd, verbose }: TextOptions,
): string[] {
  if (reports.length === 0 && skipped.length === 0 && status === 'error') return []
  const lines: string[] = []
  const names = [...new Set(reports.map((report) => nameOf(report, cwd)))]
  for (const name of names) {
    const own = reports.filter((report) => nameOf(report, cwd) === name)
    lines.push(terminal.paint('bold', printable(name)))
    for (const step of STEPS) {
      const report = own.find(({ kind }) => kind === step)
      if (!report) continue
      const label = `${STEPS.indexOf(step) + 1} ${step}`.padEnd(12)
      lines.push(
        `  ${mark(report.status, terminal)} ${label} ${summaryOf(report)} ${terminal.paint('dim', `${report.durationMs} ms`)}`,
      )
      if (verbose) lines.push(...detailsOf(report, true).map((line) => (line === '' ? '' : `    ${line}`)))
      lines.push(...findings(report, terminal, '      ', verbose))
    }
  }
  lines.push(...skipped.map((step) => skip(step, terminal)))
  lines.push(
    '',
    `${mark(status === 'error' ? 'fail' : status, terminal)} ${count(reports.length, 'step')} in ${(durationMs / 1000).toFixed(1)} s`,
  )
  return lines
}

function skip({ dataset, step, reason, hint }: SkippedStep, terminal: Terminal): string {
  return terminal.paint('dim', `  – ${printable(dataset)}: ${step} skipped, ${printable(reason)}. ${hint}`)
}

function findings(
  report: AnyReport,
  terminal: Terminal,
  indent: string,
  all: boolean,
  shown: ReadonlySet<string> = new Set(),
): string[] {
  return report.findings
    .filter(({ severity, code }) => (all || severity !== 'info') && !shown.has(code))
    .flatMap(({ severity, message, hint }) => {
      const style = severity === 'error' ? 'red' : severity === 'warn' ? 'yellow' : 'dim'
      const line = `${indent}${terminal.paint(style, severity.padEnd(5))} ${printable(message)}`
      return hint === undefined ? [line] : [line, `${indent}      ${terminal.paint('dim', hint)}`]
    })
}

function mark(status: Status, terminal: Terminal): string {
  const [style, sign] = MARKS[status]
  return terminal.paint(style, sign)
}
