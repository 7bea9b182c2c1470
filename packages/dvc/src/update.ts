import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { throwIfAborted } from '@dayshift/core/ground'
import { unreadable, type ReadOptions } from './cache/hash.ts'
import { openState, type State } from './cache/state.ts'
import { checkCall } from './call.ts'
import { failure } from './codes.ts'
import { keepData, placeOutput, planPlace, type KeptData } from './elsewhere/place.ts'
import { lockedAt, originOf, requestOf, type RepoOrigin } from './elsewhere/origin.ts'
import { withScratch } from './elsewhere/scratch.ts'
import { openSource } from './elsewhere/source.ts'
import { takeFrom, type TakeOptions } from './elsewhere/take.ts'
import { definitionHash, readDvcFile, updateDvcFile, withData, type DvcFile } from './formats/dvcfile.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { outputsOf, type Output } from './outputs.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { openIgnore } from './workspace/ignore.ts'
import { takeSnapshot } from './workspace/snapshot.ts'
import { selectOutputs, shownFrom } from './workspace/targets.ts'
import { writeAtomically } from './write.ts'

/** How imports are updated. */
export interface UpdateOptions extends ReadOptions, RepoOptions, Pick<TakeOptions, 'jobs' | 'onRetry' | 'open'> {
  /** The revision there that imports follow from now on; the one that they follow already by default. */
  readonly revision?: string | undefined
  /** Whether a folder means all imports beneath it; false by default. */
  readonly recursive?: boolean | undefined
  /** Whether data comes, not the commit alone; true by default (`--no-download` is false). */
  readonly download?: boolean | undefined
  /** Whether data that no version holds may be overwritten; false by default. */
  readonly force?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
  /** Called with each import before it is looked at. */
  readonly onImport?: ((imported: Pick<UpdatedImport, 'file' | 'from'>) => void) | undefined
}

/** An import that was looked at. */
export interface UpdatedImport {
  /** The `.dvc` file, relative to `cwd`, POSIX. */
  readonly file: string
  /** Where its data is, relative to `cwd`, POSIX. */
  readonly path: string
  /** What it was imported from. */
  readonly from: RepoOrigin
  readonly changed: boolean
  /** The full name of the commit that it has now. */
  readonly commit: string
}

/** What an update has done. */
export interface UpdateResult {
  readonly root: string
  readonly imports: readonly UpdatedImport[]
}

/**
 * Brings imports up to what is where they came from, as `dvc update` does: the newest commit of the revision that each
 * follows. One that has it already, and its data, is left alone.
 *
 * @param targets `.dvc` files of imports, or their data
 * @throws DS_DVC_TARGET for what is no import, DS_DVC_UNSAVED, DS_DVC_NOTHING, and what {@link importData} throws of other
 *   repositories; those before stay updated
 * @example (await update(['data.dvc'], { cwd: process.cwd() })).imports[0]?.changed // true
 */
export async function update(targets: readonly string[], options: UpdateOptions): Promise<UpdateResult> {
  checkCall(options, { targets })
  if (targets.length === 0) throw failure('DS_DVC_NOTHING', 'no import was named')
  const repo = await needRepo(options.cwd, options.env, options.user)
  const { lockTimeout: timeout, onWait, signal, cwd, recursive } = options
  return withRepoLock(repo, { timeout, signal, onWait }, async () => {
    const selected = await selectOutputs(repo, await outputsOf(repo, { signal }), targets, { cwd, recursive })
    const outputs = selected.map(({ output }) => output)
    const imports = outputs.filter(({ origin }) => origin?.repo !== undefined)
    const [other] = outputs.filter((output) => !imports.includes(output))
    if (other && !recursive) {
      throw failure('DS_DVC_TARGET', `${shownFrom(repo, cwd, other.path)} is no import from another repository`, {
        where: other.file,
      })
    }
    const state = openState(join(repo.dvcDir, 'tmp'))
    const done: UpdatedImport[] = []
    for (const output of imports) done.push(await updateOne(repo, output, state, options))
    await state.save()
    return { root: repo.root, imports: done }
  })
}

async function updateOne(repo: DvcRepo, output: Output, state: State, options: UpdateOptions): Promise<UpdatedImport> {
  const { cwd, signal, env, user, download = true, force = false } = options
  const text = await readFile(join(repo.root, output.file), 'utf8').catch((error: unknown) =>
    Promise.reject(unreadable(output.file, error)),
  )
  const record = readDvcFile(text, output.file)
  const from = originOf(output)
  const shown = { file: shownFrom(repo, cwd, output.file), path: shownFrom(repo, cwd, output.path), from }
  options.onImport?.(shown)
  const definition = options.revision === undefined ? from.repo : { ...from.repo, rev: options.revision }
  const folders = [cwd, dirname(join(repo.root, output.file))]
  const request = requestOf(definition, folders, false)
  return withScratch(repo, async (scratch) => {
    const { cacheDir, cacheShared } = repo.config
    const source = await openSource(request, { scratch, cacheDir, cacheShared, env, user, signal })
    const commit = source.commit ?? ''
    const deps = [{ ...record.deps?.[0], path: from.path, repo: lockedAt(definition, commit) }]
    const next: DvcFile = { ...record, deps }
    const isSame = definitionHash(next) === record.md5 && (await isAsRecorded(repo, output, state, signal))
    if (isSame || options.dryRun) return { ...shown, changed: !isSame, commit }
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
    return { ...shown, changed: true, commit }
  })
}

/** Whether the data is where it belongs, and what its record says. */
async function isAsRecorded(
  repo: DvcRepo,
  { path, hash }: Output,
  state: State,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!hash) return false
  const { algorithm, digits } = hash
  return (await takeSnapshot(repo, path, openIgnore(repo.root), { state, signal, algorithm })).digits === digits
}

/** @param data absent where none came: what is recorded of it was of the last commit, and goes */
function textWith(text: string, next: DvcFile, data: KeptData | undefined, where: string): string {
  const outs = (next.outs ?? []).map((out) => withData(out, data ?? {}))
  const file = { ...next, outs }
  return updateDvcFile(text, { ...file, md5: definitionHash(file) }, where)
}
