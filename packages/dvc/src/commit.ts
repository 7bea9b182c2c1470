import { lstatSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { isDayshiftError, throwIfAborted, type Finding } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { definitionHash, readDvcFile, updateDvcFile, withData, type DvcFile, type OutEntry } from './formats/dvcfile.ts'
import { unreadable, type ReadOptions } from './cache/hash.ts'
import { openIgnore } from './workspace/ignore.ts'
import { isNoCopy } from './cache/link-probe.ts'
import { linkTypesOf } from './cache/links.ts'
import { withRepoLock } from './lock/repo-lock.ts'
import { cachePlaceOf } from './cache/objects.ts'
import { loadManifest } from './cache/manifest.ts'
import { outputPath, outputsOf } from './outputs.ts'
import { leftFindings, linkWorkspace } from './workspace/relink.ts'
import { needRepo, type DvcRepo, type RepoOptions } from './repo.ts'
import { pathWithin, takeSnapshot, type Reading, type Snapshot } from './workspace/snapshot.ts'
import { isOfOneOutput, problemOf, type Problem } from './workspace/problem.ts'
import { openState } from './cache/state.ts'
import { openStore } from './cache/store.ts'
import { isSelected, selectOutputs, shownFrom, type SelectedOutput } from './workspace/targets.ts'
import { DIR_SUFFIX, manifestOf, withEntries, type TreeEntry } from './formats/tree.ts'
import { writeAtomically } from './write.ts'
import { checkCall } from './call.ts'

/** What a commit comes to. Plain data: it can be printed and compared. */
export interface CommitPlan {
  /** The repository's folder. */
  readonly root: string
  /** Each output with the hash that its record has afterwards. */
  readonly outputs: readonly { readonly path: string; readonly digits: string; readonly changed: boolean }[]
  /** `.dvc` files that have to change. */
  readonly writes: readonly { readonly path: string; readonly text: string }[]
  /** Outputs that could not be looked at, and changed ones that stages make; all others are stored. */
  readonly failed: readonly { readonly path: string; readonly error: Problem }[]
  readonly findings: readonly Finding[]
}

/** How a commit is made. */
export interface CommitDataOptions extends ReadOptions, RepoOptions {
  readonly recursive?: boolean | undefined
  /** Whether outputs are meant too that the stages of the targets depend on; false by default. */
  readonly withDeps?: boolean | undefined
  /** Whether records follow data that has changed; false by default: then changed data is refused. */
  readonly force?: boolean | undefined
  /** Whether outputs that are not there are passed over; false by default. */
  readonly allowMissing?: boolean | undefined
  /** Whether workspace files become links where `cache.type` says so; true by default (`--no-relink` is false). */
  readonly relink?: boolean | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/**
 * Brings what is tracked into the cache, as `dvc commit` does, and where it may, the records up to date with the data. One
 * output that cannot be looked at, or that a stage makes and has changed, keeps no other from it.
 *
 * @param targets as {@link selectOutputs} takes them; everything where there are none
 * @throws DS_DVC_UNCOMMITTED for changed data without `force`, DS_DVC_PATH_MISSING, DS_DVC_TARGET and what reading and
 *   writing throw
 * @example await commit(['data'], { cwd: process.cwd(), force: true })
 */
export async function commit(targets: readonly string[], options: CommitDataOptions): Promise<CommitPlan> {
  checkCall(options, { targets })
  const repo = await needRepo(options.cwd, options.env, options.user)
  const tmpDir = join(repo.dvcDir, 'tmp')
  if (options.dryRun) {
    return (await planCommit(repo, targets, options, { ...reading(options), state: openState(tmpDir) })).plan
  }
  const { lockTimeout: timeout, onWait, signal } = options
  return withRepoLock(repo, { timeout, signal, onWait }, async () => {
    const state = openState(tmpDir)
    const store = await openStore(cachePlaceOf(repo.config))
    const { plan, snapshots } = await planCommit(repo, targets, options, { ...reading(options), state, store })
    await store.sync()
    throwIfAborted(signal)
    for (const { path, text } of plan.writes) await writeAtomically(join(repo.root, path), text)
    let left: readonly string[] = []
    if (options.relink !== false && linkTypesOf(repo).some(isNoCopy)) {
      const files = snapshots.flatMap(({ path, entries, isexec }) =>
        entries.map(({ relpath, md5 }) => ({ path: pathWithin(path, relpath), md5, isexec })),
      )
      left = await linkWorkspace(repo, files, state, { signal })
    }
    await state.save()
    return { ...plan, findings: [...plan.findings, ...leftFindings(left)] }
  })
}

function reading({ signal, onProgress }: CommitDataOptions): ReadOptions {
  return { signal, onProgress }
}

async function planCommit(
  repo: DvcRepo,
  targets: readonly string[],
  { cwd, recursive, withDeps, force = false, allowMissing = false }: CommitDataOptions,
  how: Reading,
): Promise<{ readonly plan: CommitPlan; readonly snapshots: readonly Snapshot[] }> {
  const findings: Finding[] = []
  const onOutside = targets.length === 0 ? (finding: Finding) => void findings.push(finding) : undefined
  const selected = await selectOutputs(repo, await outputsOf(repo, { onOutside }), targets, {
    cwd,
    recursive,
    withDeps,
  })
  const ignore = openIgnore(repo.root)
  const outputs: CommitPlan['outputs'][number][] = []
  const snapshots: Snapshot[] = []
  const texts = new Map<string, { readonly before: string; readonly after: string }>()
  const failed: CommitPlan['failed'][number][] = []

  const store = async (one: SelectedOutput): Promise<void> => {
    const { path, file, hash, cache } = one.output
    if (!cache) return
    if (hash?.algorithm === 'md5-dos2unix') {
      const now = await takeSnapshot(repo, path, ignore, { ...how, store: undefined, algorithm: hash.algorithm })
      if (now.digits === hash.digits) {
        outputs.push({ path, digits: hash.digits, changed: false })
        return
      }
    }
    const isOfStage = !file.endsWith('.dvc')
    if (isOfStage || (hash && !force)) {
      // Of what is refused nothing goes into the cache.
      const looking = { ...how, store: undefined }
      const seen = await takeSnapshot(repo, path, ignore, looking)
      const isChanged = seen.kind !== 'nothing' && (await recordOf(repo, one, seen, looking)).data.md5 !== hash?.digits
      if (isChanged && isOfStage) {
        throw failure('DS_DVC_FILE_UNSUPPORTED', `it has changed, and is made by a stage of ${file}`, {
          where: file,
          hint: 'Run the pipeline, or record what is there with the real `dvc commit`.',
        })
      }
      if (isChanged) {
        throw failure('DS_DVC_UNCOMMITTED', `${shownFrom(repo, cwd, path)} differs from what ${file} says`, {
          where: file,
        })
      }
    }
    const now = await takeSnapshot(repo, path, ignore, how)
    if (now.kind === 'nothing') {
      if (allowMissing) return
      throw failure('DS_DVC_PATH_MISSING', `${shownFrom(repo, cwd, path)} does not exist`, { where: path })
    }
    snapshots.push(now)
    const recorded = await recordOf(repo, one, now, how)
    const { data } = recorded
    const changed = data.md5 !== hash?.digits
    outputs.push({ path, digits: data.md5, changed })
    if (!changed) return
    const before = texts.get(file)?.before ?? (await readText(repo, file))
    texts.set(file, { before, after: withOutput(repo.root, texts.get(file)?.after ?? before, file, path, recorded) })
  }

  for (const one of selected) {
    try {
      await store(one)
    } catch (error) {
      if (!isOfOneOutput(error) && !isUnsupported(error)) throw error
      failed.push({ path: shownFrom(repo, cwd, one.output.path), error: problemOf(error) })
    }
  }
  const writes = [...texts].map(([path, { after }]) => ({ path, text: after }))
  return { plan: { root: repo.root, outputs, writes, failed, findings }, snapshots }
}

/** Whether an error says that only the real DVC could write a record. */
function isUnsupported(error: unknown): boolean {
  return isDayshiftError(error) && error.code === 'DS_DVC_FILE_UNSUPPORTED'
}

type Data = Required<Pick<OutEntry, 'md5'>> & Pick<OutEntry, 'size' | 'nfiles' | 'isexec'>

/** What is to be recorded of an output, and the files of a directory. */
interface Recorded {
  readonly data: Data
  readonly entries?: readonly TreeEntry[]
}

async function recordOf(repo: DvcRepo, one: SelectedOutput, now: Snapshot, { store }: Reading): Promise<Recorded> {
  const { digits = '', bytes, isexec, kind, entries } = now
  if (kind === 'file') return { data: { md5: digits, size: bytes, ...(isexec ? { isexec } : {}) } }
  const { hash } = one.output
  if (!one.parts || !hash?.digits.endsWith(DIR_SUFFIX)) {
    return { data: { md5: digits, size: bytes, nfiles: entries.length }, entries }
  }
  const before: readonly TreeEntry[] = await loadManifest(repo.config.cacheDir, hash)
  const mixed = withEntries(
    before.filter(({ relpath }) => !isSelected(one, relpath)),
    entries.filter(({ relpath }) => isSelected(one, relpath)),
  )
  const { md5, text } = manifestOf(mixed)
  await store?.putManifest(text)
  return { data: { md5, nfiles: mixed.length, ...(md5 === digits ? { size: bytes } : {}) }, entries: mixed }
}

function withOutput(root: string, text: string, file: string, path: string, { data, entries }: Recorded): string {
  const record = readDvcFile(text, file)
  const folder = posix.join(posix.dirname(file), record.wdir ?? '.')
  const bytesOf = (relpath: string): number | undefined =>
    lstatSync(join(root, path, relpath), { throwIfNoEntry: false })?.size
  const listing = entries && { entries, bytesOf }
  const outs = (record.outs ?? []).map((out) =>
    outputPath(root, folder, out.path, file) === path ? withData(out, data, listing) : out,
  )
  const updated: DvcFile = { ...record, outs }
  const whole = record.md5 === undefined ? updated : { ...updated, md5: definitionHash(updated) }
  return updateDvcFile(text, whole, file)
}

async function readText(repo: DvcRepo, file: string): Promise<string> {
  return readFile(join(repo.root, file), 'utf8').catch((error: unknown) => Promise.reject(unreadable(file, error)))
}
