/** A running sum of whole numbers below 2^53, exact beyond it. */
export function wholeSum(): { add(x: number): void; value(): bigint } {
  let high = 0n
  let low = 0
  return {
    add(x) {
      if (low + x > Number.MAX_SAFE_INTEGER) {
        high += BigInt(low)
        low = x
      } else low += x
    },
    value: () => high + BigInt(low),
  }
}

/** a/b as a double, also where neither is one. Relative error below 4e-16. */
export function ratio(a: bigint, b: bigint): number {
  const excess = Math.max(bits(a), bits(b)) - 1000
  if (excess <= 0) return Number(a) / Number(b)
  // Both are cut to what a double holds, and the powers of two that went are put back.
  const [fromA, fromB] = [Math.max(0, bits(a) - 64), Math.max(0, bits(b) - 64)]
  const quotient = Number(a >> BigInt(fromA)) / Number(b >> BigInt(fromB))
  const power = fromA - fromB
  return quotient * 2 ** Math.trunc(power / 2) * 2 ** (power - Math.trunc(power / 2))
}

function bits(x: bigint): number {
  return (x < 0n ? -x : x).toString(16).length * 4
}
