import { ident, open, resolveNames, type Frame, type QueryOptions } from '@dayshift/core'
import { failure } from '../codes.ts'
import type { PlannedReference, PlannedTableCheck } from './plan.ts'

/** The other side of a reference, ready to be joined. */
export interface OtherSide {
  readonly frame: Frame
  /** SQL of the keys, k0, k1 …, of this side's rows and of the other's, of types that can be compared. */
  readonly keys: readonly { readonly here: string; readonly there: string }[]
}

/**
 * Opens what the references of a contract refer to, before any data is checked.
 *
 * @param cwd what paths are taken from
 * @throws DS_CONTRACT_INVALID for a frame of another engine
 * @throws DS_SOURCE_NOT_FOUND, DS_COLUMN_UNKNOWN where there is no such source or column
 */
export async function otherSides(
  frame: Frame,
  planned: readonly PlannedTableCheck[],
  cwd: string | undefined,
  query: QueryOptions,
): Promise<ReadonlyMap<PlannedReference, OtherSide>> {
  const sides = new Map<PlannedReference, OtherSide>()
  const types = await typesOf(frame, query)
  for (const check of planned) {
    if (check.as !== 'reference') continue
    const { columns, to, on = columns } = check.rule
    const other = typeof to === 'string' ? await open(to, { cwd, engine: frame.engine, ...query }) : to
    if (other.engine !== frame.engine) {
      throw failure('DS_CONTRACT_INVALID', `the check '${check.check}' refers to a frame of another engine`, {
        hint: 'Open both with the same engine, or give the path.',
      })
    }
    const names = resolveNames(on, other.columns, check.check)
    const theirs = await typesOf(other, query)
    const keys = names.map((name, at) => {
      const own = columns[at] as string
      const [here, there] = [ident(own).text, ident(name).text]
      // Numbers compare with numbers, whatever their size; else as text.
      if (comparable(types.get(own), theirs.get(name))) return { here, there }
      return { here: `CAST(${here} AS VARCHAR)`, there: `CAST(${there} AS VARCHAR)` }
    })
    sides.set(check, { frame: other, keys })
  }
  return sides
}

async function typesOf(frame: Frame, query: QueryOptions): Promise<ReadonlyMap<string, string>> {
  return new Map((await frame.schema(query)).columns.map(({ name, type }) => [name, type]))
}

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'decimal', 'float'])

function comparable(one: string | undefined, other: string | undefined): boolean {
  return one === other || (NUMBERS.has(one ?? '') && NUMBERS.has(other ?? ''))
}
