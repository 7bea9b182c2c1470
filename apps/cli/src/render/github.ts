import { relative } from 'node:path'
import type { AnyReport, CheckResult, FailureExample } from '@dayshift/core'
import type { Document } from '../document.ts'
import type { Listing } from '../listing.ts'
import { verdictOf, type Verdict } from './verdict.ts'
import { percent, printableLines, valueWords } from './words.ts'

/** Examples of a check that become annotations: GitHub shows ten of a kind in a step. */
const SHOWN = 5

type Level = 'error' | 'warning' | 'notice'

const LEVELS: Readonly<Record<Exclude<Verdict, 'holds'>, Level>> = {
  fails: 'error',
  warns: 'warning',
  tolerated: 'notice',
}

/** A document as workflow commands of GitHub Actions, which it shows beside the lines of a pull request. */
export function renderGithub({ reports, error }: Document, cwd: string, listing?: Listing): string[] {
  return [
    ...reports.flatMap((report) => annotationsOf(report, cwd)),
    ...(listing ? listed(listing) : []),
    ...(error ? [command('error', error.message, { title: error.code })] : []),
  ]
}

/** What is as it should be needs no annotation. */
function listed({ command: verb, file, items }: Listing): string[] {
  return items.flatMap(({ kind, message, verdict }) =>
    verdict === 'holds' ? [] : [command(LEVELS[verdict], message, { file, title: `${verb} ${kind}` })],
  )
}

function annotationsOf(report: AnyReport, cwd: string): string[] {
  const file = report.dataset.namespace === 'file' ? relative(cwd, report.dataset.name) : undefined
  const checks = report.kind === 'validate' ? report.facts.checks : []
  const findings = report.findings
    // What a check's own annotations say.
    .filter(({ code, severity }) => severity !== 'info' && code !== 'validate.failed')
    .map(({ severity, message, column }) => {
      const title = `${report.kind}${column === undefined ? '' : ` ${column}`}`
      return command(severity === 'error' ? 'error' : 'warning', message, { file, title })
    })
  return [...checks.flatMap((check) => ofCheck(check, file, cwd)), ...findings]
}

function ofCheck(check: CheckResult, file: string | undefined, cwd: string): string[] {
  const { id, failed, evaluated, mostly, observed, expected, examples, ranAs } = check
  const verdict = verdictOf(check)
  if (verdict === 'holds' || ranAs === 'metadata') return []
  const level = LEVELS[verdict]
  const title = `validate ${id}`
  if (expected !== undefined) return [command(level, `${valueWords(observed)}, expected ${expected}`, { file, title })]
  const [first, ...more] = examples.slice(0, SHOWN)
  const words = `${failed} of ${evaluated} rows fail`
  if (verdict === 'tolerated')
    return [command(level, `${words}, tolerated: ${percent(mostly ?? 0)} must pass`, { file, title })]
  if (!first) return [command(level, words, { file, title })]
  const place = ({ file: one, line }: FailureExample): object => {
    const named = one === undefined ? file : relative(cwd, one)
    return line === undefined ? { file: named, title } : { file: named, line: String(line), title }
  }
  return [
    command(level, `${words}; ${valueWords(first.value)}: ${first.message}`, place(first)),
    ...more.map((example) => command(level, `${valueWords(example.value)}: ${example.message}`, place(example))),
  ]
}

function command(level: Level, message: string, properties: object): string {
  const list = Object.entries(properties as Record<string, string | undefined>).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escaped(value).replaceAll(':', '%3A').replaceAll(',', '%2C')}`],
  )
  return `::${level}${list.length > 0 ? ` ${list.join(',')}` : ''}::${escaped(message)}`
}

function escaped(text: string): string {
  return printableLines(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
