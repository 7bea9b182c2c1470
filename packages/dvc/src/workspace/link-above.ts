import { lstatSync } from 'node:fs'
import { join, posix } from 'node:path'
import { failure } from '../codes.ts'

/**
 * The symbolic link that a path leads through, within the repository.
 *
 * @param path relative to the root, POSIX; what it names itself may be a link
 * @returns relative to the root; `undefined` where there is none
 */
export function linkAbove(root: string, path: string): string | undefined {
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    if (isLink(join(root, folder))) return folder
  }
  return undefined
}

/**
 * Refuses a path that leads through a symbolic link.
 *
 * @throws DS_DVC_PATH_SYMLINK
 */
export function refuseLinksAbove(root: string, path: string, shown: string): void {
  const link = linkAbove(root, path)
  if (link !== undefined) throw throughLink(shown, link)
}

/** The error for an output that is to be brought to where such a link stands: the link is the user's, so that it stays. */
export function linkInTheWay(path: string, link: string): Error {
  const message = `${path} leads through the symbolic link ${link}`
  const hint = `Remove the link, and run it again: rm '${link}'`
  return failure('DS_DVC_PATH_SYMLINK', message, { where: link, hint })
}

/** The error for data behind a link: DVC cannot track it, and who writes to it may write to anywhere. */
export function throughLink(shown: string, link: string): Error {
  return failure('DS_DVC_PATH_SYMLINK', `${shown} leads through the symbolic link ${link}`, { where: link })
}

function isLink(place: string): boolean {
  try {
    return lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true
  } catch {
    // A file stands where a folder should be; a link may lie above it still.
    return false
  }
}
