import { fitting, leftOut } from './bounded.ts'
import { html, NOTHING, sizeOf, type Content, type Html } from './markup.ts'

/** A column of a table. */
interface TableColumn {
  readonly head: string
  /** Whether it holds numbers, which stand to the right. */
  readonly isNumber?: boolean
}

/** A table and how much of it is shown. */
export interface TableOptions {
  /** Of the table, unique on the page. */
  readonly id: string
  readonly caption: string
  readonly columns: readonly TableColumn[]
  /** The first cell of each row names it. A row that is made by a function is made where there is room for it only. */
  readonly rows: readonly (readonly Content[] | (() => readonly Content[]))[]
  /** Bytes that it may have. */
  readonly room: number
  /** What a row is, in words: `column`. */
  readonly noun: string
}

/** Rows that a table has at most: more of them nobody reads. */
const MOST_ROWS = 500

/** A table with a caption, and heads for its columns and rows. It can be scrolled by keyboard where it is too wide. */
export function tableOf({ id, caption, columns, rows, room, noun }: TableOptions): Html {
  if (rows.length === 0) return NOTHING
  const head = html`<thead>
    <tr>
      ${columns.map(({ head: title, isNumber }) =>
        isNumber
          ? html`<th scope="col" class="num">${title}</th>`
          : html`<th scope="col">${title === '' ? html`<span class="sr">more</span>` : title}</th>`,
      )}
    </tr>
  </thead>`
  const some = rows.slice(0, MOST_ROWS)
  const { shown, left } = fitting(some, room - sizeOf(head) - FRAME - 6 * caption.length, (row) =>
    rowOf(typeof row === 'function' ? row() : row, columns),
  )
  const more = left + rows.length - some.length
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}">
      <table>
        <caption id="${id}">
          ${caption}
        </caption>
        ${head}
        <tbody>
          ${shown}
        </tbody>
      </table>
    </div>
    ${leftOut(more, noun)}`
}

/** Bytes of what stands around the rows. */
const FRAME = 500

function rowOf(row: readonly Content[], columns: readonly TableColumn[]): Html {
  const cells = row.map((cell, at) => {
    if (at === 0) return html`<th scope="row">${cell}</th>`
    return columns[at]?.isNumber ? html`<td class="num">${cell}</td>` : html`<td>${cell}</td>`
  })
  return html`<tr>
    ${cells}
  </tr>`
}
