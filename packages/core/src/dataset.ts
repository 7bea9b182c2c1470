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
 * @example fileDataset('data/a.csv', '/srv') // { namespace: 'file', name: '/srv/data/a.csv', uri: 'file:///srv/data/a.csv' }
 */
export function fileDataset(path: string, cwd: string, format?: string): DatasetRef {
  const name = isAbsolute(path) ? path : resolve(cwd, path)
  return { namespace: 'file', name, uri: pathToFileURL(name).href, ...(format === undefined ? {} : { format }) }
}

/** Different spellings of one scheme, so that one place has one identity. */
const SCHEMES: Readonly<Record<string, string>> = {
  s3a: 's3',
  s3n: 's3',
  gcs: 'gs',
  abfs: 'abfss',
  wasb: 'wasbs',
  postgresql: 'postgres',
  sqlserver: 'mssql',
  cosmosdb: 'azurecosmos',
}

const OBJECT_STORES = new Set(['s3', 'gs', 'abfss', 'wasbs'])

/** What stands before `@` is the container here, not a user. */
const CONTAINER_STORES = new Set(['abfss', 'wasbs'])

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
  if (!match) return glueTable(address) ?? bigQueryTable(address) ?? fileDataset(address, cwd)
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

function bigQuery(table: string): DatasetRef {
  const name = table.replace(/^\/+|\/+$/g, '')
  return { namespace: 'bigquery', name, uri: `bigquery:${name}` }
}

function schemeOf(text: string): string {
  const scheme = text.toLowerCase()
  return SCHEMES[scheme] ?? scheme
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** @param rest what follows `scheme://` */
function withoutUser(scheme: string, rest: string): string {
  const end = rest.search(/[/?#]/)
  const authority = end < 0 ? rest : rest.slice(0, end)
  let at = authority.lastIndexOf('@')
  // `user:p/w@host`: what follows the colon is no port, so the password goes on behind the slash.
  if (at < 0 && /:(?!\d+$)/.test(authority.replace(/^\[[^\]]*\]/, ''))) at = rest.lastIndexOf('@')
  if (at < 0) return rest
  const container = CONTAINER_STORES.has(scheme) ? `${(rest.slice(0, at).split(':', 1)[0] as string).trim()}@` : ''
  return container + rest.slice(at + 1)
}

/** An address within a text; with one slash where it was taken for a path (`/srv/https:/me:pw@host`). */
const ADDRESS = /([A-Za-z][A-Za-z0-9+.-]*)(:\/\/|(?<=[A-Za-z0-9+.-]{2}):\/)([^\s'"<>]*)/g
const SECRET_PARAMETER =
  /([?&;](?:sig|key|[\w.%-]*(?:passw|pwd|secret|token|signature|api[-_]?key|access[-_]?key|credential)[\w.%-]*)=)[^&;#]*/gi

/** `password=…` in connection strings, and `user:password@host:` as scp writes it. */
const SECRET_WORD =
  /\b((?:password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key)\s*=\s*)(?:"[^"]*"|'[^']*'|[^;&\s'"]+)/gi
const SCP_USER = /(^|[\s'"(])[\w.-]+:[^\s:@/'"]+@(?=[\w.-]+:)/g

/**
 * Takes user and password out of every address in a text, and the values of parameters whose names speak of secrets
 * (`?X-Amz-Signature=…`, `&token=…`, `Password=…;`), so that it may be printed.
 *
 * @example withoutSecrets('see https://me:pw@host/a.csv?token=abc') // 'see https://host/a.csv?token=***'
 */
export function withoutSecrets(text: string): string {
  return text
    .replace(
      ADDRESS,
      (_, scheme: string, slashes: string, rest: string) =>
        // A path may hold an address: file:///srv/https:/me:pw@host.
        `${scheme}${slashes}${withoutSecrets(withoutUser(schemeOf(scheme), rest).replace(SECRET_PARAMETER, '$1***'))}`,
    )
    .replace(SECRET_WORD, '$1***')
    .replace(SCP_USER, '$1')
}

/** Takes the secrets out of every text within plain data, as {@link withoutSecrets} does. */
export function withoutSecretsWithin<Value>(value: Value): Value {
  if (typeof value === 'string') return withoutSecrets(value) as Value
  if (Array.isArray(value)) return value.map((item: unknown) => withoutSecretsWithin(item)) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecretsWithin(item)])) as Value
}
