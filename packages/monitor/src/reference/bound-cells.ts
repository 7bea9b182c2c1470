import { NO_CELLS, type EcdfCells } from './ecdf-cells.ts'

/** Exponents of doubles together with their signs: so many parts numbers fall into at most before cells are made within them. */
export const FEWEST_CELLS = 4096

/**
 * Joins cells of parts that share no row, into so many at most.
 *
 * Up to `most` different values each keeps a cell of its own. Of more, doubles of one exponent and sign get an equal share of the
 * cells, a power of 2; and of that, each half of their range that holds a value gets half, and so on. Only where values lie decides,
 * not how many nor in which order they came. So the cells of parts, joined, are those of the whole to the last bit: joining is
 * associative and commutative.
 *
 * @param parts each as this function gave it, or cells of one value
 * @param most a power of 2, 4096 or more
 */
export function boundCells(parts: readonly EcdfCells[], most: number): EcdfCells {
  const all = parts.reduce(joined, NO_CELLS)
  const { low, high } = all
  if (low.length <= most && low.every((value, at) => value === high[at])) return all
  const octaves = octavesOf(low)
  const budget = most / 2 ** Math.ceil(Math.log2(octaves.length))
  const ends: number[] = []
  for (const [at, { from, start, end }] of octaves.entries()) {
    split(all, { from, to: octaves[at + 1]?.from ?? low.length, start, end }, budget, ends)
  }
  return taken(all, ends)
}

/** Two lists of cells as one, in which those that overlap are one cell. */
function joined(a: EcdfCells, b: EcdfCells): EcdfCells {
  if (a.low.length === 0) return b
  if (b.low.length === 0) return a
  const room = a.low.length + b.low.length
  const low = new Float64Array(room)
  const high = new Float64Array(room)
  const counts = new Float64Array(room)
  let [p, q, length] = [0, 0, 0]
  while (p < a.low.length || q < b.low.length) {
    const isFirst = q === b.low.length || (p < a.low.length && (a.low[p] as number) <= (b.low[q] as number))
    const cells = isFirst ? a : b
    const at = isFirst ? p++ : q++
    const [from, to, count] = [cells.low[at] as number, cells.high[at] as number, cells.counts[at] as number]
    if (length > 0 && from <= (high[length - 1] as number)) {
      high[length - 1] = Math.max(high[length - 1] as number, to)
      counts[length - 1] = (counts[length - 1] as number) + count
      continue
    }
    low[length] = from
    high[length] = to
    counts[length++] = count
  }
  return { low: low.subarray(0, length), high: high.subarray(0, length), counts: counts.subarray(0, length) }
}

/** Where doubles of one exponent and sign begin among the cells, and between which sizes they lie. */
interface Octave {
  readonly from: number
  readonly start: number
  readonly end: number
}

function octavesOf(low: Float64Array): Octave[] {
  const found: Octave[] = []
  let last = -1
  for (const [from, value] of low.entries()) {
    const key = octaveOf(value)
    if (key === last) continue
    last = key
    const exponent = key & 0x7ff
    // Zero and what is smaller than any normal double are one octave, the infinities one each.
    const start = exponent === 0 ? 0 : 2 ** (exponent - 1023)
    found.push({
      from,
      start,
      end: exponent === 0x7ff ? Infinity : 2 ** (Math.max(exponent, 1) - 1023) * (exponent === 0 ? 1 : 2),
    })
  }
  return found
}

const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)

/** The first 12 bits of a double: its sign and exponent. There is one zero. */
function octaveOf(value: number): number {
  double[0] = value + 0
  return (halves[1] as number) >>> 20
}

/** Cells between sizes of one exponent, those of negative numbers counted from zero downwards. */
interface Node {
  readonly from: number
  readonly to: number
  readonly start: number
  readonly end: number
}

/** Cuts a node in halves until its share is used up, and notes before which cell each part ends. */
function split(cells: EcdfCells, node: Node, budget: number, ends: number[]): void {
  const { from, to } = node
  let { start, end } = node
  const { low, high } = cells
  if (to - from === 1 || budget <= 1) {
    ends.push(to)
    return
  }
  const isNegative = (low[from] as number) < 0
  const least = isNegative ? -(high[to - 1] as number) : (low[from] as number)
  const greatest = isNegative ? -(low[from] as number) : (high[to - 1] as number)
  // The smallest range of halves of halves in which all lie.
  let middle = start + (end - start) / 2
  while (least >= middle || greatest < middle) {
    if (least >= middle) start = middle
    else end = middle
    middle = start + (end - start) / 2
  }
  const edge = isNegative ? -middle : middle
  let [first, last] = [from, to]
  while (first < last) {
    const at = (first + last) >>> 1
    const isBefore = isNegative ? (low[at] as number) <= edge : (low[at] as number) < edge
    if (isBefore) first = at + 1
    else last = at
  }
  const before = high[first - 1] as number
  // A cell that lies on both sides was not made here, or by a larger share: it stays whole, and all around it with it.
  if (isNegative ? before > edge : before >= edge) {
    ends.push(to)
    return
  }
  const [near, far] = [
    { start, end: middle },
    { start: middle, end },
  ]
  split(cells, { from, to: first, ...(isNegative ? far : near) }, budget / 2, ends)
  split(cells, { from: first, to, ...(isNegative ? near : far) }, budget / 2, ends)
}

function taken(cells: EcdfCells, ends: readonly number[]): EcdfCells {
  const low = new Float64Array(ends.length)
  const high = new Float64Array(ends.length)
  const counts = new Float64Array(ends.length)
  let from = 0
  for (const [at, to] of ends.entries()) {
    low[at] = cells.low[from] as number
    high[at] = cells.high[to - 1] as number
    for (; from < to; from++) counts[at] = (counts[at] as number) + (cells.counts[from] as number)
  }
  return { low, high, counts }
}
