import { isAbsolute, resolve } from 'node:path'
import { failure } from './codes.ts'
import { datasetOf, fileDataset, withoutSecrets, type DatasetRef } from './dataset.ts'
import type { Engine } from './engine.ts'
import { createDuckdb } from './engines/duckdb.ts'
import { findFiles } from './files.ts'
import { formatOf, type FileFormat } from './format.ts'
import { Frame } from './frame.ts'
import { isGlob } from './glob.ts'
import type { CsvOptions, Source } from './source.ts'
import { csvSource } from './sources/csv.ts'
import { jsonSource } from './sources/json.ts'
import { parquetSource } from './sources/parquet.ts'

/** How to open a source. */
export interface OpenOptions extends CsvOptions {
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

/**
 * Opens a file, a glob or a folder of files of one format as a frame. Nothing but names and types is read.
 *
 * @param source a path or glob (`data/*.csv`, `**` for any depth); a name that exists as it stands is no glob
 * @throws DS_SOURCE_NOT_FOUND where there is no such file, or the glob matches none
 * @throws DS_SOURCE_UNSUPPORTED for an address, or a name that tells no format
 * @throws DS_SOURCE_EMPTY for a text table without a header
 * @example
 * const weather = await open('data/weather.csv')
 * console.log(await weather.count(), weather.columns)
 */
export async function open(source: string, options: OpenOptions = {}): Promise<Frame> {
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
