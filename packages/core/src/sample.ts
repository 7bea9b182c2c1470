import { failure } from './codes.ts'
import { nameList, selectFrom, type Relation } from './relation.ts'
import { ident, raw } from './sql.ts'
import { parseFraction } from './units.ts'
import { freeName } from './verbs/distinct.ts'

/** How to draw a sample: a share of the rows, or a number of them. */
export interface SampleOptions {
  /** 0.01 or `1%`. The sample has this share of the rows, rounded, and at least one row of a source that has any. */
  readonly fraction?: number | string | undefined
  /** A number of rows; all of them where the source has fewer. */
  readonly rows?: number | undefined
  /** Default: 42. */
  readonly seed?: number | undefined
}

/** The seed where none is given. */
export const DEFAULT_SEED = 42

/** How samples are drawn, in words. */
export const SAMPLE_METHOD = 'simple random sample without replacement, by MD5 of seed and row number'

/**
 * Draws a simple random sample without replacement. A row is ranked by the MD5 of seed and row number, and the lowest
 * ranks are taken: every set of rows is equally likely over seeds, the same seed gives the same rows on every machine
 * and version of the engine, a smaller sample lies within a larger one of the same seed, and rows keep their order.
 *
 * @example sample(relation, { fraction: '1%', seed: 7 })
 */
export function sample(relation: Relation, options: SampleOptions): Relation {
  const seed = options.seed ?? DEFAULT_SEED
  if (!Number.isSafeInteger(seed)) throw failure('DS_UNIT', `'${seed}' is not a seed`, { hint: 'Give a whole number.' })
  const position = freeName(relation.names)
  const row = ident(position).text
  const numbered = selectFrom(relation, raw(`*, row_number() OVER () AS ${row}`), [...relation.names, position])
  const drawn = selectFrom(
    numbered,
    raw('*'),
    numbered.names,
    raw(`ORDER BY md5('${seed}:' || ${row}), ${row} LIMIT ${sampleSize(relation, options)}`),
  )
  return selectFrom(drawn, nameList(relation.names), relation.names, raw(`ORDER BY ${row}`))
}

function sampleSize(relation: Relation, { fraction, rows }: SampleOptions): string {
  if ((fraction === undefined) === (rows === undefined)) {
    throw failure('DS_UNIT', 'a sample needs either a fraction or a number of rows', {
      hint: 'As { fraction: 0.01 } or { rows: 1000 }.',
    })
  }
  if (rows !== undefined) {
    if (!Number.isSafeInteger(rows) || rows < 1) {
      throw failure('DS_UNIT', `'${rows}' is not a number of rows`, { hint: 'Give a whole number, 1 or more.' })
    }
    return String(rows)
  }
  const share = parseFraction(fraction as number | string)
  return `(SELECT greatest(1, CAST(round(count(*) * CAST('${share}' AS DOUBLE)) AS BIGINT)) FROM ${relation.from.text})`
}
