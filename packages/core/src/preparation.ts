import { isDayshiftError } from './errors.ts'
import type { Engine, QueryOptions } from './engine.ts'

/**
 * Work that must be done before the SQL of a relation can run: a table that a sample is drawn into, a function that SQL
 * calls by name. It runs once, when rows are first asked for.
 */
export interface Preparation {
  /** What it does, for `explain()`: `a sample of 1 % of weather.csv`. */
  readonly what: string
  readonly run: (options?: QueryOptions) => Promise<void>
}

/**
 * Makes a preparation of a function. It runs once; where it fails or is stopped, the next caller runs it again.
 *
 * @example prepareOnce('the table t', (options) => engine.query('CREATE TABLE t AS …', options))
 */
export function prepareOnce(what: string, work: (options?: QueryOptions) => Promise<unknown>): Preparation {
  let running: Promise<unknown> | undefined
  const run = async (options?: QueryOptions): Promise<void> => {
    const shared = running
    const mine = shared ?? (running = work(options))
    try {
      await mine
    } catch (error) {
      if (running === mine) running = undefined
      // Somebody else's signal stopped the work that this caller was waiting for.
      const othersStop = shared !== undefined && isDayshiftError(error) && error.code === 'DS_ABORTED'
      if (!othersStop || options?.signal?.aborted) throw error
      await run(options)
    }
  }
  return { what, run }
}

/** Does what relations need, in order, each thing once. */
export async function prepare(needs: readonly Preparation[] | undefined, options?: QueryOptions): Promise<void> {
  for (const need of needs ?? []) await need.run(options)
}

/** The preparations of several relations, each once, in the order in which they were made. */
export function allNeeds(
  ...lists: readonly (readonly Preparation[] | undefined)[]
): readonly Preparation[] | undefined {
  const all = [...new Set(lists.flatMap((list) => list ?? []))]
  return all.length > 0 ? all : undefined
}

/** Tables of preparations that no frame holds any more are dropped. */
const forgotten = new FinalizationRegistry<{ engine: Engine; table: string }>(({ engine, table }) => {
  // The engine may be closed already, and the table with it.
  engine.query(`DROP TABLE IF EXISTS ${table}`).catch(() => undefined)
})

/**
 * Ties a table to the frames that read it: it is dropped some time after the last of them is gone.
 *
 * @param need of every relation that reads the table; default: a new one, of a table that is there already
 */
export function keptTable(engine: Engine, table: string, need?: Preparation): Preparation {
  const holder = need ?? { what: `${table} was computed`, run: () => Promise.resolve() }
  forgotten.register(holder, { engine, table })
  return holder
}
