import { everyNth } from './count-doubles.ts'

/** Looks for the values that have certain places in the order of many doubles, without sorting them. */
export interface RankSearch {
  /**
   * Takes values, in any order and in parts of any size; in each pass all of them.
   *
   * @param values without NaN
   */
  take(values: Float64Array): void
  /** Ends a pass. Says whether another one is needed: hardly ever, where the sample was a fair one. */
  endPass(): boolean
  /** The values at the ranks asked for, in their order. */
  result(): readonly number[]
}

/** How far from its place in the sample a rank is looked for, in standard errors. */
const FAR = 4

/** Values that are sorted rather than searched. */
const SORTED = 2 ** 13

/** Values of a sample at most. */
const RANK_SAMPLE = 2 ** 16

/** Doubles are told apart by their first 16 bits before they are compared. */
const SLOTS = 2 ** 16

/** A slot in which values of several regions lie. */
const SEVERAL = 0xffff

/**
 * Finds values by rank in one pass, as a rule: around each rank two values of a sample are taken between which it lies almost surely. All
 * values are counted by these ends, and only those kept that lie between such two. Where a rank lies elsewhere after all, another
 * pass looks there. Exact whatever the sample; memory is some 8 % of the values, 8 bytes each.
 *
 * @param ranks from 0, below `count`
 * @param count how many values there will be in a pass
 * @param sample some of the values; it is sorted in place
 * @example
 * const search = rankSearch([5000], 10_001, values.slice(0, 1000))
 * do search.take(values)
 * while (search.endPass())
 * search.result() // [ the median ]
 */
export function rankSearch(ranks: readonly number[], count: number, sample: Float64Array): RankSearch {
  const sorted = sample.sort()
  let pass: Pass | undefined = passOf(endsAround(ranks, count, sorted))
  const found = new Map<number, number>()

  return {
    take: (values) => pass?.take(values),
    endPass() {
      const missed = pass?.find(ranks, found) ?? []
      // The ends stay; what lies between those around a rank that was missed is kept now, and nothing else.
      pass = pass && missed.length > 0 ? passOf({ ends: pass.ends, wanted: missed }) : undefined
      return pass !== undefined
    },
    result: () => ranks.map((rank) => found.get(rank) as number),
  }
}

/**
 * The values that have certain places in the order of doubles, which are not changed.
 *
 * @param values without NaN
 * @param ranks from 0, below the number of values
 * @example valuesAtRanks(Float64Array.of(3, 1, 2), [0, 1]) // [1, 2]
 */
export function valuesAtRanks(values: Float64Array, ranks: readonly number[]): readonly number[] {
  if (values.length <= SORTED) {
    const sorted = values.toSorted()
    return ranks.map((rank) => sorted[rank] as number)
  }
  const search = rankSearch(ranks, values.length, sampleOf(values))
  do search.take(values)
  while (search.endPass())
  return search.result()
}

/** Some of many values, by which others are looked for. */
export function sampleOf(values: Float64Array): Float64Array {
  return everyNth(values, Math.max(8, Math.ceil(values.length / RANK_SAMPLE)))
}

/** Values that cut all doubles into regions: below the first, the first itself, between the first and the second … */
interface Cut {
  /** In ascending order, all different. */
  readonly ends: Float64Array
  /** Regions whose values are kept: even numbers, since an odd one holds a single value. */
  readonly wanted: readonly number[]
}

function endsAround(ranks: readonly number[], count: number, sample: Float64Array): Cut {
  if (sample.length === 0) return { ends: new Float64Array(), wanted: [0] }
  const places = ranks.map((rank) => {
    const share = (rank + 0.5) / count
    const [middle, off] = [share * sample.length, FAR * Math.sqrt(share * (1 - share) * sample.length) + 1]
    return [Math.floor(middle - off), Math.ceil(middle + off)] as const
  })
  const at = (place: number): number => (sample[place] as number) + 0
  const inside = places.flat().filter((place) => place >= 0 && place < sample.length)
  const ends = Float64Array.from(new Set(inside.map(at))).sort()
  const wanted = new Set<number>()
  for (const [low, high] of places) {
    const from = low < 0 ? 0 : 2 * countBelow(ends, at(low)) + 2
    const to = high >= sample.length ? 2 * ends.length : 2 * countBelow(ends, at(high))
    for (let region = from; region <= to; region += 2) wanted.add(region)
  }
  return { ends, wanted: [...wanted] }
}

interface Pass {
  readonly ends: Float64Array
  take(values: Float64Array): void
  /** Notes the values at the ranks, and gives the regions in which others lie that were not kept. */
  find(ranks: readonly number[], found: Map<number, number>): number[]
}

function passOf({ ends, wanted }: Cut): Pass {
  const regions = 2 * ends.length + 1
  const counts = new Float64Array(regions)
  const isWanted = new Uint8Array(regions)
  for (const region of wanted) isWanted[region] = 1
  const regionBySlot = slotRegions(ends)
  let kept = new Float64Array(2048)
  let length = 0

  return {
    ends,
    take(values) {
      const bits = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
      for (let at = 0; at < values.length; at++) {
        let region = regionBySlot[(bits[2 * at + 1] as number) >>> 16] as number
        if (region === SEVERAL) region = regionOf(ends, values[at] as number)
        counts[region] = (counts[region] as number) + 1
        if (isWanted[region] === 0) continue
        if (length === kept.length) {
          const more = new Float64Array(length * 2)
          more.set(kept)
          kept = more
        }
        kept[length++] = values[at] as number
      }
    },
    find(ranks, found) {
      const missed = new Set<number>()
      const inKept: { readonly rank: number; readonly place: number }[] = []
      for (const rank of ranks) {
        if (found.has(rank)) continue
        let [region, before, keptBefore] = [0, 0, 0]
        while (rank >= before + (counts[region] as number)) {
          before += counts[region] as number
          if (isWanted[region] === 1) keptBefore += counts[region] as number
          region++
        }
        if (region % 2 === 1) found.set(rank, ends[(region - 1) / 2] as number)
        else if (isWanted[region] === 1) inKept.push({ rank, place: keptBefore + rank - before })
        else missed.add(region)
      }
      const places = inKept.map(({ place }) => place)
      const values = places.length === 0 ? [] : valuesAtRanks(kept.subarray(0, length), places)
      for (const [at, { rank }] of inKept.entries()) found.set(rank, (values[at] as number) + 0)
      return [...missed]
    },
  }
}

/** The region of all doubles that begin with the same 16 bits. */
function slotRegions(ends: Float64Array): Uint16Array {
  const regions = new Uint16Array(SLOTS)
  const double = new Float64Array(1)
  const halves = new Uint32Array(double.buffer)
  for (let slot = 0; slot < SLOTS; slot++) {
    halves[0] = 0
    halves[1] = slot * 2 ** 16
    const first = regionOf(ends, double[0] as number)
    halves[0] = 0xffff_ffff
    halves[1] = slot * 2 ** 16 + 0xffff
    regions[slot] = first === regionOf(ends, double[0] as number) ? first : SEVERAL
  }
  return regions
}

/** The region of a value: twice the number of ends below it, and one more where it is an end. */
function regionOf(ends: Float64Array, value: number): number {
  const below = countBelow(ends, value)
  return ends[below] === value ? 2 * below + 1 : 2 * below
}

function countBelow(ends: Float64Array, value: number): number {
  let [low, high] = [0, ends.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ends[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
