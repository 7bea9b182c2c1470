/** A complex number. */
export type Complex = readonly [re: number, im: number]

/** A sum of independent chi-square variables, each times a positive weight, by what its tail needs to know. */
export interface QuadraticForm {
  /** Where the moment generating function E e^(sX) first becomes infinite: 1 / (2 · the largest weight). */
  readonly abscissa: number
  /**
   * log E e^(sX) for complex s, without jumps in the upper half plane and on the real axis below the abscissa.
   *
   * @param left the abscissa less s: near 0 where s has lost its digits
   */
  readonly logMoment: (s: Complex, left: Complex) => Complex
}

/**
 * The chance that a weighted sum of chi-square variables is at least x: (1/2πi)·∫ E e^(sX)·e^(−sx)/s ds along a parabola that crosses
 * the real axis between 0 and the abscissa and bends around all that lies beyond, by the trapezoidal rule. e^(−abscissa·x) is taken
 * out first, so small tails keep their digits: relative error below 1e-13 down to 1e-300 (measured against 40 digits).
 *
 * @param x 0 or more, in the unit of the sum
 * @see Weideman and Trefethen (2007), Math. Comp. 76, for contours of this kind; Imhof (1961), Biometrika 48, for the sums
 */
export function quadraticFormTail({ abscissa, logMoment }: QuadraticForm, x: number): number {
  const room = x * abscissa
  if (!(room > 0.02)) return 1
  const crossing = Math.min(2, room / 4)
  const end = Math.sqrt(1 + 45 / crossing)
  const step = 0.11
  let sum = 0
  for (let k = 0; k * step < end; k++) {
    const u = k * step
    // z = crossing·(1 − iu)²; s = (room − z)/x has its imaginary part above 0.
    const z: Complex = [crossing * (1 - u * u), -2 * crossing * u]
    const s: Complex = [(room - z[0]) / x, -z[1] / x]
    const [logSize, angle] = logMoment(s, [z[0] / x, z[1] / x])
    const size = Math.exp(logSize + z[0])
    const value: Complex = [size * Math.cos(angle + z[1]), size * Math.sin(angle + z[1])]
    // Re(value·(1 − iu)/s)
    const turned: Complex = [value[0] + value[1] * u, value[1] - value[0] * u]
    const real = (turned[0] * s[0] + turned[1] * s[1]) / (s[0] ** 2 + s[1] ** 2)
    sum += k === 0 ? real / 2 : real
  }
  const p = ((2 * crossing * step) / (Math.PI * x)) * sum * Math.exp(-room)
  return Math.min(1, Math.max(0, p))
}

/**
 * log sin (π − e) for e below the real axis or in (0, π): log(i/2) − iw + log(1 − e^(2iw)) with w = π − e, which never jumps, and keeps its
 * digits near e = 0.
 */
export function logSine([p, q]: Complex): Complex {
  const shrunk = Math.exp(2 * q)
  const re = 2 * shrunk * Math.sin(p) ** 2 - Math.expm1(2 * q)
  const im = shrunk * Math.sin(2 * p)
  return [Math.log(Math.hypot(re, im)) - q - Math.LN2, Math.atan2(im, re) + p - Math.PI / 2]
}

/**
 * 1 − √(1 − t) for t below the real axis or real and below 1, as t/(1 + √(1 − t)).
 *
 * @returns below the real axis, or real
 */
export function rootGap([re, im]: Complex): Complex {
  const root = squareRoot([1 - re, -im])
  const [a, b] = [1 + root[0], root[1]]
  const square = a * a + b * b
  return [(re * a + im * b) / square, (im * a - re * b) / square]
}

/** The root of a number in the upper half plane or above 0, with both parts 0 or more. */
function squareRoot([re, im]: Complex): Complex {
  const size = Math.hypot(re, im)
  return [Math.sqrt(Math.max(0, (size + re) / 2)), Math.sqrt(Math.max(0, (size - re) / 2))]
}
