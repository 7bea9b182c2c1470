import { isAbsolute, join, relative } from 'node:path'
import { isAlive, readTextFileSync } from '@dayshift/core/ground'
import type { Holder } from './holder.ts'
import { writeAtomically } from '../write.ts'

interface Claim {
  readonly pid: number
  readonly cmd: string
}

interface Claims {
  readonly write?: Readonly<Record<string, Claim>>
  readonly read?: Readonly<Record<string, readonly Claim[]>>
}

/**
 * What another process is writing that some path concerns: while a stage runs, DVC does not hold its lock, but names what
 * the stage works on in `rwlock`. Processes that are gone do not count.
 */
export function writerOf(tmpDir: string, paths: readonly string[]): Holder | undefined {
  for (const [place, { pid, cmd }] of Object.entries(claimsIn(tmpDir).write ?? {})) {
    const concerns = paths.some((path) => isBeneath(path, place) || isBeneath(place, path))
    if (concerns && pid !== process.pid && isAlive(pid)) {
      return { pid, words: `${cmd} (process ${pid}) works on ${place}` }
    }
  }
  return undefined
}

function claimsIn(tmpDir: string): Claims {
  try {
    return JSON.parse(readTextFileSync(join(tmpDir, 'rwlock'))) as Claims
  } catch {
    return {}
  }
}

function isBeneath(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (!way.startsWith('..') && !isAbsolute(way))
}

/** Names this process as the writer of the whole repository. */
export async function publish(tmpDir: string): Promise<() => Promise<void>> {
  const root = join(tmpDir, '..', '..')
  const edit = async (claim: Claim | undefined): Promise<void> => {
    const { write = {}, read = {} } = claimsIn(tmpDir)
    const { [root]: _, ...others } = write
    const text = JSON.stringify({ write: claim ? { ...others, [root]: claim } : others, read })
    await writeAtomically(join(tmpDir, 'rwlock'), text)
  }
  await edit({ pid: process.pid, cmd: 'dayshift' })
  return () => edit(undefined)
}
