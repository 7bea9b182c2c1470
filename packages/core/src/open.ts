import { isAbsolute, resolve } from 'node:path'
import { failure } from './codes.ts'
import { datasetOf, fileDataset, isAddress, type DatasetRef } from './dataset.ts'
import { withoutSecrets } from './secrets.ts'
import type { Engine, QueryOptions } from './engine.ts'
import { createDuckdb } from './engines/duckdb.ts'
import { findFiles, type FoundFiles } from './files.ts'
import { formatOf, isFormat, type FileFormat } from './format.ts'
import { Frame } from './frame.ts'
import { isGlob } from './glob.ts'
import { readingOf } from './reading.ts'
import type { CsvOptions, Source } from './source.ts'
import { arrowSource } from './sources/arrow.ts'
import { csvSource } from './sources/csv.ts'
import { checkTypes } from './sources/declared-types.ts'
import { hiveColumns, hiveRoot, hiveSource, type HiveColumn } from './sources/hive.ts'
import { jsonSource } from './sources/json.ts'
import { peek } from './sources/peek.ts'
import { parquetSource } from './sources/parquet.ts'
import { rowsSource, type GivenRows } from './sources/rows.ts'
import { spool, type GivenBytes } from './sources/spool.ts'
import { typed } from './sources/typed.ts'

/** How to open a source. */
export interface OpenOptions extends CsvOptions, QueryOptions {
  /** What relative paths are taken from. Default: the process's working directory. */
  readonly cwd?: string | undefined
  /** Default: told by the file's name. */
  readonly format?: FileFormat | undefined
  /** Default: one DuckDB for the whole process. */
  readonly engine?: Engine | undefined
  /**
   * Whether the names of folders give columns, as `sales/year=2024/country=DE/a.parquet`. Default: they do where a folder
   * or a glob is opened, and all its files lie in such folders of the same keys below it. `true` also takes those above,
   * and makes it an error where there are none.
   */
  readonly hive?: boolean | undefined
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
export type Openable = string | GivenRows | GivenBytes | Uint8Array

/**
 * Opens data as a frame: a file, a glob or a folder of files of one format, of which nothing but names and types is read;
 * rows of JavaScript, at once or from an async iterable; or the bytes of a file, at once or as a stream, as
 * `process.stdin`. Rows and streams are read to their end, and kept with the engine: rows as long as a frame over them is
 * there, bytes until it closes.
 *
 * @param given a path or glob (`data/*.csv`, `**` for any depth); a name that exists as it stands is no glob
 * @throws DS_SOURCE_NOT_FOUND where there is no such file, or the glob matches none
 * @throws DS_SOURCE_UNSUPPORTED for an address, or a name that tells no format
 * @throws DS_SOURCE_EMPTY for a text table without a header
 * @example
 * const weather = await open('data/weather.csv')
 * console.log(await weather.count(), weather.columns)
 * @example await open([{ id: 1, name: 'a' }, { id: 2, name: null }])
 * @example await open(process.stdin, { format: 'csv' })
 */
export async function open(given: Openable, options: OpenOptions = {}): Promise<Frame> {
  if (typeof given !== 'string') return openStream(given, options)
  const cwd = options.cwd ?? process.cwd()
  if (isAddress(given) && !given.startsWith('file://')) {
    throw failure('DS_SOURCE_UNSUPPORTED', `${withoutSecrets(given)} is an address; only local files can be opened`, {
      hint: 'Download it first, and give the path of the file.',
    })
  }
  const engine = options.engine ?? (await sharedEngine())
  await checkTypes(engine, options.types)
  if (options.format !== undefined && !isFormat(options.format)) {
    throw failure('DS_OPTION', `format is ${JSON.stringify(options.format)}`, {
      hint: 'A format is csv, json, jsonl, parquet or arrow.',
    })
  }
  const path = given.startsWith('file://') ? datasetOf(given, cwd).name : given
  const absolute = isAbsolute(path) ? path : resolve(cwd, path)
  const { kind, files } = await pathsOf(absolute, path, options.format)
  const format = options.format ?? formatOf(files[0] as string)
  if (!format) {
    throw failure('DS_SOURCE_UNSUPPORTED', `the name ${files[0]} does not tell how the file is written`, {
      hint: 'Say the format, csv, json, jsonl, parquet or arrow (--as on the command line).',
    })
  }
  const folders = foldersOf(absolute, kind, files, format, options)
  const source = folders
    ? await hiveSource(engine, files, folders, options.types ?? {}, (numbering, types) =>
        read(numbering, absolute, files, format, { ...options, types }),
      )
    : await read(engine, absolute, files, format, options)
  const { badLines } = options
  const quarantines = typeof badLines === 'object' ? [resolve(badLines.quarantine)] : []
  return new Frame(engine, { ...withDataset(source), quarantines, reading: readingOf(options) })
}

/** A source whose relation tells which dataset its columns are of. */
function withDataset(source: Source): Source {
  return { ...source, relation: { ...source.relation, dataset: source.dataset } }
}

/** The columns that the names of folders give, where they are wanted. */
function foldersOf(
  path: string,
  kind: FoundFiles['kind'],
  files: readonly string[],
  format: FileFormat,
  { hive }: OpenOptions,
): readonly HiveColumn[] | undefined {
  // Arrow files are read by JavaScript, which keeps no file's number with the rows.
  const found = hive === false || format === 'arrow' ? undefined : hiveColumns(hiveRoot(path, kind, files), files)
  if (found && kind !== 'file') return found
  if (!hive) return undefined
  const above = format === 'arrow' ? undefined : hiveColumns('/', files)
  if (above) return above
  throw failure('DS_OPTION', `hive: the files of ${path} do not all lie in folders key=value of the same keys`, {
    where: path,
    hint: 'Name the folders as year=2024/country=DE, all with the same keys, or leave the option out.',
  })
}

const MEMORY: DatasetRef = { namespace: 'memory', name: 'rows', uri: 'memory:rows' }
const STREAM: DatasetRef = { namespace: 'memory', name: 'stream', uri: 'memory:stream' }

async function openStream(source: Exclude<Openable, string>, options: OpenOptions): Promise<Frame> {
  if (source instanceof Uint8Array) return openStream([source], options)
  if (!isIterable(source)) {
    throw failure('DS_SOURCE_UNSUPPORTED', `${source === null ? 'null' : `a ${typeof source}`} cannot be opened`, {
      hint: 'Give a path, an array or iterable of objects, or a stream of bytes.',
    })
  }
  const engine = options.engine ?? (await sharedEngine())
  await checkTypes(engine, options.types)
  const query = { signal: options.signal, onProgress: options.onProgress }
  const { first, all } = await peek<unknown>(source, options.signal)
  const empty = first === undefined && (options.format !== undefined || isByteStream(source))
  if (typeof first !== 'string' && !(first instanceof Uint8Array) && !empty) {
    const rows = await rowsSource(engine, options.dataset ?? MEMORY, all as GivenRows, options.types, query)
    return new Frame(engine, withDataset(rows))
  }
  const path = await spool(engine, all as GivenBytes, options.format, query)
  return open(path, { ...options, engine, dataset: options.dataset ?? STREAM })
}

function isIterable(source: unknown): source is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source)
}

/** Whether an empty source would have given bytes. */
function isByteStream(source: object): boolean {
  return 'getReader' in source || ('pipe' in source && !('readableObjectMode' in source && source.readableObjectMode))
}

async function read(
  engine: Engine,
  path: string,
  files: readonly string[],
  format: FileFormat,
  options: OpenOptions,
): Promise<Source> {
  const dataset = options.dataset ?? fileDataset(path, '/', format)
  if (format === 'csv') return csvSource(engine, dataset, files, options)
  refuseTextOptions(format, options)
  if (format === 'parquet') return retyped(await parquetSource(engine, dataset, files), options)
  if (format === 'arrow') return retyped(await arrowSource(engine, dataset, files), options)
  return jsonSource(engine, dataset, files, format === 'jsonl', options.types, options)
}

function retyped(source: Source, { types }: OpenOptions): Source {
  const relation = typed(source.relation, types)
  return relation === source.relation ? source : { ...source, relation, numbered: undefined }
}

/** What is said of text tables alone. */
const OF_TEXT = ['delimiter', 'quote', 'escape', 'header', 'names', 'skip', 'comment', 'encoding', 'nulls'] as const

function refuseTextOptions(format: FileFormat, options: OpenOptions): void {
  const wrong: string[] = OF_TEXT.filter((name) => options[name] !== undefined)
  if (options.badLines !== undefined && options.badLines !== 'error') wrong.push('badLines')
  if (wrong.length === 0) return
  throw failure('DS_OPTION', `${wrong.join(', ')}: for text tables only, not for ${format}`, {
    hint: 'Leave it out, or say the format if the file is a text table.',
  })
}

async function pathsOf(
  path: string,
  given: string,
  format: FileFormat | undefined,
): Promise<{ kind: FoundFiles['kind']; files: string[] }> {
  const found = await findFiles(path)
  if (!found) {
    const problem = isGlob(given) ? `no file matches ${given}` : `there is no file ${given}`
    throw failure('DS_SOURCE_NOT_FOUND', problem, { where: path })
  }
  const paths = found.files.map((file) => file.path)
  return { kind: found.kind, files: found.kind === 'folder' ? ofOneFormat(paths, given, format) : paths }
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
