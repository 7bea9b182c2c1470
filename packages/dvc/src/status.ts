import { createHash } from 'node:crypto'
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { breather } from './breather.ts'
import { hashFile, unreadable, type DataHash, type ReadOptions } from './cache/hash.ts'
import { openIgnore, type DvcIgnore } from './workspace/ignore.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { isObjectLost, loadManifest } from './cache/manifest.ts'
import { objectPathIn, objectsIn, PROTECTED } from './cache/objects.ts'
import { outputsOf, type Output } from './outputs.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { openLookout, type Lookout } from './workspace/lookout.ts'
import { emptyTelling, tellProblem, type Telling } from './workspace/problem.ts'
import { takeSnapshot, type Reading } from './workspace/snapshot.ts'
import { changedAt, tickOf } from './cache/stamp.ts'
import { openState, type State } from './cache/state.ts'
import { selectOutputs, shownFrom, type SelectedOutput } from './workspace/targets.ts'
import { DIR_SUFFIX } from './formats/tree.ts'
import { checkCall } from './call.ts'

/** What DVC says of an output that is not as it is recorded. */
export type OutputState = 'modified' | 'deleted' | 'not in cache'

/**
 * The JSON of `dvc status`: by `.dvc` file, or `dvc.yaml:stage`, as it is seen from the working directory. Empty where
 * everything is as it is recorded.
 */
export type StatusReport = Readonly<
  Record<string, readonly { readonly 'changed outs': Readonly<Record<string, OutputState>> }[]>
>

/** How the status is taken. */
export interface StatusOptions extends ReadOptions, RepoOptions, Telling {
  readonly recursive?: boolean | undefined
  /** Whether outputs are meant too that the stages of the targets depend on; false by default. */
  readonly withDeps?: boolean | undefined
  /** Called with everything that is tracked, whether it is a target or not, before any of it is looked at. */
  readonly onOutputs?: ((outputs: readonly Output[]) => void) | undefined
}

/**
 * Compares the workspace and the cache with what is recorded, as `dvc status` does. Only files that changed since they were
 * looked at last are read. An output that cannot be looked at is told, and is not in the report.
 *
 * @param targets as {@link selectOutputs} takes them; everything where there are none
 * @throws DS_DVC_TARGET and what reading throws
 * @example await status([], { cwd: process.cwd() }) // { 'a.csv.dvc': [{ 'changed outs': { 'a.csv': 'modified' } }] }
 */
export async function status(targets: readonly string[], options: StatusOptions): Promise<StatusReport> {
  checkCall(options, { targets })
  const { cwd, signal, lockTimeout: timeout, onWait } = options
  const repo = await needRepo(cwd, options.env, options.user)
  const tmpDir = join(repo.dvcDir, 'tmp')
  return withRepoLock(repo, { timeout, signal, onWait, reading: true }, async () => {
    const state = openState(tmpDir)
    const ahead = targets.length === 0 ? lookAhead(repo.root, state) : undefined
    try {
      const onOutside = targets.length === 0 ? options.onFinding : undefined
      const onEmpty = emptyTelling(onOutside)
      const outputs = await outputsOf(repo, { signal, onOutside, onEmpty })
      options.onOutputs?.(outputs)
      const selected = await selectOutputs(repo, outputs, targets, options)
      const ignore = openIgnore(repo.root)
      const stages = new Map<string, Record<string, OutputState>>()
      for (const one of selected) {
        const { file, stage, path } = one.output
        const said = await stateOf(repo, one, ignore, { ...options, state, ahead }).catch((error: unknown) =>
          tellProblem(shownFrom(repo, cwd, path), error, options),
        )
        if (said === undefined) continue
        const name = nameOf(shownFrom(repo, cwd, file), stage)
        stages.set(name, { ...stages.get(name), [shownFrom(repo, cwd, path)]: said })
      }
      await state.save()
      return Object.fromEntries([...stages].map(([name, outs]) => [name, [{ 'changed outs': outs }]]))
    } finally {
      await ahead?.stop()
    }
  })
}

/** Begins with the largest directory, while git lists what is tracked. */
function lookAhead(root: string, { known }: State): Lookout | undefined {
  const [largest] = [...known.trees].toSorted(([, a], [, b]) => b.count - a.count)
  return largest && openLookout(root, known, largest[0])
}

async function stateOf(
  repo: DvcRepo,
  { output }: SelectedOutput,
  ignore: DvcIgnore,
  reading: Reading,
): Promise<OutputState | undefined> {
  const { hash, path, cache } = output
  if (hash && cache && !(await isCached(repo, hash, reading.state, reading))) return 'not in cache'
  const now = await takeSnapshot(repo, path, ignore, { ...reading, algorithm: hash?.algorithm })
  if (now.kind === 'nothing') return 'deleted'
  return now.digits === hash?.digits ? undefined : 'modified'
}

/**
 * Whether the cache has an output with all its files, as far as DVC trusts them: by their mode, or else by their hash. Of
 * a directory the files are looked at again once an object came or went; one that was changed in place meanwhile is found
 * by whatever hands it on, and by `fsck`.
 */
async function isCached(repo: DvcRepo, hash: DataHash, state: State, { signal }: ReadOptions = {}): Promise<boolean> {
  const { cacheDir } = repo.config
  if (!(await isTrusted(cacheDir, hash))) return false
  if (!hash.digits.endsWith(DIR_SUFFIX)) return true
  const { algorithm } = hash
  const mark = algorithm === 'md5' ? markOf(cacheDir) : undefined
  if (mark !== undefined && state.whole.get(hash.digits) === mark) return true
  const breathe = breather(signal)
  try {
    for (const { md5 } of await loadManifest(cacheDir, hash)) {
      await breathe()
      if (!(await isTrusted(cacheDir, { algorithm, digits: md5 }))) return false
    }
  } catch (error) {
    if (isObjectLost(error)) return false
    throw error
  }
  if (mark !== undefined) state.whole.set(hash.digits, mark)
  return true
}

async function isTrusted(cacheDir: string, { algorithm, digits }: DataHash): Promise<boolean> {
  const path = objectPathIn(cacheDir, digits, algorithm)
  let found
  try {
    found = lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw unreadable(path, error)
  }
  if (!found?.isFile()) return false
  if ((found.mode & 0o777) === PROTECTED) return true
  return (await hashFile(path, { algorithm })).md5 === digits.slice(0, 32)
}

/** As DVC addresses it: a stage of the `dvc.yaml` at hand by its name alone. */
function nameOf(file: string, stage: string | undefined): string {
  if (stage === undefined) return file
  return file === 'dvc.yaml' ? stage : `${file}:${stage}`
}

/**
 * What changes whenever an object comes or goes: the times of the folders that hold them.
 *
 * @returns `undefined` where one of them changed just now, and may change again within the same time
 */
function markOf(cacheDir: string): string | undefined {
  const top = objectsIn(cacheDir)
  const hash = createHash('md5')
  const now = Date.now()
  for (const shard of readdirSync(top).sort()) {
    const { mtimeNs, ctimeNs, ino } = lstatSync(join(top, shard), { bigint: true })
    if (changedAt({ mtimeNs, ctimeNs }) + tickOf({ ctimeNs }) > now) return undefined
    hash.update(`${shard} ${mtimeNs} ${ctimeNs} ${ino}\n`)
  }
  return hash.digest('hex')
}
