/**
 * A running sum that carries along what rounding loses (Neumaier 1974), so that its error does not grow with the count.
 *
 * @example
 * const sum = compensatedSum()
 * for (const x of [1, 1e100, 1, -1e100]) sum.add(x)
 * sum.value() // 2
 */
export function compensatedSum(): { add(x: number): void; value(): number } {
  let sum = 0
  let lost = 0
  return {
    add(x) {
      const next = sum + x
      lost += Math.abs(sum) >= Math.abs(x) ? sum - next + x : x - next + sum
      sum = next
    },
    value: () => (Number.isFinite(sum) ? sum + lost : sum),
  }
}
