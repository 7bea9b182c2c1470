import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Finding, Report } from '@dayshift/core'
import { datasetOf, fileDataset, formatOf, isAddress, messageOf } from '@dayshift/core/ground'
import { freshness, readHolidays, type LimitOptions, type PastCheck } from '@dayshift/monitor'
import { failure } from '../codes.ts'
import type { FreshnessDefinition } from '../define-project.ts'
import { makeBases, namedBases } from './bases.ts'
import { basesOf, readPastReports, type PastReports } from './past-reports.ts'
import type { FreshnessPlace } from './place.ts'

/** Checks the age of data by settings, with what history and lineage say of it. */
export async function checkFreshness(
  place: FreshnessPlace,
  settings: FreshnessDefinition,
  now: Date | undefined,
): Promise<Report<'freshness'>> {
  const { path, cwd, root, signal } = place
  const names = namedBases(settings, path)
  const dataset = isAddress(path) ? datasetOf(path, cwd) : fileDataset(path, cwd, formatOf(path))
  let reports: Promise<PastReports> | undefined
  const past = (): Promise<PastReports> => (reports ??= readPastReports(root, dataset, signal))
  const holidays = await holidaysOf(settings, cwd)
  const { maxAge, warnAfter, minRows, schedule, learn } = settings
  const report = await freshness(
    { path, dataset, open: (one) => place.open(one) },
    {
      maxAge,
      warnAfter,
      minRows,
      schedule: schedule && { ...schedule, holidays },
      learn: learn ? await learnFrom(learn, past) : undefined,
      bases: await makeBases(names, settings, place, past, holidays),
      previous: minRows === undefined ? undefined : previousOf(await past()),
      now,
      cwd,
      signal,
    },
  )
  return names.length === 1 && names[0] === 'mtime' ? withAdvice(report, path) : report
}

async function learnFrom(
  learn: NonNullable<FreshnessDefinition['learn']>,
  past: () => Promise<PastReports>,
): Promise<LimitOptions['learn']> {
  const { updates, versions } = await past()
  const content = [...(updates['content'] ?? []), ...firstSeen(versions)]
  return { updates: { ...updates, content }, ...(typeof learn === 'object' ? { alpha: learn.alpha } : {}) }
}

/** When each version was seen first. */
function firstSeen(versions: PastReports['versions']): string[] {
  const first = new Map<string, string>()
  for (const { hash, at } of versions) {
    const before = first.get(hash)
    if (before === undefined || at < before) first.set(hash, at)
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
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw failure('DS_USAGE', `the calendar ${holidays} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  return [...readHolidays(text, holidays)]
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
