import type * as DuckDB from '@duckdb/node-api'
import { doublesBatch, type DoublesBatch } from '../engine.ts'
import { newTable } from '../sources/table-name.ts'
import { doublesOf } from './duckdb-values.ts'

/** Runs a query of doubles, of which it has `width` columns, and hands on its rows. */
export type DoublesScan = (
  connection: DuckDB.DuckDBConnection,
  text: string,
  width: number,
  take: (batch: DoublesBatch) => void,
) => Promise<void>

/** Who gets the rows of a query, and what it threw. */
interface Taker {
  readonly take: (batch: DoublesBatch) => void
  thrown?: { readonly error: unknown }
}

/**
 * Rows go to a function that SQL calls: the engine's threads hand on what they have, and read on meanwhile. As a result they would be copied
 * twice and fetched 2048 at a time, which takes three times as long.
 */
export function doublesScan(duckdb: typeof DuckDB, instance: DuckDB.DuckDBInstance): DoublesScan {
  const name = newTable('sink')
  // The engine has one function for all scans, since it would never let one go.
  const takers = new Map<number, Taker>()
  let scans = 0
  let defined: Promise<void> | undefined
  return async (connection, text, width, take) => {
    await (defined ??= defineSink(duckdb, instance, name, takers))
    const scan = scans++
    const taker: Taker = { take }
    takers.set(scan, taker)
    const columns = Array.from({ length: width }, (_, at) => `c${at}`).join(', ')
    try {
      await connection.run(`SELECT count(${name}(${scan}, ${columns})) FROM (${text}) AS scanned(${columns})`)
    } catch (error) {
      throw taker.thrown === undefined ? error : taker.thrown.error
    } finally {
      takers.delete(scan)
    }
  }
}

async function defineSink(
  duckdb: typeof DuckDB,
  instance: DuckDB.DuckDBInstance,
  name: string,
  takers: ReadonlyMap<number, Taker>,
): Promise<void> {
  const connection = await instance.connect()
  connection.registerScalarFunction(
    duckdb.DuckDBScalarFunction.create({
      name,
      returnType: duckdb.BOOLEAN,
      parameterTypes: [duckdb.INTEGER],
      varArgsType: duckdb.DOUBLE,
      volatile: true,
      // Rows without a value are handed on too.
      specialHandling: true,
      mainFunction: (_info, chunk) => {
        const taker = takers.get(chunk.getColumnVector(0).getItem(0) as number)
        if (!taker || chunk.rowCount === 0) return
        try {
          const columns = Array.from({ length: chunk.columnCount - 1 }, (_, at) => {
            const vector = chunk.getColumnVector(at + 1)
            return doublesOf(vector) ?? vector.toArray()
          })
          taker.take(doublesBatch(columns, chunk.rowCount))
        } catch (error) {
          taker.thrown ??= { error }
          throw error
        }
      },
    }),
  )
  connection.closeSync()
}
