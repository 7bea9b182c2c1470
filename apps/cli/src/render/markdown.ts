import type { AnyReport, CheckResult, FailureExample, Status } from '@dayshift/core'
import type { Document } from '../document.ts'
import type { Listing } from '../listing.ts'
import { PLAIN } from '../terminal.ts'
import { detailsOf } from './details.ts'
import { markdownCell, markdownCode, markdownText } from './markdown-text.ts'
import { subjectOf } from './name.ts'
import { placeWords } from './place.ts'
import { summaryOf } from './summary.ts'
import { verdictOf } from './verdict.ts'
import { percent, printable, valueWords } from './words.ts'

const MARKS: Readonly<Record<Status, string>> = { pass: '✅', warn: '⚠️', fail: '❌' }

/** Examples of a failing check that are shown. */
const SHOWN = 5

/** A document as Markdown, as for a comment on a pull request. */
export function renderMarkdown(
  { reports, skipped = [], plan = [], error }: Document,
  cwd: string,
  listing?: Listing,
): string[] {
  const blocks = [
    ...reports.map((report) => reportLines(report, cwd)),
    ...(listing ? [listedLines(listing)] : []),
    ...(reports.length === 0 && plan.length > 0 ? [fenced(plan.map(printable))] : []),
    ...(skipped.length > 0
      ? [
          skipped.map(
            ({ dataset, step, reason }) => `- ${markdownText(dataset)}: ${step} skipped, ${markdownText(reason)}`,
          ),
        ]
      : []),
    ...(error
      ? [[`### ❌ ${markdownCode(error.code)}`, '', markdownText(error.message), '', markdownText(error.hint)]]
      : []),
  ]
  return blocks.flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]))
}

function reportLines(report: AnyReport, cwd: string): string[] {
  const head = `### ${MARKS[report.status]} ${report.kind} ${markdownCode(subjectOf(report, cwd))}`
  const body = report.kind === 'validate' ? checkLines(report.facts.checks) : fenced(detailsOf(report, PLAIN))
  const told = report.kind === 'validate' ? ['validate.failed', 'validate.tolerated'] : []
  const findings = report.findings
    .filter((finding) => !told.includes(finding.code))
    .map(({ severity, message }) => `- **${severity}** ${markdownText(message)}`)
  return [head, '', markdownText(summaryOf(report)), ...section(body), ...section(findings)]
}

function listedLines({ command, subject, summary, items }: Listing): string[] {
  const marks = { fails: MARKS.fail, warns: MARKS.warn, holds: MARKS.pass }
  const status = items.some(({ verdict }) => verdict === 'fails') ? 'fail' : 'pass'
  const rows = items.map(
    ({ kind, message, verdict }) => `| ${marks[verdict]} | ${markdownCell(kind)} | ${markdownCell(message)} |`,
  )
  return [
    `### ${MARKS[status]} ${command} ${markdownCode(subject)}`,
    '',
    markdownText(summary),
    ...section(rows.length > 0 ? ['| | | |', '| --- | --- | --- |', ...rows] : []),
  ]
}

function section(lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', ...lines] : []
}

function fenced(lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g)?.map((run) => run.length) ?? []))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}text`, ...lines, fence]
}

function checkLines(checks: readonly CheckResult[]): string[] {
  const failing = checks.filter((check) => verdictOf(check) !== 'holds')
  if (failing.length === 0) return []
  const rows = failing.map(
    (check) => `| ${mark(check)} | ${markdownCell(check.id)} | ${outcome(check)} | ${markdownCell(exampleOf(check))} |`,
  )
  return ['| | check | failed | for example |', '| --- | --- | ---: | --- |', ...rows]
}

function mark(check: CheckResult): string {
  const verdict = verdictOf(check)
  return verdict === 'fails' ? MARKS.fail : verdict === 'warns' ? MARKS.warn : MARKS.pass
}

function outcome({ failed, evaluated, observed, expected, mostly, passed }: CheckResult): string {
  if (expected !== undefined) return `${markdownCell(valueWords(observed))}, expected ${markdownCell(expected)}`
  const tolerated = mostly !== undefined && passed ? `, tolerated: ${percent(mostly)} must pass` : ''
  return `${failed.toLocaleString('en-US')} of ${evaluated.toLocaleString('en-US')}${tolerated}`
}

function exampleOf({ examples }: CheckResult): string {
  const some = examples.slice(0, SHOWN).map((example) => `${valueWords(example.value)} (${shortPlace(example)})`)
  return some.join(', ')
}

/** The line alone, where there is but one file. */
function shortPlace(example: FailureExample): string {
  const { file, line } = example
  return line === undefined || file !== undefined ? placeWords(example) : `line ${line}`
}
