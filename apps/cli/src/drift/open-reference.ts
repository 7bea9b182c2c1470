import type { DriftReference, Finding, Frame, OpenOptions, Report } from '@dayshift/core'
import { throwIfAborted } from '@dayshift/core/ground'
import {
  chooseReference,
  type CurrentVersion,
  type ReferenceOptions,
  type ReferenceRule,
  type TimedVersion,
} from '@dayshift/monitor'
import type { Context } from '../command.ts'
import { openVersion } from '../sources.ts'

/** The reference that a rule chose, opened. */
export interface OpenedReference {
  readonly frame: Frame
  readonly reference: DriftReference
  /** What a person should know of it. */
  readonly findings: readonly Finding[]
}

/** Why there is none. */
export interface NoReference {
  readonly lacking: string
}

/** Chooses the versions that a rule names, and opens them from the cache as one frame. */
export async function openReference(
  rule: ReferenceRule,
  options: ReferenceOptions,
  known: readonly TimedVersion[],
  current: CurrentVersion,
  path: string,
  context: Context,
  reading: OpenOptions,
): Promise<OpenedReference | NoReference> {
  const { versions, lacking } = chooseReference(rule, known, current, options)
  if (versions.length === 0) return { lacking: lacking ?? 'there is no earlier version' }
  const { frame, dropped } = await openPooled(versions, path, context, reading)
  const findings: Finding[] = []
  if (lacking !== undefined) {
    findings.push({ severity: 'info', code: 'drift.reference_short', message: `${rule.word}: ${lacking}` })
  }
  if (dropped.length > 0) {
    findings.push({
      severity: 'info',
      code: 'drift.reference_columns',
      message: `${rule.word}: not all ${versions.length} versions have ${dropped.join(', ')}; the reference is without`,
    })
  }
  return { frame, reference: { rule: rule.word, versions }, findings }
}

/**
 * Opens versions as one frame, their rows under one another.
 *
 * @returns also the columns that only some of them have, which are left out
 */
export async function openPooled(
  versions: readonly Pick<TimedVersion, 'hash'>[],
  path: string,
  context: Context,
  reading: OpenOptions,
): Promise<{ readonly frame: Frame; readonly dropped: readonly string[] }> {
  const frames: Frame[] = []
  for (const { hash } of versions) {
    throwIfAborted(context.signal)
    frames.push(await openVersion(path, hash, context, reading))
  }
  const [first, ...others] = frames as [Frame, ...Frame[]]
  if (others.length === 0) return { frame: first, dropped: [] }
  const all = [...new Set(frames.flatMap(({ columns }) => columns))]
  const common = all.filter((name) => frames.every(({ columns }) => columns.includes(name)))
  const frame = others.reduce<Frame>((pooled, other) => pooled.union(other.select(...common)), first.select(...common))
  return { frame, dropped: all.filter((name) => !common.includes(name)) }
}

/** A report that says what was compared with. */
export function withReference(
  report: Report<'drift'>,
  { reference, findings }: Pick<OpenedReference, 'reference' | 'findings'>,
): Report<'drift'> {
  return { ...report, facts: { ...report.facts, reference }, findings: [...report.findings, ...findings] }
}
