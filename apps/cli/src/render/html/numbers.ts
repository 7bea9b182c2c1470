/** A coordinate: a tenth of a pixel is enough. */
export function at(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** A share as text: `12 %`, `< 0.1 %`. */
export function shareWords(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %'
  return `${Number((share * 100).toPrecision(3))} %`
}

/** An axis from one value to another, on so many pixels. */
export function axis(low: number, high: number, from: number, to: number): (value: number) => number {
  const span = high - low
  if (!(span > 0) || !Number.isFinite(span)) return () => (from + to) / 2
  return (value) => from + ((Math.min(high, Math.max(low, value)) - low) / span) * (to - from)
}
