/** Folders that are git's, Mercurial's or DVC's own: no data lies in them, whatever `.dvcignore` says. */
export const RESERVED: ReadonlySet<string> = new Set(['.git', '.hg', '.dvc'])

/**
 * Whether a path is or leads into such a folder. Case does not count: many file systems take `.GIT` for `.git`.
 *
 * @example isReserved('sub/.git/hooks/post-commit') // true
 */
export function isReserved(path: string): boolean {
  return (
    (path.startsWith('.') || path.includes('/.')) && path.split('/').some((part) => RESERVED.has(part.toLowerCase()))
  )
}
