import { keyBuckets, widthFor, type KeyBuckets } from '@dayshift/core/ground'

/** A part of all keys: those with the same first bits. */
export interface KeyRange {
  /** Values of the first sample, and of the second, that lie before it. */
  readonly before: readonly [number, number]
  /** How many lie in it. */
  readonly within: readonly [number, number]
  /** How many bits its keys have in common. */
  readonly depth: number
  /** The bucket of the last cut that it is. */
  readonly bucket: number
  /** Its least key: the bits that all have, then 0. */
  readonly least: readonly [high: number, low: number]
  /** No gap within it is larger: i·b − j·a. */
  readonly bound: number
}

/** Cuts ranges that have not all bits in common, the heavier the finer. */
export function nextBuckets(most: number, ranges: readonly KeyRange[]): KeyBuckets {
  const all = ranges.reduce((sum, { within }) => sum + within[0] + within[1], 0)
  const width = Uint8Array.from(ranges, ({ depth, within }) =>
    widthFor((most * (within[0] + within[1])) / all, 64 - depth, 1),
  )
  return keyBuckets(
    Uint8Array.from(ranges, ({ depth }) => depth),
    width,
  )
}
