import { messageOf, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../../codes.ts'
import type { Postman } from './post.ts'

/** Where a token is asked for, and how it is found in the answer. */
interface TokenEndpoint {
  readonly tokenEndpoint: string
  /** Keys of the answer under which the token may stand; the first that is there. */
  readonly tokenFields?: readonly string[] | undefined
  /** Key of the answer that says for how many seconds the token holds; default `expires_in`. */
  readonly expiresInField?: string | undefined
  /** Seconds before its end from which on a token is asked for anew; default 120. */
  readonly tokenRefreshBuffer?: number | undefined
}

/** How we prove to a lineage server who we are, as the official clients do. */
export type Auth =
  | { readonly type: 'api_key'; readonly apiKey: string }
  | ({
      readonly type: 'jwt'
      readonly apiKey: string
      /** Default `urn:ietf:params:oauth:grant-type:jwt-bearer`. */
      readonly grantType?: string | undefined
      /** Default `token`. */
      readonly responseType?: string | undefined
    } & TokenEndpoint)
  | ({
      readonly type: 'oauth2'
      readonly clientId: string
      readonly clientSecret: string
      readonly scope?: string | undefined
      /** Default `client_secret_basic`. */
      readonly clientAuthMethod?: 'client_secret_basic' | 'client_secret_post' | undefined
    } & TokenEndpoint)

/** What proves to a server who we are. */
export interface Bearer {
  /** The value of the header `Authorization`; asks for a token where there is none that holds. */
  header(signal?: AbortSignal): Promise<string | undefined>
  /** Forgets the token. @returns whether another may be had */
  forget(): boolean
  /** Texts that must not be told. */
  secrets(): readonly string[]
}

/** Seconds that a token endpoint has. */
const PATIENCE = 10

/** Makes what proves to a server who we are. */
export function bearerOf(auth: Auth | undefined, postman: Postman): Bearer {
  if (auth === undefined) return { header: () => Promise.resolve(undefined), forget: () => false, secrets: () => [] }
  if (auth.type === 'api_key') {
    const header = `Bearer ${auth.apiKey}`
    return { header: () => Promise.resolve(header), forget: () => false, secrets: () => [auth.apiKey] }
  }
  let token: string | undefined
  let freshUntil = 0
  let asked: Promise<string> | undefined
  const own = auth.type === 'jwt' ? auth.apiKey : auth.clientSecret
  const ask = async (signal: AbortSignal | undefined): Promise<string> => {
    const got = await askToken(auth, postman, own, signal)
    token = got.token
    freshUntil = got.until - (auth.tokenRefreshBuffer ?? 120) * 1000
    return `Bearer ${token}`
  }
  return {
    header(signal) {
      if (token !== undefined && Date.now() < freshUntil) return Promise.resolve(`Bearer ${token}`)
      asked ??= ask(signal).finally(() => (asked = undefined))
      return asked
    },
    forget() {
      const had = token !== undefined
      token = undefined
      return had
    },
    secrets: () => (token === undefined ? [own] : [own, token]),
  }
}

type TokenAuth = Exclude<Auth, { readonly type: 'api_key' }>

async function askToken(
  auth: TokenAuth,
  postman: Postman,
  secret: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly token: string; readonly until: number }> {
  const where = withoutSecrets(auth.tokenEndpoint)
  const { form, headers } = questionOf(auth)
  const fail = (code: 'DS_LINEAGE_UNREACHABLE' | 'DS_LINEAGE_REFUSED', problem: string): Error =>
    failure(code, `no token from ${where}: ${withoutSecrets(problem).replaceAll(secret, '***')}`, { where })
  let answer
  try {
    answer = await postman.post({
      url: new URL(auth.tokenEndpoint),
      body: new URLSearchParams(form).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      timeout: PATIENCE,
      signal,
    })
  } catch (error) {
    throw fail('DS_LINEAGE_UNREACHABLE', messageOf(error))
  }
  const { status, body } = answer
  if (status >= 500 || status === 429) throw fail('DS_LINEAGE_UNREACHABLE', `it answers ${status}`)
  if (status < 200 || status >= 300) throw fail('DS_LINEAGE_REFUSED', `it answers ${status}`)
  const fields = jsonObject(body)
  const names = auth.tokenFields ?? (auth.type === 'jwt' ? ['token', 'access_token'] : ['access_token'])
  const token = names.map((name) => valueOf(fields, name)).find((value) => value !== undefined && value !== null)
  if (typeof token !== 'string' || token === '') {
    throw fail('DS_LINEAGE_REFUSED', `its answer has no ${names.join(', ')}`)
  }
  const seconds = Number(valueOf(fields, auth.expiresInField ?? 'expires_in') ?? Number.NaN)
  return { token, until: Number.isFinite(seconds) ? Date.now() + seconds * 1000 : endOfJwt(token) }
}

function questionOf(auth: TokenAuth): { readonly form: Record<string, string>; readonly headers: object } {
  if (auth.type === 'jwt') {
    const { grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer', responseType = 'token', apiKey } = auth
    return { form: { grant_type: grantType, response_type: responseType, apikey: apiKey }, headers: {} }
  }
  const { clientId, clientSecret, scope, clientAuthMethod } = auth
  const form = { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) }
  if (clientAuthMethod === 'client_secret_post') {
    return { form: { ...form, client_id: clientId, client_secret: clientSecret }, headers: {} }
  }
  // RFC 6749, 2.3.1: each is encoded as in a form before they are put together.
  const [id, secret] = [clientId, clientSecret].map((text) => new URLSearchParams({ a: text }).toString().slice(2))
  return { form, headers: { Authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` } }
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The value of a key, however it is written: `expires_in`, `expiresIn`. */
function valueOf(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name]
  const key = Object.keys(fields).find((one) => plain(one) === plain(name))
  return key === undefined ? undefined : fields[key]
}

function plain(key: string): string {
  return key.toLowerCase().replaceAll('_', '')
}

/** When a JSON Web Token ends, by its claim `exp`; 0 where it says nothing, so that it is used once. */
function endOfJwt(token: string): number {
  const [, payload] = token.split('.')
  const { exp } = jsonObject(Buffer.from(payload ?? '', 'base64url').toString('utf8'))
  return typeof exp === 'number' ? exp * 1000 : 0
}
