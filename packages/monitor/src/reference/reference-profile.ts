import { isNumeric, type Column, type ColumnProfile, type DatasetRef, type FactValue } from '@dayshift/core'
import { isTime } from '../detector.ts'
import type { EcdfCells } from './ecdf-cells.ts'

/** What a file of a reference profile calls itself. */
export const PROFILE_FORMAT = 'dayshift-reference-profile'

/** The version of the format that is written, and the newest that is read. */
export const PROFILE_VERSION = 1

/** How texts are kept: as they are, as the beginning of their SHA-256, or not at all. */
export type KeptTexts = 'plain' | 'hashed' | 'none'

/**
 * How many rows have which text. Of more different texts than the profile's limit those are kept whose SHA-256 is the smallest, which are the
 * same in every part of a dataset: their counts are exact, and so are those of merged profiles.
 */
export interface TextCounts {
  /** Texts, cut at 200 characters, or their hashes; in ascending order of hashes. */
  readonly texts: readonly string[]
  readonly counts: readonly number[]
  /** Rows with another text; of words, in how many rows each of the others stands, summed up. 0 where all texts are kept. */
  readonly other: number
}

/** What a reference profile holds of a column. What its type does not have is left out. */
export interface ReferenceColumn extends Column {
  /** Rows without a value. */
  readonly nulls: number
  /** Floats: values that are NaN. */
  readonly nans?: number
  /** Different values, where that is known: not of merged profiles, unless all values are kept. */
  readonly distinct?: number
  /** Smallest and largest value, as reports show them; left out where texts are not kept plain. */
  readonly min?: FactValue
  readonly max?: FactValue
  /**
   * Numbers and times: cells of their distribution function. Dates are days since 1970, other times microseconds. Left out where a value
   * is none that a double can hold.
   */
  readonly numbers?: EcdfCells
  /** Rows by value: texts, booleans, UUIDs; numbers and times with at most 20 different values. */
  readonly values?: TextCounts
  /** Texts: cells of their lengths in characters. */
  readonly lengths?: EcdfCells
  /** Texts: rows by the form of their text, `AB-12` as `A-9`. */
  readonly patterns?: TextCounts
  /** Texts: in how many rows each word stands. */
  readonly words?: TextCounts
  /** What `Frame.profile` says of the column, for reports; not of merged profiles, nor where texts are not kept plain. */
  readonly summary?: ColumnProfile
}

/**
 * What a comparison needs of a reference, in place of its rows: bounded in size whatever their number, and mergeable. Plain data.
 */
export interface ReferenceProfile {
  readonly format: typeof PROFILE_FORMAT
  readonly version: typeof PROFILE_VERSION
  /** Left out of merged profiles. */
  readonly dataset?: DatasetRef
  readonly rows: number
  /** Cells of a distribution function, and texts of each kind, that a column keeps at most. */
  readonly limits: { readonly cells: number; readonly texts: number }
  readonly texts: KeptTexts
  readonly columns: readonly ReferenceColumn[]
}

/** Different values up to which rows of numbers are counted by value. */
export const FEW_VALUES = 20

/** Whether a column's values are texts, or the like, which may name somebody. */
export function hasTexts(column: Column): boolean {
  return !isNumeric(column) && !isTime(column) && column.type !== 'boolean'
}
