import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseFraction, type OpenOptions } from '@dayshift/core'
import { fileDataset } from '@dayshift/core/ground'
import { corrections, drift, readReference, type DriftOptions, type ReferenceRule } from '@dayshift/monitor'
import { versionAt } from '@dayshift/dvc'
import { failure } from '../codes.ts'
import { defineCommand, type Context, type Outcome } from '../command.ts'
import { cameAt, knownVersions, type VersionedPath } from '../drift/known-versions.ts'
import { openReference, withReference } from '../drift/open-reference.ts'
import { pastComparisons } from '../drift/past-comparisons.ts'
import { walkVersions, type DriftOverTime } from '../drift/walk-versions.ts'
import { userConfigOf } from '../dvc/user-config.ts'
import { engineFlags } from '../engine-flags.ts'
import { listFlag, numberFlag, oneOf, type Flags } from '../flags.ts'
import { currentHash } from '../freshness/content-history.ts'
import { formatOfFlags, refuseFormats } from '../output-format.ts'
import { rootOf } from '../places.ts'
import { driftHistoryLines } from '../render/drift-history.ts'
import { readingOfFlags, refuseSharedQuarantine, sourceFlags } from '../source-flags.ts'
import { lastingSource, openSource, readingOfDataset, sourceNamed, type NamedSource } from '../sources.ts'

const flags = {
  columns: { type: 'string', multiple: true, value: 'A,B', help: 'compare these columns only' },
  detector: {
    type: 'string',
    multiple: true,
    value: 'NAME[:MIN]',
    help: 'use this detector; MIN is the least effect that counts (default: by type)',
  },
  alpha: { type: 'string', value: '0.05', help: 'chance is ruled out where p is at most this (default: 0.05)' },
  'min-effect': {
    type: 'string',
    value: '0.1',
    help: 'the least effect that counts; 0: p alone (default: each detector’s)',
  },
  correction: { type: 'string', value: 'none|bonferroni|holm|bh|by', help: 'for many columns (default: bh)' },
  'min-share': { type: 'string', value: '0.5', help: 'fail from this share of drifted columns on (default: 0.5)' },
  since: {
    type: 'string',
    value: 'VERSION',
    help: 'what happened since a version (v1.0, 30d, 2026-11-01): every version, compared with its reference',
  },
  against: {
    type: 'string',
    value: 'REFERENCE',
    help: 'with --since: first, previous, or a rule as rolling:7 (default: first)',
  },
  learn: {
    type: 'string',
    value: '5%',
    help: 'alarm by past comparisons, with this share of false alarms, once there are enough of them',
  },
  timezone: {
    type: 'string',
    value: 'ZONE',
    help: 'where hours and weekdays are counted, as Europe/Berlin (default: UTC)',
  },
  tolerance: {
    type: 'string',
    value: '6h',
    help: 'how far from the same time a version may lie (default: by the rule)',
  },
  ...sourceFlags,
  ...engineFlags,
} as const satisfies Flags

export const command = defineCommand({
  name: 'drift',
  summary: 'compare two datasets’ distributions',
  usage: '<reference> <current> | <source> --since VERSION',
  description: [
    'Compares each column that both sides have by tests that fit its type: numbers by Kolmogorov–Smirnov, values of a few',
    'kinds by chi-square, texts by length, form and words; and missing values, ranges and units. A column drifted where',
    'chance is ruled out (p, corrected) and the change is as large as counts (effect).',
    '',
    'The reference is a path, or earlier versions of the current data: @VERSION, previous, rolling:7 (the last seven together), same-hour,',
    'same-weekday:4, same-month, year-ago. With --since all versions are gone through: when each column began to drift, where its level',
    'changed, its trend and season, and how usual the newest effect is.',
  ],
  flags,
  examples: [
    'dayshift drift data/january.csv data/july.csv --columns temp,humid',
    'dayshift drift data/train.csv@v1.0 data/train.csv',
    'dayshift drift january.csv july.csv --detector ks:0.2 --detector null-rate',
    'gzip -dc july.csv.gz | dayshift drift data/january.csv -',
    'dayshift drift same-weekday:4 weather --timezone Europe/Berlin',
    'dayshift drift weather --since v1.0',
  ],
  run: (context) => (context.flags.since === undefined ? compareTwo(context) : overTime(context, context.flags.since)),
})

type DriftContext = Context<typeof flags>

async function compareTwo(context: DriftContext): Promise<Outcome> {
  const { positionals, cwd } = context
  const [first, second, third] = positionals
  if (first === undefined || second === undefined || third !== undefined) {
    throw failure('DS_USAGE', 'drift takes two sources: the reference, and the current data', {
      hint: 'Or one with --since: what happened since a version of it.',
    })
  }
  if (context.flags.against !== undefined) throw failure('DS_USAGE', '--against goes with --since')
  const rule = existsSync(resolve(cwd, first)) ? undefined : readReference(first)
  if (rule) return compareWithEarlier(rule, second, context)
  for (const name of ['timezone', 'tolerance'] as const) {
    if (context.flags[name] !== undefined) {
      throw failure('DS_USAGE', `--${name} goes with a reference by time`, { hint: 'As same-weekday:4.' })
    }
  }
  const word = first.startsWith('@') && !existsSync(resolve(cwd, first)) ? `${second}${first}` : first
  const sources = [await sourceNamed(word, context), await sourceNamed(second, context)] as const
  if (sources.every(({ path }) => path === '-')) throw failure('DS_USAGE', 'only one of two sources can be piped in')
  refuseSharedQuarantine(context.flags, sources, cwd)
  const reference = await openSource(sources[0], context)
  const current = await openSource(sources[1], context)
  const learn = await learnOf(first, sources[1], undefined, context)
  return { reports: [await drift(reference, current, { ...settingsOf(context), ...learn })] }
}

/** Compares with earlier versions of the same data. */
async function compareWithEarlier(rule: ReferenceRule, word: string, context: DriftContext): Promise<Outcome> {
  const source = await lastingSource(word, context, 'its earlier versions are asked for')
  const place = await placeOf(source, context)
  const dataset = fileDataset(source.path, place.root)
  const known = await knownVersions(place, dataset)
  const hash =
    source.version === undefined
      ? await currentHash(source.path, { cwd: place.root, user: place.user, signal: place.signal })
      : (await versionAt(source.path, source.version, { cwd: place.root, user: place.user })).hash
  const at = cameAt(known, hash) ?? new Date().toISOString()
  const { timezone, tolerance } = context.flags
  const there: DriftContext = { ...context, cwd: place.root }
  const opened = await openReference(
    rule,
    { timezone, tolerance },
    known,
    { hash, at },
    source.path,
    there,
    await readingBeside(source, context),
  )
  if ('lacking' in opened) {
    throw failure('DS_DRIFT_REFERENCE', `${rule.word} of ${word}: ${opened.lacking}`)
  }
  const learn = await learnOf(rule.word, source, hash, context)
  const report = await drift(opened.frame, await openSource(source, context), { ...settingsOf(context), ...learn })
  return { reports: [withReference(report, opened)] }
}

/** Goes through all versions since one of them. */
async function overTime(context: DriftContext, since: string): Promise<Outcome> {
  const { positionals, flags: given, terminal } = context
  const [word, other] = positionals
  if (word === undefined || other !== undefined) throw failure('DS_USAGE', 'drift --since takes one source')
  refuseFormats('what drift --since gives', { format: formatOfFlags(given), outputs: given.output ?? [] }, [
    'text',
    'json',
  ])
  const source = await lastingSource(word, context, 'its versions are asked for')
  if (source.version !== undefined) throw failure('DS_USAGE', `${word}: --since goes from a version to the newest`)
  const place = await placeOf(source, context)
  const { timezone, tolerance } = given
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
    text: driftHistoryLines(found, terminal.columns, given.verbose === true),
  }
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

/** How flags say to compare. */
function settingsOf({ flags: given, signal, terminal }: DriftContext): DriftOptions {
  return givenOnly({
    columns: listFlag(given.columns),
    detectors: listFlag(given.detector),
    alpha: numberFlag('alpha', given.alpha),
    minEffect: numberFlag('min-effect', given['min-effect']),
    correction: given.correction === undefined ? undefined : oneOf('correction', given.correction, corrections, 'bh'),
    minShare: numberFlag('min-share', given['min-share']),
    signal,
    onProgress: () => terminal.progress('drift'),
  })
}

/** How the project says to compare a dataset of its. */
function projectSettings({ dataset }: NamedSource): DriftOptions {
  const {
    reference: _,
    learn: __,
    timezone: ___,
    tolerance: ____,
    ...settings
  } = dataset?.definition.drift || { reference: '' }
  return givenOnly(settings)
}

function givenOnly<Options extends object>(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Options
}

/** Past comparisons with a reference of the same kind, where alarms are to be by them. */
async function learnOf(
  rule: string,
  source: NamedSource,
  hash: string | undefined,
  context: DriftContext,
): Promise<Pick<DriftOptions, 'learn'>> {
  if (context.flags.learn === undefined) return {}
  const alpha = shareOf(context.flags.learn)
  const root = source.dataset?.root ?? (await rootOf(context))
  const past = await pastComparisons(root, fileDataset(source.path, root), rule, hash, context.signal)
  return { learn: { alpha, past } }
}

/** @throws DS_USAGE for what is no share between 0 and 1 */
function shareOf(word: string): number {
  const share = parseFraction(word)
  if (share > 0 && share < 1) return share
  throw failure('DS_USAGE', `--learn takes a share of false alarms, as 5%; not '${word}'`)
}

async function placeOf({ path, dataset }: NamedSource, context: DriftContext): Promise<VersionedPath> {
  const root = dataset?.root ?? (await rootOf(context))
  return { path, root, user: userConfigOf(context.env), signal: context.signal }
}

/** How earlier versions are read: as the source is, but broken lines of theirs are not kept. */
async function readingBeside({ path, dataset }: NamedSource, context: DriftContext): Promise<OpenOptions> {
  if (context.flags.quarantine !== undefined) {
    throw failure('DS_USAGE', '--quarantine keeps broken lines of one source, and earlier versions have some too')
  }
  const reading: OpenOptions = {
    ...(dataset ? readingOfDataset(dataset.definition, dataset.root) : {}),
    ...readingOfFlags(context.flags, path, context.cwd),
  }
  return {
    ...reading,
    ...(typeof reading.badLines === 'object' ? { badLines: 'skip' as const } : {}),
    cwd: dataset?.root ?? (await rootOf(context)),
    signal: context.signal,
    engine: await context.engine(),
  }
}
