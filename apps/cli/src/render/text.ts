import type { AnyReport, Finding, Status } from '@dayshift/core'
import { STEPS } from '@dayshift/core/ground'
import type { RunDataset, SkippedStep } from '../command.ts'
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

/** Datasets from which on those that hold are told in a line, so that a screen holds all. */
const MANY = 4

/** A workflow: a line for each step, dataset by dataset; where there are many, one for each dataset that holds. */
function workflow(
  { reports, skipped = [], datasets = [], next = [], durationMs, status }: Document,
  terminal: Terminal,
  { cwd, verbose }: TextOptions,
): string[] {
  if (reports.length === 0 && skipped.length === 0 && status === 'error') return []
  const lines: string[] = []
  const names = [...new Set(reports.map((report) => nameOf(report, cwd)))]
  const isShort = names.length >= MANY && !verbose
  for (const name of names) {
    const own = reports.filter((report) => nameOf(report, cwd) === name)
    const became = datasets.find(({ dataset }) => dataset === own[0]?.dataset.name)
    const since = became?.unchangedSince
    const age = became === undefined ? '' : terminal.paint('dim', pastOf(became))
    if (isShort && own.every((report) => report.status === 'pass')) {
      lines.push(
        `${mark('pass', terminal)} ${terminal.paint('bold', printable(name))}  ${count(own.length, 'step')} hold${own.length === 1 ? 's' : ''}${age}`,
      )
      continue
    }
    lines.push(terminal.paint('bold', printable(name)) + age)
    for (const step of STEPS) {
      const report = own.find(({ kind }) => kind === step)
      if (report && !(isShort && report.status === 'pass'))
        lines.push(...stepLines(report, terminal, verbose, since === undefined))
    }
  }
  const isUnchanged = datasets.length > 0 && datasets.every(({ unchangedSince }) => unchangedSince !== undefined)
  lines.push(
    ...skips(skipped, terminal),
    '',
    `${mark(status === 'error' ? 'fail' : status, terminal)} ${count(reports.length, 'step')} in ${(durationMs / 1000).toFixed(1)} s${isUnchanged ? ', nothing had changed' : ''}`,
  )
  return [...lines, ...next.flatMap((action, at) => nextOf(action, at === 0 ? 'Next: ' : '      ', terminal))]
}

function stepLines(report: AnyReport, terminal: Terminal, verbose: boolean, isNew: boolean): string[] {
  const label = `${STEPS.indexOf(report.kind) + 1} ${report.kind}`.padEnd(12)
  const time = isNew ? ` ${report.durationMs} ms` : ''
  const start = `  ${MARKS[report.status][1]} ${label} `
  const [first = '', ...rest] = wrap(`${printable(summaryOf(report))}${time}`, terminal.columns, start)
  const lines = [`  ${mark(report.status, terminal)} ${label} ${first.slice(start.length)}`, ...rest]
  // The time is dimmed where it was not parted.
  const last = lines.length - 1
  if (time !== '' && lines[last]?.endsWith(time))
    lines[last] = `${lines[last].slice(0, -time.length)} ${terminal.paint('dim', time.trim())}`
  const within = { ...terminal, columns: terminal.columns - STEP.length }
  const details = verbose ? detailsOf(report, within, true) : []
  return [
    ...lines,
    ...details.map((line) => (line === '' ? '' : STEP + line)),
    ...findings(report, terminal, '      ', verbose),
  ]
}

/** A command in bold, and what it is for beside it, or beneath it where there is no room. */
function nextOf(action: string, label: string, terminal: Terminal): string[] {
  const [command = '', ...words] = action.split('   # ')
  const line = `${label}${terminal.paint('bold', printable(command))}`
  if (words.length === 0) return [line]
  const why = `# ${words.join(' ')}`
  const room = terminal.columns - label.length - printable(command).length - 3
  if (why.length <= room) return [`${line}${terminal.paint('dim', `   ${why}`)}`]
  return [line, ...wrap(why, terminal.columns, '        ').map((one) => terminal.paint('dim', one))]
}

/** What an earlier run has to do with this one. */
function pastOf({ unchangedSince, resumedAt }: RunDataset): string {
  if (unchangedSince !== undefined) return `  unchanged since the run of ${timeOf(unchangedSince)}`
  return resumedAt === undefined ? '' : `  an earlier run was interrupted; this one went on with ${resumedAt}`
}

/** The time of day where it is today's, UTC as all times are. */
function timeOf(at: string): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`
}

/** Steps left out: those of a dataset, or of many, that are for the same reason in one line. */
function skips(skipped: readonly SkippedStep[], terminal: Terminal): string[] {
  const grouped = groupedBy(skipped, ({ dataset, reason }) => `${dataset}\0${reason}`).map((group) => ({
    ...(group[0] as SkippedStep),
    step: group.length < MANY ? group.map(({ step }) => step).join(', ') : count(group.length, 'step'),
  }))
  return groupedBy(grouped, ({ step, reason }) => `${step}\0${reason}`).flatMap((group) => {
    if (group.length < MANY) return group.map(({ dataset, ...one }) => skip(dataset, one, terminal))
    return [skip(`${group.length} datasets`, group[0] as SkippedStep, terminal)]
  })
}

function groupedBy<Item>(items: readonly Item[], key: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return [...groups.values()]
}

function skip(whose: string, { step, reason, hint }: Omit<SkippedStep, 'dataset'>, terminal: Terminal): string {
  return terminal.paint('dim', `  – ${printable(whose)}: ${step} skipped, ${printable(reason)}. ${printable(hint)}`)
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
