/** Cells of which the walk says that they do not surely have their form, some of them, in the order of the rows. */
export class ToldCells {
  readonly length: number
  /** Whether all records up to these cells are lines, one each, without an empty one between. */
  readonly plainLines: boolean
  readonly #found: Uint32Array
  readonly #bytes: Buffer
  readonly #before: number
  readonly #quote: number

  /** @param before data records before those that the cells are of, at most 2^32 − 1 of them away */
  constructor(found: Uint32Array, bytes: Buffer, before: number, plainLines: boolean, quote: string) {
    this.length = found.length / 4
    this.plainLines = plainLines
    this.#found = found
    this.#bytes = bytes
    this.#before = before
    this.#quote = quote.charCodeAt(0)
  }

  /** The place of a cell's column. */
  column(at: number): number {
    return (this.#found[at * 4] as number) & 0xffffff
  }

  /** The number of a cell's row, from 1. */
  row(at: number): number {
    const low = (this.#found[at * 4 + 3] as number) - (this.#before >>> 0)
    return this.#before + (low >>> 0)
  }

  /** A cell's text, without its quotes. */
  text(at: number): string {
    return cellText(this.#bytes, this.#found[at * 4 + 1] as number, this.#found[at * 4 + 2] as number, this.#quote)
  }
}

/** The text of a cell in quotes or without: quotes within are doubled. */
function cellText(bytes: Buffer, from: number, to: number, quote: number): string {
  if (bytes[from] !== quote) return to - from < 32 ? shortText(bytes, from, to) : bytes.toString('utf8', from, to)
  const mark = String.fromCharCode(quote)
  return bytes.toString('utf8', from + 1, to - 1).replaceAll(mark + mark, mark)
}

/** Short texts in ASCII are read sooner than the decoder is called. */
function shortText(bytes: Buffer, from: number, to: number): string {
  let text = ''
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte > 0x7f) return bytes.toString('utf8', from, to)
    text += String.fromCharCode(byte)
  }
  return text
}
