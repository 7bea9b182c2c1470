import { stat } from 'node:fs/promises'
import { formatOf, isSamePlace, needFolder, refuseOverwrite, writtenForm } from '@dayshift/core'
import { failure } from '../codes.ts'

/** The files that a run is to write, by what they get. */
export interface Targets {
  readonly failures?: string | undefined
  readonly good?: string | undefined
  readonly bad?: string | undefined
}

/**
 * Checks the files that a run is to write, before any data is read: that their names tell how, that their folders are there,
 * that no two are the same, and none is one in which records are kept that reading left out.
 *
 * @param sources files that are read
 * @param quarantines files of records that reading leaves out
 * @throws DS_SOURCE_UNSUPPORTED for a name that tells no format, but for failures that go to a pipe or a device
 * @throws DS_OPTION where two are one file
 * @throws DS_TARGET_IS_SOURCE, DS_WRITE
 * @example await checkTargets({ good: 'clean.parquet', bad: 'rejected.csv' }, frame.files, frame.quarantines)
 */
export async function checkTargets(
  { failures, good, bad }: Targets,
  sources: readonly string[],
  quarantines: readonly string[] = [],
): Promise<void> {
  const kept = quarantines.map((path) => ['quarantine', path] as const)
  const named = Object.entries({ failures, good, bad }).flatMap(([what, path]) =>
    path === undefined ? [] : ([[what, path]] as const),
  )
  for (const [at, [what, path]] of named.entries()) {
    refuseOverwrite(path, sources)
    const found = await stat(path).catch(() => undefined)
    if (found?.isDirectory()) throw failure('DS_WRITE', `cannot write ${path}: it is a folder`, { where: path })
    const isStream = found !== undefined && !found.isFile()
    if (!(what === 'failures' && isStream && formatOf(path) === undefined)) writtenForm(path, {}, false)
    const same = [...kept, ...named.slice(0, at)].find(([, other]) => isSamePlace(other, path))
    if (same) {
      throw failure('DS_OPTION', `${path} cannot hold both ${wordsOf(same[0])} and ${wordsOf(what)}`, {
        where: path,
        hint: 'Name a file for each.',
      })
    }
    await needFolder(path)
  }
}

function wordsOf(what: string): string {
  if (what === 'quarantine') return 'the broken lines'
  return what === 'failures' ? 'the failures' : `the ${what} rows`
}
