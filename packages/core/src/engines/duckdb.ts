import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type * as DuckDB from '@duckdb/node-api'
import { failure } from '../codes.ts'
import { duckdbDialect } from '../dialect.ts'
import { rowsOf, type Batch, type DoublesBatch, type Engine, type QueryOptions, type Row } from '../engine.ts'
import { throwIfAborted } from '../abort.ts'
import { messageOf, type DayshiftError } from '../errors.ts'
import { duckdbFailure } from './duckdb-errors.ts'
import { defineFunction, FUNCTION_MARK } from './duckdb-function.ts'
import { duckdbInput } from './duckdb-input.ts'
import { doublesScan, type DoublesScan } from './duckdb-scan.ts'
import { keepMarks } from './duckdb-texts.ts'
import { duckdbValue } from './duckdb-values.ts'
import { newSpill, removeSpill } from './spill.ts'

/** How DuckDB runs inside this process. */
export interface DuckdbOptions {
  /** Memory that queries may use before they spill to disk, as `2GB`. Default: DuckDB's own, 80 % of the machine's. */
  readonly memoryLimit?: string
  /** Default: all cores. */
  readonly threads?: number
  /** Where queries spill, in a folder of the engine's own that is made when needed and removed on close. Default: the system's temporary folder. */
  readonly tempDirectory?: string
}

/** How often progress is told, in milliseconds. */
const PROGRESS_INTERVAL = 200

/** How often an aborted query is interrupted until it ends, in milliseconds: one that has not begun misses the first. */
const INTERRUPT_INTERVAL = 20

/**
 * DuckDB in this process, over a database in memory. Extensions are never downloaded.
 *
 * @throws DS_ENGINE where the engine's binary cannot be loaded
 * @example
 * const engine = await createDuckdb({ memoryLimit: '2GB' })
 * const frame = await open('flights.parquet', { engine })
 * await engine.close()
 */
export async function createDuckdb(options: DuckdbOptions = {}): Promise<Engine> {
  const spill = newSpill(options.tempDirectory)
  const instance = await start(options, spill).catch((error: unknown) => {
    removeSpill(spill)
    throw error
  })
  const thrown: Thrown = new Map()
  const doubles = doublesScan(duckdb(), instance)
  return {
    dialect: duckdbDialect,
    query: async (text, queryOptions) => {
      const rows: Row[] = []
      for await (const batch of stream(instance, text, thrown, queryOptions)) rows.push(...rowsOf(batch))
      return rows
    },
    stream: (text, queryOptions) => stream(instance, text, thrown, queryOptions),
    scan: (text, take, queryOptions) => scan(instance, doubles, text, take, queryOptions),
    close: async () => {
      instance.closeSync()
      removeSpill(spill)
    },
    scratch: async () => {
      try {
        mkdirSync(spill, { recursive: true, mode: 0o700 })
      } catch (error) {
        throw failure('DS_WRITE', `cannot make the folder ${spill}: ${messageOf(error)}`, {
          where: spill,
          cause: error,
        })
      }
      return spill
    },
    append: (table, batches, queryOptions) => append(instance, table, batches, queryOptions),
    define: (name, gives, call) =>
      defineFunction(duckdb(), instance, name, gives, call, (error) => thrown.set(name, error)),
  }
}

/** Loaded through require, which halves the start: import() scans DuckDB's CommonJS for names. */
function duckdb(): typeof DuckDB {
  return createRequire(import.meta.url)('@duckdb/node-api') as typeof DuckDB
}

async function start(options: DuckdbOptions, spill: string): Promise<DuckDB.DuckDBInstance> {
  try {
    keepMarks()
    const instance = await duckdb().DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      temp_directory: spill,
      threads: String(options.threads ?? availableParallelism()),
      ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
    })
    const connection = await instance.connect()
    // Times mean the same on every machine.
    await connection.run("SET GLOBAL TimeZone = 'UTC'")
    connection.closeSync()
    return instance
  } catch (error) {
    throw failure('DS_ENGINE', `DuckDB could not be started: ${messageOf(error)}`, { cause: error })
  }
}

async function connect(instance: DuckDB.DuckDBInstance): Promise<DuckDB.DuckDBConnection> {
  try {
    return await instance.connect()
  } catch (error) {
    throw failure('DS_ENGINE', `the engine takes no more queries: ${messageOf(error)}`, {
      hint: 'Close it once nothing reads from it any more.',
      cause: error,
    })
  }
}

/** What JavaScript functions threw last, by their names in SQL. */
type Thrown = Map<string, unknown>

async function* stream(
  instance: DuckDB.DuckDBInstance,
  text: string,
  thrown: Thrown,
  { signal, onProgress, lent = false }: QueryOptions = {},
): AsyncGenerator<Batch> {
  if (signal?.aborted) throw failure('DS_ABORTED', 'the work was stopped', { cause: signal.reason })
  // A connection each, since a second stream on one connection ends the first.
  const connection = await connect(instance)
  const stopped = interruptOnAbort(connection, signal)
  const timer = onProgress ? await watchProgress(connection, onProgress) : undefined
  try {
    const result = await connection.stream(text)
    const names = result.columnNames()
    const convert = result.columnTypes().map((type) => duckdbValue(type, lent))
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      yield { names, rows: chunk.rowCount, columns: convert.map((column, at) => column(chunk.getColumnVector(at))) }
      if (signal?.aborted) break
    }
    if (signal?.aborted) throw failure('DS_ABORTED', 'the work was stopped', { cause: signal.reason })
    // Where a query fails after its first rows, the driver gives no more of them and says nothing.
    if (result.returnType === duckdb().ResultReturnType.INVALID) throw await reasonOf(connection, text, thrown)
  } catch (error) {
    if (signal?.aborted) throw failure('DS_ABORTED', 'the work was stopped', { cause: signal.reason })
    throw withThrown(await duckdbFailure(error, text), text, thrown)
  } finally {
    clearInterval(timer)
    stopped()
    connection.closeSync()
  }
}

/** Interrupts what a connection runs once a signal says so. Gives what ends that. */
function interruptOnAbort(connection: DuckDB.DuckDBConnection, signal: AbortSignal | undefined): () => void {
  let interrupting: NodeJS.Timeout | undefined
  const interrupt = (): void => {
    connection.interrupt()
    interrupting ??= setInterval(interrupt, INTERRUPT_INTERVAL).unref()
  }
  if (signal?.aborted) interrupt()
  signal?.addEventListener('abort', interrupt, { once: true })
  return () => {
    clearInterval(interrupting)
    signal?.removeEventListener('abort', interrupt)
  }
}

async function scan(
  instance: DuckDB.DuckDBInstance,
  doubles: DoublesScan,
  text: string,
  take: (batch: DoublesBatch) => void,
  { signal }: QueryOptions = {},
): Promise<void> {
  throwIfAborted(signal)
  const connection = await connect(instance)
  const stopped = interruptOnAbort(connection, signal)
  let thrown: { readonly error: unknown } | undefined
  const guarded = (batch: DoublesBatch): void => {
    try {
      take(batch)
    } catch (error) {
      thrown ??= { error }
      throw error
    }
  }
  try {
    const { columnCount } = await connection.prepare(text)
    await doubles(connection, text, columnCount, guarded)
  } catch (error) {
    throwIfAborted(signal)
    throw thrown === undefined ? await duckdbFailure(error, text) : thrown.error
  } finally {
    stopped()
    connection.closeSync()
  }
}

/** Why a query broke off. The driver keeps the engine's words to itself, so unless a function threw, it runs once more. */
async function reasonOf(connection: DuckDB.DuckDBConnection, text: string, thrown: Thrown): Promise<unknown> {
  const called = [...thrown.keys()].find((name) => text.includes(name))
  if (called !== undefined) return new Error(FUNCTION_MARK + messageOf(thrown.get(called)))
  try {
    await connection.run(`EXPLAIN ANALYZE ${text}`)
  } catch (error) {
    return error
  }
  return new Error('the query broke off after its first rows, and does not when it runs again')
}

/** An error of a JavaScript function with what it threw, and so with its stack, as the cause. */
function withThrown(error: DayshiftError, text: string, thrown: Thrown): DayshiftError {
  const called = error.code === 'DS_FUNCTION' ? [...thrown.keys()].find((name) => text.includes(name)) : undefined
  if (called === undefined) return error
  const cause = thrown.get(called)
  thrown.delete(called)
  return failure('DS_FUNCTION', error.message, { cause })
}

/** DuckDB's own batches. */
const CHUNK = 2048

async function append(
  instance: DuckDB.DuckDBInstance,
  table: string,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { signal }: QueryOptions = {},
): Promise<void> {
  throwIfAborted(signal)
  const connection = await connect(instance)
  try {
    const appender = await connection.createAppender(table)
    const types = Array.from({ length: appender.columnCount }, (_, at) => appender.columnType(at))
    const inputs = types.map(duckdbInput)
    for await (const { rows, columns } of batches) {
      throwIfAborted(signal)
      for (let from = 0; from < rows; from += CHUNK) {
        const count = Math.min(CHUNK, rows - from)
        const chunk = duckdb().DuckDBDataChunk.create(types, count)
        inputs.forEach((input, at) => {
          const values = columns[at] as ArrayLike<unknown>
          const vector = chunk.getColumnVector(at)
          for (let row = 0; row < count; row++) vector.setItem(row, input(values[from + row]))
          vector.flush()
        })
        appender.appendDataChunk(chunk)
      }
    }
    appender.closeSync()
  } catch (error) {
    throw await duckdbFailure(error, `rows for ${table}`)
  } finally {
    connection.closeSync()
  }
}

async function watchProgress(
  connection: DuckDB.DuckDBConnection,
  onProgress: NonNullable<QueryOptions['onProgress']>,
): Promise<NodeJS.Timeout> {
  await connection.run(
    'SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0',
  )
  const timer = setInterval(() => {
    const { percentage, rows_processed: rows } = connection.progress
    onProgress({
      fraction: percentage >= 0 ? percentage / 100 : undefined,
      ...(rows > 0n ? { rows: Number(rows) } : {}),
    })
  }, PROGRESS_INTERVAL)
  timer.unref()
  return timer
}
