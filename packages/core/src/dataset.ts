import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * The identity of a dataset, by OpenLineage's naming rules. All packages speak of data by this and nothing else.
 *
 * @see https://openlineage.io/docs/spec/naming
 */
export interface DatasetRef {
  /** Where the name is unique: `file`, `s3://bucket`, `postgres://host:5432` … */
  readonly namespace: string
  /** The name within the namespace: an absolute path, an object key, `db.schema.table` … */
  readonly name: string
  /** The same place as one address, without user and password. */
  readonly uri: string
  /** How the data is written: `csv`, `json`, `jsonl`, `parquet` … */
  readonly format?: string
  /** The content hash, as `md5:…`, where it is known. */
  readonly version?: string
}

/**
 * The dataset of a local path or glob. The path need not exist.
 *
 * @param path relative to `cwd`, or absolute
 * @example fileDataset('data/a.csv', '/work') // { namespace: 'file', name: '/work/data/a.csv', uri: 'file:///work/data/a.csv' }
 */
export function fileDataset(path: string, cwd: string, format?: string): DatasetRef {
  const name = isAbsolute(path) ? path : resolve(cwd, path)
  return { namespace: 'file', name, uri: pathToFileURL(name).href, ...(format === undefined ? {} : { format }) }
}

const OBJECT_STORES = new Set(['s3', 's3a', 's3n', 'gs', 'gcs'])

/**
 * The dataset of an address (`s3://bucket/key`, `postgres://host/db.schema.table`, `https://…`) or of a local path.
 * User, password, query and fragment never become part of the identity: they may be secret.
 *
 * @example datasetOf('s3://lake/raw/a.csv', '/work') // { namespace: 's3://lake', name: 'raw/a.csv', uri: 's3://lake/raw/a.csv' }
 */
export function datasetOf(address: string, cwd: string): DatasetRef {
  const match = /^([A-Za-z][A-Za-z0-9+.-]+):\/\/([^/?#]*)([^?#]*)/.exec(address)
  if (!match) return fileDataset(address, cwd)
  const scheme = (match[1] as string).toLowerCase()
  const authority = (match[2] as string).replace(/^.*@/, '')
  const path = match[3] as string
  if (scheme === 'file') {
    const name = decodePath(path)
    return authority === ''
      ? { namespace: 'file', name, uri: pathToFileURL(name).href }
      : { namespace: `file://${authority}`, name, uri: `file://${authority}${path}` }
  }
  const store = OBJECT_STORES.has(scheme) ? (scheme.startsWith('s3') ? 's3' : 'gs') : scheme
  const namespace = `${store}://${authority}`
  const name = path.replace(/^\/+/, '') || '/'
  return { namespace, name, uri: `${namespace}/${name === '/' ? '' : name}` }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Takes user and password out of every address in a text, so that it may be printed. */
export function withoutSecrets(text: string): string {
  return text.replace(/([A-Za-z][A-Za-z0-9+.-]*:\/\/)[^/\s@'"]*@/g, '$1')
}
