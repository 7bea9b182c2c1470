import { dirname, join } from 'node:path'
import { throwIfAborted } from '@dayshift/core/ground'
import type { State } from '../cache/state.ts'
import { definitionHash, type DvcFile } from '../formats/dvcfile.ts'
import type { Output } from '../outputs.ts'
import type { DvcRepo } from '../repo.ts'
import { writeAtomically } from '../write.ts'
import { isAsRecorded, readRecord, textWith, toldOf, type UpdatedImport, type UpdateOptions } from './import-update.ts'
import { lockedAt, originOf, originWords, requestOf } from './origin.ts'
import { keepData, placeOutput, planPlace } from './place.ts'
import { withScratch } from './scratch.ts'
import { openSource, peekSource } from './source.ts'
import { takeFrom } from './take.ts'

/**
 * Brings an import from another repository up to the newest commit of the revision that it follows.
 *
 * @throws DS_GIT_ADDRESS, DS_GIT_REMOTE, DS_GIT_REVISION, DS_DVC_OBJECT_MISSING, DS_REMOTE_*, DS_DVC_UNSAVED, DS_DVC_WRITE,
 *   DS_ABORTED
 */
export async function updateFromRepo(
  repo: DvcRepo,
  output: Output,
  state: State,
  options: UpdateOptions,
): Promise<UpdatedImport> {
  const { cwd, signal, env, user, download = true, force = false } = options
  const { text, file } = await readRecord(repo, output)
  const from = originOf(output)
  const told = { ...toldOf(repo, output, cwd), from: originWords(from) }
  const definition = options.revision === undefined ? from.repo : { ...from.repo, rev: options.revision }
  const request = requestOf(definition, [cwd, dirname(join(repo.root, output.file))], false)
  const nextAt = (commit: string): DvcFile => {
    return { ...file, deps: [{ ...file.deps?.[0], repo: lockedAt(definition, commit) }] }
  }
  const isSameAt = async (commit: string): Promise<boolean> =>
    definitionHash(nextAt(commit)) === file.md5 && isAsRecorded(repo, output, state, signal)
  const newest = await peekSource(request, repo.root, { env, user, signal })
  const isUnchanged = newest !== undefined && (await isSameAt(newest))
  if (newest !== undefined && (isUnchanged || options.dryRun)) {
    return { ...told, changed: !isUnchanged, commit: newest }
  }
  return withScratch(repo, async (scratch) => {
    const { cacheDir, cacheShared } = repo.config
    const source = await openSource(request, { scratch, cacheDir, cacheShared, env, user, signal })
    const commit = source.commit ?? ''
    const isSame = newest === undefined && (await isSameAt(commit))
    if (isSame || options.dryRun) return { ...told, changed: !isSame, commit }
    const next = nextAt(commit)
    const data = download
      ? await keepData(
          repo,
          await takeFrom(source, from.path, repo, state, { ...options, onBytes: options.onProgress }),
        )
      : undefined
    const change = data && (await planPlace(repo, output, data, state, { signal, force }))
    throwIfAborted(signal)
    await writeAtomically(join(repo.root, output.file), textWith(text, next, data, output.file))
    if (change) await placeOutput(repo, change, state, options)
    return { ...told, changed: true, commit }
  })
}
