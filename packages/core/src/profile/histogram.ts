/**
 * How many values lie where. Bin `i` holds the values from `edges[i]` up to but not with `edges[i + 1]`; the last bin
 * holds its upper edge too. There is one edge more than counts. Edges are numbers; those of dates and timestamps are
 * milliseconds since 1970 in UTC, as `new Date(edge)` takes them.
 */
export interface Histogram {
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}

/** Between which edges values are counted, and how to find the bin of one. */
export interface Bins {
  readonly edges: readonly number[]
  /** Edge `i` is `edges[0] + i * width`, in doubles; the last is the largest value. */
  readonly width: number
}

/** Bins where the caller names no number. */
export const DEFAULT_BINS = 20

/**
 * Bins of equal width between two values.
 *
 * - Whole steps (integers, days) that span no more than `bins` of them get one bin each: bin `i` holds `low + i * step`.
 * - One value, or two so close that a double has no room between them, get one bin.
 *
 * @param low smallest value; finite
 * @param high largest value; finite
 * @param bins how many
 * @param step distance of neighbours where values are whole: 1 for integers, a day's milliseconds for dates
 * @returns undefined where the values lie further apart than a double can say
 * @example binsOf(0, 1, 4)?.edges // [0, 0.25, 0.5, 0.75, 1]
 * @example binsOf(1, 3, 20, 1)?.edges // [1, 2, 3, 4]
 */
export function binsOf(low: number, high: number, bins: number, step?: number): Bins | undefined {
  if (!Number.isFinite(high - low)) return undefined
  if (step !== undefined && high - low < bins * step) {
    const edges = equalEdges(low, high + step, (high - low) / step + 1, step)
    if (growing(edges)) return { edges, width: step }
  }
  const width = (high - low) / bins
  const edges = equalEdges(low, high, bins, width)
  return growing(edges) ? { edges, width } : { edges: [low, high], width: 0 }
}

function equalEdges(low: number, high: number, bins: number, width: number): number[] {
  return Array.from({ length: bins + 1 }, (_, at) => (at === bins ? high : low + at * width))
}

function growing(edges: readonly number[]): boolean {
  return edges.every((edge, at) => at === 0 || edge > (edges[at - 1] as number))
}

/**
 * Joins the histograms of two parts. Where the edges are the same, so is the result: counts are added. Elsewhere both are
 * laid over edges that span the two, each bin's values taken as spread evenly over it: counts stay whole and their sum
 * exact, and an edge is off by no more than what the bin that it cuts held.
 *
 * @param step as for {@link binsOf}
 * @returns null where the parts lie further apart than a double can say
 */
export function mergeHistograms(a: Histogram, b: Histogram, step?: number): Histogram | null {
  const edges = sameEdges(a, b) ? a.edges : unionEdges(a, b, step)
  if (edges === undefined) return null
  const below = edges.map((edge, at) =>
    at === edges.length - 1 ? total(a) + total(b) : Math.round(countBelow(a, edge) + countBelow(b, edge)),
  )
  return { edges, counts: below.slice(1).map((count, at) => count - (below[at] as number)) }
}

function sameEdges(a: Histogram, b: Histogram): boolean {
  return a.edges.length === b.edges.length && a.edges.every((edge, at) => edge === b.edges[at])
}

function unionEdges(a: Histogram, b: Histogram, step: number | undefined): readonly number[] | undefined {
  const low = Math.min(a.edges[0] as number, b.edges[0] as number)
  const bins = Math.max(a.counts.length, b.counts.length, DEFAULT_BINS)
  const whole = step !== undefined && isWhole(a, step) && isWhole(b, step)
  // A bin a value ends one step beyond the largest.
  const high = Math.max(a.edges.at(-1) as number, b.edges.at(-1) as number) - (whole ? step : 0)
  return binsOf(low, high, bins, whole ? step : undefined)?.edges
}

/** Whether a histogram has one bin a value. */
function isWhole({ edges }: Histogram, step: number): boolean {
  return edges.every((edge, at) => at === 0 || edge - (edges[at - 1] as number) === step)
}

function total({ counts }: Histogram): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** How many values lie below an edge, those within a bin taken as spread evenly over it. */
function countBelow({ edges, counts }: Histogram, edge: number): number {
  let sum = 0
  counts.forEach((count, at) => {
    const [from, to] = [edges[at] as number, edges[at + 1] as number]
    if (edge > to) sum += count
    else if (edge > from) sum += count * ((edge - from) / (to - from))
  })
  return sum
}
