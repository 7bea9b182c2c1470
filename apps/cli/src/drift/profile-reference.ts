import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Frame, Report } from '@dayshift/core'
import { driftFromProfile, isProfileName, readReferenceProfile, type DriftOptions } from '@dayshift/monitor'
import type { Context } from '../command.ts'
import { withReference } from './open-reference.ts'

/** Whether a word names a reference profile that is there: by its name's end. */
export function isProfileFile(word: string, cwd: string): boolean {
  return isProfileName(word) && existsSync(resolve(cwd, word))
}

/**
 * Compares with a reference profile.
 *
 * @param rule how the reference is called in reports
 */
export async function compareWithProfile(
  file: string,
  current: Frame,
  rule: string,
  settings: DriftOptions,
  { signal, engine }: Pick<Context, 'signal' | 'engine'>,
): Promise<Report<'drift'>> {
  const profile = await readReferenceProfile(file, { signal, engine: await engine() })
  const report = await driftFromProfile(profile, current, settings)
  const kept = profile.dataset?.version === undefined ? [] : [{ hash: profile.dataset.version }]
  const finding = {
    severity: 'info',
    code: 'drift.reference_profile',
    message: `the reference is a profile of ${profile.rows} rows: ${basename(file)}`,
  } as const
  return withReference(report, { reference: { rule, versions: kept }, findings: [finding] })
}
