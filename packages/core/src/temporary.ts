import { createHash, randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { isAlive } from './alive.ts'

/** This machine in a name: processes of another one may write to the same folder, and have numbers of their own. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 6)

/**
 * The path of something that is made beside its place, up to its ending: `.name.<machine>-<process>-<by chance>`.
 *
 * @param folder Default: the target's
 */
export function temporaryFor(target: string, folder: string = dirname(target)): string {
  return join(folder, `.${basename(target)}.${HOST}-${process.pid}-${randomBytes(6).toString('hex')}`)
}

/**
 * Removes what killed processes of this machine left in the making of a target: those of {@link temporaryFor} that end with
 * `.tmp`. What a process that still runs makes is never touched.
 */
export async function removeLeft(target: string, folder: string = dirname(target)): Promise<void> {
  const start = `.${basename(target)}.`
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const made = name.startsWith(start)
      ? /^([0-9a-f]{6})-(\d+)-[0-9a-f]{12}\.tmp$/.exec(name.slice(start.length))
      : null
    if (made?.[1] !== HOST || isAlive(Number(made[2]))) continue
    // Another process may remove it too, or it is not ours to remove.
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined)
  }
}
