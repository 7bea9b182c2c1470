import { createHash } from 'node:crypto'
import { setImmediate as pause } from 'node:timers/promises'
import { throwIfAborted } from '../abort.ts'
import type { QueryOptions } from '../engine.ts'
import { selectFrom, type Relation } from '../relation.ts'
import { ident, raw } from '../sql.ts'

/**
 * What orders the rows of a source for samples of one seed: each row number gets a rank of 32 bits, and the rows of the
 * lowest ranks are drawn. The rank is a keyed permutation: two rounds of MurmurHash3's finalizer (Austin Appleby; public
 * domain), each after a key from the MD5 of the seed. It is arithmetic on whole numbers below 2^64, so that JavaScript and
 * SQL compute the same on every machine, and no two of the first 2^32 rows have the same rank.
 */
export interface Ranking {
  readonly seed: number
  readonly first: number
  readonly second: number
}

/** Ranks lie below this. */
export const RANKS = 2 ** 32

/** The multipliers of the finalizer, and an odd number (2^32 / the golden ratio) for what a row number has above 32 bits. */
const FIRST = 0x85ebca6b
const SECOND = 0xc2b2ae35
const HIGH = 0x9e3779b1

/** @param seed a safe integer */
export function rankingOf(seed: number): Ranking {
  const hash = createHash('md5').update(`dayshift sample ${seed}`).digest()
  return { seed, first: hash.readUInt32LE(0), second: hash.readUInt32LE(4) }
}

/**
 * The rank of a row.
 *
 * @param row 1 is the first
 * @example rankOf(rankingOf(42), 1)
 */
export function rankOf(ranking: Ranking, row: number): number {
  const high = row < RANKS ? 0 : Math.imul(Math.floor(row / RANKS), HIGH)
  return mix(mix(row ^ ranking.first) ^ (ranking.second + high)) >>> 0
}

function mix(value: number): number {
  let x = value
  x = Math.imul(x ^ (x >>> 16), FIRST)
  x = Math.imul(x ^ (x >>> 13), SECOND)
  return x ^ (x >>> 16)
}

/**
 * Adds the rank to a relation that has row numbers.
 *
 * @param row the column of row numbers
 * @param rank the name of the new column, which the relation does not have
 */
export function withRank(relation: Relation, { first, second }: Ranking, row: string, rank: string): Relation {
  const x = ident(rank).text
  const shift = (bits: number): string => `xor(${x}, ${x} >> ${bits})`
  const times = (factor: number): string => `(${x} * ${factor}) & 4294967295`
  const round = [shift(16), times(FIRST), shift(13), times(SECOND), shift(16)]
  const number = `CAST(${ident(row).text} AS UBIGINT)`
  const high = `((${second} + (${number} >> 32) * ${HIGH}) & 4294967295)`
  const ranked = selectFrom(relation, raw(`*, xor(${number} & 4294967295, ${first}::UBIGINT) AS ${x}`), [
    ...relation.names,
    rank,
  ])
  return [...round, `xor(${x}, ${high})`, ...round].reduce(
    (step, value) => selectFrom(step, raw(`* REPLACE ((${value}) AS ${x})`), step.names),
    ranked,
  )
}

/** Rows looked at before others get a turn. */
const SLICE = 4_000_000

/**
 * The highest rank among the `drawn` lowest of the rows 1 … `rows`: rows whose rank is not above it are the sample.
 *
 * @param drawn at least 1, at most `rows`
 */
export async function highestRank(
  ranking: Ranking,
  rows: number,
  drawn: number,
  options: QueryOptions = {},
): Promise<number> {
  if (drawn >= rows) return RANKS - 1
  const counts = new Float64Array(65_536)
  await eachSlice(rows, options, (from, to) => {
    for (let row = from; row <= to; row++) {
      const bucket = rankOf(ranking, row) >>> 16
      counts[bucket] = (counts[bucket] as number) + 1
    }
  })
  let below = 0
  let bucket = 0
  while (below + (counts[bucket] as number) < drawn) below += counts[bucket++] as number
  const within: number[] = []
  await eachSlice(rows, options, (from, to) => {
    for (let row = from; row <= to; row++) {
      const rank = rankOf(ranking, row)
      if (rank >>> 16 === bucket) within.push(rank)
    }
  })
  return Uint32Array.from(within).sort()[drawn - below - 1] as number
}

/** The rows of which the rank is not above one, in order. */
export async function drawnRows(
  ranking: Ranking,
  rows: number,
  highest: number,
  options: QueryOptions = {},
): Promise<number[]> {
  const drawn: number[] = []
  await eachSlice(rows, options, (from, to) => {
    for (let row = from; row <= to; row++) if (rankOf(ranking, row) <= highest) drawn.push(row)
  })
  return drawn
}

async function eachSlice(
  rows: number,
  { signal }: QueryOptions,
  work: (from: number, to: number) => void,
): Promise<void> {
  for (let from = 1; from <= rows; from += SLICE) {
    throwIfAborted(signal)
    work(from, Math.min(rows, from + SLICE - 1))
    if (rows > SLICE) await pause()
  }
}
