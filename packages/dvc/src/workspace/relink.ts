import { lstatSync, readlinkSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '@dayshift/core/ground'
import { breather } from '../breather.ts'
import type { ReadOptions } from '../cache/hash.ts'
import { isNoCopy, workingLinkTypes } from '../cache/link-probe.ts'
import { openLinker, type LinkType } from '../cache/links.ts'
import { objectPathIn } from '../cache/objects.ts'
import type { DvcRepo } from '../repo.ts'
import { stampOf } from '../cache/stamp.ts'
import { isStill } from './content.ts'
import { openStaging } from './staging.ts'
import type { State } from '../cache/state.ts'
import { unwritable } from '../write.ts'

/** So many copies reach the disk before the first takes its name. */
const AT_ONCE = 100

/** A file of the workspace, relative to the root, POSIX, and the object that it holds. */
export interface PlacedFile {
  readonly path: string
  readonly md5: string
  readonly isexec?: boolean | undefined
}

/**
 * Puts links to their objects in place of files that hold the same, by the first type that `cache.type` names and that
 * works here. What is such a link already stays, and so does everything where that type is no link. Each file is there all the time: its replacement takes its name when it is complete.
 *
 * @returns the files that hold something else by now: they stay as they are
 * @throws DS_DVC_OBJECT_MISSING, DS_DVC_OBJECT_CORRUPT, DS_DVC_WRITE, DS_ABORTED
 */
export async function linkWorkspace(
  repo: DvcRepo,
  files: readonly PlacedFile[],
  state: State,
  options: ReadOptions = {},
): Promise<readonly string[]> {
  const changed: string[] = []
  const linkTypes = files.length > 0 ? workingLinkTypes(repo) : []
  const [best] = linkTypes
  if (best === undefined || !isNoCopy(best)) return changed
  const open = files.filter((file) => !isLinkedAs(repo, file, best))
  if (open.length === 0) return changed
  const linker = openLinker(repo, linkTypes, state, options)
  const staging = openStaging(join(repo.dvcDir, 'tmp'))
  const breathe = breather(options.signal)
  let place = repo.root
  try {
    for (let at = 0; at < open.length; at += AT_ONCE) {
      const made: (PlacedFile & { readonly temporary: string; readonly type: LinkType })[] = []
      for (const file of open.slice(at, at + AT_ONCE)) {
        await breathe()
        place = join(repo.root, file.path)
        const temporary = staging.next(place)
        const type = await linker.bring({ algorithm: 'md5', digits: file.md5 }, temporary, file.isexec)
        made.push({ ...file, temporary, type })
      }
      await staging.sync(made.filter(({ type }) => type === 'copy').map(({ temporary }) => temporary))
      for (const { path, md5, temporary } of made) {
        place = join(repo.root, path)
        if (await isStill(repo.root, path, md5, state)) {
          renameSync(temporary, place)
          state.put(path, stampOf(statSync(place, { bigint: true })), md5)
        } else changed.push(path)
      }
    }
  } catch (error) {
    throw unwritable(place, error)
  } finally {
    staging.clear()
  }
  return changed
}

/** What a person should know of files that {@link linkWorkspace} left. */
export function leftFindings(paths: readonly string[]): Finding[] {
  return paths.map((path) => ({
    severity: 'warn',
    code: 'version.changed_meanwhile',
    message: `${path} changed after it was read: it stays as it is, and the record says what it held before`,
    hint: 'Run it again once nothing writes to it.',
  }))
}

/**
 * Whether a file stands to its object as a link type says; a clone cannot be told from a copy. One that may be executed is a
 * copy whatever the type.
 */
export function isLinkedAs(repo: DvcRepo, { path, md5, isexec = false }: PlacedFile, type: LinkType): boolean {
  const place = join(repo.root, path)
  const object = objectPathIn(repo.config.cacheDir, md5)
  const found = lstatSync(place, { throwIfNoEntry: false })
  if (!found) return false
  if (type === 'symlink' && !isexec) return found.isSymbolicLink() && readlinkSync(place) === object
  if (type === 'hardlink' && !isexec) {
    if (found.size === 0) return found.isFile()
    const other = lstatSync(object, { throwIfNoEntry: false })
    return found.isFile() && other?.ino === found.ino && other.dev === found.dev
  }
  return found.isFile() && found.nlink === 1
}
