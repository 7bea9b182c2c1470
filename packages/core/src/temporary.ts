import { createHash, randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { isAlive } from './alive.ts'

/** This machine in a name: processes of another one may write to the same folder, and have numbers of their own. */
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 6)

/** Bytes of a target's name that the name beside it repeats: with the rest it stays below 255, which file systems take. */
const REPEATED = 200

/**
 * The path of something that is made beside its place, up to its ending: `.name.<machine>-<process>-<by chance>`.
 *
 * @param folder Default: the target's
 */
export function temporaryFor(target: string, folder: string = dirname(target)): string {
  return join(folder, `.${repeated(target)}.${HOST}-${process.pid}-${randomBytes(6).toString('hex')}`)
}

function repeated(target: string): string {
  let name = basename(target)
  while (Buffer.byteLength(name) > REPEATED) name = Array.from(name).slice(0, -1).join('')
  return name
}

/**
 * Removes what killed processes of this machine left in the making of a target: those of {@link temporaryFor} that end with
 * `.tmp`. What a process that still runs makes is never touched.
 */
export function removeLeft(target: string, folder: string = dirname(target)): Promise<void> {
  return sweep(folder, `.${repeated(target)}.`, '.tmp')
}

/**
 * Removes what killed processes of this machine left in a folder in the making of whatever file, as {@link removeLeft} does.
 *
 * @param ending what follows the name that {@link temporaryFor} gave
 */
export function removeAllLeft(folder: string, ending: string): Promise<void> {
  return sweep(folder, '.', ending)
}

async function sweep(folder: string, start: string, ending: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(start) || !name.endsWith(ending)) continue
    const made = /^(.*\.)?([0-9a-f]{6})-(\d+)-[0-9a-f]{12}$/.exec(name.slice(start.length, -ending.length))
    const isOther = made?.[1] !== undefined && start !== '.'
    if (isOther || made?.[2] !== HOST || isAlive(Number(made[3]))) continue
    // Another process may remove it too, or it is not ours to remove.
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined)
  }
}
