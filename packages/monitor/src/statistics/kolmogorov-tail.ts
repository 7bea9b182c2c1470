/**
 * The chance that Kolmogorov's limiting distribution is at least z: 2·Σₖ (−1)^(k−1)·exp(−2k²z²), and below z = 1, where
 * that series is slow, 1 − √(2π)/z·Σₖ exp(−(2k−1)²π²/(8z²)).
 *
 * Relative error below 1e-13 wherever the result is a normal double (z < 18.8); 1 for z ≤ 0.
 *
 * @param z the statistic D times √(n₁n₂/(n₁+n₂)), no unit
 * @see Kolmogorov (1933), Giornale dell'Istituto Italiano degli Attuari 4; scipy.special.kolmogorov is the same function
 * @example kolmogorovTail(1.3580986393225505) // 0.05
 */
export function kolmogorovTail(z: number): number {
  if (z <= 0) return 1
  if (z < 1) {
    const step = Math.PI ** 2 / (8 * z * z)
    let sum = 0
    for (let k = 1; k <= 9; k += 2) sum += Math.exp(-k * k * step)
    return 1 - (Math.sqrt(2 * Math.PI) / z) * sum
  }
  let sum = 0
  for (let k = 5; k >= 1; k--) sum = Math.exp(-2 * k * k * z * z) - sum
  return 2 * sum
}
