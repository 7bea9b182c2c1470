import type { ColumnDrift, FactValue } from '@dayshift/core'
import { valueWords } from '../words.ts'
import { shortened } from './bounded.ts'
import { keys } from './histogram.ts'
import { html, NOTHING, type Html } from './markup.ts'
import { at, shareWords } from './numbers.ts'
import { tableOf } from './table.ts'

/** Values that are shown of a column. */
const MOST = 12

const WIDTH = 180

/** A value and the share of each side's rows that have it; undefined where it is not among the most frequent there. */
interface Share {
  readonly name: string
  readonly reference: number | undefined
  readonly current: number | undefined
}

/** Values and ranges as bars: what moved most, what is new and lost, and the most frequent ones. */
export function categoryBars(drift: ColumnDrift, rows: readonly [number, number], id: string, room: number): Html {
  const shares = sharesOf(drift, rows).slice(0, MOST)
  if (shares.length === 0) return NOTHING
  const most = Math.max(...shares.flatMap(({ reference = 0, current = 0 }) => [reference, current]))
  const table = tableOf({
    id,
    caption: `Values of ${shortened(drift.column)}: share of the rows before and now`,
    noun: 'value',
    columns: [{ head: 'value' }, { head: '' }, { head: 'before', isNumber: true }, { head: 'now', isNumber: true }],
    rows: shares.map(({ name, reference, current }) => [
      html`<bdi>${name}</bdi>`,
      bars(reference ?? 0, current ?? 0, most),
      reference === undefined ? '' : shareWords(reference),
      current === undefined ? '' : shareWords(current),
    ]),
    room: room - 300,
  })
  return html`${table}
    <p class="note">${keys()}</p>`
}

function bars(reference: number, current: number, most: number): Html {
  const wide = (share: number): string => at(most === 0 ? 0 : Math.max(share > 0 ? 1 : 0, (share / most) * WIDTH))
  return html`<svg width="${WIDTH}" height="22" viewBox="0 0 ${WIDTH} 22" aria-hidden="true">
    <rect class="ref" x="0" y="1" width="${wide(reference)}" height="9" />
    <rect class="cur" x="0" y="12" width="${wide(current)}" height="9" />
  </svg>`
}

function sharesOf(
  { moved = [], newValues = [], lostValues = [], reference, current }: ColumnDrift,
  [before, now]: readonly [number, number],
): Share[] {
  const told = [...moved, ...newValues, ...lostValues]
  const found = new Map<string, Share>(
    told.map(({ cell, reference: was, current: is }) => [cell, { name: nameOf(cell), reference: was, current: is }]),
  )
  // Ranges say it all; of numbers the histogram does.
  if (reference.histogram && current.histogram) return [...found.values()]
  const [was, is] = [topOf(reference.top, before), topOf(current.top, now)]
  // Where a side has no more values than are listed, one that is not listed is not there.
  const [rest, left] = [restOf(reference), restOf(current)]
  for (const cell of [...was.keys(), ...is.keys()]) {
    if (found.has(cell)) continue
    found.set(cell, { name: nameOf(cell), reference: was.get(cell) ?? rest, current: is.get(cell) ?? left })
  }
  return [...found.values()]
}

function topOf(
  top: readonly { readonly value: FactValue; readonly count: number }[] | undefined,
  rows: number,
): Map<string, number> {
  return new Map((top ?? []).map(({ value, count }) => [String(value), rows === 0 ? 0 : count / rows]))
}

function restOf({ distinct, top = [] }: ColumnDrift['reference']): number | undefined {
  return distinct <= top.length ? 0 : undefined
}

function nameOf(cell: string): string {
  return cell === '' ? "''" : shortened(valueWords(cell), 40)
}
