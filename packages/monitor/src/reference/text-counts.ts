import { createHash } from 'node:crypto'
import { sql, type Frame, type QueryOptions } from '@dayshift/core'
import type { KeptTexts, TextCounts } from './reference-profile.ts'

/** Hexadecimal digits that stand for a text. */
const DIGITS = 32

/** What stands for a text: the first 128 bits of the SHA-256 of its UTF-8, in hexadecimal. */
export function hashOfText(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGITS)
}

/** The same in SQL, of a column `cell`. */
export const HASH_SQL = sql`left(sha256("cell"), ${DIGITS})`

/**
 * Counts rows by text, of at most so many texts: beyond, of those whose hash is smallest.
 *
 * @param cells one row for each text, as `cell`
 */
export async function countTexts(
  cells: Frame,
  most: number,
  kept: Exclude<KeptTexts, 'none'>,
  options: QueryOptions,
): Promise<TextCounts> {
  const grouped = cells.summarize({ rows: 'count(*)' }, { by: 'cell' }).derive({ hash: HASH_SQL })
  const found = await grouped
    .sort('hash')
    .limit(most + 1)
    .toArray(options)
  const some = found.slice(0, most)
  const counts = some.map(({ rows }) => Number(rows))
  const texts = some.map(({ cell, hash }) => String(kept === 'plain' ? cell : hash))
  if (found.length <= most) return { texts, counts, other: 0 }
  const all = await cells.count(options)
  return { texts, counts, other: all - counts.reduce((sum, count) => sum + count, 0) }
}

/** Counts of parts that share no row, taken together: those of the whole. */
export function joinTexts(a: TextCounts, b: TextCounts, most: number, kept: Exclude<KeptTexts, 'none'>): TextCounts {
  const sums = new Map<string, number>()
  for (const { texts, counts } of [a, b])
    for (const [at, text] of texts.entries()) sums.set(text, (sums.get(text) ?? 0) + (counts[at] as number))
  const hashed = [...sums].map(([text, count]) => ({ text, count, hash: kept === 'plain' ? hashOfText(text) : text }))
  hashed.sort((one, other) => (one.hash < other.hash ? -1 : 1))
  // Where a part does not keep all of its texts, nothing is known of those beyond its last one.
  const last = [a, b].flatMap(({ texts, other }) =>
    other === 0 ? [] : [kept === 'plain' ? hashOfText(texts.at(-1) as string) : (texts.at(-1) as string)],
  )
  const isKnown = ({ hash }: { readonly hash: string }): boolean => last.every((end) => hash <= end)
  const some = hashed.filter(isKnown).slice(0, most)
  const counts = some.map(({ count }) => count)
  const all = [...sums.values()].reduce((sum, count) => sum + count, a.other + b.other)
  return {
    texts: some.map(({ text }) => text),
    counts,
    other: all - counts.reduce((sum, count) => sum + count, 0),
  }
}
