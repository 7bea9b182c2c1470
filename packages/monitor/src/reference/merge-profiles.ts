import { mergeProfiles, type FactValue } from '@dayshift/core'
import { failure } from '../codes.ts'
import { boundCells } from './bound-cells.ts'
import { isExact, type EcdfCells } from './ecdf-cells.ts'
import {
  FEW_VALUES,
  hasTexts,
  type KeptTexts,
  type ReferenceColumn,
  type ReferenceProfile,
  type TextCounts,
} from './reference-profile.ts'
import { hashOfText, joinTexts } from './text-counts.ts'

/**
 * Merges the reference profiles of two parts of a dataset that share no row: of days to a month, of a distributed engine's partitions.
 * Associative and commutative, and the same to the last bit as the profile of all rows together, but for what does not follow from parts:
 * `dataset`, `summary`, and how many different values there are where not all are kept.
 *
 * Of different limits the smaller ones hold, and of ways to keep texts the more private one.
 *
 * @throws DS_PROFILES_APART where the parts do not have the same columns of the same types
 * @example const year = months.reduce(mergeReferenceProfiles)
 */
export function mergeReferenceProfiles(a: ReferenceProfile, b: ReferenceProfile): ReferenceProfile {
  const others = new Map(b.columns.map((column) => [column.name, column]))
  const [left, right] = [a, b].map(({ columns }) =>
    columns
      .map(({ name, type }) => `${name} (${type})`)
      .sort()
      .join(', '),
  )
  if (left !== right)
    throw failure('DS_PROFILES_APART', `profiles of different columns cannot be merged: ${left} and ${right}`)
  const texts = PRIVACY.find((kept) => a.texts === kept || b.texts === kept) as KeptTexts
  const limits = {
    cells: Math.min(a.limits.cells, b.limits.cells),
    texts: Math.min(a.limits.texts, b.limits.texts),
  }
  const { format, version } = a
  const columns = a.columns.map((column) => {
    const other = others.get(column.name) as ReferenceColumn
    return mergeColumns(keptAs(column, a.texts, texts), keptAs(other, b.texts, texts), limits, texts)
  })
  return { format, version, rows: a.rows + b.rows, limits, texts, columns }
}

/** The most private first. */
const PRIVACY: readonly KeptTexts[] = ['none', 'hashed', 'plain']

/** A column with its texts kept in a more private way. */
function keptAs(column: ReferenceColumn, from: KeptTexts, to: KeptTexts): ReferenceColumn {
  if (from === to || !hasTexts(column)) return column
  const { values, patterns, words, min: _, max: __, summary: ___, ...rest } = column
  if (to === 'none') return rest.type === 'string' ? { ...rest, nativeType: 'VARCHAR' } : rest
  const { nativeType } = rest.type === 'string' ? { nativeType: 'VARCHAR' } : rest
  return { ...rest, nativeType, ...given({ values: hashed(values), patterns: hashed(patterns), words: hashed(words) }) }
}

function hashed(counts: TextCounts | undefined): TextCounts | undefined {
  return counts && { ...counts, texts: counts.texts.map(hashOfText) }
}

function mergeColumns(
  a: ReferenceColumn,
  b: ReferenceColumn,
  limits: ReferenceProfile['limits'],
  texts: KeptTexts,
): ReferenceColumn {
  const { name, type } = a
  const cells = (one: EcdfCells | undefined, other: EcdfCells | undefined): EcdfCells | undefined =>
    one && other && boundCells([one, other], limits.cells)
  const kept = hasTexts(a) && texts === 'hashed' ? 'hashed' : 'plain'
  const counts = (one: TextCounts | undefined, other: TextCounts | undefined): TextCounts | undefined =>
    one && other && joinTexts(one, other, limits.texts, kept)
  const numbers = cells(a.numbers, b.numbers)
  const values = counts(a.values, b.values)
  const isFew =
    a.numbers === undefined || (values !== undefined && values.other === 0 && values.texts.length <= FEW_VALUES)
  const nans = a.nans === undefined ? undefined : a.nans + (b.nans ?? 0)
  const isWhole = numbers ? isExact(numbers) : values?.other === 0
  const distinct = isWhole ? (numbers ? numbers.low.length + Math.sign(nans ?? 0) : values?.texts.length) : undefined
  return {
    name,
    type,
    nativeType: a.nativeType === b.nativeType ? a.nativeType : type.toUpperCase(),
    nulls: a.nulls + b.nulls,
    ...given({
      nans,
      distinct,
      ...extremes(a, b),
      numbers,
      values: isFew ? values : undefined,
      lengths: cells(a.lengths, b.lengths),
      patterns: counts(a.patterns, b.patterns),
      words: counts(a.words, b.words),
    }),
  }
}

/** The smallest and the largest value of both, as the engine orders them. */
function extremes(a: ReferenceColumn, b: ReferenceColumn): { readonly min?: FactValue; readonly max?: FactValue } {
  if (a.min === undefined || b.min === undefined) return {}
  const [left, right] = [a, b].map(({ name, type, nulls, min = null, max = null }) => ({
    rows: nulls,
    columns: [{ name, type, nulls, distinct: 0, min, max }],
  }))
  const merged = left && right && mergeProfiles(left, right).columns[0]
  return merged ? { min: merged.min, max: merged.max } : {}
}

/** What is there. */
function given<T extends object>(fields: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]?: Exclude<T[Name], undefined>
  }
}
