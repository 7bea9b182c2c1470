import type { AnyReport, CheckResult } from '@dayshift/core'
import type { Document } from '../document.ts'
import type { Listing } from '../listing.ts'
import { nameOf } from './name.ts'
import { placeWords } from './place.ts'
import { summaryOf } from './summary.ts'
import { verdictOf } from './verdict.ts'
import { percent, printable, printableLines, valueWords } from './words.ts'

/** A test as CI servers show it. */
interface Case {
  readonly name: string
  readonly failure?: { readonly message: string; readonly details: string }
  readonly output?: string
}

/**
 * A document as JUnit XML, which CI servers read: a suite for each report, a case for each check of a contract. What is a
 * warning or tolerated fails no case; its words stand in the case's output.
 */
export function renderJunit(
  { reports, error, command, durationMs }: Document,
  cwd: string,
  listing?: Listing,
): string[] {
  const suites = [
    ...reports.map((report) => suite(report, cwd)),
    ...(listing ? [listedSuite(listing, durationMs)] : []),
  ]
  const failed = error
    ? `<testsuite name="${attribute(`dayshift ${command}`)}" tests="1" failures="0" errors="1" time="${seconds(durationMs)}">` +
      `<testcase classname="dayshift" name="${attribute(command)}"><error message="${attribute(error.message)}" type="${attribute(error.code)}">` +
      `${content(error.hint)}</error></testcase></testsuite>`
    : undefined
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="dayshift" time="${seconds(durationMs)}">`,
    ...suites.flat(),
    ...(failed === undefined ? [] : [failed]),
    '</testsuites>',
  ]
}

function suite(report: AnyReport, cwd: string): string[] {
  const name = nameOf(report, cwd)
  const cases = casesOf(report)
  const failures = cases.filter(({ failure }) => failure !== undefined).length
  return [
    `<testsuite name="${attribute(`${report.kind} ${name}`)}" tests="${cases.length}" failures="${failures}" errors="0" ` +
      `timestamp="${report.at.slice(0, 19)}" time="${seconds(report.durationMs)}">`,
    ...cases.map((one) => testCase(`${report.kind}.${name}`, one)),
    // How many warn, and are tolerated, no count of JUnit tells.
    ...(report.kind === 'validate' ? [`<system-out>${content(summaryOf(report))}</system-out>`] : []),
    '</testsuite>',
  ]
}

/** A case for each thing that was found; one that holds where there is nothing. */
function listedSuite({ command, subject, summary, items }: Listing, durationMs: number): string[] {
  const cases = items.map(({ kind, message, verdict }): Case => {
    if (verdict === 'fails') return { name: message, failure: { message: kind, details: message } }
    return { name: message, output: verdict === 'warns' ? `warning: ${kind}` : kind }
  })
  const failures = items.filter(({ verdict }) => verdict === 'fails').length
  const all = cases.length > 0 ? cases : [{ name: summary }]
  return [
    `<testsuite name="${attribute(`${command} ${subject}`)}" tests="${all.length}" failures="${failures}" errors="0" ` +
      `time="${seconds(durationMs)}">`,
    ...all.map((one) => testCase(command, one)),
    `<system-out>${content(summary)}</system-out>`,
    '</testsuite>',
  ]
}

function casesOf(report: AnyReport): Case[] {
  if (report.kind === 'validate') return report.facts.checks.map((check) => checkCase(check, report))
  const words = report.findings.map(({ severity, message }) => `${severity}: ${message}`).join('\n')
  const name = `${report.kind}: ${summaryOf(report)}`
  if (report.status !== 'fail') return [{ name, ...(words === '' ? {} : { output: words }) }]
  const first = report.findings.find(({ severity }) => severity === 'error')
  return [{ name, failure: { message: first?.message ?? name, details: words } }]
}

function checkCase(check: CheckResult, { findings }: AnyReport): Case {
  const { id, failed, evaluated, mostly, observed, expected, examples, ranAs } = check
  const verdict = verdictOf(check)
  if (verdict === 'holds') return { name: id }
  const told =
    ranAs === 'metadata'
      ? findings.find(({ column, code }) => column === check.column && code === `validate.${check.check}`)
      : undefined
  const message =
    told?.message ??
    (expected === undefined ? `${failed} of ${evaluated} rows fail` : `${valueWords(observed)}, expected ${expected}`)
  const details = examples
    .map((example) => `${placeWords(example)}: ${valueWords(example.value)}: ${printable(example.message)}`)
    .join('\n')
  if (verdict === 'warns') return { name: id, output: `warning: ${message}\n${details}` }
  if (verdict === 'tolerated')
    return { name: id, output: `${message}, tolerated: ${percent(mostly ?? 0)} must pass\n${details}` }
  return { name: id, failure: { message, details } }
}

function testCase(classname: string, { name, failure, output }: Case): string {
  const open = `<testcase classname="${attribute(classname)}" name="${attribute(name)}"`
  const parts = [
    ...(failure ? [`<failure message="${attribute(failure.message)}">${content(failure.details)}</failure>`] : []),
    ...(output === undefined ? [] : [`<system-out>${content(output)}</system-out>`]),
  ]
  return parts.length === 0 ? `${open}/>` : `${open}>${parts.join('')}</testcase>`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

/** Control characters are made visible; what else XML 1.0 has no place for becomes `?`. */
function content(text: string): string {
  return printableLines(text)
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;').replaceAll(/\s/g, ' ')
}
