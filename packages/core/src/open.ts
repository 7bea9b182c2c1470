import { isAbsolute, resolve } from 'node:path'
import { failure } from './codes.ts'
import { datasetOf, fileDataset, withoutSecrets, type DatasetRef } from './dataset.ts'
import type { Engine, QueryOptions } from './engine.ts'
import { createDuckdb } from './engines/duckdb.ts'
import { findFiles } from './files.ts'
import { formatOf, type FileFormat } from './format.ts'
import { Frame } from './frame.ts'
import { isGlob } from './glob.ts'
import type { CsvOptions, Source } from './source.ts'
import { csvSource } from './sources/csv.ts'
import { jsonSource } from './sources/json.ts'
import { parquetSource } from './sources/parquet.ts'
import { rowsSource, type GivenRows } from './sources/rows.ts'
import { spool, type GivenBytes } from './sources/spool.ts'

/** How to open a source. */
export interface OpenOptions extends CsvOptions, QueryOptions {
  /** What relative paths are taken from. Default: the process's working directory. */
  readonly cwd?: string | undefined
  /** Default: told by the file's name. */
  readonly format?: FileFormat | undefined
  /** Default: one DuckDB for the whole process. */
  readonly engine?: Engine | undefined
  /** The identity that reports give the rows. Default: the path's own. */
  readonly dataset?: DatasetRef | undefined
}

let shared: Promise<Engine> | undefined

/** The engine that frames have where none is given: made on first use, kept until the process ends. */
async function sharedEngine(): Promise<Engine> {
  shared ??= createDuckdb()
  return shared
}

/** What can be opened: a path, glob or folder; rows of JavaScript; bytes that come one after another. */
export type Openable = string | GivenRows | GivenBytes

/**
 * Opens data as a frame: a file, a glob or a folder of files of one format, of which nothing but names and types is read;
 * rows of JavaScript, at once or from an async iterable; or the bytes of a file as a stream, as `process.stdin`. Rows and
 * streams are read to their end, and kept with the engine.
 *
 * @param source a path or glob (`data/*.csv`, `**` for any depth); a name that exists as it stands is no glob
 * @throws DS_SOURCE_NOT_FOUND where there is no such file, or the glob matches none
 * @throws DS_SOURCE_UNSUPPORTED for an address, or a name that tells no format
 * @throws DS_SOURCE_EMPTY for a text table without a header
 * @example
 * const weather = await open('data/weather.csv')
 * console.log(await weather.count(), weather.columns)
 * @example await open([{ id: 1, name: 'a' }, { id: 2, name: null }])
 * @example await open(process.stdin, { format: 'csv' })
 */
export async function open(source: Openable, options: OpenOptions = {}): Promise<Frame> {
  if (typeof source !== 'string') return openStream(source, options)
  const cwd = options.cwd ?? process.cwd()
  if (/^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(source) && !source.startsWith('file://')) {
    throw failure('DS_SOURCE_UNSUPPORTED', `${withoutSecrets(source)} is an address; only local files can be opened`, {
      hint: 'Download it first, and give the path of the file.',
    })
  }
  const engine = options.engine ?? (await sharedEngine())
  const path = source.startsWith('file://') ? datasetOf(source, cwd).name : source
  const absolute = isAbsolute(path) ? path : resolve(cwd, path)
  const files = await pathsOf(absolute, path, options.format)
  const format = options.format ?? formatOf(files[0] as string)
  if (!format) {
    throw failure('DS_SOURCE_UNSUPPORTED', `the name ${files[0]} does not tell how the file is written`, {
      hint: 'Say the format, csv, json, jsonl or parquet (--as on the command line).',
    })
  }
  return new Frame(engine, await read(engine, absolute, files, format, options))
}

const MEMORY: DatasetRef = { namespace: 'memory', name: 'rows', uri: 'memory:rows' }
const STREAM: DatasetRef = { namespace: 'memory', name: 'stream', uri: 'memory:stream' }

async function openStream(source: GivenRows | GivenBytes, options: OpenOptions): Promise<Frame> {
  if (source === null || typeof source !== 'object') {
    throw failure('DS_SOURCE_UNSUPPORTED', `a ${source === null ? 'null' : typeof source} cannot be opened`, {
      hint: 'Give a path, an array or iterable of objects, or a stream of bytes.',
    })
  }
  const engine = options.engine ?? (await sharedEngine())
  const query = { signal: options.signal, onProgress: options.onProgress }
  const { first, all } = await peek<unknown>(source)
  if (typeof first !== 'string' && !(first instanceof Uint8Array)) {
    const rows = await rowsSource(engine, options.dataset ?? MEMORY, all as GivenRows, options.types, query)
    return new Frame(engine, rows)
  }
  const path = await spool(engine, all as GivenBytes, options.format, query)
  return open(path, { ...options, engine, dataset: options.dataset ?? STREAM })
}

/** The first thing that an iterable gives, and all of it, the first included. */
async function peek<T>(
  source: Iterable<T> | AsyncIterable<T>,
): Promise<{ first: T | undefined; all: AsyncIterable<T> }> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : (source as Iterable<T>)[Symbol.iterator]()
  const first = await iterator.next()
  const all = async function* (): AsyncGenerator<T> {
    try {
      for (let next = first; !next.done; next = await iterator.next()) yield next.value
    } finally {
      await iterator.return?.()
    }
  }
  return { first: first.done ? undefined : first.value, all: all() }
}

function read(
  engine: Engine,
  path: string,
  files: readonly string[],
  format: FileFormat,
  options: OpenOptions,
): Promise<Source> {
  const dataset = options.dataset ?? fileDataset(path, '/', format)
  if (format === 'csv') return csvSource(engine, dataset, files, options)
  if (format === 'parquet') return parquetSource(engine, dataset, files)
  return jsonSource(engine, dataset, files, format === 'jsonl')
}

async function pathsOf(path: string, given: string, format: FileFormat | undefined): Promise<string[]> {
  const found = await findFiles(path)
  if (!found) {
    const problem = isGlob(given) ? `no file matches ${given}` : `there is no file ${given}`
    throw failure('DS_SOURCE_NOT_FOUND', problem, { where: path })
  }
  const paths = found.files.map((file) => file.path)
  return found.kind === 'folder' ? ofOneFormat(paths, given, format) : paths
}

/** The data files among those of a folder. They must be of one format. */
function ofOneFormat(paths: readonly string[], folder: string, format: FileFormat | undefined): string[] {
  const data = paths.filter((path) => format ?? formatOf(path))
  if (data.length === 0) {
    throw failure('DS_SOURCE_NOT_FOUND', `the folder ${folder} holds no data files`, { where: folder })
  }
  const formats = new Set(data.map((path) => format ?? formatOf(path)))
  if (formats.size === 1) return data
  throw failure(
    'DS_SOURCE_UNSUPPORTED',
    `the folder ${folder} holds files of several formats: ${[...formats].join(', ')}`,
    {
      hint: 'Give a glob that matches one of them, as folder/*.csv.',
    },
  )
}
