import type { Engine, QueryOptions } from '../engine.ts'
import { ident, literal, raw } from '../sql.ts'
import { columnsOfAll, hasMarkers, typeOf, type CsvColumn } from './columns.ts'
import type { CellTask } from './walk.ts'
import { KINDS } from './walk-kinds.ts'

/** Different cells of one column that are kept for the engine to judge. */
const MOST_ODD = 10_000

/**
 * Finds whether all cells of a text table have the types that its first rows have, on a walk over its bytes: the walk lets
 * pass what surely fits, and the engine judges the different cells that are left.
 */
export interface CellCheck {
  readonly task: CellTask
  /** The columns after all cells were walked; nothing where the engine must look at all of them. */
  columns(engine: Engine, options?: QueryOptions): Promise<CsvColumn[] | undefined>
}

/**
 * @param columns what the first rows have told
 * @param markers as for `columnsOfAll`
 * @param layout its `nulls` mean "no value" whatever the column
 * @returns nothing where an empty cell is a value
 */
export function cellCheck(
  columns: readonly CsvColumn[],
  markers: readonly string[],
  { nulls, quote }: { readonly nulls: readonly string[]; readonly quote: string },
): CellCheck | undefined {
  if (!nulls.includes('')) return undefined
  const missing = new Set(nulls)
  const kinds = Uint8Array.from(columns, (column) => kindOf(column, markers))
  const odd = columns.map(() => new Set<string>())
  let given = false
  const visit: CellTask['visit'] = (column, bytes, from, to) => {
    const cells = odd[column] as Set<string>
    if (given) return
    const text = bytes.toString('utf8', from, to)
    const value = text.startsWith(quote) ? text.slice(1, -1).replaceAll(quote + quote, quote) : text
    if (!missing.has(value)) cells.add(value)
    // A quote behind spaces: only the engine's reader knows what it makes of it.
    given = cells.size > MOST_ODD || (value === text && text.includes(quote))
  }
  return {
    task: { kinds, visit },
    columns: async (engine, options) => {
      if (given) return undefined
      if (odd.every(({ size }) => size === 0)) return [...columns]
      const all = await columnsOfAll(engine, raw(oddCells(columns, odd)), columns, markers, options)
      const same = all.every((column, at) => {
        const known = columns[at] as CsvColumn
        return kinds[at] === KINDS.nothing || column.candidates[0] === known.candidates[0]
      })
      return same ? all : undefined
    },
  }
}

/** What the walk may let pass in a column without anybody else looking at it. */
function kindOf(column: CsvColumn, markers: readonly string[]): number {
  if (column.declared !== undefined) {
    const asks = markers.length > 0 && !column.marked && hasMarkers({ ...column, marked: true })
    return asks ? KINDS.noMarker : KINDS.anything
  }
  if (!column.filled) return KINDS.nothing
  const type = typeOf(column)
  return type === 'VARCHAR' ? KINDS.anything : (KINDS[type as keyof typeof KINDS] ?? KINDS.nothing)
}

/** A table of all columns that has each odd cell in a row of its own. */
function oddCells(columns: readonly CsvColumn[], odd: readonly ReadonlySet<string>[]): string {
  const parts = columns.flatMap((_, at) => {
    const cells = [...(odd[at] as ReadonlySet<string>)]
    if (cells.length === 0) return []
    const list = columns.map(({ name }, other) => {
      const cell = other === at ? `unnest([${literal(cells).text}])` : 'NULL::VARCHAR'
      return `${cell} AS ${ident(name).text}`
    })
    return [`SELECT ${list.join(', ')}`]
  })
  return `(${parts.join(' UNION ALL ')})`
}
