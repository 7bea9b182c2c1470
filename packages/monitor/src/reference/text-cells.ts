import { sql, type Frame, type QueryOptions } from '@dayshift/core'
import type { Cells, Sides } from '../detector.ts'
import { countedRows, countedTexts, keyed, pairCells, type CellKind } from '../drift/read-cells.ts'
import type { ComparedColumn } from '../drift/pair-columns.ts'
import type { KeptTexts, TextCounts } from './reference-profile.ts'
import { HASH_SQL, hashOfText } from './text-counts.ts'

/** Digits of a hash that stand for a text that nobody knows. */
const SHOWN = 8

/**
 * Rows of both sides by text, where the reference's are counted already. Where not all of its texts are kept, the others of both sides are
 * taken together: which ones, their hashes tell.
 *
 * @param rows of each side with a value
 */
export async function textCells(
  reference: TextCounts,
  kept: Exclude<KeptTexts, 'none'>,
  current: Frame,
  pair: ComparedColumn,
  kind: CellKind,
  rows: readonly [reference: number, current: number],
  options: QueryOptions,
): Promise<Sides<Cells>> {
  const { column } = pair
  const { texts, counts, other } = reference
  const last = texts.at(-1)
  const all = keyed(current, column, kind).derive({ hash: HASH_SQL })
  const known =
    other === 0 || last === undefined ? all : all.filter(sql`"hash" <= ${kept === 'plain' ? hashOfText(last) : last}`)
  const cells = kept === 'plain' ? known.select('cell') : known.derive({ cell: '"hash"' }).select('cell')
  const before = countedTexts(new Map(texts.map((text, at) => [text, counts[at] as number])))
  const [old, now] = await pairCells([before, countedRows(cells, options)], kind, rows)
  if (kept === 'plain') return { reference: old, current: now, column }
  const names = await namesOf(known, old.names, options)
  return { reference: { ...old, names }, current: { ...now, names }, column }
}

/** The texts of hashes, as far as the current data has them. */
async function namesOf(frame: Frame, hashes: readonly string[], options: QueryOptions): Promise<readonly string[]> {
  if (hashes.length === 0) return hashes
  const found = await frame
    .filter(sql`"hash" IN (${hashes})`)
    .distinct()
    .toArray(options)
  const texts = new Map(found.map(({ cell, hash }) => [String(hash), String(cell)]))
  return hashes.map((hash) => texts.get(hash) ?? `#${hash.slice(0, SHOWN)}`)
}
