import type { AnyReport, Frame } from '@dayshift/core'
import { findReport, messageOf, parseDuration, withoutSecrets } from '@dayshift/core'
import { columnBasis, freshness, toDbtSources, toPrometheus } from '@dayshift/monitor'
import { failure } from '../codes.ts'
import { defineCommand, type Context, type Outcome, type Unlooked } from '../command.ts'
import type { FreshnessDefinition } from '../define-project.ts'
import { engineFlags } from '../engine-flags.ts'
import { namedBases } from '../freshness/bases.ts'
import { checkFreshness } from '../freshness/check.ts'
import { freshnessFlags, settingsOf } from '../freshness/flags.ts'
import { runBehind } from '../freshness/gate.ts'
import { outcomeOf } from '../freshness/verdict.ts'
import { watchFreshness } from '../freshness/watch.ts'
import { formatOfFlags, RESULT_FORMATS } from '../output-format.ts'
import { rootOf } from '../places.ts'
import { printableLines } from '../render/words.ts'
import { readingOfFlags, refuseSharedQuarantine, sourceFlags } from '../source-flags.ts'
import { lastingSource, openSource, placeOf, type NamedSource } from '../sources.ts'

const flags = {
  ...freshnessFlags,
  now: { type: 'string', value: 'TIME', help: 'take this as the present time (ISO 8601)' },
  watch: { type: 'boolean', help: 'check again and again; Ctrl-C ends' },
  every: { type: 'string', value: '60s', help: 'how often --watch checks (default: 60s)' },
  ...sourceFlags,
  ...engineFlags,
} as const

type FreshnessContext = Context<typeof flags>

export const command = defineCommand({
  name: 'freshness',
  summary: 'check the age of data',
  usage: '[source…]',
  description: [
    'Compares the age of the newest data with a limit, a schedule or its own past. Without a source, all datasets of the project',
    'are checked. Several bases are held against one another: of them the worst counts, and contradictions are told. With a',
    'command behind --, that is run where the data is fresh enough, and its exit code is this one’s.',
    'Stale, empty and future-dated data exit with 1, and so does data whose age is not sure (--unsure warn: 0); missing, unreadable and',
    'unknown data with 3.',
  ],
  flags,
  examples: [
    'dayshift freshness data/train.csv --max-age 24h',
    'dayshift freshness weather --column time_hour --max-age 7d',
    "dayshift freshness sales.parquet --column sold_at --cron '0 7 * * 1-5' --zone Europe/Berlin --grace 30m",
    'dayshift freshness data/train.csv --basis mtime,content',
    'dayshift freshness --output /var/lib/node_exporter/freshness.prom',
    'dayshift freshness data/train.csv -- node train.js',
  ],
  formats: [...RESULT_FORMATS, 'prometheus', 'dbt'],
  run: async (context) => {
    refuseContradictions(context)
    const { flags: given, cwd } = context
    const now = timeOf(given.now)
    const sources = await sourcesOf(context)
    refuseSharedQuarantine(given, sources, cwd)
    const check = async (): Promise<Outcome> => {
      const reports: AnyReport[] = []
      const unlooked: Unlooked[] = []
      const names = new Map<AnyReport, string | undefined>()
      for (const source of sources) {
        try {
          const report = await checkSource(source, context, now)
          names.set(report, source.dataset?.name)
          reports.push(report)
        } catch (error) {
          // One source's trouble is no reason to leave the others unlooked at.
          if (sources.length === 1 || context.signal.aborted) throw error
          unlooked.push({ path: source.path, dataset: source.dataset?.name, error })
          context.terminal.note(printableLines(withoutSecrets(`${calledAs(source)}: ${messageOf(error)}`)))
        }
      }
      const [first] = unlooked
      const outcome = { ...outcomeOf(reports), drawings: await drawingsOf(reports, names, context) }
      return first === undefined ? outcome : { ...outcome, unlooked, error: first.error }
    }
    if (given.watch) return watchFreshness(check, parseDuration(given.every ?? '60s'), context)
    const outcome = await check()
    return context.behind.length > 0 ? runBehind(outcome, context) : outcome
  },
})

function refuseContradictions({ flags: given, behind }: FreshnessContext): void {
  if (given.every !== undefined && !given.watch) throw failure('DS_USAGE', '--every goes with --watch')
  if (given.every !== undefined && parseDuration(given.every) <= 0)
    throw failure('DS_USAGE', '--every takes a time above 0')
  if (given.watch && given.now !== undefined) throw failure('DS_USAGE', '--watch goes by the clock: it takes no --now')
  if (given.watch && ['json', 'dbt'].includes(formatOfFlags(given))) {
    throw failure('DS_USAGE', '--watch prints a result each time, and that format is one document', {
      hint: 'Use --format jsonl, or write the document with --output.',
    })
  }
  if (behind.length === 0) return
  const other = (['watch', 'json', 'format', 'output'] as const).find((name) => given[name] !== undefined)
  if (other !== undefined) {
    throw failure('DS_USAGE', `--${other} does not go with a command behind --: the output is the command’s`, {
      hint: 'Check by itself first, with that flag.',
    })
  }
}

function calledAs({ path, dataset }: NamedSource): string {
  return dataset?.name ?? path
}

/** The sources named, or all datasets of the project whose freshness is not turned off. */
async function sourcesOf(context: FreshnessContext): Promise<NamedSource[]> {
  const { positionals, behind } = context
  const words = positionals.slice(0, positionals.length - behind.length)
  if (words.length > 0) {
    return Promise.all(words.map((word) => lastingSource(word, context, 'what is piped in has no age')))
  }
  const project = await context.project()
  if (!project) {
    throw failure('DS_USAGE', 'a source is missing', {
      hint: 'Name one, or work in a folder with a dayshift.config.ts: all of its datasets are checked then.',
    })
  }
  const sources = Object.entries(project.datasets)
    .filter(([, definition]) => definition.freshness !== false)
    .map(([name, definition]) => ({
      path: placeOf(definition, project.root),
      dataset: { name, definition, root: project.root },
    }))
  if (sources.length > 0) return sources
  throw failure('DS_USAGE', `no dataset of ${project.file} has its freshness checked`)
}

async function checkSource(source: NamedSource, context: FreshnessContext, now: Date | undefined): Promise<AnyReport> {
  const { flags: given, cwd, env, signal } = context
  const { path, dataset, version } = source
  const settings = settingsOf(given, dataset?.definition.freshness || {})
  if (version !== undefined) return checkVersion(source, settings, context, now)
  // Data that is named by its path is looked at whether or not a project file above it can be read.
  const project = dataset && (await context.project())
  const root = project?.root ?? (await rootOf(context).catch(() => cwd))
  const open = (one: string): Promise<Frame> => openSource({ ...source, path: one }, context)
  const ownJob = dataset &&
    project && { namespace: project.name, name: (dataset.definition.log || {}).job ?? dataset.name }
  const format = dataset ? dataset.definition.format : readingOfFlags(given, path, cwd).format
  const place = { path, cwd: dataset?.root ?? cwd, root, ownJob, env, signal, format, open }
  // What flags name lies where the command runs.
  const holidays = given.holidays === undefined ? {} : { cwd }
  return checkFreshness({ ...place, ...holidays }, settings, now)
}

/** A version is read from the cache: its files are copies, and their times say nothing. */
async function checkVersion(
  source: NamedSource,
  settings: FreshnessDefinition,
  context: FreshnessContext,
  now: Date | undefined,
): Promise<AnyReport> {
  const bases = namedBases(settings, source.path)
  if (bases.length !== 1 || bases[0] !== 'column' || settings.schedule || settings.learn) {
    throw failure('DS_USAGE', `${source.path}@${source.version}: a version has an age by a column only`, {
      hint: 'Name one with --column.',
    })
  }
  const { maxAge, warnAfter, clockSkew, unsure, column, timezone, minRows } = settings
  const frame = await openSource(source, context)
  const limits = { maxAge, warnAfter, clockSkew, unsure, minRows }
  const byColumn = [columnBasis(column as string, { timezone })]
  return freshness({ frame }, { ...limits, bases: byColumn, now, cwd: context.cwd, signal: context.signal })
}

/** The reports as other programs read them. */
async function drawingsOf(
  reports: readonly AnyReport[],
  names: ReadonlyMap<AnyReport, string | undefined>,
  context: FreshnessContext,
): Promise<NonNullable<Outcome['drawings']>> {
  const own = reports.flatMap((report) => findReport([report], 'freshness') ?? [])
  const project = await context.project().catch(() => undefined)
  const nameOf = (report: AnyReport): string | undefined => names.get(report)
  const sources = toDbtSources(own, { project: project?.name, nameOf })
  return {
    prometheus: toPrometheus(own, { nameOf }).trimEnd().split('\n'),
    dbt: [JSON.stringify(sources, null, 2)],
  }
}

function timeOf(flag: string | undefined): Date | undefined {
  if (flag === undefined) return undefined
  const time = new Date(flag)
  if (Number.isNaN(time.getTime()))
    throw failure('DS_USAGE', `--now takes a time as 2026-11-23T08:00:00Z, not '${flag}'`)
  return time
}
