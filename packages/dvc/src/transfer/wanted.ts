import { isDayshiftError } from '@dayshift/core/ground'
import type { DataHash } from '../cache/hash.ts'
import { pythonJson } from '../formats/python.ts'
import { revisionsOf, type Scope } from '../history/used.ts'
import { outputsAt, outputsOf, type Output } from '../outputs.ts'
import type { DvcRepo } from '../repo.ts'
import { selectOutputs, type SelectedOutput, type TargetOptions } from '../workspace/targets.ts'

/** Which data a transfer is about. */
export interface WantedOptions extends Scope, TargetOptions {
  readonly signal?: AbortSignal | undefined
  /** Gets data that was imported from another repository, which keeps it; it is passed over by default. */
  readonly onImport?: ((data: WantedData) => void) | undefined
  /** Whether data counts that never goes to remotes (`push: false`); yes by default. */
  readonly unpushed?: boolean | undefined
  /** Bytes that data has at most, a directory as a whole; what no record weighs counts as small. Any size by default. */
  readonly maxSize?: number | undefined
}

/** Data that is to be on a remote, or to come from one. */
export interface WantedData {
  readonly hash: DataHash
  /** Where the repository has it, from the root, POSIX: the first place where it has several. */
  readonly path: string
  readonly selection: SelectedOutput
  /** Whether the workspace has this version, rather than some commit. */
  readonly isCurrent: boolean
  /** Bytes in all, where the record says it. */
  readonly bytes?: number
}

/** Data by the remote that it has of its own; under an empty name what goes to the default one. */
export type WantedByRemote = ReadonlyMap<string, readonly WantedData[]>

/**
 * Collects the data of a repository that a transfer is about: of the workspace, and of the commits that the options name.
 * A revision by itself means that revision alone. Imports from other repositories go to `onImport`.
 *
 * @param targets as {@link selectOutputs} takes them; everything where there are none. One has to be known at one revision.
 * @throws DS_DVC_TARGET, DS_DVC_FILE_MALFORMED, DS_GIT_REVISION, DS_ABORTED
 */
export async function wantedData(
  repo: DvcRepo,
  targets: readonly string[],
  options: WantedOptions,
): Promise<WantedByRemote> {
  const { signal, unpushed = true, revision, maxSize = Infinity } = options
  const wanted = new Map<string, WantedData[]>()
  const seen = new Set<string>()
  const unknown = new Map<string, unknown>(targets.map((target) => [target, undefined]))
  const take = async (outputs: readonly Output[], isCurrent: boolean): Promise<void> => {
    for (const selection of await select(repo, outputs, targets, options, unknown)) {
      const { output, parts, globs } = selection
      const { hash, path, size: bytes, remote = '' } = output
      if (!output.cache || !hash || (!unpushed && !output.push) || (bytes ?? 0) > maxSize) continue
      const { repo: from } = output.origin ?? {}
      const source = from === undefined ? remote : `${pythonJson(from)}\n${output.origin?.path ?? ''}`
      const key = [source, hash.algorithm, hash.digits, ...(parts ?? []), '', ...(globs ?? [])].join('\n')
      if (seen.has(key)) continue
      seen.add(key)
      const data = { hash, path, selection, isCurrent, ...(bytes === undefined ? {} : { bytes }) }
      if (from !== undefined) {
        options.onImport?.(data)
        continue
      }
      const others = wanted.get(remote)
      if (others) others.push(data)
      else wanted.set(remote, [data])
    }
  }
  const isRevisionAlone = revision !== undefined && !options.allBranches && !options.allTags && !options.allCommits
  if (!isRevisionAlone) await take(await outputsOf(repo, { signal }), true)
  const revisions = await revisionsOf(repo, options)
  for await (const { outputs } of outputsAt(repo, revisions, { signal })) await take(outputs, false)
  for (const error of unknown.values()) if (error !== undefined) throw error
  return wanted
}

/** @param unknown targets that no revision had so far, with what was said of them */
async function select(
  repo: DvcRepo,
  outputs: readonly Output[],
  targets: readonly string[],
  options: WantedOptions,
  unknown: Map<string, unknown>,
): Promise<SelectedOutput[]> {
  if (targets.length === 0) return selectOutputs(repo, outputs, [], options)
  const known: string[] = []
  for (const target of targets) {
    try {
      await selectOutputs(repo, outputs, [target], options)
      known.push(target)
      unknown.delete(target)
    } catch (error) {
      if (!isDayshiftError(error) || error.code !== 'DS_DVC_TARGET') throw error
      if (unknown.has(target)) unknown.set(target, error)
    }
  }
  return known.length === 0 ? [] : selectOutputs(repo, outputs, known, options)
}
