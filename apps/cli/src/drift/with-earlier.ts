import { fileDataset } from '@dayshift/core/ground'
import { versionAt } from '@dayshift/dvc'
import { drift, type ReferenceRule } from '@dayshift/monitor'
import { failure } from '../codes.ts'
import type { Outcome } from '../command.ts'
import { currentHash } from '../freshness/content-history.ts'
import { lastingSource, openSource } from '../sources.ts'
import { cameAt, knownVersions } from './known-versions.ts'
import { openReference, withReference } from './open-reference.ts'
import { learnOf, placeOf, projectSettings, readingBeside, settingsOf, type DriftContext } from './settings.ts'

/** Compares with earlier versions of the same data. */
export async function compareWithEarlier(rule: ReferenceRule, word: string, context: DriftContext): Promise<Outcome> {
  const source = await lastingSource(word, context, 'its earlier versions are asked for')
  const place = await placeOf(source, context)
  const dataset = fileDataset(source.path, place.root)
  const known = await knownVersions(place, dataset)
  const hash =
    source.version === undefined
      ? await currentHash(source.path, { cwd: place.root, user: place.user, signal: place.signal })
      : (await versionAt(source.path, source.version, { cwd: place.root, user: place.user })).hash
  const at = cameAt(known, hash) ?? new Date().toISOString()
  const { timezone, tolerance } = { ...source.dataset?.definition.drift, ...context.flags }
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
  const settings = { ...projectSettings(source), ...settingsOf(context), ...learn }
  const report = await drift(opened.frame, await openSource(source, context), settings)
  return { reports: [withReference(report, opened)] }
}
