import type { CsvLayout } from '../dialect.ts'
import type { ByteLayout } from './walk.ts'

/** The layout of a text table whose records can be told by their bytes. */
export function byteLayout(files: readonly string[], layout: CsvLayout, columns: number): ByteLayout | undefined {
  const { delimiter, quote, header } = layout
  const plain = files.every((file) => !/\.(gz|zst)$/i.test(file))
  // An empty line is a row where there is one column only.
  if (!plain || !oneByte(delimiter) || !oneByte(quote) || columns < 2 || !isPlain(layout)) return undefined
  return { delimiter, quote, header }
}

function oneByte(character: string): boolean {
  return character.length === 1 && character.charCodeAt(0) < 0x80
}

/** Whether nothing in the layout asks for more than delimiters, quotes and line ends. */
function isPlain(layout: CsvLayout): boolean {
  const { encoding, escape, comment, skip, quote } = layout
  const utf8 = encoding === undefined || /^utf-?8$/i.test(encoding)
  return utf8 && (escape === undefined || escape === quote) && !comment && !skip
}
