/** Every way to give the pooled values to two samples of these sizes: all are equally likely where nothing drifted. */
export function* orders(pooled: readonly number[], n1: number): Generator<[a: number[], b: number[]]> {
  for (let taken = 0; taken < 1 << pooled.length; taken++) {
    const a = pooled.filter((_, at) => (taken >> at) & 1)
    if (a.length === n1) yield [a, pooled.filter((_, at) => !((taken >> at) & 1))]
  }
}

/** The numbers 0 to n − 1: values without ties. */
export function ranks(n: number): number[] {
  return Array.from({ length: n }, (_, at) => at)
}

/**
 * How far p-values are from the share of orders with a statistic at least as large, the largest difference; 0 for a test that is exact given
 * the pooled values.
 */
export function fromCounting(
  pooled: readonly number[],
  n1: number,
  test: (a: number[], b: number[]) => { readonly statistic: number; readonly pValue: number },
): number {
  const results = [...orders(pooled, n1)].map(([a, b]) => test(a, b))
  const errors = results.map(({ statistic, pValue }) => {
    const asFar = results.filter((other) => other.statistic >= statistic - 1e-9).length
    return Math.abs(pValue - asFar / results.length)
  })
  return Math.max(...errors)
}
