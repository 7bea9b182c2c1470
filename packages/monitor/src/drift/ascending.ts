const sorted = new WeakMap<Float64Array, Float64Array>()

/** The values in ascending order, sorted once however many detectors ask; what is given is not changed. */
export function ascending(values: Float64Array): Float64Array {
  let copy = sorted.get(values)
  if (!copy) {
    copy = Float64Array.from(values).sort()
    sorted.set(values, copy)
  }
  return copy
}

/** How many values of an ascending array are below a value, or at it too. */
export function countBelow(values: Float64Array, value: number, orAt = false): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const one = values[middle] as number
    if (orAt ? one <= value : one < value) low = middle + 1
    else high = middle
  }
  return low
}
