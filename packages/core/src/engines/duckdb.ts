import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as DuckDB from '@duckdb/node-api'
import { failure } from '../codes.ts'
import { duckdbDialect } from '../dialect.ts'
import type { Batch, Engine, QueryOptions, Row } from '../engine.ts'
import { messageOf } from '../errors.ts'
import { duckdbFailure } from './duckdb-errors.ts'
import { duckdbValue } from './duckdb-values.ts'

/** How DuckDB runs inside this process. */
export interface DuckdbOptions {
  /** Memory that queries may use before they spill to disk, as `2GB`. Default: DuckDB's own, 80 % of the machine's. */
  readonly memoryLimit?: string
  /** Default: all cores. */
  readonly threads?: number
  /** Where queries spill. Default: a new folder in the system's temporary folder, removed on close. */
  readonly tempDirectory?: string
}

/** How often progress is told, in milliseconds. */
const PROGRESS_INTERVAL = 200

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
  const spill = options.tempDirectory ?? mkdtempSync(join(tmpdir(), 'dayshift-spill-'))
  const instance = await start(options, spill)
  return {
    dialect: duckdbDialect,
    query: async (text, queryOptions) => {
      const rows: Row[] = []
      for await (const batch of stream(instance, text, queryOptions)) appendRows(rows, batch)
      return rows
    },
    stream: (text, queryOptions) => stream(instance, text, queryOptions),
    close: async () => {
      instance.closeSync()
      if (options.tempDirectory === undefined) rmSync(spill, { recursive: true, force: true })
    },
  }
}

async function start(options: DuckdbOptions, spill: string): Promise<DuckDB.DuckDBInstance> {
  try {
    // Loading through require halves the start: import() scans DuckDB's CommonJS for names.
    const duckdb = createRequire(import.meta.url)('@duckdb/node-api') as typeof DuckDB
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
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
    rmSync(spill, { recursive: true, force: true })
    throw failure('DS_ENGINE', `DuckDB could not be started: ${messageOf(error)}`, { cause: error })
  }
}

async function* stream(
  instance: DuckDB.DuckDBInstance,
  text: string,
  { signal, onProgress }: QueryOptions = {},
): AsyncGenerator<Batch> {
  if (signal?.aborted) throw failure('DS_ABORTED', 'the work was stopped', { cause: signal.reason })
  // A connection each, since a second stream on one connection ends the first.
  const connection = await instance.connect()
  const interrupt = (): void => connection.interrupt()
  signal?.addEventListener('abort', interrupt, { once: true })
  const timer = onProgress ? await watchProgress(connection, onProgress) : undefined
  try {
    const result = await connection.stream(text)
    const names = result.columnNames()
    const convert = result.columnTypes().map(duckdbValue)
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      yield { names, rows: chunk.rowCount, columns: convert.map((column, at) => column(chunk.getColumnVector(at))) }
      if (signal?.aborted) break
    }
    if (signal?.aborted) throw failure('DS_ABORTED', 'the work was stopped', { cause: signal.reason })
  } catch (error) {
    throw await duckdbFailure(error, text)
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', interrupt)
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
    const { percentage } = connection.progress
    onProgress({ fraction: percentage >= 0 ? percentage / 100 : undefined })
  }, PROGRESS_INTERVAL)
  timer.unref()
  return timer
}

function appendRows(rows: Row[], batch: Batch): void {
  for (let at = 0; at < batch.rows; at++) {
    const row: Row = {}
    batch.names.forEach((name, column) => {
      row[name] = batch.columns[column]?.[at]
    })
    rows.push(row)
  }
}
