import { resolve } from 'node:path'
import {
  fileDataset,
  open,
  parseFraction,
  type Frame,
  type OpenOptions,
  type Profile,
  type Report,
  type StepSkip,
} from '@dayshift/core'
import {
  drift,
  readReference,
  type DriftLearnOptions,
  type DriftOptions,
  type ReferenceOptions,
} from '@dayshift/monitor'
import type { Context } from '../command.ts'
import type { DatasetDefinition } from '../define-project.ts'
import { cameAt, knownVersions } from '../drift/known-versions.ts'
import { openReference, withReference, type OpenedReference } from '../drift/open-reference.ts'
import { pastComparisons } from '../drift/past-comparisons.ts'
import { compareWithProfile, isProfileFile } from '../drift/profile-reference.ts'
import { userConfigOf } from '../dvc/user-config.ts'
import { currentHash } from '../freshness/content-history.ts'
import { openVersion } from '../sources.ts'
import { driftByKept, keepProfile, type ProfiledVersion } from './version-profile.ts'

/** What the step needs to know of a dataset. */
export interface DriftedData {
  /** The project's folder. */
  readonly root: string
  readonly path: string
  /** How the data is read beside its own run. */
  readonly reading: OpenOptions
  /** When the run began. */
  readonly startedAt: Date
  readonly context: Context
  /** The data as it is now. */
  rows(): Promise<Frame>
  /** Its profile, where an earlier step asked for it. */
  readonly profile: Promise<Profile> | undefined
  /** The version of the data as it is now, recorded or not; undefined where that cannot be told. */
  content(): Promise<string | undefined>
  /** The version before this one; undefined where there is none. */
  previous(): Promise<string | undefined>
}

/** What a project says of a dataset's drift. */
type DriftDefinition = Exclude<DatasetDefinition['drift'], false | undefined>

/** Compares a dataset with the reference that its project names. Skipped where there is none yet. */
export async function driftOfDataset(
  definition: DriftDefinition,
  data: DriftedData,
): Promise<Report<'drift'> | StepSkip> {
  const { reference, timezone, tolerance, learn, ...options } = definition
  const { root, context } = data
  const past = learn ? { learn: await learnFrom(learn, reference, data) } : {}
  const settings = { ...options, ...past, signal: context.signal }
  if (isProfileFile(reference, root)) {
    return compareWithProfile(resolve(root, reference), await data.rows(), reference, settings, context)
  }
  const known = await data.profile
  const ofCurrent = known ? { ...settings, currentProfile: known } : settings
  const previous = reference === 'previous' ? await data.previous() : undefined
  const compared =
    (previous === undefined ? undefined : await withKept(previous, data, ofCurrent)) ??
    (await withRows(reference, { timezone, tolerance }, previous, data, ofCurrent))
  await keepForNext(reference, data)
  if ('skip' in compared) return compared
  const { report, ...against } = compared
  const hash = against.reference.versions.length > 0 || learn ? await data.content() : undefined
  return withReference(hash === undefined ? report : ofVersion(report, hash), against)
}

/** A comparison, and with what. */
interface Compared extends Pick<OpenedReference, 'reference' | 'findings'> {
  readonly report: Report<'drift'>
}

/** Compares with the profile of the version before, where that says what its rows would. */
async function withKept(previous: string, data: DriftedData, options: DriftOptions): Promise<Compared | undefined> {
  const report = await driftByKept(versionOf(previous, data), await data.rows(), options)
  return report && { report, reference: { rule: 'previous', versions: [{ hash: previous }] }, findings: [] }
}

async function withRows(
  reference: string,
  choice: ReferenceOptions,
  previous: string | undefined,
  data: DriftedData,
  options: DriftOptions,
): Promise<Compared | StepSkip> {
  const opened = await openRows(reference, choice, previous, data)
  if ('skip' in opened) return opened
  const { frame, ...against } = opened
  return { report: await drift(frame, await data.rows(), options), ...against }
}

/** The frame that is compared with. */
async function openRows(
  reference: string,
  options: ReferenceOptions,
  previous: string | undefined,
  data: DriftedData,
): Promise<OpenedReference | StepSkip> {
  const { root, path, context: given } = data
  const { signal } = given
  const reading: OpenOptions = { ...data.reading, cwd: root, engine: await given.engine(), signal }
  const context: Context = { ...given, cwd: root }
  const openAt = (spec: string): Promise<Frame> => openVersion(path, spec, context, reading)
  const rule = readReference(reference)
  if (!rule) {
    const frame = await (reference.startsWith('@') ? openAt(reference.slice(1)) : open(reference, reading))
    return { frame, reference: { rule: reference, versions: [] }, findings: [] }
  }
  if (rule.name !== 'previous') {
    const known = await knownVersions({ path, root, user: userConfigOf(given.env), signal }, fileDataset(path, root))
    const hash = await data.content()
    // What is recorded for the first time was not there before this run.
    const at = (hash === undefined ? undefined : cameAt(known, hash)) ?? data.startedAt.toISOString()
    const opened = await openReference(rule, options, known, { hash, at }, path, context, reading)
    if (!('lacking' in opened)) return opened
    return { skip: { reason: opened.lacking, hint: 'It runs once there is one.' } }
  }
  if (previous === undefined) {
    return { skip: { reason: 'there is no earlier version', hint: 'It runs once the data has changed.' } }
  }
  return {
    frame: await openAt(previous),
    reference: { rule: reference, versions: [{ hash: previous }] },
    findings: [],
  }
}

/** Keeps the profile of the data as it is, for the run that will find it changed. */
async function keepForNext(reference: string, data: DriftedData): Promise<void> {
  const hash = reference === 'previous' ? await data.content() : undefined
  if (hash === undefined) return
  const { root, path, context } = data
  const { signal } = context
  const isStill = async (): Promise<boolean> =>
    (await currentHash(path, { cwd: root, user: userConfigOf(context.env), signal })) === hash
  await keepProfile(versionOf(hash, data), await data.rows(), await data.profile, isStill, signal)
}

function versionOf(hash: string, { root, path, reading }: DriftedData): ProfiledVersion {
  return { root, path, hash, reading }
}

/** What past comparisons with a reference of the same kind found. */
async function learnFrom(
  learn: boolean | { readonly alpha: string | number },
  rule: string,
  data: DriftedData,
): Promise<DriftLearnOptions> {
  const { root, path, context } = data
  const past = await pastComparisons(root, fileDataset(path, root), rule, await data.content(), context.signal)
  return { past, ...(typeof learn === 'object' ? { alpha: parseFraction(learn.alpha) } : {}) }
}

function ofVersion(report: Report<'drift'>, hash: string): Report<'drift'> {
  return { ...report, dataset: { ...report.dataset, version: hash } }
}
