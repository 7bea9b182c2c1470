import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { throwIfAborted } from '../abort.ts'
import { failure } from '../codes.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { messageOf } from '../errors.ts'
import { bytesOf } from '../files.ts'
import type { Relation } from '../relation.ts'
import type { TextTable } from '../source.ts'
import { sampleSize, type SamplePlan } from './plan.ts'
import { highestRank, rankingOf, rankOf, RANKS, type Ranking } from './rank.ts'
import { eachRecord, IrregularText, type RecordLayout } from './text-records.ts'

/** A sample that was drawn from a text table's bytes, as a text table of its own. */
export interface DrawnText {
  readonly relation: Relation
  readonly sourceRows: number
  /** Whether `sourceRows` is an estimate. */
  readonly estimated?: true
  readonly rows: number
  /** Removes the file that the relation reads. */
  readonly remove: () => Promise<void>
}

/** Larger samples are left to the engine: they would be held in memory here. */
const LARGEST_SAMPLE = 256 << 20

/** A text table whose records can be told by their bytes. */
export function byteLayout(text: TextTable, names: readonly string[]): RecordLayout | undefined {
  const { delimiter, quote, header } = text.layout
  const plain = text.files.every((file) => !/\.(gz|zst)$/i.test(file))
  // An empty line is a row where there is one column only.
  if (!plain || !oneByte(delimiter) || !oneByte(quote) || names.length < 2 || !isPlain(text)) return undefined
  return { delimiter, quote, header }
}

function oneByte(character: string): boolean {
  return character.length === 1 && character.charCodeAt(0) < 0x80
}

/** Whether nothing in the layout asks for more than delimiters, quotes and line ends. */
function isPlain({ layout }: TextTable): boolean {
  const { encoding, ...more } = layout as typeof layout & { escape?: string; comment?: string; skip?: number }
  const utf8 = encoding === undefined || /^utf-?8$/i.test(encoding)
  return utf8 && (more.escape === undefined || more.escape === layout.quote) && !more.comment && !more.skip
}

/**
 * Draws a simple random sample by the bytes of a text table: the ends of all records are found, and only those drawn are
 * read. The rows are the same as `pickRandom` draws.
 *
 * @returns nothing where bytes alone do not tell the records, or the sample is too large to hold
 */
export async function drawText(
  engine: Engine,
  text: TextTable,
  names: readonly string[],
  plan: SamplePlan,
  options: QueryOptions,
): Promise<DrawnText | undefined> {
  const layout = byteLayout(text, names)
  if (!layout || !engine.scratch) return undefined
  const bytes = await bytesOf(text.files)
  const pass = (below: (records: number) => number): Promise<Pass> => collect(text, layout, plan, bytes, below, options)
  try {
    const first = await pass((records) => likely(plan, records))
    const wanted = sampleSize(plan, first.records)
    if (first.spilled || wanted === 0) return undefined
    const enough = first.ranks.length >= wanted
    const limit = enough ? undefined : await highestRank(rankingOf(plan.seed), first.records, wanted, options)
    const found = limit === undefined ? first : await pass(() => (limit + 1) / RANKS)
    if (found.spilled) return undefined
    const highest = Uint32Array.from(found.ranks).sort()[wanted - 1] as number
    return await keep(
      engine,
      text,
      found.header,
      drawnRecords(found, highest),
      { sourceRows: found.records, rows: wanted },
      options,
    )
  } catch (error) {
    if (error instanceof IrregularText) return undefined
    throw error
  }
}

/** What one walk over the files found. */
interface Pass {
  readonly records: number
  readonly header: Buffer | undefined
  readonly ranks: readonly number[]
  readonly bytes: Buffer
  /** Where each record ends in `bytes`. */
  readonly ends: readonly number[]
  /** Whether it was given up, as too large. */
  readonly spilled: boolean
}

/** A share of the ranks that holds the sample with near certainty: six standard deviations above its share. */
function likely(plan: SamplePlan, records: number): number {
  const share = plan.fraction ?? Math.min(1, (plan.rows as number) / Math.max(1, records))
  return Math.min(1, share + 6 * Math.sqrt(share / records) + 24 / records)
}

async function collect(
  text: TextTable,
  layout: RecordLayout,
  plan: SamplePlan,
  total: number,
  below: (records: number) => number,
  options: QueryOptions,
): Promise<Pass> {
  const ranking: Ranking = rankingOf(plan.seed)
  const ranks: number[] = []
  const ends: number[] = []
  let store = Buffer.allocUnsafe(1 << 20)
  let stored = 0
  let row = 0
  let limit = -1
  let spilled = false
  let read = 0
  let header: Buffer | undefined
  const visit = (bytes: Buffer, from: number, to: number): void => {
    // The first records tell how many there will be.
    if (limit < 0) limit = below(Math.max(1, Math.floor(total / Math.max(1, averageLength(bytes, from))))) * RANKS
    const rank = rankOf(ranking, ++row)
    if (rank >= limit || spilled) return
    const length = to - from
    if (stored + length > store.length) {
      if (stored + length > LARGEST_SAMPLE) {
        spilled = true
        return
      }
      store = Buffer.concat([store.subarray(0, stored)], Math.max(store.length * 2, stored + length))
    }
    bytes.copy(store, stored, from, to)
    stored += length
    ranks.push(rank)
    ends.push(stored)
  }
  for (const file of text.files) {
    const seen = await eachRecord(file, layout, visit, options, (count) => {
      read += count
      options.onProgress?.({ fraction: total > 0 ? read / total : undefined, rows: row })
    })
    header ??= seen.header
    if (spilled) break
  }
  return { records: row, header, ranks, bytes: store, ends, spilled }
}

/** Mean length of the records in some bytes, from one on. */
function averageLength(bytes: Buffer, from: number): number {
  const part = bytes.subarray(from, from + (1 << 16))
  let lines = 0
  for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) lines++
  return part.length / Math.max(1, lines)
}

/** The records up to a rank, in the order of the source. */
function drawnRecords({ ranks, bytes, ends }: Pass, highest: number): Buffer[] {
  return ranks.flatMap((rank, at) => (rank <= highest ? [bytes.subarray(at === 0 ? 0 : ends[at - 1], ends[at])] : []))
}

/** Writes records as a text table of their own. */
export async function keep(
  engine: Engine,
  text: TextTable,
  header: Buffer | undefined,
  records: readonly Buffer[],
  facts: Pick<DrawnText, 'sourceRows' | 'rows' | 'estimated'>,
  options: QueryOptions,
): Promise<DrawnText> {
  const path = join(await (engine.scratch as () => Promise<string>)(), `sample-${randomBytes(6).toString('hex')}.csv`)
  const remove = (): Promise<void> => rm(path, { force: true })
  try {
    await writeFile(path, Buffer.concat(header ? [header, ...records] : records), {
      mode: 0o600,
      signal: options.signal,
    })
  } catch (error) {
    await remove()
    throwIfAborted(options.signal)
    throw failure('DS_WRITE', `cannot keep the sample in ${path}: ${messageOf(error)}`, {
      where: path,
      hint: 'Samples need room in the temporary folder; see tempDirectory (--temp).',
      cause: error,
    })
  }
  try {
    return { relation: await text.over([path], options), ...facts, remove }
  } catch (error) {
    await remove()
    throw error
  }
}
