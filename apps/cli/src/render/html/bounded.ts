import { clip } from '../table.ts'
import { html, sizeOf, type Html } from './markup.ts'

/** Longest name and longest value that a page shows, in columns of a terminal. */
const LONGEST = 80

/** Text that is not too long. */
export function shortened(text: string, to = LONGEST): string {
  // Where texts are very long, to measure them takes its time.
  return clip(text.length > 4 * to ? text.slice(0, 4 * to) : text, to)
}

/** Pieces that fit into so many bytes, and how many do not. */
export function fitting(
  pieces: readonly Html[],
  room: number,
): { readonly shown: readonly Html[]; readonly left: number } {
  let bytes = 0
  const end = pieces.findIndex((piece) => {
    bytes += sizeOf(piece)
    return bytes > room
  })
  return end < 0 ? { shown: pieces, left: 0 } : { shown: pieces.slice(0, end), left: pieces.length - end }
}

/** What is said of what does not fit. */
export function leftOut(left: number, noun: string): Html | undefined {
  if (left === 0) return undefined
  return html`<p class="note">
    ${left.toLocaleString('en-US')} more ${noun}${left === 1 ? '' : 's'} left out here: JSON has all.
  </p>`
}

/** A part of a page that is written as long as it may be. */
export type Part = (room: number) => Html

/**
 * Parts one after another in so many bytes: each may take what the ones before have left it, by equal shares.
 *
 * @param weights what a part takes of a share; default: 1 each
 */
export function inTurn(parts: readonly Part[], room: number, weights: readonly number[] = []): Html[] {
  const weightOf = (at: number): number => weights[at] ?? 1
  let rest = room
  let weight = parts.reduce((sum, _, at) => sum + weightOf(at), 0)
  return parts.map((part, at) => {
    const share = Math.floor((rest * weightOf(at)) / weight)
    const made = part(share)
    const kept = sizeOf(made) > share ? html`<p class="note">Left out for length: JSON has it.</p>` : made
    rest -= Math.min(rest, sizeOf(kept))
    weight -= weightOf(at)
    return kept
  })
}
