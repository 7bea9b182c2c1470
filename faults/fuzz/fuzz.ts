import { isDayshiftError, messageOf } from '../../packages/core/src/ground.ts'
import { mutated, type Random } from './mutate.ts'
import type { Target } from './target.ts'

/** Seconds of the processor, and bytes of memory, that reading one case may take. */
const MOST_SECONDS = 2
const MOST_BYTES = 512 * 2 ** 20

/** A case that was read neither into a result nor into an error with a code. */
export interface Failed {
  readonly target: string
  readonly seed: number
  readonly why: string
  readonly bytes: Buffer
}

/**
 * Reads one case of a target. The law: a result, or a DayshiftError; within two seconds and 512 MiB.
 *
 * @param seed of the case: the same one makes the same bytes
 * @returns what is wrong; nothing where the law holds
 */
export async function readCase(target: Target, seed: number): Promise<Failed | undefined> {
  const bytes = mutated(target, randomFrom(seed))
  const failed = (why: string): Failed => ({ target: target.name, seed, why, bytes })
  const before = process.cpuUsage()
  const { rss } = process.memoryUsage()
  try {
    await target.read(bytes)
  } catch (error) {
    if (!isDayshiftError(error))
      return failed(error instanceof Error ? (error.stack ?? error.message) : messageOf(error))
    if (error.code === '' || error.message === '' || error.hint === '') return failed(`${error.code} says nothing`)
  }
  const { user, system } = process.cpuUsage(before)
  const seconds = (user + system) / 1e6
  if (seconds > MOST_SECONDS) return failed(`it took ${seconds.toFixed(1)} s`)
  const grown = process.memoryUsage().rss - rss
  if (grown > MOST_BYTES) return failed(`it took ${Math.round(grown / 2 ** 20)} MiB`)
  return undefined
}

/** The same numbers for the same seed (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return { below, pick: (list) => list[below(list.length)] as (typeof list)[number] }
}
