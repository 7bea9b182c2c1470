/** The smallest and the largest of some values. */
export interface Extent {
  readonly low: number
  readonly high: number
}

const known = new WeakMap<Float64Array, Extent>()

/** Where values lie, found once however many detectors ask; at least one value, without NaN. */
export function extentOf(values: Float64Array): Extent {
  let extent = known.get(values)
  if (!extent) {
    let [low, high] = [Infinity, -Infinity]
    for (let at = 0; at < values.length; at++) {
      const value = values[at] as number
      if (value < low) low = value
      if (value > high) high = value
    }
    extent = { low, high }
    known.set(values, extent)
  }
  return extent
}
