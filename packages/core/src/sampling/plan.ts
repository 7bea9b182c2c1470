import { failure } from '../codes.ts'
import { parseDuration, parseFraction } from '../units.ts'

/** How samples are drawn. */
export const SAMPLE_KINDS = ['random', 'head', 'blocks', 'key', 'stratified', 'weighted'] as const

/** How to draw a sample: a share of the rows, or a number of them. */
export interface SampleOptions {
  /** 0.01 or `1%`. The sample has this share of the rows, rounded, and at least one row of a source that has any. */
  readonly fraction?: number | string | undefined
  /** A number of rows; all of them where the source has fewer. */
  readonly rows?: number | undefined
  /** What makes the sample repeatable: a whole number. Default: 42. */
  readonly seed?: number | undefined
  /**
   * `random` draws every row with the same probability; `head` takes the first rows, which stand for nothing but
   * themselves; `blocks` reads only random blocks of a large text table, and draws the records that begin in them.
   * Default: `random`.
   */
  readonly method?: 'random' | 'head' | 'blocks' | undefined
  /**
   * Columns that name what a row belongs to. All rows of a key are drawn, or none; whether they are depends on the key and
   * the seed alone. So the sample of a table that has grown, or stands in another order, is the same but for the new rows,
   * and tables drawn by the same key join fully. Goes with `fraction`.
   */
  readonly key?: string | readonly string[] | undefined
  /** Columns whose values part the rows: each part is drawn by itself, in proportion, and none is lost. */
  readonly stratify?: string | readonly string[] | undefined
  /** The least rows of each part, where it has them. Default: 1. */
  readonly minPerStratum?: number | undefined
  /** A column of numbers: a row of weight 2 is twice as likely to be drawn next as one of weight 1. Rows without a positive weight are not drawn. */
  readonly weight?: string | undefined
  /** Draws from the rows of some time only. */
  readonly window?: TimeWindow | undefined
  /**
   * Adds the rows at the edges to those drawn: for each column the first row without a value, those of its smallest and
   * largest value, of its longest text, and one of each value where there are 50 or fewer. Default: false.
   */
  readonly edges?: boolean | undefined
}

/** Some time, by a column of dates or timestamps. */
export interface TimeWindow {
  /** The column of the times. */
  readonly column: string
  /** A duration back from the newest value: `7d`. The newest is within, what is exactly that old is not. */
  readonly last?: string | undefined
  /** The earliest time within: a Date, or text in ISO 8601. */
  readonly from?: Date | string | undefined
  /** The first time that is no longer within. */
  readonly to?: Date | string | undefined
}

/** How a sample will be drawn, all said: plain data. */
export interface SamplePlan {
  readonly kind: (typeof SAMPLE_KINDS)[number]
  /** One of both. */
  readonly fraction?: number
  readonly rows?: number
  readonly seed: number
  readonly key?: readonly string[]
  readonly stratify?: readonly string[]
  readonly minPerStratum?: number
  readonly weight?: string
  readonly window?: TimeWindow
  readonly edges?: true
}

/** The seed where none is given. */
const DEFAULT_SEED = 42

/**
 * Checks what was asked for, and says all that is left open.
 *
 * @throws DS_SAMPLE where options contradict one another; DS_UNIT for a size or seed that is none
 * @example planSample({ fraction: '1%' }) // { kind: 'random', fraction: 0.01, seed: 42 }
 */
export function planSample(options: SampleOptions): SamplePlan {
  const seed = options.seed ?? DEFAULT_SEED
  if (!Number.isSafeInteger(seed)) throw failure('DS_UNIT', `'${seed}' is not a seed`, { hint: 'Give a whole number.' })
  const kind = kindOf(options)
  const key = namesOf(options.key)
  const stratify = namesOf(options.stratify)
  if (kind === 'key' && options.rows !== undefined) {
    throw failure('DS_SAMPLE', 'a sample by key has a share of the keys, not a number of rows', {
      hint: 'Give a fraction instead of rows, as 1%.',
    })
  }
  if (kind === 'head' && options.rows === undefined) {
    throw failure('DS_SAMPLE', 'the head of a source is a number of rows, not a share', {
      hint: 'As { method: "head", rows: 1000 }.',
    })
  }
  if ((kind === 'head' || kind === 'blocks') && options.edges) {
    throw failure('DS_SAMPLE', `edges can only be found by reading every row, which ${kind} avoids`, {
      hint: 'Leave edges or the method out.',
    })
  }
  if (kind === 'blocks' && options.window) {
    throw failure('DS_SAMPLE', 'blocks are drawn from a whole file, not from a window of it', {
      hint: 'Leave the method out.',
    })
  }
  if (
    options.minPerStratum !== undefined &&
    (!stratify || !Number.isSafeInteger(options.minPerStratum) || options.minPerStratum < 0)
  ) {
    throw failure('DS_SAMPLE', 'the least rows of a stratum are a whole number, and go with stratify')
  }
  return {
    kind,
    ...sizeOf(options),
    seed,
    ...(key ? { key } : {}),
    ...(stratify ? { stratify, minPerStratum: options.minPerStratum ?? 1 } : {}),
    ...(options.weight === undefined ? {} : { weight: options.weight }),
    ...(options.window ? { window: windowOf(options.window) } : {}),
    ...(options.edges ? { edges: true } : {}),
  }
}

function kindOf({ method = 'random', key, stratify, weight }: SampleOptions): SamplePlan['kind'] {
  if (!['random', 'head', 'blocks'].includes(method)) {
    throw failure('DS_SAMPLE', `'${method as string}' is no way to draw a sample`, { hint: 'random, head or blocks' })
  }
  const asked = [
    ...(method === 'random' ? [] : [method]),
    ...(key === undefined ? [] : ['key' as const]),
    ...(stratify === undefined ? [] : ['stratified' as const]),
    ...(weight === undefined ? [] : ['weighted' as const]),
  ]
  if (asked.length > 1) {
    throw failure('DS_SAMPLE', `a sample is drawn in one way, not ${asked.join(' and ')} at once`, {
      hint: 'Choose one of them.',
    })
  }
  return asked[0] ?? 'random'
}

function namesOf(names: string | readonly string[] | undefined): readonly string[] | undefined {
  if (names === undefined) return undefined
  const list = typeof names === 'string' ? [names] : names
  // A project file of JSON says whatever it says.
  const isList = Array.isArray(list) && list.every((name) => typeof name === 'string')
  if (!isList || list.length === 0) throw failure('DS_SAMPLE', 'key and stratify name at least one column')
  return list
}

function sizeOf({ fraction, rows }: SampleOptions): { fraction: number } | { rows: number } {
  if ((fraction === undefined) === (rows === undefined)) {
    throw failure('DS_UNIT', 'a sample needs either a fraction or a number of rows', {
      hint: 'As { fraction: 0.01 } or { rows: 1000 }.',
    })
  }
  if (rows === undefined) return { fraction: parseFraction(fraction as number | string) }
  if (!Number.isSafeInteger(rows) || rows < 1) {
    throw failure('DS_UNIT', `'${rows}' is not a number of rows`, { hint: 'Give a whole number, 1 or more.' })
  }
  return { rows }
}

function windowOf(window: TimeWindow): TimeWindow {
  const { column, last, from, to } = window
  if (typeof column !== 'string' || (last === undefined && from === undefined && to === undefined)) {
    throw failure('DS_SAMPLE', 'a window needs a column, and one of last, from and to', {
      hint: "As { column: 'ordered', last: '7d' }.",
    })
  }
  if (last !== undefined && (from !== undefined || to !== undefined)) {
    throw failure('DS_SAMPLE', 'a window is either the last days or from one time to another')
  }
  if (last !== undefined) parseDuration(last)
  const times = Object.fromEntries(
    Object.entries({ from, to }).flatMap(([name, time]) => (time === undefined ? [] : [[name, timeText(time)]])),
  )
  return { column, ...(last === undefined ? {} : { last }), ...times }
}

function timeText(time: Date | string): string {
  const date =
    time instanceof Date ? time : new Date(/^\d{4}-\d\d-\d\d$|Z$|[+-]\d\d:?\d\d$/.test(time) ? time : `${time}Z`)
  // JavaScript takes the 30th of February for the 1st of March.
  const day = typeof time === 'string' ? /^\d{4}-\d\d-\d\d/.exec(time)?.[0] : undefined
  if (Number.isNaN(date.getTime()) || (day !== undefined && !isDay(day))) {
    throw failure('DS_SAMPLE', `'${String(time)}' is no time`, {
      hint: 'Write it as 2024-01-31 or 2024-01-31T10:00:00Z.',
    })
  }
  return date.toISOString()
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

/** How a plan's sample is drawn, in words. */
export function methodOf(plan: SamplePlan): string {
  const words = {
    random: 'simple random sample without replacement, by rank of seed and row number',
    head: 'the first rows: not a random sample',
    blocks: 'records that begin in random blocks of the file, one block in each part of it: approximate',
    key: `sample by key (${plan.key?.join(', ')}): all rows of a random share of the keys`,
    stratified: `stratified random sample by ${plan.stratify?.join(', ')}, in proportion, at least ${plan.minPerStratum} of each`,
    weighted: `random sample without replacement, weighted by ${plan.weight} (Efraimidis and Spirakis)`,
  }[plan.kind]
  const { window } = plan
  const within = window
    ? `, within ${window.last ? `the last ${window.last}` : `${String(window.from ?? '…')} to ${String(window.to ?? '…')}`} of ${window.column}`
    : ''
  return words + within + (plan.edges ? ', and the rows at the edges of each column' : '')
}

/** How many rows of so many are drawn. */
export function sampleSize({ fraction, rows }: SamplePlan, sourceRows: number): number {
  if (sourceRows === 0) return 0
  if (rows !== undefined) return Math.min(rows, sourceRows)
  return Math.min(sourceRows, Math.max(1, Math.round(sourceRows * (fraction as number))))
}
