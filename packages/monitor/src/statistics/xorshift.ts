/**
 * Numbers in 0–1, the same on every run: Marsaglia's xorshift of 128 bits.
 *
 * @see Marsaglia (2003), Journal of Statistical Software 8 (14), 3.1
 */
export function xorshift(): () => number {
  let x = 123_456_789
  let y = 362_436_069
  let z = 521_288_629
  let w = 88_675_123
  return () => {
    const mixed = x ^ (x << 11)
    x = y
    y = z
    z = w
    w = w ^ (w >>> 19) ^ (mixed ^ (mixed >>> 8))
    return (w >>> 0) / 2 ** 32
  }
}
