import { failure } from './codes.ts'

/** Seconds in one unit of a duration. */
const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Bytes in one unit of a size. Units of 1000 and of 1024 keep their own names. */
const SIZE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
}

/** Letters that no amount has more of; a longer text is none, and is not looked through. */
const LONGEST = 100

function shortText(value: string | number): string {
  const text = String(value)
  return text.length > LONGEST ? '' : text
}

function told(value: string | number): string {
  const text = String(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/**
 * Reads a duration: a number and one of `ms s m h d w`. A number without a unit counts seconds.
 *
 * @returns seconds
 * @throws DS_UNIT where the text is no duration, or is below zero
 * @example parseDuration('24h') // 86400
 */
export function parseDuration(value: string | number): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)?\s*$/.exec(shortText(value))
  if (!match) {
    throw failure('DS_UNIT', `'${told(value)}' is not a duration`, {
      hint: 'Write a number and a unit, as 90s, 15m, 24h, 7d or 2w.',
    })
  }
  return Number(match[1]) * (DURATION_UNITS[match[2] ?? 's'] as number)
}

/**
 * Reads a share of a whole, above 0 and at most 1.
 *
 * @returns a number above 0 and at most 1
 * @throws DS_UNIT where the text is no such share
 * @example parseFraction('1%') // 0.01
 */
export function parseFraction(value: string | number): number {
  const match = /^\s*(\d*\.?\d+(?:[eE]-?\d+)?)\s*(%)?\s*$/.exec(shortText(value))
  const fraction = match ? Number(match[1]) / (match[2] ? 100 : 1) : Number.NaN
  if (!(fraction > 0 && fraction <= 1)) {
    throw failure('DS_UNIT', `'${told(value)}' is not a fraction`, {
      hint: 'Write 0.01 or 1%: more than 0 and at most 1 (100%).',
    })
  }
  return fraction
}

/**
 * Reads a size in bytes: a number and one of `B kB MB GB TB KiB MiB GiB TiB`, in any case.
 *
 * @returns whole bytes
 * @throws DS_UNIT where the text is no size
 * @example parseSize('10MB') // 10000000
 */
export function parseSize(value: string | number): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?i?b)?\s*$/i.exec(shortText(value))
  const unit = SIZE_UNITS[(match?.[2] ?? 'b').toLowerCase()]
  if (!match || unit === undefined) {
    throw failure('DS_UNIT', `'${told(value)}' is not a size`, {
      hint: 'Write a number and a unit, as 500kB, 10MB or 2GiB.',
    })
  }
  return Math.round(Number(match[1]) * unit)
}

/**
 * Writes a duration as a person says it, in its two largest units.
 *
 * @param seconds may be below zero
 * @example formatDuration(93_784) // '1d 2h'
 */
export function formatDuration(seconds: number): string {
  const milliseconds = Math.round(Math.abs(seconds) * 1000)
  const sign = seconds < 0 && milliseconds > 0 ? '-' : ''
  if (milliseconds < 1000) return `${sign}${milliseconds}ms`
  const tenths = Math.round(milliseconds / 100)
  if (tenths < 600) return `${sign}${tenths / 10}s`
  let rest = Math.round(milliseconds / 1000)
  const parts: string[] = []
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
    else if (parts.length > 0) break
  }
  return sign + parts.slice(0, 2).join(' ')
}

/**
 * Writes a size in units of 1000.
 *
 * @example formatSize(2_294_215) // '2.3 MB'
 */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  // Rounded first: 999 999 bytes are 1 MB, not 1000 kB.
  const rounded = Number(bytes.toPrecision(3))
  const power = Math.min(4, Math.floor(Math.log10(rounded) / 3))
  return `${rounded / 1000 ** power} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`
}
