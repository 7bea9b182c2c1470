import { width } from '../table.ts'
import { html, NOTHING, sizeOf, type Html } from './markup.ts'

/** Longest name and longest value that a page shows, in columns of a terminal. */
const LONGEST = 80

/** Text that is not too long: cut, with `…` where something is cut away. */
export function shortened(text: string, to = LONGEST): string {
  if (text.length <= to / 2) return text
  let kept = ''
  let columns = 0
  for (const character of text) {
    columns += width(character)
    if (columns > to) return `${kept}…`
    kept += character
  }
  return text
}

/** Items that fit into so many bytes, as HTML, and how many do not. What does not fit is not even written. */
export function fitting<Item>(
  items: readonly Item[],
  room: number,
  write: (item: Item, at: number) => Html,
): { readonly shown: readonly Html[]; readonly left: number } {
  const shown: Html[] = []
  let bytes = 0
  for (const [at, item] of items.entries()) {
    const piece = write(item, at)
    bytes += sizeOf(piece)
    if (bytes > room) return { shown, left: items.length - at }
    shown.push(piece)
  }
  return { shown, left: 0 }
}

/** What is said of what does not fit. */
export function leftOut(left: number, noun: string): Html | undefined {
  if (left === 0) return undefined
  return html`<p class="note">
    ${left.toLocaleString('en-US')} more ${noun}${left === 1 ? '' : 's'} left out here: JSON has all.
  </p>`
}

/** What stands in the place of a part that has no room. */
const TOO_LONG = html`<p class="note">Left out for length: JSON has it.</p>`

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
    const kept = sizeOf(made) <= share ? made : sizeOf(TOO_LONG) <= share ? TOO_LONG : NOTHING
    rest -= Math.min(rest, sizeOf(kept))
    weight -= weightOf(at)
    return kept
  })
}
