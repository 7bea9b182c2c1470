import { relative } from 'node:path'
import { failure } from '../codes.ts'
import type { Outcome } from '../command.ts'
import { numberFlag } from '../flags.ts'
import { asksFor, formatOfFlags, refuseFormats } from '../output-format.ts'
import { driftHistoryLines } from '../render/drift-history.ts'
import { lastingSource } from '../sources.ts'
import { placeOf, projectSettings, readingBeside, settingsOf, shareOf, type DriftContext } from './settings.ts'
import { walkVersions, type DriftOverTime } from './walk-versions.ts'

/** Goes through all versions since one of them. */
export async function overTime(context: DriftContext, since: string): Promise<Outcome> {
  const { positionals, flags: given, terminal } = context
  const [word, other] = positionals
  if (word === undefined || other !== undefined) throw failure('DS_USAGE', 'drift --since takes one source')
  refuseFormats('what drift --since gives', { format: formatOfFlags(given), outputs: given.output ?? [] }, [
    'text',
    'json',
    'html',
  ])
  const source = await lastingSource(word, context, 'its versions are asked for')
  if (source.version !== undefined) throw failure('DS_USAGE', `${word}: --since goes from a version to the newest`)
  const place = await placeOf(source, context)
  const { timezone, tolerance } = { ...source.dataset?.definition.drift, ...given }
  const alpha = given.learn === undefined ? 0.05 : shareOf(given.learn)
  const found = await walkVersions(
    place,
    {
      since,
      against: given.against ?? 'first',
      references: { timezone, tolerance },
      reading: await readingBeside(source, context),
      drift: { ...projectSettings(source), ...settingsOf(context) },
      learnAlpha: alpha,
    },
    context,
  )
  const newest = found.versions.at(-1)
  const minShare = numberFlag('min-share', given['min-share']) ?? projectSettings(source).minShare ?? 0.5
  const { fails, warns } =
    given.learn === undefined
      ? { fails: newest?.status === 'fail', warns: newest?.status === 'warn' }
      : alarmed(found, minShare)
  return {
    reports: [],
    result: found,
    fails,
    warns,
    drawings: asksFor(given, 'html') ? { html: [await pageFor(found, context, { fails, warns })] } : {},
    text: driftHistoryLines(found, terminal.columns, given.verbose === true),
  }
}

/** Pages are many modules, and are seldom asked for. */
async function pageFor(
  found: DriftOverTime,
  { cwd }: DriftContext,
  { fails, warns }: { readonly fails: boolean; readonly warns: boolean },
): Promise<string> {
  const { driftOverTimePage } = await import('../render/html/drift-over-time.ts')
  return driftOverTimePage(found, relative(cwd, found.path), fails ? 'fail' : warns ? 'warn' : 'pass')
}

/** By its own history: whether what drifted is more than it was, by as large a share of the columns as fails. */
function alarmed(
  { columns, versions }: DriftOverTime,
  minShare: number,
): { readonly fails: boolean; readonly warns: boolean } {
  const names = new Set(columns.flatMap(({ column, alarms }) => (alarms.at(-1) ? [column] : [])))
  const newest = versions.at(-1)
  const isBroken = (newest?.findings ?? []).some(
    ({ severity, code }) => severity === 'error' && code !== 'drift.dataset',
  )
  const share = names.size / Math.max(1, newest?.compared ?? 0)
  return { fails: isBroken || (names.size > 0 && share >= minShare), warns: names.size > 0 }
}
