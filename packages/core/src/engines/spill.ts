import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive } from '../alive.ts'

/** Folders of engines that are open: what a process leaves behind when it ends without closing them. */
const spills = new Set<string>()

/** A killed process leaves its folder; after a day it is not one of a process that this one only cannot see. */
const STALE = 24 * 60 * 60 * 1000

/**
 * The path of a folder that belongs to one engine, for what does not fit into memory. It is not made yet. It goes with
 * {@link removeSpill}, or when the process ends. Folders that killed processes have left in the same place are removed.
 *
 * @param parent Default: the system's temporary folder
 */
export function newSpill(parent: string = tmpdir()): string {
  removeStale(parent)
  const folder = join(parent, `dayshift-spill-${process.pid}-${randomBytes(8).toString('hex')}`)
  if (spills.size === 0) process.once('exit', removeSpills)
  spills.add(folder)
  return folder
}

export function removeSpill(folder: string): void {
  if (!spills.delete(folder)) return
  // Where its parent is no folder, there is nothing that could be removed.
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true })
  if (spills.size === 0) process.removeListener('exit', removeSpills)
}

function removeSpills(): void {
  for (const folder of spills) if (existsSync(folder)) rmSync(folder, { recursive: true, force: true })
  spills.clear()
}

function removeStale(parent: string): void {
  for (const folder of leftIn(parent)) {
    try {
      if (statSync(folder).mtimeMs <= Date.now() - STALE) rmSync(folder, { recursive: true, force: true })
    } catch {
      // Another process removes it too, or it is not ours to remove.
    }
  }
}

/** Folders of processes that are gone. */
function leftIn(parent: string): string[] {
  try {
    return readdirSync(parent).flatMap((name) => {
      const pid = /^dayshift-spill-(\d+)-[0-9a-f]{16}$/.exec(name)?.[1]
      return pid === undefined || isAlive(Number(pid)) ? [] : [join(parent, name)]
    })
  } catch {
    return []
  }
}
