/** The nearest whole number, and of two as near the even one: as numpy rounds, and Math.round does not. */
export function roundHalfEven(x: number): number {
  const rounded = Math.round(x)
  return Math.abs(x - Math.trunc(x)) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}
