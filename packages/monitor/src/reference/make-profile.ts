import {
  isNumeric,
  profileOfDoubles,
  throwIfAborted,
  type Column,
  type ColumnProfile,
  type Frame,
  type Profile,
} from '@dayshift/core'
import { failure } from '../codes.ts'
import { isTime } from '../detector.ts'
import { hasCells } from '../drift/has-cells.ts'
import { keyed } from '../drift/read-cells.ts'
import { MOST_IN_MEMORY } from '../drift/read-floats.ts'
import { numberFrames } from '../drift/read-numbers.ts'
import { FEWEST_CELLS } from './bound-cells.ts'
import { cellBuilder } from './cell-builder.ts'
import type { EcdfCells } from './ecdf-cells.ts'
import {
  FEW_VALUES,
  hasTexts,
  PROFILE_FORMAT,
  PROFILE_VERSION,
  type KeptTexts,
  type ReferenceColumn,
  type ReferenceProfile,
} from './reference-profile.ts'
import { countTexts } from './text-counts.ts'
import { lengthsOf } from './text-lengths.ts'

/** What to keep of a dataset. */
export interface ReferenceProfileOptions {
  /** Default: all. */
  readonly columns?: readonly string[] | undefined
  /**
   * `plain` (default): texts as they are. `hashed`: 32 hexadecimal digits of their SHA-256, which hide them from the eye and not from one
   * who can guess them. `none`: no text at all, so that no values, forms and words can be compared.
   */
  readonly texts?: KeptTexts | undefined
  /** Cells of a distribution function: a power of 2 from 4096 to 1 048 576. Default: 4096. */
  readonly cells?: number | undefined
  /** Texts of each kind, 100 to 1 000 000. Default: 2000. */
  readonly mostTexts?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called before each column, and once at the end. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
}

/** Texts of each kind where nothing else is asked for. */
const MOST_TEXTS = 2000

/**
 * Makes a profile of a dataset that `driftFromProfile` compares with, in place of the rows. A column takes at most 4096 cells of numbers and
 * 2000 texts of each kind (values, forms, words), however many rows there are: 0.2 MB for numbers, and for texts as long as theirs are.
 * Memory is bounded likewise, but for grouping by value, which is the engine's.
 *
 * @throws DS_COLUMN_UNKNOWN where a column is missing
 * @throws DS_DRIFT_OPTION for an option outside its range
 * @example
 * const profile = await referenceProfile(await open('2026.parquet'), { texts: 'hashed' })
 * await writeReferenceProfile('2026.profile.json', profile)
 */
export async function referenceProfile(frame: Frame, options: ReferenceProfileOptions = {}): Promise<ReferenceProfile> {
  const { texts = 'plain', cells = FEWEST_CELLS, mostTexts = MOST_TEXTS, signal, onProgress } = options
  checkLimits(cells, mostTexts)
  const chosen = options.columns ? frame.select(...options.columns) : frame
  const read = chosen.relation.byColumn || chosen.columns.length === 0 ? chosen : await chosen.cache({ signal })
  const { columns } = await read.schema({ signal })
  const rows = await read.count({ signal })
  const isRead = ({ type }: Column): boolean => type === 'float' && rows <= MOST_IN_MEMORY
  const grouped = columns.filter((column) => !isRead(column)).map(({ name }) => name)
  const summaries = await read.profile({ columns: grouped, signal })
  const made: ReferenceColumn[] = []
  for (const [done, column] of columns.entries()) {
    throwIfAborted(signal)
    onProgress?.({ done, total: columns.length })
    made.push(await profileColumn(read, column, summaries, { texts, cells, mostTexts, rows, signal }))
  }
  onProgress?.({ done: columns.length, total: columns.length })
  return {
    format: PROFILE_FORMAT,
    version: PROFILE_VERSION,
    dataset: frame.dataset,
    rows,
    limits: { cells, texts: mostTexts },
    texts,
    columns: made,
  }
}

function checkLimits(cells: number, mostTexts: number): void {
  const problems: string[] = []
  if (!(Number.isInteger(Math.log2(cells)) && cells >= FEWEST_CELLS && cells <= 2 ** 20))
    problems.push(`cells is ${cells}, not a power of 2 from ${FEWEST_CELLS} to 1048576`)
  if (!(Number.isInteger(mostTexts) && mostTexts >= 100 && mostTexts <= 1e6))
    problems.push(`mostTexts is ${mostTexts}, not a whole number from 100 to 1000000`)
  if (problems.length > 0)
    throw failure('DS_DRIFT_OPTION', problems.join('; '), { hint: 'Leave them out for the usual.' })
}

interface Limits {
  readonly texts: KeptTexts
  readonly cells: number
  readonly mostTexts: number
  readonly rows: number
  readonly signal: AbortSignal | undefined
}

async function profileColumn(
  frame: Frame,
  column: Column,
  { columns: summaries }: Profile,
  { texts, cells, mostTexts, rows, signal }: Limits,
): Promise<ReferenceColumn> {
  const known = summaries.find(({ name }) => name === column.name)
  const { summary, numbers } = known
    ? { summary: known, numbers: await numberCells(frame, column, cells, signal) }
    : await floatCells(frame, column, cells, rows, signal)
  const { nulls, nans, distinct, distinctAtMost, min, max } = summary
  const isPrivate = texts !== 'plain' && hasTexts(column)
  const isOrdered = isNumeric(column) || isTime(column)
  const hasValues = isOrdered ? distinct <= FEW_VALUES && distinctAtMost === undefined : hasCells(column)
  // Values of numbers and booleans are no texts that could name anyone.
  const kept = hasTexts(column) ? texts : 'plain'
  const count = (kind: 'values' | 'patterns' | 'words') =>
    kept === 'none' ? undefined : countTexts(keyed(frame, column, kind), mostTexts, kept, { signal })
  const values = hasValues ? await count('values') : undefined
  const isText = column.type === 'string'
  const patterns = isText ? await count('patterns') : undefined
  const words = isText ? await count('words') : undefined
  const lengths = isText ? await cellsOf(lengthsOf(frame, column.name), cells, signal) : undefined
  return {
    ...column,
    // An enumeration names its values.
    ...(isPrivate && column.type === 'string' ? { nativeType: 'VARCHAR' } : {}),
    nulls,
    ...(nans === undefined ? {} : { nans }),
    ...(distinctAtMost === undefined ? { distinct } : {}),
    ...(isPrivate ? {} : { min, max, summary }),
    ...(numbers ? { numbers } : {}),
    ...(values ? { values } : {}),
    ...(lengths ? { lengths } : {}),
    ...(patterns ? { patterns } : {}),
    ...(words ? { words } : {}),
  }
}

/** Cells of a column of numbers or times; undefined for others, and where doubles would not do. */
async function numberCells(
  frame: Frame,
  column: Column,
  most: number,
  signal: AbortSignal | undefined,
): Promise<EcdfCells | undefined> {
  if (!isNumeric(column) && !isTime(column)) return undefined
  const found = await numberFrames({ reference: frame, current: frame }, { before: column, column }, { signal })
  return 'ranked' in found || found.scale !== 'value' ? undefined : cellsOf(found.reference, most, signal)
}

/** Cells of the one column of a frame of doubles. */
async function cellsOf(frame: Frame, most: number, signal: AbortSignal | undefined): Promise<EcdfCells> {
  const builder = cellBuilder(most)
  for await (const { columns } of frame.batches({ signal, lent: true })) {
    builder.take(columns[0] as ArrayLike<number>)
  }
  return builder.cells()
}

/** Cells and profile of a column of floats that memory holds. */
async function floatCells(
  frame: Frame,
  { name }: Column,
  most: number,
  rows: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly summary: ColumnProfile; readonly numbers: EcdfCells }> {
  const read = await frame.numbers(name, { signal })
  const values = read.filter((value) => !Number.isNaN(value))
  const builder = cellBuilder(most)
  builder.take(values)
  const nans = read.length - values.length
  return { summary: profileOfDoubles({ name, values, nulls: rows - read.length, nans }), numbers: builder.cells() }
}
