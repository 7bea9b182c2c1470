import { isTree, refuseEndless, saidIn, type Said } from './tree.ts'

type Env = Readonly<Record<string, string | undefined>>

const PREFIX = 'OPENLINEAGE__'

/** The transport that `OPENLINEAGE_URL` stands for, where others are configured beside it. */
const DEFAULT = 'DEFAULT_HTTP'

/**
 * The configuration that stands in the environment: `OPENLINEAGE__TRANSPORT__TYPE=http`. Names are lower-cased, values are
 * JSON where they can be read as such, else texts. Where a name is part of another, the shorter holds.
 *
 * @see https://openlineage.io/docs/client/python#environment-variables
 */
export function environmentConfig(env: Env): Said {
  const known = withDefault(env)
  const tree: Record<string, unknown> = {}
  const sources = new Map<string, string>()
  // From the longest to the shortest of names that begin alike.
  for (const name of Object.keys(known)
    .filter((one) => one.startsWith(PREFIX))
    .toSorted()
    .toReversed()) {
    const keys = keysOfVariable(name)
    const value = valueOf(known[name] as string)
    refuseEndless(value, name)
    let at = tree
    for (const key of keys.slice(0, -1)) {
      if (!isTree(at[key])) at[key] = {}
      at = at[key] as Record<string, unknown>
    }
    at[keys.at(-1) as string] = value
    const path = keys.join('.')
    sources.set(path, name)
    if (isTree(value)) for (const inner of saidIn(value, name).sources.keys()) sources.set(`${path}.${inner}`, name)
  }
  return { tree, sources }
}

/** The keys that a variable’s name stands for. */
function keysOfVariable(name: string): string[] {
  return name
    .slice(PREFIX.length)
    .split('__')
    .map((key) => key.toLowerCase())
}

/**
 * Where a value stands, in a variable: its name, and the keys within its JSON.
 *
 * @param path of the value in the whole configuration
 * @example placeInVariable('OPENLINEAGE__TRANSPORT', 'transport.auth.type') // 'OPENLINEAGE__TRANSPORT › auth.type'
 */
export function placeInVariable(name: string, path: string): string {
  if (!name.startsWith(PREFIX)) return name
  const within = path.split('.').slice(keysOfVariable(name).length)
  return within.length === 0 ? name : `${name} › ${within.join('.')}`
}

/** Whether all is switched off. */
export function isDisabled(env: Env): boolean {
  return env['OPENLINEAGE_DISABLED']?.trim().toLowerCase() === 'true'
}

/** The transport that the first variables stand for: `OPENLINEAGE_URL`, `OPENLINEAGE_ENDPOINT`, `OPENLINEAGE_API_KEY`. */
export function legacyTransport(env: Env): Said | undefined {
  const { OPENLINEAGE_URL: url, OPENLINEAGE_ENDPOINT: endpoint, OPENLINEAGE_API_KEY: apiKey } = env
  if (!url) return undefined
  const auth = apiKey ? { auth: { type: 'api_key', apiKey } } : {}
  return saidIn({ transport: { type: 'http', url, ...(endpoint ? { endpoint } : {}), ...auth } }, 'OPENLINEAGE_URL')
}

/** The environment, with the first variables as a transport of a composite. */
function withDefault(env: Env): Record<string, string> {
  const all = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const { OPENLINEAGE_URL: url, OPENLINEAGE_ENDPOINT: endpoint, OPENLINEAGE_API_KEY: apiKey } = all
  const place = `${PREFIX}TRANSPORT__TRANSPORTS__${DEFAULT}`
  if (!url || Object.keys(all).some((name) => name.startsWith(place))) return all
  const auth = apiKey ? JSON.stringify({ type: 'api_key', apiKey }) : undefined
  const said = { URL: url, ...(auth ? { AUTH: auth } : {}), ...(endpoint ? { ENDPOINT: endpoint } : {}) }
  for (const [key, value] of Object.entries({ TYPE: 'http', ...said })) all[`${place}__${key}`] = value
  if (all[`${PREFIX}TRANSPORT__TYPE`] !== 'async_http') return all
  for (const [key, value] of Object.entries(said)) all[`${PREFIX}TRANSPORT__${key}`] ||= value
  return all
}

function valueOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    // A key of many digits is no number.
    return typeof value === 'number' && String(value) !== text ? text : value
  } catch {
    return text
  }
}
