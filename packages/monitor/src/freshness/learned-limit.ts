import { parseFraction } from '@dayshift/core'

/** A limit from the past. */
export interface LearnOptions {
  /** When data was updated in the past, by basis, in any order. */
  readonly updates: Readonly<Record<string, readonly (string | Date)[]>>
  /** How often an update that is on time may be called late: `5%`, or a number. Default: 5%. */
  readonly alpha?: string | number | undefined
}

/** What the past says of how long updates take. */
export interface LearnedLimit {
  readonly alpha: number
  /** Times between one update and the next that are known. */
  readonly gaps: number
  /** How many are needed. */
  readonly needed: number
  /** In seconds; left out while there are too few gaps. */
  readonly limit?: number
}

/**
 * The age beyond which the next update is late, from past gaps between updates: the conformal quantile, the
 * ceil((n + 1)(1 - alpha))-th smallest of n gaps. If the next gap is drawn as the past ones were, in whatever distribution, it
 * exceeds this with a probability of at most alpha, and of more than alpha - 1/(n + 1) where no two are alike. That needs
 * 1/alpha - 1 gaps: 19 for 5%, 99 for 1%.
 *
 * Source: Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World (2005), the one-sided interval of order
 * statistics.
 *
 * @param updates times of updates, in any order; equal ones count once
 * @throws DS_UNIT where alpha is no share
 * @example learnLimit(nineteenGapsOf24h).limit // 86400
 */
export function learnLimit(updates: readonly (string | Date)[], alpha: string | number = 0.05): LearnedLimit {
  const share = parseFraction(alpha)
  const times = [...new Set(updates.map((update) => new Date(update).getTime()))]
    .filter((time) => !Number.isNaN(time))
    .sort((a, b) => a - b)
  const gaps = times
    .slice(1)
    .map((time, at) => (time - (times[at] as number)) / 1000)
    .sort((a, b) => a - b)
  // 1/0.05 is a little less than 20 for a machine.
  const needed = Math.max(1, Math.ceil(1 / share - 1 - 1e-9))
  const rank = Math.max(1, Math.ceil((gaps.length + 1) * (1 - share) - 1e-9))
  const limit = gaps.length >= needed ? gaps[rank - 1] : undefined
  return { alpha: share, gaps: gaps.length, needed, ...(limit === undefined ? {} : { limit }) }
}
