import { rmSync } from 'node:fs'
import { join, posix } from 'node:path'
import { readIgnoreText, withoutIgnored } from '../git/gitignore.ts'
import type { DvcRepo } from '../repo.ts'
import { writeAtomically } from '../write.ts'

/**
 * Takes the lines of data out of the `.gitignore` beside it; a file that is empty then goes.
 *
 * @param path of the data, relative to the root, POSIX
 * @returns the `.gitignore` where it changed
 */
export async function stopIgnoring(repo: DvcRepo, path: string): Promise<string | undefined> {
  if (!repo.git) return undefined
  const file = posix.join(posix.dirname(path), '.gitignore')
  const place = join(repo.root, file)
  const before = await readIgnoreText(place)
  const after = withoutIgnored(before, posix.basename(path))
  if (after === before) return undefined
  if (after === '') rmSync(place, { force: true })
  else await writeAtomically(place, after)
  return file
}
