import type { DataHash } from '../cache/hash.ts'
import { entriesOf } from '../formats/listed.ts'
import { DIR_SUFFIX, type TreeEntry } from '../formats/tree.ts'
import { isMapping, type YamlMapping, type YamlValue } from '../formats/yaml.ts'
import { isSelected } from '../workspace/targets.ts'
import type { WantedData } from './wanted.ts'

/** A file of data on a remote that has the repository's own paths. */
export interface VersionedFile {
  readonly hash: DataHash
  /** From the repository's root, POSIX; the remote's key too. */
  readonly path: string
  readonly bytes?: number
  /** The version that the record names; absent where it names none. */
  readonly version?: string
}

/**
 * The files of some data with the versions that a remote has of them, by the record.
 *
 * @param name the remote's
 * @param tree the files of a directory whose record does not list them
 * @returns `undefined` where nobody knows which files the directory has
 */
export function versionedFiles(
  { hash, path, selection }: WantedData,
  name: string,
  tree?: readonly TreeEntry[],
): VersionedFile[] | undefined {
  const { files, cloud, size } = selection.output
  if (!hash.digits.endsWith(DIR_SUFFIX)) return [fileOf(hash, path, { size, cloud }, name)]
  const { algorithm } = hash
  const entries = files ? entriesOf(files) : tree
  return entries
    ?.map(({ md5, relpath }, at) => ({
      relpath,
      file: fileOf({ algorithm, digits: md5 }, `${path}/${relpath}`, files?.[at] ?? {}, name),
    }))
    .filter(({ relpath }) => isSelected(selection, relpath))
    .map(({ file }) => file)
}

function fileOf(
  hash: DataHash,
  path: string,
  { size, cloud }: { readonly [key: string]: YamlValue | undefined },
  name: string,
): VersionedFile {
  const own: YamlMapping = isMapping(cloud) && isMapping(cloud[name]) ? cloud[name] : {}
  const version = own['version_id']
  return {
    hash,
    path,
    ...(typeof size === 'number' ? { bytes: size } : {}),
    ...(typeof version === 'string' ? { version } : {}),
  }
}
