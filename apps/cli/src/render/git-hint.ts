import { join, relative, sep } from 'node:path'
import { shellQuoted } from './shell-quoted.ts'
import { printable } from './words.ts'

/** What DVC says of files that the user has to stage; nothing where there are none. */
export function gitHint(root: string, files: readonly string[], cwd: string): string[] {
  if (files.length === 0) return []
  const words = files.map((file) => shellQuoted(printable(shownFrom(cwd, root, file))))
  return [
    '',
    'To track the changes with git, run:',
    '',
    `\tgit add ${words.some((word) => word.startsWith('-')) ? '-- ' : ''}${words.join(' ')}`,
    '',
    'To enable auto staging, run:',
    '',
    '\tdayshift dvc config core.autostage true',
  ]
}

/** A path of the repository as it is seen from a folder, POSIX. */
export function shownFrom(cwd: string, root: string, path: string): string {
  return relative(cwd, join(root, path)).split(sep).join('/') || '.'
}
