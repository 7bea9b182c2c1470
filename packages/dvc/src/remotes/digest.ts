import { createHash, randomBytes } from 'node:crypto'

/** What a server asks for so that it lets somebody in without the password itself: RFC 7616. */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  /** As the server writes it; `MD5` where it says nothing. */
  readonly algorithm: string
  /** Whether the server counts how often its nonce is used; those of before RFC 2617 do not. */
  readonly isCounted: boolean
}

/** Who asks for what. */
export interface DigestAsker {
  readonly user: string
  readonly password: string
  readonly method: string
  /** The path and the query of the request. */
  readonly uri: string
  /** How often the nonce has been used, this time included. */
  readonly count: number
  /** By chance by default. */
  readonly cnonce?: string
}

/** Node's names of the hashes that are spoken, the strongest first. */
const HASHES: readonly (readonly [algorithm: string, hash: string])[] = [
  ['SHA-256', 'sha256'],
  ['MD5', 'md5'],
]

/**
 * The strongest challenge of a `WWW-Authenticate` header that can be answered.
 *
 * @example digestChallenge('Digest realm="data", nonce="abc", qop="auth", algorithm=SHA-256')?.realm // 'data'
 */
export function digestChallenge(header: string | undefined): DigestChallenge | undefined {
  const offered = challengesIn(header ?? '').flatMap((words): DigestChallenge[] => {
    const { realm, nonce, opaque, algorithm = 'MD5', qop } = Object.fromEntries(words)
    const offers = qop?.split(',').map((offer) => offer.trim().toLowerCase())
    if (realm === undefined || nonce === undefined || !hashOf(algorithm)) return []
    if (offers && !offers.includes('auth')) return []
    return [{ realm, nonce, ...(opaque === undefined ? {} : { opaque }), algorithm, isCounted: offers !== undefined }]
  })
  return HASHES.flatMap(([, hash]) => offered.filter(({ algorithm }) => hashOf(algorithm) === hash))[0]
}

/**
 * The `Authorization` header that answers a challenge: RFC 7616, 3.4, with `qop=auth`.
 *
 * @example digestAuthorization(challenge, { user, password, method: 'GET', uri: '/data', count: 1 })
 */
export function digestAuthorization(challenge: DigestChallenge, asker: DigestAsker): string {
  const { realm, nonce, opaque, algorithm, isCounted } = challenge
  const { user, password, method, uri, cnonce = randomBytes(16).toString('hex') } = asker
  const nc = asker.count.toString(16).padStart(8, '0')
  const hash = (text: string): string =>
    createHash(hashOf(algorithm) ?? 'md5')
      .update(text)
      .digest('hex')
  const plain = hash(`${user}:${realm}:${password}`)
  const secret = /-sess$/i.test(algorithm) ? hash(`${plain}:${nonce}:${cnonce}`) : plain
  const asked = hash(`${method}:${uri}`)
  const response = hash(isCounted ? `${secret}:${nonce}:${nc}:${cnonce}:auth:${asked}` : `${secret}:${nonce}:${asked}`)
  const words = [
    `username=${quoted(user)}`,
    `realm=${quoted(realm)}`,
    `uri=${quoted(uri)}`,
    `algorithm=${algorithm}`,
    `nonce=${quoted(nonce)}`,
    ...(isCounted ? [`nc=${nc}`, `cnonce=${quoted(cnonce)}`, 'qop=auth'] : []),
    `response=${quoted(response)}`,
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ]
  return `Digest ${words.join(', ')}`
}

/** The parameters of each Digest challenge in a header, which may hold several challenges, of other schemes too. */
function challengesIn(header: string): [string, string][][] {
  const found: [string, string][][] = []
  let current: [string, string][] | undefined
  const words = /(?:([A-Za-z][\w-]*)\s+)?([A-Za-z][\w-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g
  for (const [, scheme, name = '', text, bare = ''] of header.matchAll(words)) {
    if (scheme !== undefined) {
      current = scheme.toLowerCase() === 'digest' ? [] : undefined
      if (current) found.push(current)
    }
    current?.push([name.toLowerCase(), text?.replaceAll(/\\(.)/g, '$1') ?? bare])
  }
  return found
}

function hashOf(algorithm: string): string | undefined {
  const plain = algorithm.toUpperCase().replace(/-SESS$/, '')
  return HASHES.find(([name]) => name === plain)?.[1]
}

/** Headers are written byte by byte: what is not ASCII goes as UTF-8. */
function quoted(text: string): string {
  return `"${Buffer.from(text.replaceAll(/["\\]/g, String.raw`\$&`), 'utf8').toString('latin1')}"`
}
