import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { schemeOf, withoutUser } from './address.ts'
import { withoutUsers } from './secrets.ts'

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
 * @example fileDataset('data/a.csv', '/srv') // { namespace: 'file', name: '/srv/data/a.csv', uri: 'file:///srv/data/a.csv' }
 */
export function fileDataset(path: string, cwd: string, format?: string): DatasetRef {
  const name = isAbsolute(path) ? path : resolve(cwd, path)
  return { namespace: 'file', name, uri: pathToFileURL(name).href, ...(format === undefined ? {} : { format }) }
}

const OBJECT_STORES = new Set(['s3', 'gs', 'abfss', 'wasbs'])

/** Databases and brokers whose namespace has a port always. */
const PORTS: Readonly<Record<string, number>> = {
  postgres: 5432,
  mysql: 3306,
  mssql: 1433,
  oracle: 1521,
  redshift: 5439,
  db2: 50_000,
  teradata: 1025,
  cassandra: 9042,
  trino: 8080,
  kafka: 9092,
}

/**
 * Whether a text is an address (`s3://bucket/key`, `https://…`) rather than a local path. A drive (`C:\\`) is none.
 *
 * @example isAddress('s3://lake/a.csv') // true
 */
export function isAddress(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(text)
}

/**
 * The dataset of an address (`s3://bucket/key`, `postgres://host/db.schema.table`, `https://…`) or of a local path.
 * User, password, query and fragment never become part of the identity: they may be secret. In object stores `#` and a
 * `?` that begins no `key=value` are part of the key, since keys and globs hold them.
 *
 * @example datasetOf('s3://lake/raw/a.csv', '/srv') // { namespace: 's3://lake', name: 'raw/a.csv', uri: 's3://lake/raw/a.csv' }
 * @example datasetOf('postgresql://me:pw@db/shop.public.orders', '/srv').namespace // 'postgres://db:5432'
 */
export function datasetOf(address: string, cwd: string): DatasetRef {
  const match = /^(?:jdbc:)?([A-Za-z][A-Za-z0-9+.-]+):\/\/(.*)$/is.exec(address)
  if (!match) {
    return (
      glueTable(address) ??
      bigQueryTable(address) ??
      oracleService(address, cwd) ??
      fileDataset(withoutUsers(address), cwd)
    )
  }
  const scheme = schemeOf(match[1] as string)
  const rest = withoutUser(scheme, match[2] as string)
  const query = OBJECT_STORES.has(scheme)
    ? rest.search(/\?[\w.%-]+=/)
    : rest.search(scheme === 'mssql' ? /[?#;]/ : /[?#]/)
  const place = query < 0 ? rest : rest.slice(0, query)
  const slash = place.indexOf('/')
  const authority = (slash < 0 ? place : place.slice(0, slash)).toLowerCase()
  const path = slash < 0 ? '' : place.slice(slash)
  if (scheme === 'file') {
    const name = decodePath(path)
    return authority === '' || authority === 'localhost'
      ? { namespace: 'file', name, uri: pathToFileURL(name).href }
      : { namespace: `file://${authority}`, name, uri: `file://${authority}${path}` }
  }
  const port = PORTS[scheme]
  const bare = port === undefined || authority === '' || /:\d+$|,/.test(authority)
  if (scheme === 'bigquery') return bigQuery(place)
  const namespace = `${scheme}://${authority}${bare ? '' : `:${port}`}`
  const absolute = scheme === 'hdfs' || authority === ''
  const cosmos = scheme === 'azurecosmos' ? /^(\/dbs\/[^/]+)\/(colls\/[^/]+)$/.exec(path) : null
  if (cosmos) return { namespace: `${namespace}${cosmos[1]}`, name: cosmos[2] as string, uri: `${namespace}${path}` }
  const name = (absolute ? path : path.replace(/^\/+/, '')).replace(/\/+$/, '') || '/'
  return { namespace, name, uri: `${namespace}${name.startsWith('/') ? '' : '/'}${name}` }
}

/** `arn:aws:glue:REGION:ACCOUNT/table/DATABASE/TABLE`, with the resource behind a colon too, as AWS writes it. */
function glueTable(text: string): DatasetRef | undefined {
  const match = /^(arn:aws[\w-]*:glue:[\w-]+:\d+)[:/](table\/[^/]+\/[^/]+)$/.exec(text)
  if (!match) return undefined
  const [, namespace, name] = match as unknown as [string, string, string]
  return { namespace, name, uri: `${namespace}:${name}` }
}

/** `bigquery:PROJECT.DATASET.TABLE`; with slashes it is an address like others. */
function bigQueryTable(text: string): DatasetRef | undefined {
  const match = /^bigquery:([\w:-]+\.[\w-]+\.[\w$*-]+)$/.exec(text)
  return match ? bigQuery(match[1] as string) : undefined
}

/** `jdbc:oracle:thin:user/password@//host:port/service`, or with `host:port:sid`, which names the database alone. */
function oracleService(text: string, cwd: string): DatasetRef | undefined {
  const match = /^jdbc:oracle:\w+:@(?:\/\/)?([\w.-]+(?::\d+)?)[:/]([\w.$#/-]+)/i.exec(withoutUsers(text))
  if (!match) return undefined
  const [, host, service] = match as unknown as [string, string, string]
  return datasetOf(`oracle://${host}/${service}`, cwd)
}

function bigQuery(table: string): DatasetRef {
  const name = table.replace(/^\/+|\/+$/g, '')
  return { namespace: 'bigquery', name, uri: `bigquery:${name}` }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
