import { randomInt } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { throwIfAborted } from '../abort.ts'
import { failure } from '../codes.ts'
import type { CsvLayout } from '../dialect.ts'
import type { QueryOptions } from '../engine.ts'
import { bytesOf } from '../files.ts'
import { rankingOf, RANKS } from '../sampling/rank.ts'
import { byteLayout } from './byte-layout.ts'
import type { AscendingRun, CellForm, Span } from './cell-form.ts'
import { originalOf } from './copies.ts'
import type { ToldCells } from './told-cells.ts'
import { IrregularText, walkText, type ByteLayout, type RecordTask } from './walk.ts'

/** What is looked for on a walk over all cells. */
export interface FormLook {
  /** The form of each column. */
  readonly forms: readonly CellForm[]
  /** Gets the cells that do not surely have their form, in the order of the rows. */
  readonly visit: (cells: ToldCells) => Promise<void> | undefined
  /** Columns of whole numbers of which runs are told that ascend. */
  readonly keyed?: readonly number[] | undefined
  /** Gets a run of those of them that have the form, once it has ended; in no order among columns. Gives whether more are wanted. */
  readonly visitRun?: ((column: number, run: AscendingRun) => boolean) | undefined
  /** About so many records by chance, all where there are no more, are told whole, before the cells of their rows. */
  readonly some: number
  /** Gets such a record: its number from 1, and the texts of its cells, read by another reader than the walk. */
  readonly visitRecord: (row: number, cells: readonly string[]) => void
}

/** What a walk over all cells has seen. */
export interface FormsSeen {
  readonly rows: number
  /** Empty cells of each column, apart from those that were told. */
  readonly empties: readonly number[]
  /** The whole numbers of each column whose form is one, among those that had it. */
  readonly spans: readonly (Span | undefined)[]
}

/** Files of a text table, and how they are written. */
export interface WalkedTable {
  readonly files: readonly string[]
  readonly layout: CsvLayout
  /** Whether a walk has seen that bytes tell the records; nothing where none has looked. */
  readonly regular: boolean | undefined
}

/** Whether bytes tell the records and cells of a text table. Looks at all of them, unless somebody has. */
export async function isRegular(
  { files, layout, regular }: WalkedTable,
  columns: number,
  query: QueryOptions,
): Promise<boolean> {
  const bytes = byteLayout(files, layout, columns)
  if (!bytes || !layout.nulls.includes('')) return false
  return regular ?? (await isWalkedThrough(files, bytes, columns, query))
}

/**
 * Looks for forms of cells by the bytes of a text table, which tell its records.
 *
 * @throws DS_SOURCE_MALFORMED where they do not any more
 */
export async function walkForms(
  { files, layout }: WalkedTable,
  look: FormLook,
  query: QueryOptions,
): Promise<FormsSeen> {
  const bytes = byteLayout(files, layout, look.forms.length)
  if (!bytes) throw changed(files[0] as string)
  const total = await bytesOf(files)
  const empties = look.forms.map(() => 0)
  const spans: (Span | undefined)[] = look.forms.map(() => undefined)
  const share = (2 * look.some) / Math.max(1, total)
  let rows = 0
  let read = 0
  for (const file of files) {
    const tasks = {
      records: recordTask(look, bytes, rows, share),
      forms: {
        forms: look.forms,
        before: rows,
        visit: look.visit,
        keyed: look.keyed,
        visitRun: look.visitRun,
      },
    }
    const seen = await walkText(file, bytes, tasks, query, (count) => {
      read += count
      query.onProgress?.({ fraction: read / Math.max(1, total) })
    }).catch((error: unknown) => {
      throwIfAborted(query.signal)
      throw error instanceof IrregularText ? changed(file) : error
    })
    rows += seen.records
    seen.empties.forEach((count, column) => (empties[column] = (empties[column] as number) + count))
    seen.spans.forEach((span, column) => (spans[column] = around(spans[column], span)))
  }
  return { rows, empties, spans }
}

async function isWalkedThrough(
  files: readonly string[],
  layout: ByteLayout,
  columns: number,
  query: QueryOptions,
): Promise<boolean> {
  const cells = { kinds: new Uint8Array(columns), visit: () => undefined }
  try {
    for (const file of files) if ((await walkText(file, layout, { cells }, query)).spaced) return false
    return true
  } catch (error) {
    if (error instanceof IrregularText) return false
    throw error
  }
}

/** Some records by chance. */
function recordTask(look: FormLook, { delimiter, quote }: ByteLayout, before: number, share: number): RecordTask {
  const { first, second } = rankingOf(randomInt(2 ** 32))
  return {
    first,
    second,
    before,
    highest: (averageLength) => Math.min(RANKS - 1, Math.floor(share * averageLength * RANKS)),
    visit: (_rank, bytes, from, to, low) => {
      const [cells] = parse(bytes.subarray(from, to), { delimiter, quote, relax_quotes: true })
      if (cells) look.visitRecord(before + ((low - (before >>> 0)) >>> 0), cells)
    },
  }
}

/** What two files have together, one after the other. */
function around(one: Span | undefined, other: Span | undefined): Span | undefined {
  if (!one || !other) return one ?? other
  return {
    least: one.least < other.least ? one.least : other.least,
    most: one.most > other.most ? one.most : other.most,
    ascending: one.ascending && other.ascending && one.most < other.least,
  }
}

function changed(file: string): Error {
  const path = originalOf(file)
  return failure('DS_SOURCE_MALFORMED', `${path} has changed while it was read`, {
    where: path,
    hint: 'Run again when nobody writes to it.',
  })
}
