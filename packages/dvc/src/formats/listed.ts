import { compareCodePoints } from './python.ts'
import { manifestOf, type TreeEntry } from './tree.ts'
import type { YamlMapping } from './yaml.ts'

/** The files that an output lists whose versions a remote keeps; `undefined` where one of them has no md5. */
export function entriesOf(files: readonly YamlMapping[]): TreeEntry[] | undefined {
  const entries = files.flatMap(({ md5, relpath }) =>
    typeof md5 === 'string' && typeof relpath === 'string' ? [{ md5, relpath }] : [],
  )
  return entries.length === files.length ? entries : undefined
}

/** What a directory is known by that lists its files instead: as if it had a manifest. */
export function weightOfListed(files: readonly YamlMapping[]): {
  readonly md5?: string
  readonly size?: number
  readonly nfiles?: number
} {
  const entries = entriesOf(files)
  if (!entries) return {}
  const sizes = files.map(({ size }) => size)
  const isWeighed = sizes.every((size) => typeof size === 'number')
  return {
    md5: manifestOf(entries).md5,
    ...(isWeighed ? { size: sizes.reduce((sum, size) => sum + size, 0) } : {}),
    nfiles: entries.length,
  }
}

/**
 * The list of a directory's files as they are now: what a remote knows of files that did not change stays.
 *
 * @param before the list so far
 * @param bytesOf the size of a file, where it is known
 */
export function listedNow(
  before: readonly YamlMapping[],
  entries: readonly TreeEntry[],
  bytesOf: (relpath: string) => number | undefined,
): YamlMapping[] {
  const known = new Map(before.map((file) => [file['relpath'], file]))
  return entries
    .toSorted((a, b) => compareCodePoints(a.relpath, b.relpath))
    .map(({ relpath, md5 }) => {
      const old = known.get(relpath)
      if (old?.['md5'] === md5) return old
      const size = bytesOf(relpath)
      return { relpath, md5, ...(size === undefined ? {} : { size }) }
    })
}
