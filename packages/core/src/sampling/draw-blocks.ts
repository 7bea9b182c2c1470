import { open, stat, type FileHandle } from 'node:fs/promises'
import { throwIfAborted } from '../abort.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import type { TextTable } from '../source.ts'
import { byteLayout } from '../text/byte-layout.ts'
import type { ByteLayout } from '../text/walk.ts'
import { failure } from '../codes.ts'
import { firstRecord, recordsWithin } from './block-records.ts'
import { drawText, keep, type DrawnText } from './draw-text.ts'
import type { SamplePlan } from './plan.ts'
import { rankingOf, rankOf, RANKS } from './rank.ts'

/** Bytes of a block: what a disk reads at once. */
const BLOCK = 4096

/** With fewer blocks, chance has too much to say: of smaller samples more is read, and some of it left out. */
const LEAST_BLOCKS = 200

/** What is read before a block, to find out whether it begins within quotes. */
const CONTEXTS = [1 << 14, 1 << 18, 1 << 22]

/**
 * Draws records from random blocks of a text table, and reads nothing else. Each file is cut into equal parts; in each, a
 * block begins at a random byte, and goes on at the part's start where it passes its end. The records drawn are those of
 * which the first byte lies in a block: so each has the same probability, whatever its length, and the parts make the
 * blocks stand evenly. Rows of a block come together, which is what makes the sample approximate.
 *
 * @throws DS_SAMPLE where the file cannot be read by its bytes
 */
export async function drawBlocks(
  engine: Engine,
  text: TextTable,
  names: readonly string[],
  plan: SamplePlan,
  options: QueryOptions,
): Promise<DrawnText | undefined> {
  const layout = byteLayout(text.files, text.layout, names.length)
  if (!layout || !engine.scratch) {
    throw noBlocks()
  }
  const sizes = await Promise.all(text.files.map(async (file) => (await stat(file)).size))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const wanted = plan.fraction ?? (await shareOfRows(text, total, plan.rows as number))
  let share = Math.max(wanted, (LEAST_BLOCKS * BLOCK) / Math.max(1, total))
  for (;;) {
    if (share >= 0.5) return drawText(engine, text, names, plan, options)
    const found = await blocksOfAll(text, sizes, layout, names.length, share, plan, options)
    if (!found) return drawText(engine, text, names, plan, options)
    const { records, header } = found
    const sourceRows = Math.round(records.length / share)
    const rows = plan.rows ?? (share === wanted ? records.length : Math.max(1, Math.round(sourceRows * wanted)))
    if (records.length >= rows) {
      const drawn = thinned(records, rows, plan.seed)
      return keep(
        engine,
        text,
        header,
        Buffer.concat(drawn),
        { sourceRows, estimated: true, rows: drawn.length },
        options,
      )
    }
    // Records are longer than the first ones.
    share *= Math.min(4, (1.1 * rows) / Math.max(1, records.length))
  }
}

/** The records of the blocks of all files; nothing where they cannot be told. */
async function blocksOfAll(
  text: TextTable,
  sizes: readonly number[],
  layout: ByteLayout,
  cells: number,
  share: number,
  plan: SamplePlan,
  options: QueryOptions,
): Promise<{ records: Buffer[]; header: Buffer | undefined } | undefined> {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const records: Buffer[] = []
  let header: Buffer | undefined
  let read = 0
  for (const [number, path] of text.files.entries()) {
    const size = sizes[number] as number
    const file = await open(path)
    try {
      const found = await blocksOf(file, size, layout, cells, share, { ...plan, seed: plan.seed + number }, options)
      if (!found) return undefined
      header ??= found.header
      for (const record of found.records) records.push(record)
    } finally {
      await file.close()
    }
    read += size
    options.onProgress?.({ fraction: read / total })
  }
  return { records, header }
}

/** What is thrown of sources that blocks cannot be drawn from. */
export function noBlocks(): Error {
  return failure(
    'DS_SAMPLE',
    'blocks can be drawn from uncompressed text tables of two columns and more only, with lines that end in LF or CRLF',
    {
      hint: 'Leave the method out: all rows are read then, and each has the same probability.',
    },
  )
}

/** The share of the bytes that holds a number of rows, and a tenth more, by the length of the first records. */
async function shareOfRows(text: TextTable, total: number, rows: number): Promise<number> {
  const file = await open(text.files[0] as string)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1 << 20), 0, 1 << 20, 0)
    let lines = 0
    for (let at = buffer.indexOf(10); at >= 0 && at < bytesRead; at = buffer.indexOf(10, at + 1)) lines++
    return Math.min(1, (rows * 1.1 * (bytesRead / Math.max(1, lines))) / total)
  } finally {
    await file.close()
  }
}

/** A number of records out of some more, each with the same probability, in their order. */
function thinned(records: readonly Buffer[], wanted: number, seed: number): readonly Buffer[] {
  if (records.length <= wanted) return records
  const ranking = rankingOf(seed)
  const ranks = records.map((_, at) => rankOf(ranking, at + 1))
  const highest = Uint32Array.from(ranks).sort()[wanted - 1] as number
  return records.filter((_, at) => (ranks[at] as number) <= highest)
}

async function blocksOf(
  file: FileHandle,
  size: number,
  layout: ByteLayout,
  cells: number,
  share: number,
  plan: SamplePlan,
  options: QueryOptions,
): Promise<{ records: Buffer[]; header: Buffer | undefined } | undefined> {
  const head = await firstRecord(file, size, layout)
  if (!head) return undefined
  const header = layout.header ? head.bytes : undefined
  const begin = layout.header ? head.end : 0
  const parts = Math.max(1, Math.round(((size - begin) * share) / BLOCK))
  const part = (size - begin) / parts
  const ranking = rankingOf(plan.seed)
  const records: Buffer[] = []
  for (let at = 0; at < parts; at++) {
    throwIfAborted(options.signal)
    const from = begin + Math.floor(at * part)
    const to = begin + Math.floor((at + 1) * part)
    const length = Math.round((to - from) * share)
    const offset = from + Math.floor((rankOf(ranking, at + 1) / RANKS) * (to - from))
    // In the order of the file: what passes the part's end, and goes on at its start, comes first.
    const pieces =
      offset + length > to
        ? [[from, from + offset + length - to] as const, [offset, to] as const]
        : [[offset, offset + length] as const]
    for (const [first, last] of pieces) {
      const found = await within(file, size, begin, first, last, layout, cells)
      if (!found) return undefined
      records.push(...found)
    }
  }
  return { records, header }
}

/** The records that begin in a piece of a file; none where it cannot be told. */
async function within(
  file: FileHandle,
  size: number,
  begin: number,
  from: number,
  to: number,
  layout: ByteLayout,
  cells: number,
): Promise<Buffer[] | undefined> {
  for (const context of CONTEXTS) {
    const start = Math.max(begin, from - context)
    const found = await recordsWithin(file, size, start, from, to, layout, cells, start === begin)
    if (found) return found
  }
  return undefined
}
