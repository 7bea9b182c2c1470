import { stat, readdir } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { failure } from './codes.ts'
import { datasetOf, fileDataset, withoutSecrets, type DatasetRef } from './dataset.ts'
import type { Engine } from './engine.ts'
import { createDuckdb } from './engines/duckdb.ts'
import { messageOf, systemCode } from './errors.ts'
import { formatOf, type FileFormat } from './format.ts'
import { Frame } from './frame.ts'
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
  const files = await filesOf(engine, absolute, path, cwd, options.format)
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

async function filesOf(
  engine: Engine,
  path: string,
  given: string,
  cwd: string,
  format: FileFormat | undefined,
): Promise<string[]> {
  const entry = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
    throw failure('DS_SOURCE_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { where: path, cause: error })
  })
  if (entry?.isDirectory()) return filesIn(path, given, format)
  if (entry) return [path]
  if (/[*?[]/.test(given)) {
    // The working directory may have such characters in its name; there they are themselves.
    const pattern = isAbsolute(given) ? given : resolve(cwd.replaceAll(/[*?[]/g, '[$&]'), given)
    const matches = await engine.query(engine.dialect.glob(pattern).text)
    if (matches.length > 0) return matches.map(({ file }) => String(file))
    throw failure('DS_SOURCE_NOT_FOUND', `no file matches ${given}`, { where: given })
  }
  throw failure('DS_SOURCE_NOT_FOUND', `there is no file ${given}`, { where: path })
}

/** The data files in a folder, at any depth, in the order of their names. They must be of one format. */
async function filesIn(folder: string, given: string, format: FileFormat | undefined): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw failure('DS_SOURCE_UNREADABLE', `cannot read ${folder}: ${messageOf(error)}`, { where: folder, cause: error })
  })
  const files = entries
    .filter((entry) => entry.isFile() && (format ?? formatOf(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(folder, file)
          .split(sep)
          .some((part) => part.startsWith('.')),
    )
    .sort()
  const formats = new Set(files.map((file) => format ?? formatOf(file)))
  if (files.length === 0) {
    throw failure('DS_SOURCE_NOT_FOUND', `the folder ${given} holds no data files`, { where: folder })
  }
  if (formats.size > 1) {
    throw failure(
      'DS_SOURCE_UNSUPPORTED',
      `the folder ${given} holds files of several formats: ${[...formats].join(', ')}`,
      {
        hint: 'Give a glob that matches one of them, as folder/*.csv.',
      },
    )
  }
  return files
}
