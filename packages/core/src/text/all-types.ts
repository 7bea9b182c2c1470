import type { CsvLayout } from '../dialect.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { bytesOf } from '../files.ts'
import { byteLayout } from './byte-layout.ts'
import { cellCheck } from './cell-check.ts'
import { columnsOfAll, type CsvColumn } from './columns.ts'
import { orderlyLayout } from './quoted-breaks.ts'
import { textScan } from './text-scan.ts'
import { checkQuotes, openQuote } from './open-quotes.ts'
import { IrregularText, OpenQuote, walkText } from './walk.ts'

/** What all cells have told of a table: its columns, and how it is read. */
export interface SettledTypes {
  readonly columns: readonly CsvColumn[]
  readonly layout: CsvLayout
  /** Whether bytes tell the records, as a walk over them has seen; nothing where none was made. */
  readonly regular?: boolean | undefined
}

/** Looks at all cells: on a walk over the bytes, where they tell, else by the engine's reader. */
export async function typesOfAll(
  engine: Engine,
  { files, layout }: { readonly files: readonly string[]; readonly layout: CsvLayout },
  head: readonly CsvColumn[],
  markers: readonly string[],
  query: QueryOptions,
): Promise<SettledTypes> {
  const walked = await typesByWalk(engine, files, layout, head, markers, query)
  if (walked) return walked
  const orderly = await orderlyLayout(files, layout, query)
  // Where no walk was possible, or not to its end.
  for (const file of files) await checkQuotes(file, layout, query)
  const rows = textScan(
    engine,
    files,
    orderly,
    head.map(({ name }) => name),
  )
  return { columns: await columnsOfAll(engine, rows, head, markers, query), layout: orderly }
}

async function typesByWalk(
  engine: Engine,
  files: readonly string[],
  layout: CsvLayout,
  head: readonly CsvColumn[],
  markers: readonly string[],
  query: QueryOptions,
): Promise<SettledTypes | undefined> {
  const bytes = byteLayout(files, layout, head.length)
  const check = bytes && cellCheck(head, markers, layout)
  if (!check) return undefined
  let serial = layout.serial ?? false
  const total = await bytesOf(files)
  let regular = true
  let read = 0
  for (const file of files) {
    try {
      const { breaks, spaced } = await walkText(file, bytes, { cells: check.task }, query, (count) => {
        read += count
        query.onProgress?.({ fraction: read / Math.max(1, total) })
      })
      serial ||= breaks
      regular &&= !spaced
    } catch (error) {
      if (error instanceof OpenQuote) throw await openQuote(file, error.offset)
      if (error instanceof IrregularText) return undefined
      throw error
    }
  }
  const columns = await check.columns(engine, query)
  return columns && { columns, layout: serial ? { ...layout, serial } : layout, regular }
}
