import { open, type Frame } from '@dayshift/core'

/** A frame of columns given as arrays; `types` are the engine's, where values alone do not tell. */
export async function frameOf(
  columns: Readonly<Record<string, readonly unknown[]>>,
  types: Readonly<Record<string, string>> = {},
): Promise<Frame> {
  const names = Object.keys(columns)
  const length = Math.max(0, ...Object.values(columns).map((values) => values.length))
  const rows = Array.from({ length }, (_, at) =>
    Object.fromEntries(names.map((name) => [name, columns[name]?.[at] ?? null])),
  )
  const frame = await open(rows)
  return Object.keys(types).length === 0 ? frame : frame.cast(types)
}

/** Numbers in 0–1 that look random and are the same on every run (Mulberry32, by Tommy Ettinger; public domain). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** As {@link random}, normal with mean 0 and standard deviation 1 (Box and Muller). */
export function normal(seed: number): () => number {
  const next = random(seed)
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
}
