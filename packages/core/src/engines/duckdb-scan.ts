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

/** A function of SQL, and who gets what it is called with. */
interface Sink {
  readonly name: string
  take?: ((batch: DoublesBatch) => void) | undefined
}

/**
 * Rows go to a function that SQL calls: the engine's threads hand on what they have, and read on meanwhile. As a result they would be copied
 * twice and fetched 2048 at a time, which takes three times as long.
 */
export function doublesScan(duckdb: typeof DuckDB, instance: DuckDB.DuckDBInstance): DoublesScan {
  // The engine never lets a function go, so there are as many as scans at a time.
  const idle: Sink[] = []
  return async (connection, text, width, take) => {
    const sink = idle.pop() ?? (await newSink(duckdb, instance))
    sink.take = take
    const columns = Array.from({ length: width }, (_, at) => `c${at}`).join(', ')
    try {
      await connection.run(`SELECT count(${sink.name}(${columns})) FROM (${text}) AS scanned(${columns})`)
    } finally {
      sink.take = undefined
      idle.push(sink)
    }
  }
}

async function newSink(duckdb: typeof DuckDB, instance: DuckDB.DuckDBInstance): Promise<Sink> {
  const sink: Sink = { name: newTable('sink') }
  const connection = await instance.connect()
  connection.registerScalarFunction(
    duckdb.DuckDBScalarFunction.create({
      name: sink.name,
      returnType: duckdb.BOOLEAN,
      varArgsType: duckdb.DOUBLE,
      volatile: true,
      // Rows without a value are handed on too.
      specialHandling: true,
      mainFunction: (_info, chunk) => {
        if (chunk.rowCount === 0) return
        const columns = Array.from({ length: chunk.columnCount }, (_, at) => {
          const vector = chunk.getColumnVector(at)
          return doublesOf(vector) ?? vector.toArray()
        })
        sink.take?.(doublesBatch(columns, chunk.rowCount))
      },
    }),
  )
  connection.closeSync()
  return sink
}
