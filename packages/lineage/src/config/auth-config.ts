import type { Auth } from '../transports/http/auth.ts'
import type { Checker } from './checker.ts'

/** How keys may be written: as the Java client has them, as Python’s, and as the environment leaves them. */
export function spellings(key: string): string[] {
  return [key, key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), key.toLowerCase()]
}

const TOKEN_KEYS = ['tokenEndpoint', 'tokenFields', 'expiresInField', 'tokenRefreshBuffer'] as const

const KEYS = {
  api_key: ['apiKey'],
  jwt: ['apiKey', 'grantType', 'responseType', ...TOKEN_KEYS],
  oauth2: ['clientId', 'clientSecret', 'scope', 'clientAuthMethod', ...TOKEN_KEYS],
} as const

/** How an HTTP transport proves who it is, by its key `auth`. */
export function authConfig(auth: Checker): Auth | undefined {
  if (!auth.has('type')) {
    auth.only(['type'])
    return undefined
  }
  const type = auth.oneOf('type', ['api_key', 'jwt', 'oauth2'])
  if (type === undefined) return undefined
  auth.only(['type', ...KEYS[type].flatMap(spellings)])
  const spelled = (key: string): string => spellings(key).find((one) => auth.has(one)) ?? key
  const text = (key: string): string | undefined => auth.text(spelled(key))
  const needed = (key: string): string => {
    const given = auth.raw(spelled(key))
    // Keys that are all digits are read as numbers.
    const found = typeof given === 'number' ? String(given) : text(key)
    if (!auth.has(spelled(key)) || found === '') auth.tell(key, `is missing: auth of type ${type} needs it`)
    return found ?? ''
  }
  if (type === 'api_key') return { type, apiKey: needed('apiKey') }
  const endpoint = {
    tokenEndpoint: needed('tokenEndpoint'),
    tokenFields: auth.texts(spelled('tokenFields')),
    expiresInField: text('expiresInField'),
    tokenRefreshBuffer: auth.number(spelled('tokenRefreshBuffer'), 0),
  }
  if (endpoint.tokenEndpoint !== '' && !/^https?:\/\/[^/]/i.test(endpoint.tokenEndpoint)) {
    auth.tell(spelled('tokenEndpoint'), 'is no address of http or https')
  }
  if (type === 'jwt') {
    const apiKey = needed('apiKey')
    return { type, apiKey, grantType: text('grantType'), responseType: text('responseType'), ...endpoint }
  }
  return {
    type,
    clientId: needed('clientId'),
    clientSecret: needed('clientSecret'),
    scope: text('scope'),
    clientAuthMethod: auth.oneOf(spelled('clientAuthMethod'), ['client_secret_basic', 'client_secret_post']),
    ...endpoint,
  }
}
