import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it, where they are not there. Node's own way never ends where a file system takes no
 * folders (`/proc/nope`).
 *
 * @returns the highest that was made; `undefined` where all were there
 * @throws the system's own error
 * @example makeFolders('/srv/lake/2026/11') // '/srv/lake', where that was not there
 */
export function makeFolders(path: string): string | undefined {
  const missing: string[] = []
  for (let at = path; !isFolder(at); at = dirname(at)) missing.push(at)
  for (const folder of missing.toReversed()) {
    try {
      mkdirSync(folder)
    } catch (error) {
      // Another process may have been quicker.
      if (!isFolder(folder)) throw error
    }
  }
  return missing.at(-1)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
