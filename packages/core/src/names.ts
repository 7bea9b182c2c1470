import { failure } from './codes.ts'

/**
 * Checks that columns exist, as SQL finds them: in any case, unless two names differ in case alone.
 *
 * @returns the names as the data writes them
 * @throws DS_COLUMN_UNKNOWN naming every unknown column and the nearest existing one
 */
export function resolveNames(wanted: readonly string[], existing: readonly string[], verb: string): string[] {
  const found = wanted.map(
    (name) =>
      existing.find((have) => have === name) ?? existing.find((have) => have.toLowerCase() === name.toLowerCase()),
  )
  const unknown = wanted.filter((_, at) => found[at] === undefined)
  if (unknown.length === 0) return found as string[]
  const advice = unknown.map((name) => {
    const near = nearest(name, existing)
    return `'${name}'${near === undefined ? '' : ` (did you mean '${near}'?)`}`
  })
  throw failure('DS_COLUMN_UNKNOWN', `${verb}: there is no column ${advice.join(', ')}`, {
    hint: `Columns: ${existing.join(', ')}`,
  })
}

/**
 * Checks that no two names are the same, as SQL sees them: in any case.
 *
 * @throws DS_COLUMN_TWICE naming the first that is there twice
 */
export function distinctNames(names: readonly string[], verb: string): readonly string[] {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name.toLowerCase())) throw failure('DS_COLUMN_TWICE', `${verb}: there would be two columns '${name}'`)
    seen.add(name.toLowerCase())
  }
  return names
}

/**
 * The existing name nearest to a wrong one, by edits of one character and swaps of two; none where all are far. More than half of
 * the longer name must be right: one of one or two letters is like another only where they differ in case alone.
 */
export function nearest(name: string, existing: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Math.max(2, Math.ceil(name.length / 3)) + 1
  for (const candidate of existing) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    const isLike = distance === 0 || (name.length > 2 && distance < Math.max(name.length, candidate.length) / 2)
    if (isLike && distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** Edits of one character, and swaps of two neighbours, that make one name of another. O(len(a) · len(b)). */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? (before[j - 2] as number) + 1 : Infinity
      next.push(Math.min(replaced, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    before = row
    row = next
  }
  return row[b.length] as number
}
