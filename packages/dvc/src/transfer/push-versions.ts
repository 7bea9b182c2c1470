import { lstatSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { bytesOf } from '../cache/inventory.ts'
import { objectPathIn } from '../cache/objects.ts'
import { unreadable } from '../cache/hash.ts'
import { failure } from '../codes.ts'
import { readDvcFile, updateDvcFile, type OutEntry } from '../formats/dvcfile.ts'
import { isMapping, type YamlMapping } from '../formats/yaml.ts'
import { listedNow } from '../formats/listed.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import { outputPath } from '../outputs.ts'
import type { Held, Remote } from '../remotes/remote.ts'
import type { DvcRepo } from '../repo.ts'
import { writeAtomically } from '../write.ts'
import { executePush, NOTHING, type ExecuteOptions, type Transfer } from './execute.ts'
import { ownManifest } from './manifests.ts'
import type { PlannedObject, TransferPlan } from './plan.ts'
import { versionedFiles } from './versioned.ts'
import type { WantedData } from './wanted.ts'

/**
 * Sends data to a remote that keeps versions of the repository's paths, and writes into the `.dvc` files which versions
 * it has now, as DVC does. Only the versions of the workspace go there: those of other commits have no record to be
 * written into.
 *
 * @throws DS_REMOTE_UNSUPPORTED where the bucket keeps no versions, and as {@link executePush}; DS_DVC_WRITE
 */
export async function pushVersions(
  repo: DvcRepo,
  name: string,
  remote: Remote,
  wanted: readonly WantedData[],
  options: ExecuteOptions & { readonly dryRun?: boolean | undefined },
): Promise<Transfer> {
  const current = wanted.filter(({ isCurrent, selection }) => isCurrent && selection.output.file.endsWith('.dvc'))
  const plan = await planVersions(repo, name, remote, current)
  if (options.dryRun) return { plan, ...NOTHING }
  const held = new Map<string, Held>()
  const onHeld = ({ path }: PlannedObject, one: Held): void => {
    if (one.version === undefined || one.version === 'null') {
      throw failure('DS_REMOTE_UNSUPPORTED', `the remote '${name}' (${remote.url}) keeps no versions of ${path}`, {
        where: name,
        hint: `Switch the versioning of the bucket on, or the remote's off: dayshift dvc remote modify ${name} version_aware false`,
      })
    }
    held.set(path, one)
  }
  const record = async (): Promise<string[]> => {
    const written: string[] = []
    if (held.size === 0) return written
    for (const file of filesOf(current)) if (await recordVersions(repo, name, file, held)) written.push(file)
    if (repo.config.autostage && written.length > 0) await repo.git?.add(written)
    return written
  }
  try {
    const outcome = await executePush(repo, plan, remote, { ...options, onHeld })
    return { plan, ...outcome, recorded: await record() }
  } catch (error) {
    // What was sent is recorded, whatever became of the rest: else it would be sent again.
    await record()
    throw error
  }
}

async function planVersions(
  repo: DvcRepo,
  name: string,
  remote: Remote,
  wanted: readonly WantedData[],
): Promise<TransferPlan> {
  const { cacheDir } = repo.config
  const objects: PlannedObject[] = []
  const missing: PlannedObject[] = []
  let present = 0
  for (const data of wanted) {
    const isDirectory = data.hash.digits.endsWith(DIR_SUFFIX)
    const tree = isDirectory ? await ownManifest(cacheDir, data.hash) : undefined
    const files = versionedFiles(data, name, tree)
    if (!files) missing.push({ hash: data.hash, path: data.path })
    for (const { hash, path, version } of files ?? []) {
      const object = { hash, path, key: path }
      if (version !== undefined) present++
      else if (!lstatSync(objectPathIn(cacheDir, hash.digits, hash.algorithm), { throwIfNoEntry: false })) {
        missing.push(object)
      } else objects.push({ ...object, bytes: bytesOf(cacheDir, hash) })
    }
  }
  const bytes = objects.reduce((sum, object) => sum + (object.bytes ?? 0), 0)
  return { direction: 'push', remote: name, url: remote.url, objects, bytes, present, missing }
}

function filesOf(wanted: readonly WantedData[]): Set<string> {
  return new Set(wanted.map(({ selection }) => selection.output.file))
}

/** Writes into a `.dvc` file what a remote has now; @returns whether that changed it. */
async function recordVersions(
  repo: DvcRepo,
  name: string,
  file: string,
  held: ReadonlyMap<string, Held>,
): Promise<boolean> {
  const place = join(repo.root, file)
  const text = await readFile(place, 'utf8').catch((error: unknown) => Promise.reject(unreadable(file, error)))
  const record = readDvcFile(text, file)
  const folder = posix.join(posix.dirname(file), record.wdir ?? '.')
  const outs = await Promise.all(
    (record.outs ?? []).map((out) =>
      withVersions(repo, name, out, outputPath(repo.root, folder, out.path, file), held),
    ),
  )
  const after = updateDvcFile(text, { ...record, outs }, file)
  if (after === text) return false
  await writeAtomically(place, after)
  return true
}

async function withVersions(
  { config: { cacheDir } }: DvcRepo,
  name: string,
  out: OutEntry,
  path: string,
  held: ReadonlyMap<string, Held>,
): Promise<OutEntry> {
  const own = held.get(path)
  if (own) return { ...out, cloud: withCloud(out.cloud, name, own) }
  if (!out.md5?.endsWith(DIR_SUFFIX)) return out
  const tree = await ownManifest(cacheDir, { algorithm: 'md5', digits: out.md5 })
  if (!tree || !tree.some(({ relpath }) => held.has(`${path}/${relpath}`))) return out
  const digits = new Map(tree.map(({ relpath, md5 }) => [relpath, md5]))
  const sizeOf = (relpath: string): number =>
    bytesOf(cacheDir, { algorithm: 'md5', digits: digits.get(relpath) as string })
  const files = listedNow(out.files ?? [], tree, sizeOf).map((entry): YamlMapping => {
    const { relpath } = entry
    const now = typeof relpath === 'string' ? held.get(`${path}/${relpath}`) : undefined
    return now ? { ...entry, cloud: withCloud(entry['cloud'], name, now) } : entry
  })
  return { ...out, files }
}

function withCloud(cloud: unknown, name: string, { etag, version }: Held): YamlMapping {
  const others = isMapping(cloud) ? cloud : {}
  const own = {
    ...(etag === undefined ? {} : { etag }),
    ...(version === undefined ? {} : { version_id: version }),
  }
  return { ...others, [name]: own }
}
