import type { ListedItem } from '../listing.ts'
import type { Terminal } from '../terminal.ts'
import { wrap } from './table.ts'
import { printable } from './words.ts'

const MARKS = { fails: ['red', '✖'], warns: ['yellow', '!'], holds: ['green', '✔'] } as const

/** A listed item as lines for a person. */
export function itemLines({ kind, message, verdict }: ListedItem, terminal: Terminal): string[] {
  const [style, sign] = MARKS[verdict]
  const [first = '', ...rest] = wrap(`${kind}: ${printable(message)}`, terminal.columns, `${sign} `)
  return [terminal.paint(style, sign) + first.slice(sign.length), ...rest]
}
