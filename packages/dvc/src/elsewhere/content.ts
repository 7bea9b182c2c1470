import { join, posix } from 'node:path'
import { failure } from '../codes.ts'
import type { DataHash } from '../cache/hash.ts'
import { DIR_SUFFIX, type TreeEntry } from '../formats/tree.ts'
import { openTree, type TreeNode } from '../history/repo-tree.ts'
import { outputsOf, type Output } from '../outputs.ts'
import { isWithin } from '../within.ts'
import { IGNORE_FILE } from '../workspace/ignore.ts'
import { pathWithin } from '../workspace/snapshot.ts'
import type { SourcePlace } from './source.ts'

/** A file of another repository, and how one gets at its content. */
export interface SourceFile {
  /** Relative to the path that was asked for, POSIX; empty for that itself. */
  readonly relpath: string
  /** Where it lies in its repository, for errors. */
  readonly path: string
  /** Of data that DVC tracks there. */
  readonly hash?: DataHash
  /** The remote that the data goes to there, instead of the default one. */
  readonly remote?: string
  /** What git knows the content by. */
  readonly blob?: string
  /** Where the file lies on this machine. */
  readonly place?: string
  /** Bytes, where somebody says it. */
  readonly bytes?: number
}

/** What another repository has at a path. */
export interface SourceContent {
  readonly isDirectory: boolean
  readonly files: readonly SourceFile[]
}

/** Gets the manifest of a directory. */
export type ReadManifest = (hash: DataHash, output: Output) => Promise<readonly TreeEntry[]>

/**
 * Says what another repository has at a path: data of DVC and files of git together, as those who have cloned it and
 * pulled its data would find them, without the files that are about them.
 *
 * @throws DS_DVC_PATH_MISSING, DS_DVC_VERSION_UNKNOWN for data that was never hashed, and what `manifest` throws
 */
export async function contentAt(place: SourcePlace, url: string, manifest: ReadManifest): Promise<SourceContent> {
  const { repo, path, revision } = place
  const outputs = (await outputsOf(repo, { revision })).filter(({ cache }) => cache)
  const around = outputs.find((output) => isWithin(path, output.path))
  if (around) return withinOutput(around, path, url, manifest)
  const files: SourceFile[] = []
  for (const output of outputs) {
    if (path !== '' && !isWithin(output.path, path)) continue
    const { files: own } = await withinOutput(output, output.path, url, manifest)
    const folder = posix.relative(path, output.path)
    files.push(...own.map((file) => ({ ...file, relpath: pathWithin(folder, file.relpath) })))
  }
  const found = await plainFiles(place, outputs)
  if (!found && files.length === 0) throw notThere(path, url, revision)
  return { isDirectory: found?.isDirectory ?? true, files: [...files, ...(found?.files ?? [])] }
}

async function withinOutput(output: Output, path: string, url: string, manifest: ReadManifest): Promise<SourceContent> {
  const { hash, remote, size } = output
  const own = remote === undefined ? {} : { remote }
  if (!hash) {
    throw failure('DS_DVC_VERSION_UNKNOWN', `${output.path} of ${url} was never recorded: ${output.file} has no hash`, {
      where: output.file,
    })
  }
  if (!hash.digits.endsWith(DIR_SUFFIX)) {
    if (path !== output.path) throw notThere(path, url)
    return {
      isDirectory: false,
      files: [{ relpath: '', path, hash, ...own, ...(size === undefined ? {} : { bytes: size }) }],
    }
  }
  const part = path.slice(output.path.length + 1)
  const entries = (await manifest(hash, output)).filter(({ relpath }) => part === '' || isWithin(relpath, part))
  if (entries.length === 0 && part !== '') throw notThere(path, url)
  const files = entries.map(({ relpath, md5 }) => ({
    relpath: part === '' ? relpath : relpath.slice(part.length + 1),
    path: `${output.path}/${relpath}`,
    hash: { algorithm: hash.algorithm, digits: md5 },
    ...own,
  }))
  return { isDirectory: files[0]?.relpath !== '', files }
}

/** Files that DVC does not track. */
async function plainFiles(
  { repo, path, revision }: SourcePlace,
  outputs: readonly Output[],
): Promise<SourceContent | undefined> {
  const tree = await openTree(repo, { revision })
  const node = await tree.node(path)
  if (!node) return undefined
  const blobs = new Map(
    revision === undefined ? [] : ((await repo.git?.filesAt(revision)) ?? []).map((blob) => [blob.path, blob]),
  )
  const tracked = new Set(outputs.map((output) => output.path))
  const files: SourceFile[] = []
  const take = (file: TreeNode): void => {
    const blob = blobs.get(file.path)
    // What a link leads to may be nowhere here.
    if (revision !== undefined && (!blob || blob.isLink)) return
    files.push({
      relpath: posix.relative(path, file.path),
      path: file.path,
      ...(blob ? { blob: blob.id } : { place: join(repo.root, file.path) }),
      ...(file.bytes === undefined ? {} : { bytes: file.bytes }),
    })
  }
  const visit = async (folder: string): Promise<void> => {
    for (const one of await tree.within(folder)) {
      if (tracked.has(one.path) || isAboutData(one.path)) continue
      if (one.isDirectory) await visit(one.path)
      else if (one.isThere) take(one)
    }
  }
  if (node.isDirectory) await visit(path)
  else take(node)
  return node.isDirectory || files.length > 0 ? { isDirectory: node.isDirectory, files } : undefined
}

/** Files that say what is tracked are nobody's data. */
function isAboutData(path: string): boolean {
  const name = posix.basename(path)
  return /.\.dvc$/.test(name) || name === 'dvc.yaml' || name === IGNORE_FILE || name === '.git'
}

function notThere(path: string, url: string, revision?: string): Error {
  const at = revision === undefined ? '' : ` at ${revision.slice(0, 7)}`
  return failure('DS_DVC_PATH_MISSING', `there is no '${path}' in ${url}${at}`, {
    where: path,
    hint: `See what it has with dayshift dvc list ${url}.`,
  })
}
