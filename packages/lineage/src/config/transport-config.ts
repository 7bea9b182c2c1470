import type { CompositeOptions } from '../transports/composite.ts'
import type { HttpOptions } from '../transports/http.ts'
import { authConfig, spellings } from './auth-config.ts'
import type { Checker } from './checker.ts'
import { isTree, type Tree } from './tree.ts'

/** A transport as it is configured, whole. */
export type TransportConfig = { readonly name?: string; readonly priority: number } & (
  | ({ readonly type: 'http' } & Omit<HttpOptions, 'name'>)
  | { readonly type: 'file'; readonly path: string; readonly append: boolean }
  | { readonly type: 'console' | 'noop' }
  | ({ readonly type: 'composite'; readonly transports: readonly TransportConfig[] } & Omit<CompositeOptions, 'name'>)
  | {
      readonly type: 'transform'
      /** Name of the function; `JobNamespaceReplaceTransformer` is known. */
      readonly transformer: string
      readonly properties: Tree
      readonly transport: TransportConfig
    }
)

const TYPES = ['http', 'async_http', 'file', 'console', 'noop', 'composite', 'transform'] as const

/** Transports of the official clients that are not here. */
const ELSEWHERE = [
  'kafka',
  'msk-iam',
  'datadog',
  'gcplineage',
  'amazon_datazone_api',
  'kinesis',
  'gcs',
  's3',
  'dataplex',
]

const COMMON = ['type', 'name', 'priority']

const HTTP_KEYS = [
  'url',
  'endpoint',
  'timeout',
  'verify',
  'auth',
  'compression',
  'custom_headers',
  'retry',
  'batch_endpoint',
]

/** Keys of retries that say more than we heed: connections and answers are tried again alike. */
const RETRY_KEYS = ['total', 'backoff_factor', 'status_forcelist', 'connect', 'read', 'allowed_methods']

/**
 * A transport by its keys.
 *
 * @param extra keys that stand for something else here
 * @returns undefined where so much is wrong that there is none
 */
export function transportConfig(part: Checker, extra: readonly string[] = []): TransportConfig | undefined {
  const type = part.raw('type')
  if (type === undefined) {
    part.tell('type', 'is missing')
    return undefined
  }
  const elsewhere = ELSEWHERE.find((one) => one === type)
  if (elsewhere !== undefined) {
    part.tell('type', `is ${elsewhere}, which is not among our transports: ${TYPES.join(', ')}`)
    return undefined
  }
  const known = part.oneOf('type', TYPES)
  if (known === undefined) return undefined
  const name = part.text('name')
  const common = { ...(name === undefined ? {} : { name }), priority: priorityOf(part) }
  const only = (keys: readonly string[]): void => part.only([...COMMON, ...keys, ...extra])
  switch (known) {
    case 'http':
    case 'async_http':
      only([
        ...HTTP_KEYS,
        ...spellings('sslContext'),
        ...(known === 'http' ? [] : ['max_queue_size', 'max_concurrent_requests']),
      ])
      return { ...common, type: 'http', ...httpConfig(part) }
    case 'file': {
      only(['log_file_path', 'append'])
      const path = part.text('log_file_path')
      if (!part.has('log_file_path')) part.tell('log_file_path', 'is missing')
      else if (path !== undefined && /^(?!file:)[a-z][a-z\d+.-]+:\/\//i.test(path))
        part.tell('log_file_path', 'is no local file')
      return { ...common, type: 'file', path: path ?? '', append: part.flag('append') ?? false }
    }
    case 'console':
    case 'noop':
      only([])
      return { ...common, type: known }
    case 'composite':
      only(['transports', 'continue_on_failure', 'continue_on_success', 'sort_transports'])
      return {
        ...common,
        type: known,
        transports: partsOf(part),
        continueOnFailure: part.flag('continue_on_failure') ?? true,
        continueOnSuccess: part.flag('continue_on_success') ?? true,
        sortTransports: part.flag('sort_transports') ?? false,
      }
    default: {
      only(['transport', 'transformer_class', 'transformer_properties'])
      const within = part.within('transport')
      if (!part.has('transport')) part.tell('transport', 'is missing')
      const transport = within && transportConfig(within)
      const transformer = part.text('transformer_class')
      if (!part.has('transformer_class')) part.tell('transformer_class', 'is missing')
      const properties = part.raw('transformer_properties') ?? {}
      if (!isTree(properties)) part.tell('transformer_properties', 'is no part with keys of its own')
      if (transport === undefined || transformer === undefined) return undefined
      return { ...common, type: known, transformer, properties: isTree(properties) ? properties : {}, transport }
    }
  }
}

function priorityOf(part: Checker): number {
  const value = part.raw('priority') ?? 0
  const priority = typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value
  if (typeof priority === 'number' && Number.isInteger(priority)) return priority
  part.tell('priority', 'is no whole number')
  return 0
}

function httpConfig(part: Checker): Omit<HttpOptions, 'name'> {
  const url = part.text('url')
  if (!part.has('url')) part.tell('url', 'is missing')
  else if (url !== undefined && !isHttp(url)) part.tell('url', 'is no address of http or https')
  const auth = part.within('auth')
  const retry = part.within('retry')
  const ssl = spellings('sslContext')
    .map((key) => part.has(key) && part.within(key))
    .find(Boolean)
  retry?.only(RETRY_KEYS)
  const statuses = retry?.raw('status_forcelist')
  const isList = Array.isArray(statuses) && statuses.every((one) => Number.isInteger(one))
  if (statuses !== undefined && !isList) retry?.tell('status_forcelist', 'is no list of statuses')
  const timeout = part.number('timeout', 0)
  if (timeout === 0) part.tell('timeout', 'is 0 seconds')
  const compression = part.raw('compression') === '' ? undefined : part.oneOf('compression', ['gzip'])
  return {
    url: url?.trim() ?? '',
    endpoint: part.text('endpoint') ?? 'api/v1/lineage',
    batchEndpoint: part.text('batch_endpoint'),
    timeout: timeout ?? 5,
    verify: part.flag('verify') ?? true,
    auth: auth && authConfig(auth),
    compression,
    headers: headersOf(part),
    retry: {
      total: retry?.number('total', 0, true) ?? 5,
      backoffFactor: retry?.number('backoff_factor', 0) ?? 0.3,
      statuses: isList ? (statuses as number[]) : undefined,
    },
    ...(ssl ? { sslContext: sslConfig(ssl) } : {}),
  }
}

function sslConfig(ssl: Checker): NonNullable<HttpOptions['sslContext']> {
  const keys = ['caCertPath', 'clientCertPath', 'clientKeyPath']
  ssl.only(keys.flatMap(spellings))
  const [caCertPath, clientCertPath, clientKeyPath] = keys.map((key) =>
    ssl.text(spellings(key).find((one) => ssl.has(one)) ?? key),
  )
  if (clientKeyPath !== undefined && clientCertPath === undefined)
    ssl.tell('clientCertPath', 'is missing: there is a key')
  return { caCertPath, clientCertPath, clientKeyPath }
}

function headersOf(part: Checker): Record<string, string> {
  const found = part.within('custom_headers')
  const headers: Record<string, string> = {}
  for (const key of found?.keys() ?? []) {
    const value = found?.raw(key)
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(key)) found?.tell(key, 'is no name of a header')
    else if (typeof value === 'number' || typeof value === 'boolean') headers[key] = String(value)
    else if (typeof value !== 'string') found?.tell(key, 'is no text')
    else if (/[^\t\x20-\x7E\x80-\xFF]/.test(value)) found?.tell(key, 'has characters that no header may have')
    else headers[key] = value
  }
  return headers
}

function partsOf(part: Checker): TransportConfig[] {
  const value = part.raw('transports')
  const parts: (TransportConfig | undefined)[] = []
  if (Array.isArray(value)) {
    for (const at of value.keys()) {
      const item = part.item('transports', at)
      parts.push(item && transportConfig(item))
    }
  } else if (value === undefined) part.tell('transports', 'is missing')
  else {
    const map = part.within('transports')
    // One that is empty is switched off.
    for (const name of map?.keys() ?? []) {
      const item = map?.has(name) ? map.within(name) : undefined
      const config = item && item.keys().length > 0 ? transportConfig(item) : undefined
      parts.push(config && { ...config, name })
    }
  }
  const found = parts.filter((one) => one !== undefined)
  if (value !== undefined && found.length === 0) part.tell('transports', 'holds no transport')
  return found
}

function isHttp(text: string): boolean {
  return URL.canParse(text.trim()) && /^https?:$/.test(new URL(text.trim()).protocol)
}
