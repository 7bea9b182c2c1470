/** Values of two or more samples in common order, run by run of equal values. */
export interface Run {
  /** Values of all samples before the run. */
  readonly before: number
  /** Equal values in the run, of all samples. */
  readonly size: number
  /** Of each sample, values before the run. */
  readonly counts: readonly number[]
  /** Of each sample, values in the run. */
  readonly sizes: readonly number[]
}

/**
 * The runs of equal values of the pooled samples, ascending. The midrank of a run is before + (size + 1)/2. O(n·k).
 *
 * @param samples each ascending, without NaN
 */
export function* runsOf(samples: readonly Float64Array[]): Generator<Run> {
  const counts = samples.map(() => 0)
  for (let before = 0; ;) {
    let value = Infinity
    let left = false
    for (const [at, sample] of samples.entries()) {
      const next = sample[counts[at] as number]
      if (next !== undefined && next <= value) [value, left] = [next, true]
    }
    if (!left) return
    const start = [...counts]
    let size = 0
    const sizes = samples.map((sample, at) => {
      const from = counts[at] as number
      let to = from
      while (to < sample.length && sample[to] === value) to++
      counts[at] = to
      size += to - from
      return to - from
    })
    yield { before, size, counts: start, sizes }
    before += size
  }
}
