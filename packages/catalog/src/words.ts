/**
 * Text as it is compared in searches: without case, accents, and what stands between words.
 *
 * @example folded('Straßen_Namen – Zürich') // 'strassen namen zurich'
 */
export function folded(text: string): string {
  // Most catalogs are ASCII, for which the rest would change nothing.
  const plain = isAscii(text)
    ? text
    : text
        .normalize('NFKD')
        .replaceAll(/\p{M}+/gu, '')
        .replaceAll('ß', 'ss')
  return plain.toLowerCase().replaceAll(BETWEEN, ' ').trim()
}

const BETWEEN = /[^\p{L}\p{N}]+/gu

function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- the first character of ASCII is a control character
  return /^[\u0000-\u007F]*$/.test(text)
}

/** How a word stands in a folded text. */
export type WordMatch = 'all' | 'word' | 'start' | 'within'

/**
 * How well a folded word (or phrase) stands in a folded text: it is all of it, a word, the start of one, or somewhere within.
 *
 * @example matchOf('order items', 'item') // 'start'
 */
export function matchOf(text: string, word: string): WordMatch | undefined {
  if (text === word) return 'all'
  // It stands everywhere, without an end.
  if (word === '') return undefined
  let best: WordMatch | undefined
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const starts = at === 0 || text[at - 1] === ' '
    const end = at + word.length
    if (starts && (end === text.length || text[end] === ' ')) return 'word'
    if (starts) best = 'start'
    else best ??= 'within'
  }
  return best
}
