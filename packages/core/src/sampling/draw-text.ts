import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { throwIfAborted } from '../abort.ts'
import { failure } from '../codes.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { messageOf } from '../errors.ts'
import { bytesOf } from '../files.ts'
import type { Relation } from '../relation.ts'
import type { TextTable, TypesCheck } from '../source.ts'
import { byteLayout } from '../text/byte-layout.ts'
import { IrregularText, walkText, type ByteLayout, type CellTask } from '../text/walk.ts'
import { sampleSize, type SamplePlan } from './plan.ts'
import { highestRank, rankingOf, RANKS } from './rank.ts'

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
  const layout = byteLayout(text.files, text.layout, names.length)
  if (!layout || !engine.scratch) return undefined
  const bytes = await bytesOf(text.files)
  const pass = (below: (records: number) => number, check?: TypesCheck): Promise<Pass> =>
    collect(text, layout, plan, bytes, below, check?.task, options)
  try {
    const check = text.typesCheck()
    const first = await pass((records) => likely(plan, records), check)
    await check?.settle(first.breaks, options)
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
    // Whatever it is, the engine's reader, or finding the types, says it.
    if (error instanceof IrregularText) return undefined
    throw error
  }
}

/** What one walk over the files found. */
interface Pass {
  readonly records: number
  /** Whether a record has a line end in quotes. */
  readonly breaks: boolean
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
  layout: ByteLayout,
  plan: SamplePlan,
  total: number,
  below: (records: number) => number,
  cells: CellTask | undefined,
  options: QueryOptions,
): Promise<Pass> {
  const { first, second } = rankingOf(plan.seed)
  const ranks: number[] = []
  const ends: number[] = []
  let store = Buffer.alloc(0)
  let stored = 0
  let row = 0
  let spilled = false
  let breaks = false
  let read = 0
  let limit: number | undefined
  let header: Buffer | undefined
  // The first records tell how many there will be.
  const highest = (averageLength: number): number => {
    if (limit !== undefined) return limit
    const share = below(Math.max(1, Math.floor(total / averageLength)))
    // Pages that are never written take no memory.
    store = Buffer.allocUnsafe(Math.min(LARGEST_SAMPLE, Math.ceil(total * share * 1.1) + (1 << 16)))
    limit = Math.ceil(share * RANKS) - 1
    return limit
  }
  const visit = (rank: number, bytes: Buffer, from: number, to: number): void => {
    if (spilled) return
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
    const records = { first, second, before: row, highest, visit }
    const seen = await walkText(file, layout, { records, cells }, options, (count, seenRows) => {
      read += count
      options.onProgress?.({ fraction: total > 0 ? read / total : undefined, rows: records.before + seenRows })
    })
    row += seen.records
    breaks ||= seen.breaks
    header ??= seen.header
  }
  return { records: row, breaks, header, ranks, bytes: store, ends, spilled }
}

/** The records up to a rank, in the order of the source: moved together, since they may be many. */
function drawnRecords({ ranks, bytes, ends }: Pass, highest: number): Buffer {
  let size = 0
  ranks.forEach((rank, at) => {
    if (rank > highest) return
    const [from, to] = [at === 0 ? 0 : (ends[at - 1] as number), ends[at] as number]
    bytes.copyWithin(size, from, to)
    size += to - from
  })
  return bytes.subarray(0, size)
}

/** Writes records as a text table of their own. */
export async function keep(
  engine: Engine,
  text: TextTable,
  header: Buffer | undefined,
  records: Buffer,
  facts: Pick<DrawnText, 'sourceRows' | 'rows' | 'estimated'>,
  options: QueryOptions,
): Promise<DrawnText> {
  const path = join(await (engine.scratch as () => Promise<string>)(), `sample-${randomBytes(6).toString('hex')}.csv`)
  const remove = (): Promise<void> => rm(path, { force: true })
  try {
    await writeFile(path, header ? [header, records] : records, { mode: 0o600, signal: options.signal })
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
