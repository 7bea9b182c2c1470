import type { ColumnProfile } from '@dayshift/core'
import { rangeWords } from '../profile.ts'
import { cell, short } from '../words.ts'
import { shortened } from './bounded.ts'
import { miniHistogram } from './histogram.ts'
import { html, type Content, type Html } from './markup.ts'
import { tableOf } from './table.ts'

/** Frequent values that a cell names. */
const MOST_VALUES = 4

/** What columns hold, a line a column. */
export function profileSection(columns: readonly ColumnProfile[], id: string, caption: string, room: number): Html {
  return tableOf({
    id,
    caption,
    noun: 'column',
    columns: [
      { head: 'column' },
      { head: 'type' },
      { head: 'without value', isNumber: true },
      { head: 'distinct', isNumber: true },
      { head: 'range' },
      { head: 'mean', isNumber: true },
      { head: 'median', isNumber: true },
      { head: 'values' },
    ],
    rows: columns.map((column) => () => rowOf(column)),
    room,
  })
}

function rowOf(column: ColumnProfile): Content[] {
  const { name, type, nulls, distinct, min, max, mean, quartiles } = column
  return [
    html`<bdi>${shortened(name)}</bdi>`,
    type,
    nulls.toLocaleString('en-US'),
    distinct.toLocaleString('en-US'),
    rangeWords(min, max),
    mean === undefined || mean === null ? '' : short(mean),
    quartiles ? short(quartiles[1]) : '',
    valuesOf(column),
  ]
}

function valuesOf({ name, histogram, top = [] }: ColumnProfile): Content {
  if (histogram) return miniHistogram(histogram, shortened(name))
  return top.slice(0, MOST_VALUES).map(({ value, count }, at) => {
    const shown = value === '' ? "''" : shortened(cell(value), 24)
    return html`${at > 0 ? ', ' : ''}<bdi>${shown}</bdi> <span class="mute">${count.toLocaleString('en-US')}</span>`
  })
}
