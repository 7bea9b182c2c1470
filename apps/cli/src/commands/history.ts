import { join } from 'node:path'
import type { AnyReport } from '@dayshift/core'
import { parseDuration, readJournalLines, STEPS } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { datasetNames } from '../dataset-names.ts'
import { listFlag, numberFlag } from '../flags.ts'
import { asksFor } from '../output-format.ts'
import { backgroundOf } from '../page/past.ts'
import { HISTORY_FILE, rootOf } from '../places.ts'
import { NO_BACKGROUND } from '../render/html/background.ts'
import { historyPage } from '../render/html/history-page.ts'
import { nameOf } from '../render/name.ts'
import { summaryOf } from '../render/summary.ts'
import { table } from '../render/table.ts'
import { count, printable } from '../render/words.ts'

const STATUSES = ['pass', 'warn', 'fail']

/** Reports shown where nobody says how many. */
const USUAL = 20

/** Letters of a run's id that are shown, from its end: its beginning is the time. */
const SHOWN_OF_ID = 6

export const command = defineCommand({
  name: 'history',
  summary: 'list what the habits found before',
  usage: '[dataset…]',
  description: [
    `Lists the last reports of the project, from ${HISTORY_FILE}, the newest first: when, in which run, on which dataset, which habit,`,
    'and what came of it. A run is told by the end of its id, by which dayshift lineage show knows it too. A dataset is named as in',
    'the project file, or by its path.',
  ],
  flags: {
    kind: { type: 'string', multiple: true, value: 'A,B', help: `of these habits only: ${STEPS.join(', ')}` },
    status: { type: 'string', multiple: true, value: 'A,B', help: 'with these results only: pass, warn, fail' },
    since: { type: 'string', value: 'TIME', help: 'not older than 7d, or than 2026-11-23' },
    run: { type: 'string', value: 'ID', help: 'of this run only: its id, or the end of it as the list shows it' },
    limit: { type: 'string', value: 'N', help: `at most so many (default: ${USUAL})` },
  },
  formats: ['text', 'json', 'html'],
  examples: [
    'dayshift history',
    'dayshift history weather --kind validate,drift --status fail',
    'dayshift history --since 7d --json',
    'dayshift history --limit 200 --output history.html',
  ],
  run: async (context) => {
    const { flags, cwd, signal, terminal } = context
    const kinds = chosen('kind', flags.kind, STEPS)
    const statuses = chosen('status', flags.status, STATUSES)
    const since = flags.since === undefined ? -Infinity : timeOf(flags.since)
    const limit = numberFlag('limit', flags.limit) ?? USUAL
    if (!(Number.isInteger(limit) && limit > 0))
      throw failure('DS_USAGE', `--limit takes a whole number from 1 on, not ${flags.limit}`)
    const names = await datasetNames(context)
    const root = await rootOf(context)
    const file = join(root, HISTORY_FILE)
    const found: AnyReport[] = []
    let all = 0
    const damage = await readJournalLines(
      file,
      ({ record }) => {
        const report = record as unknown as AnyReport
        if (!isReport(report)) return
        const isWanted =
          (!kinds || kinds.includes(report.kind)) &&
          (!statuses || statuses.includes(report.status)) &&
          (flags.run === undefined || report.run?.endsWith(flags.run) === true) &&
          (names.size === 0 || names.has(report.dataset.name)) &&
          Date.parse(report.at) >= since
        if (!isWanted) return
        all++
        found.push(report)
        // What is kept does not grow with the history.
        if (found.length >= 2 * limit + 1000) found.splice(0, found.length, ...newest(found, limit))
      },
      { signal },
    )
    if (damage.length > 0) terminal.note(`${count(damage.length, 'line')} of ${HISTORY_FILE} cannot be read`)
    const reports = newest(found, limit)
    const told = summary(reports.length, all)
    const trends = asksFor(flags, 'html') ? await backgroundOf(root, reports, signal) : NO_BACKGROUND
    return {
      reports: [],
      result: { reports, total: all },
      text: [...lines(reports, cwd, terminal.columns), told],
      drawings: { html: [historyPage(reports, trends, told, cwd)] },
    }
  },
})

function newest(reports: readonly AnyReport[], limit: number): AnyReport[] {
  return reports.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, limit)
}

function lines(reports: readonly AnyReport[], cwd: string, columns: number): string[] {
  if (reports.length === 0) return []
  const rows = reports.map((report) => [
    `${report.at.slice(0, 10)} ${report.at.slice(11, 16)}`,
    printable(report.run?.slice(-SHOWN_OF_ID) ?? ''),
    printable(nameOf(report, cwd)),
    report.kind,
    report.status,
    printable(summaryOf(report)),
  ])
  return table([['at (UTC)', 'run', 'dataset', 'habit', 'result', 'what'], ...rows], '', columns)
}

function summary(shown: number, all: number): string {
  if (all === 0) return 'no report: dayshift run keeps them'
  return shown < all ? `${count(shown, 'report')} of ${all.toLocaleString('en-US')} (--limit)` : count(all, 'report')
}

function isReport(value: Partial<AnyReport>): value is AnyReport {
  return typeof value.kind === 'string' && typeof value.at === 'string' && typeof value.dataset?.name === 'string'
}

function chosen(flag: string, given: readonly string[] | undefined, known: readonly string[]): string[] | undefined {
  const list = listFlag(given)
  for (const one of list ?? []) {
    if (!known.includes(one)) throw failure('DS_USAGE', `--${flag} is ${known.join(', ')}; not '${one}'`)
  }
  return list
}

/** A time, or how long ago: milliseconds since 1970. */
function timeOf(word: string): number {
  const time = /^\d{4}-/.test(word) ? Date.parse(word) : Date.now() - parseDuration(word) * 1000
  if (Number.isNaN(time)) throw failure('DS_USAGE', `--since takes 7d or 2026-11-23, not '${word}'`)
  return time
}
