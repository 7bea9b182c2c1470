const CANDIDATES = [',', '\t', ';', '|']

/**
 * Finds what parts the cells of a text table: the candidate that gives most of the first lines the same number of cells,
 * more than one; among equals the one that gives more.
 *
 * @param lines the first lines
 * @param usual what to take where no candidate parts anything, as in a table of one column
 * @example detectDelimiter(['a;b', '1,5;2'], '"', ',') // ';'
 */
export function detectDelimiter(lines: readonly string[], quote: string, usual: string): string {
  let best = usual
  let most = 0
  for (const candidate of [usual, ...CANDIDATES.filter((other) => other !== usual)]) {
    const counts = cellCounts(lines, candidate, quote)
    const cells = counts[0] as number
    if (cells < 2) continue
    const even = counts.filter((count) => count === cells).length / counts.length
    const score = even * 1000 + cells
    if (score > most) [best, most] = [candidate, score]
  }
  return best
}

/**
 * Cells of each record; a record whose quotes are still open goes on in the next line. A quote within a cell that does
 * not begin with one, as in `5" pipe`, is a character like any other.
 *
 * @param escape what escapes a quote within quotes
 */
export function cellCounts(lines: readonly string[], delimiter: string, quote: string, escape = quote): number[] {
  const counts: number[] = []
  let cells = 1
  let quoted = false
  for (const line of lines) {
    if (line === '' && !quoted) continue
    let mayOpen = true
    for (let at = 0; at < line.length; at++) {
      const character = line[at] as string
      if (quoted && escape !== quote && character === escape) at++
      else if (character === quote && (quoted || mayOpen)) [quoted, mayOpen] = [!quoted, true]
      else if (!quoted && line.startsWith(delimiter, at)) {
        ;[cells, mayOpen] = [cells + 1, true]
        at += delimiter.length - 1
      } else if (character !== ' ' && character !== '\ufeff') mayOpen = false
    }
    if (quoted) continue
    counts.push(cells)
    cells = 1
  }
  return counts.length > 0 ? counts : [1]
}
