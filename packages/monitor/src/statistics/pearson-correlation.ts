import { failure } from '../codes.ts'

/**
 * Pearson's correlation of pairs, −1 to 1: how near they lie to a line. As scipy.stats.pearsonr, to 1e-13.
 *
 * @param x finite, in any unit
 * @param y as many, in any unit
 * @returns NaN where all values of a side are equal, or one is NaN or infinite
 * @throws DS_SAMPLE_INVALID where there are fewer than 2 pairs, or sides of different lengths
 * @see Pearson (1895), Proc. R. Soc. Lond. 58
 * @example pearsonCorrelation([1, 2, 3], [2, 4, 7]) // 0.9933992677987828
 */
export function pearsonCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length)
    throw failure('DS_SAMPLE_INVALID', `pairs are wanted, and there are ${x.length} values and ${y.length}`)
  if (x.length < 2) throw failure('DS_SAMPLE_INVALID', `a correlation is of 2 pairs or more, not of ${x.length}`)
  const [meanX, meanY] = [meanOf(x), meanOf(y)]
  let [xx, yy, xy] = [0, 0, 0]
  for (let at = 0; at < x.length; at++) {
    const [dx, dy] = [(x[at] as number) - meanX, (y[at] as number) - meanY]
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  if (xx === 0 || yy === 0) return NaN
  const r = xy / (Math.sqrt(xx) * Math.sqrt(yy))
  return Math.min(1, Math.max(-1, r))
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at] as number
  return sum / values.length
}
