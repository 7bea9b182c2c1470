import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Report } from '@dayshift/core'
import { drift, readReference, type DriftOptions } from '@dayshift/monitor'
import { failure } from '../codes.ts'
import { defineCommand, type Outcome } from '../command.ts'
import { overTime } from '../drift/over-time.ts'
import { withReference } from '../drift/open-reference.ts'
import { compareWithProfile, isProfileFile } from '../drift/profile-reference.ts'
import { driftFlags, learnOf, projectSettings, settingsOf, type DriftContext } from '../drift/settings.ts'
import { compareWithEarlier } from '../drift/with-earlier.ts'
import { refuseSharedQuarantine } from '../source-flags.ts'
import { openSource, sourceNamed, type NamedSource } from '../sources.ts'

export const command = defineCommand({
  name: 'drift',
  summary: 'compare two datasets’ distributions',
  usage: '<reference> <current> | --reference PROFILE <current> | <dataset> | <source> --since VERSION',
  description: [
    'Compares each column that both sides have by tests that fit its type: numbers by Kolmogorov–Smirnov, values of a few',
    'kinds by chi-square, texts by length, form and words; and missing values, ranges and units. A column drifted where',
    'chance is ruled out (p, corrected) and the change is as large as counts (effect).',
    '',
    'The reference is a path, a reference profile (dayshift profile DATA --save FILE), or earlier versions of the current',
    'data: @VERSION, previous, rolling:7 (the last seven together), same-hour, same-weekday:4, same-month, year-ago. A',
    'dataset of the project alone is compared as that says.',
    '',
    'With --since all versions are gone through: when each column began to drift, where its level changed, its trend and',
    'season, and how usual the newest effect is.',
  ],
  flags: driftFlags,
  examples: [
    'dayshift drift data/january.csv data/july.csv --columns temp,humid',
    'dayshift drift data/train.csv@v1.0 data/train.csv',
    'dayshift drift january.csv july.csv --detector ks:0.2 --detector null-rate',
    'gzip -dc july.csv.gz | dayshift drift data/january.csv -',
    'dayshift drift same-weekday:4 weather --timezone Europe/Berlin',
    'dayshift drift --reference train.profile.json data/today.csv',
    'dayshift drift weather',
    'dayshift drift weather --since v1.0',
  ],
  run: (context) => (context.flags.since === undefined ? compare(context) : overTime(context, context.flags.since)),
})

async function compare(context: DriftContext): Promise<Outcome> {
  const { positionals, flags, cwd } = context
  const [first, second, third] = flags.reference === undefined ? positionals : [flags.reference, ...positionals]
  if (flags.against !== undefined) throw failure('DS_USAGE', '--against goes with --since')
  if (first !== undefined && second === undefined) return compareAsDefined(first, context)
  if (first === undefined || second === undefined || third !== undefined) throw twoSources()
  const isThere = existsSync(resolve(cwd, first))
  if (flags.reference !== undefined || isProfileFile(first, cwd)) {
    refuseTimes(context)
    const current = await sourceNamed(second, context)
    return { reports: [await compareProfile(resolve(cwd, first), current, first, context)] }
  }
  const rule = isThere ? undefined : readReference(first)
  if (rule) return compareWithEarlier(rule, second, context)
  refuseTimes(context)
  const reference = await sourceNamed(first.startsWith('@') && !isThere ? `${second}${first}` : first, context)
  const current = await sourceNamed(second, context)
  if (reference.path === '-' && current.path === '-')
    throw failure('DS_USAGE', 'only one of two sources can be piped in')
  return { reports: [await compareSources(reference, current, first, settingsOf(context), context)] }
}

/** Compares a dataset of the project with its reference, as the project says. */
async function compareAsDefined(word: string, context: DriftContext): Promise<Outcome> {
  const source = await sourceNamed(word, context)
  const definition = source.dataset?.definition.drift
  if (!source.dataset || !definition) throw twoSources()
  const { reference } = definition
  const rule = readReference(reference)
  if (rule) return compareWithEarlier(rule, word, context)
  refuseTimes(context)
  if (isProfileFile(reference, source.dataset.root))
    return { reports: [await compareProfile(resolve(source.dataset.root, reference), source, reference, context)] }
  const isVersion = reference.startsWith('@')
  const before = isVersion
    ? { ...source, version: reference.slice(1) }
    : { dataset: source.dataset, path: resolve(source.dataset.root, reference) }
  const settings = { ...projectSettings(source), ...settingsOf(context) }
  const report = await compareSources(before, source, reference, settings, context)
  return { reports: [withReference(report, { reference: { rule: reference, versions: [] }, findings: [] })] }
}

/** Compares with a reference profile; with the settings of a project where its dataset names it. */
async function compareProfile(
  file: string,
  now: NamedSource,
  rule: string,
  context: DriftContext,
): Promise<Report<'drift'>> {
  const own = now.dataset?.definition.drift
  const settings = { ...(own && own.reference === rule ? projectSettings(now) : {}), ...settingsOf(context) }
  const current = await openSource(now, context)
  return compareWithProfile(
    file,
    current,
    rule,
    { ...settings, ...(await learnOf(rule, now, undefined, context)) },
    context,
  )
}

async function compareSources(
  before: NamedSource,
  now: NamedSource,
  rule: string,
  settings: DriftOptions,
  context: DriftContext,
): Promise<Report<'drift'>> {
  refuseSharedQuarantine(context.flags, [before, now], context.cwd)
  // What is kept of broken lines is kept of the current data.
  const isKept = typeof before.dataset?.definition.csv?.badLines === 'object'
  const reference = await openSource(before, context, isKept ? { badLines: 'skip' } : undefined)
  const current = await openSource(now, context)
  return drift(reference, current, { ...settings, ...(await learnOf(rule, now, undefined, context)) })
}

function twoSources(): Error {
  return failure('DS_USAGE', 'drift takes two sources: the reference, and the current data', {
    hint: 'Or one: with --since what happened since a version of it, or a dataset whose reference the project names.',
  })
}

function refuseTimes({ flags }: DriftContext): void {
  for (const name of ['timezone', 'tolerance'] as const) {
    if (flags[name] === undefined) continue
    throw failure('DS_USAGE', `--${name} goes with a reference by time`, { hint: 'As same-weekday:4.' })
  }
}
