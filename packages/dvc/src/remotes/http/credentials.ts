import { failure } from '../../codes.ts'
import type { RemoteSettings } from '../../config.ts'
import { digestAuthorization, digestChallenge, type DigestChallenge } from '../digest.ts'

/** How a remote over HTTP is told who asks. */
export interface Credentials {
  /** Whether an answer tells first what is to be proved: nothing large should be sent before it is known. */
  readonly isUnprepared: boolean
  /** The headers for a request. */
  headers(method: string, url: URL): Readonly<Record<string, string>>
  /**
   * Learns from an answer with status 401.
   *
   * @returns whether it makes sense to ask again
   */
  learn(header: string | undefined): boolean
}

/**
 * The credentials that a remote's settings ask for.
 *
 * @param where the remote's address, without secrets
 * @throws DS_DVC_CONFIG where something is missing; DS_REMOTE_UNSUPPORTED where a person would have to be asked
 */
export function credentialsOf(settings: RemoteSettings, url: URL, where: string): Credentials {
  const auth = settings['auth']?.toLowerCase() ?? (url.password ? 'basic' : undefined)
  const user = settings['user'] ?? decodeURIComponent(url.username)
  const password = settings['password'] ?? (url.password ? decodeURIComponent(url.password) : undefined)
  if (auth === undefined) return constant({})
  if (password === undefined && settings['ask_password']?.toLowerCase() === 'true') {
    throw failure('DS_REMOTE_UNSUPPORTED', `${where}: ask_password is set, and nobody can be asked here`, {
      where,
      hint: 'Set the password: dayshift dvc remote modify --local NAME password …',
    })
  }
  if (auth === 'custom') {
    const name = settings['custom_auth_header']
    if (!name || password === undefined) throw incomplete(auth, 'custom_auth_header and password', where)
    return constant({ [name]: password })
  }
  if (user === '' || password === undefined) throw incomplete(auth, 'user and password', where)
  if (auth === 'digest') return digest(user, password)
  return constant({ Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` })
}

function constant(headers: Readonly<Record<string, string>>): Credentials {
  return { isUnprepared: false, headers: () => headers, learn: () => false }
}

function digest(user: string, password: string): Credentials {
  let challenge: DigestChallenge | undefined
  let count = 0
  return {
    get isUnprepared() {
      return challenge === undefined
    },
    headers(method, url) {
      if (!challenge) return {}
      const asker = { user, password, method, uri: url.pathname + url.search, count: ++count }
      return { Authorization: digestAuthorization(challenge, asker) }
    },
    learn(header) {
      const next = digestChallenge(header)
      if (!next) return false
      if (next.nonce !== challenge?.nonce) count = 0
      challenge = next
      return true
    },
  }
}

function incomplete(auth: string, what: string, where: string): Error {
  return failure('DS_DVC_CONFIG', `${where}: auth = ${auth} needs ${what}`, {
    where,
    hint: 'Set them: dayshift dvc remote modify --local NAME KEY VALUE',
  })
}
