import { lstatSync, realpathSync } from 'node:fs'

/**
 * The file that a journal is: where its path is a link, what that leads to. All that stands beside a journal (its lock, its
 * segments) stands beside that, so that who comes by the link and who comes by the file share them.
 *
 * @example realPath('data_catalog.jsonl') // '/srv/shared/catalog.jsonl' where that is what it links to
 */
export function realPath(path: string): string {
  try {
    return lstatSync(path).isSymbolicLink() ? realpathSync(path) : path
  } catch {
    return path
  }
}
