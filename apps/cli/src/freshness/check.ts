import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Finding, Report } from '@dayshift/core'
import { datasetOf, fileDataset, formatOf, isAddress, messageOf, readTextFile } from '@dayshift/core/ground'
import { freshness, readHolidays, type ContentHistory, type LimitOptions, type PastCheck } from '@dayshift/monitor'
import { failure } from '../codes.ts'
import type { FreshnessBasis, FreshnessDefinition } from '../define-project.ts'
import { makeBases, namedBases } from './bases.ts'
import { pastOf, type Past } from './past.ts'
import { basesOf, type PastReports } from './past-reports.ts'
import type { FreshnessPlace } from './place.ts'

/** Checks the age of data by settings, with what history and lineage say of it. */
export async function checkFreshness(
  place: FreshnessPlace,
  settings: FreshnessDefinition,
  now: Date | undefined,
): Promise<Report<'freshness'>> {
  const { path, cwd, signal } = place
  const names = namedBases(settings, path)
  const dataset = isAddress(path) ? datasetOf(path, cwd) : fileDataset(path, cwd, formatOf(path))
  const past = pastOf(place, dataset)
  const holidays = await holidaysOf(settings, cwd)
  const { maxAge, warnAfter, clockSkew, unsure, minRows, schedule, learn } = settings
  const report = await freshness(
    { path, dataset, format: place.format, open: (one) => place.open(one) },
    {
      maxAge,
      warnAfter,
      clockSkew,
      unsure,
      minRows,
      schedule: schedule && { ...schedule, holidays },
      learn: learn ? await learnFrom(learn, names, past) : undefined,
      bases: await makeBases(names, settings, place, past, holidays),
      previous: minRows === undefined ? undefined : previousOf(await past.reports()),
      now,
      cwd,
      signal,
    },
  )
  return names.length === 1 && names[0] === 'mtime' ? withAdvice(report, path) : report
}

async function learnFrom(
  learn: NonNullable<FreshnessDefinition['learn']>,
  names: readonly FreshnessBasis[],
  past: Past,
): Promise<LimitOptions['learn']> {
  const { updates } = await past.reports()
  const content = names.includes('content') ? firstSeen((await past.content())?.versions ?? []) : []
  return { updates: { ...updates, content }, ...(typeof learn === 'object' ? { alpha: learn.alpha } : {}) }
}

/** When each version was seen first. */
function firstSeen(versions: ContentHistory['versions']): Date[] {
  const first = new Map<string, Date>()
  for (const { hash, at } of versions) {
    const time = new Date(at)
    const before = first.get(hash)
    if (before === undefined || time < before) first.set(hash, time)
  }
  return [...first.values()]
}

function previousOf({ last }: PastReports): PastCheck | undefined {
  if (!last) return undefined
  const newest = basesOf(last).find(({ basis }) => basis === 'column')?.newest
  return { newest, rows: last.facts.rows }
}

async function holidaysOf({ schedule }: FreshnessDefinition, cwd: string): Promise<readonly string[] | undefined> {
  const { holidays } = schedule ?? {}
  if (holidays === undefined || typeof holidays !== 'string') return holidays
  const file = resolve(cwd, holidays)
  const text = await readTextFile(file).catch((error: unknown) => {
    throw failure('DS_USAGE', `the calendar ${holidays} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  return [...readHolidays(text, holidays, schedule?.zone)]
}

/** A file under version control has its time of change from the last checkout. */
function withAdvice(report: Report<'freshness'>, path: string): Report<'freshness'> {
  if (report.facts.state !== 'fresh' || !existsSync(`${path}.dvc`)) return report
  const advice: Finding = {
    severity: 'info',
    code: 'freshness.time_of_checkout',
    message: `${path} is under version control: a checkout sets the time of its file anew`,
    hint: 'Go by its content (--basis content) or by a column as well.',
  }
  return { ...report, findings: [...report.findings, advice] }
}
