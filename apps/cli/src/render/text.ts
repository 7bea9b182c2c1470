import type { AnyReport, Finding, Status } from '@dayshift/core'
import { STEPS } from '@dayshift/core/ground'
import type { SkippedStep } from '../command.ts'
import type { Document } from '../document.ts'
import type { Terminal } from '../terminal.ts'
import { detailsOf } from './details.ts'
import { nameOf, subjectOf } from './name.ts'
import { wrap } from './table.ts'
import { isOfCheck } from './validate.ts'
import { count, printable } from './words.ts'
import { summaryOf } from './summary.ts'

const MARKS: Readonly<Record<Status, readonly ['green' | 'yellow' | 'red', string]>> = {
  pass: ['green', '✔'],
  warn: ['yellow', '!'],
  fail: ['red', '✖'],
}

/** Indent of what is told of a step of a workflow. */
const STEP = '    '

/** Whether a report's details show a finding already. */
function isOfDetails(finding: Finding): boolean {
  return finding.code === 'drift.column' || isOfCheck(finding)
}

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
    ...head(report, terminal, cwd),
    ...detailsOf(report, terminal, verbose),
    ...findings(report, terminal, '  ', true, (finding) => !isOfDetails(finding)),
  ])
}

function head(report: AnyReport, terminal: Terminal, cwd: string): string[] {
  const [, sign] = MARKS[report.status]
  const start = `${sign} ${report.kind}`
  const words = `${report.kind} ${printable(subjectOf(report, cwd))}: ${printable(summaryOf(report))}`
  const [first = '', ...rest] = wrap(words, terminal.columns, `${sign} `)
  return [
    `${mark(report.status, terminal)} ${terminal.paint('bold', report.kind)}${first.slice(start.length)}`,
    ...rest,
  ]
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
        `  ${mark(report.status, terminal)} ${label} ${printable(summaryOf(report))} ${terminal.paint('dim', `${report.durationMs} ms`)}`,
      )
      if (verbose) {
        const within = { ...terminal, columns: terminal.columns - STEP.length }
        lines.push(...detailsOf(report, within, true).map((line) => (line === '' ? '' : STEP + line)))
      }
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
  return terminal.paint('dim', `  – ${printable(dataset)}: ${step} skipped, ${printable(reason)}. ${printable(hint)}`)
}

function findings(
  report: AnyReport,
  terminal: Terminal,
  indent: string,
  all: boolean,
  wanted: (finding: Finding) => boolean = () => true,
): string[] {
  return report.findings
    .filter((finding) => (all || finding.severity !== 'info') && wanted(finding))
    .flatMap(({ severity, message, hint }) => {
      const style = severity === 'error' ? 'red' : severity === 'warn' ? 'yellow' : 'dim'
      const label = `${indent}${severity.padEnd(5)} `
      const [first = '', ...rest] = wrap(printable(message), terminal.columns, label)
      const told = [indent + terminal.paint(style, severity.padEnd(5)) + first.slice(label.length - 1), ...rest]
      if (hint === undefined) return told
      const advice = wrap(printable(hint), terminal.columns, ' '.repeat(label.length))
      return [...told, ...advice.map((line) => terminal.paint('dim', line))]
    })
}

function mark(status: Status, terminal: Terminal): string {
  const [style, sign] = MARKS[status]
  return terminal.paint(style, sign)
}
