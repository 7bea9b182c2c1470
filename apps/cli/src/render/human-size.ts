const UNITS = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z']

/**
 * Bytes in the three digits and powers of 1024 that DVC tells them in; nothing where they are not known.
 *
 * @example humanSize(4096) // '4.00k'
 */
export function humanSize(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return ''
  if (bytes < 1024) return String(bytes)
  let number = bytes
  let unit = 0
  for (; number >= 999.5 && unit < UNITS.length - 1; unit++) number /= 1024
  const digits = number < 9.995 ? 2 : number < 99.95 ? 1 : 0
  return fixed(number, digits) + (UNITS[unit] as string)
}

/** As Python writes it: what lies in the middle goes to the even digit. */
function fixed(number: number, digits: number): string {
  const scaled = number * 10 ** digits
  if (scaled % 1 !== 0.5) return number.toFixed(digits)
  return ((Math.floor(scaled) + (Math.floor(scaled) % 2)) / 10 ** digits).toFixed(digits)
}
