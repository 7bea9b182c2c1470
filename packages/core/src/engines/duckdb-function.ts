import type * as DuckDB from '@duckdb/node-api'
import type { Batch, GivenColumn } from '../engine.ts'
import { isDayshiftError, messageOf } from '../errors.ts'
import { ident } from '../sql.ts'
import { duckdbInput } from './duckdb-input.ts'
import { duckdbValue } from './duckdb-values.ts'

/** What stands before the words of a JavaScript error in DuckDB's message. */
export const FUNCTION_MARK = 'the function of map failed: '

/**
 * Makes a JavaScript function known to SQL: from a struct to a struct, called once for every row.
 *
 * @param onThrow gets what the function throws, of which the engine keeps the words only
 */
export async function defineFunction(
  duckdb: typeof DuckDB,
  instance: DuckDB.DuckDBInstance,
  name: string,
  gives: readonly GivenColumn[],
  call: (batch: Batch) => readonly (readonly unknown[])[],
  onThrow: (error: unknown) => void,
): Promise<void> {
  const connection = await instance.connect()
  try {
    const returnType = await structType(connection, gives)
    const inputs = returnType.entryTypes.map(duckdbInput)
    const run = (chunk: DuckDB.DuckDBDataChunk, output: DuckDB.DuckDBStructVector): void => {
      const struct = chunk.getColumnVector(0) as DuckDB.DuckDBStructVector
      const { entryNames, entryTypes } = struct.type
      const rows = chunk.rowCount
      const columns = entryTypes.map((type, at) => duckdbValue(type, false)(struct.entryVectorAt(at)))
      const results = call({ names: entryNames, rows, columns })
      results.forEach((values, at) => {
        const vector = output.entryVectorAt(at)
        const input = inputs[at] as (value: unknown) => DuckDB.DuckDBValue
        for (let row = 0; row < rows; row++) vector.setItem(row, inColumn(input, values[row], gives[at]?.name))
      })
      output.flush()
    }
    connection.registerScalarFunction(
      duckdb.DuckDBScalarFunction.create({
        name,
        returnType,
        parameterTypes: [duckdb.ANY],
        // Each row is given to it once: what may have effects must not be moved or repeated.
        volatile: true,
        mainFunction: (_info, chunk, output) => {
          try {
            run(chunk, output as DuckDB.DuckDBStructVector)
          } catch (error) {
            onThrow(error)
            throw new Error(FUNCTION_MARK + messageOf(error), { cause: error })
          }
        },
      }),
    )
  } finally {
    connection.closeSync()
  }
}

function inColumn(input: (value: unknown) => DuckDB.DuckDBValue, value: unknown, column = ''): DuckDB.DuckDBValue {
  try {
    return input(value)
  } catch (error) {
    if (isDayshiftError(error)) throw new Error(`column '${column}': ${error.message}`, { cause: error })
    throw error
  }
}

async function structType(
  connection: DuckDB.DuckDBConnection,
  gives: readonly GivenColumn[],
): Promise<DuckDB.DuckDBStructType> {
  const fields = gives.map((column) => `${ident(column.name).text} ${column.nativeType}`)
  const result = await connection.run(`SELECT CAST(NULL AS STRUCT(${fields.join(', ')})) AS s`)
  return result.columnType(0) as DuckDB.DuckDBStructType
}
