import { parseFraction, type OpenOptions } from '@dayshift/core'
import { fileDataset } from '@dayshift/core/ground'
import { corrections, type DriftOptions } from '@dayshift/monitor'
import { failure } from '../codes.ts'
import type { Context } from '../command.ts'
import { userConfigOf } from '../dvc/user-config.ts'
import { engineFlags } from '../engine-flags.ts'
import { listFlag, numberFlag, oneOf, type Flags } from '../flags.ts'
import { rootOf } from '../places.ts'
import { readingOfFlags, sourceFlags } from '../source-flags.ts'
import { readingOfDataset, type NamedSource } from '../sources.ts'
import type { VersionedPath } from './known-versions.ts'
import { pastComparisons } from './past-comparisons.ts'

/** Flags that say what is compared with what, and how. */
export const driftFlags = {
  reference: {
    type: 'string',
    value: 'FILE',
    help: 'a reference profile in place of the first source: see profile --save',
  },
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
  by: { type: 'string', value: 'COLUMN', help: 'tell in which values of this column others drifted' },
  correlations: { type: 'boolean', help: 'compare how columns of numbers go together, too' },
  classifier: { type: 'boolean', help: 'try to tell current rows from those of the reference by all columns together' },
  since: {
    type: 'string',
    value: 'VERSION',
    help: 'what happened since a version (v1.0, 30d, 2026-11-01): every version, compared with its reference',
  },
  against: {
    type: 'string',
    value: 'REFERENCE',
    help: 'with --since: first, previous, @VERSION, or a rule as rolling:7 (default: first)',
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

/** What the command works with. */
export type DriftContext = Context<typeof driftFlags>

/** How flags say to compare. */
export function settingsOf({ flags: given, signal, terminal }: DriftContext): DriftOptions {
  return givenOnly({
    columns: listFlag(given.columns),
    detectors: listFlag(given.detector),
    alpha: numberFlag('alpha', given.alpha),
    minEffect: numberFlag('min-effect', given['min-effect']),
    correction: given.correction === undefined ? undefined : oneOf('correction', given.correction, corrections, 'bh'),
    minShare: numberFlag('min-share', given['min-share']),
    by: given.by,
    correlations: given.correlations,
    classifier: given.classifier,
    signal,
    onProgress: () => terminal.progress('drift'),
  })
}

/** How the project says to compare a dataset of its. */
export function projectSettings({ dataset }: NamedSource): DriftOptions {
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

/**
 * Past comparisons with a reference of the same kind, where alarms are to be by them: by the flag, or since the project says so of this
 * reference.
 */
export async function learnOf(
  rule: string,
  source: NamedSource,
  hash: string | undefined,
  context: DriftContext,
): Promise<Pick<DriftOptions, 'learn'>> {
  const { reference, learn } = source.dataset?.definition.drift || { reference: '' }
  const own = reference === rule ? learn : undefined
  const asked = context.flags.learn ?? (own === true ? '5%' : own ? own.alpha : undefined)
  if (asked === undefined) return {}
  const alpha = shareOf(asked)
  const root = source.dataset?.root ?? (await rootOf(context))
  const past = await pastComparisons(root, fileDataset(source.path, root), rule, hash, context.signal)
  return { learn: { alpha, past } }
}

/** @throws DS_USAGE for what is no share between 0 and 1 */
export function shareOf(word: string | number): number {
  const share = parseFraction(word)
  if (share > 0 && share < 1) return share
  throw failure('DS_USAGE', `--learn takes a share of false alarms, as 5%; not '${word}'`)
}

/** Where the versions of a source are. */
export async function placeOf({ path, dataset }: NamedSource, context: DriftContext): Promise<VersionedPath> {
  const root = dataset?.root ?? (await rootOf(context))
  return { path, root, user: userConfigOf(context.env), signal: context.signal }
}

/** How earlier versions are read: as the source is, but broken lines of theirs are not kept. */
export async function readingBeside({ path, dataset }: NamedSource, context: DriftContext): Promise<OpenOptions> {
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
