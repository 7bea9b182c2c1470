import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { isDayshiftError, messageOf, withoutSecrets, type DayshiftError } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import type { LineageEvent } from '../lineage-event.ts'
import { oneByOne } from '../one-by-one.ts'
import type { EmitOptions, Receipt, Transport } from '../transport.ts'
import { failuresOf, retryAfterOf, verdictOf } from './http/answer.ts'
import { bearerOf, type Auth } from './http/auth.ts'
import { postman, type Answer, type Trust } from './http/post.ts'
import { proofFor, proxyFor, type Proxies } from './http/proxies.ts'

/** How what fails is tried again. */
export interface Retry {
  /** How often, after the first time; default 5. */
  readonly total?: number | undefined
  /** Seconds before the second time; twice as many before each further; default 0.3. Up to half of it is left to chance. */
  readonly backoffFactor?: number | undefined
  /** Statuses that are tried again; default 408, 425, 429, 500, 502, 503, 504. Any is where it comes with `Retry-After`. */
  readonly statuses?: readonly number[] | undefined
}

/** A lineage server, and how it is spoken to. */
export interface HttpOptions {
  /** Its address: `https://lineage.example.org`. A user and a password in it are sent as basic authentication. */
  readonly url: string
  /** Where it takes events, relative to the address; default `api/v1/lineage`. */
  readonly endpoint?: string | undefined
  /** Where it takes several at once; default: nowhere, as Marquez 0.51 does not. Where it is not there, events go one by one. */
  readonly batchEndpoint?: string | undefined
  /** Names it in reports; default `http`. */
  readonly name?: string | undefined
  /** Seconds until an answer must be there; default 5. */
  readonly timeout?: number | undefined
  readonly auth?: Auth | undefined
  /** Default: none. */
  readonly compression?: 'gzip' | undefined
  /** More headers; they win over our own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly retry?: Retry | undefined
  /** Proxies by which it is reached, as {@link proxiesOf} reads them from the environment; default: none. */
  readonly proxies?: Proxies | undefined
  /** Whether its certificate is checked; default true. */
  readonly verify?: boolean | undefined
  /** Files of certificates, as PEM: of those we trust, and our own. */
  readonly sslContext?: {
    readonly caCertPath?: string | undefined
    readonly clientCertPath?: string | undefined
    readonly clientKeyPath?: string | undefined
  }
}

/** Seconds that a server may ask us to wait; where it asks for more, the event is for later. */
const LONGEST_WAIT = 30

const STATUSES: readonly number[] = [408, 425, 429, 500, 502, 503, 504]

/** Headers whose values are not told. */
const SECRET_HEADER = /auth|cookie|cred|key|pass|secret|sign|token/i

/** Events of one batch. */
const TOGETHER = 100

/** An answer may lead on so often. */
const HOPS = 3

const CODES = {
  down: 'DS_LINEAGE_UNREACHABLE',
  failed: 'DS_LINEAGE_UNABLE',
  refused: 'DS_LINEAGE_REFUSED',
  rejected: 'DS_LINEAGE_REJECTED',
} as const

/** Characters of what a server says that are told. */
const TOLD = 200

/**
 * Sends events to a lineage server by HTTP: one a request, in their order, or several to its batch endpoint. What fails for
 * a passing reason (no connection, no answer, 5xx, 408, 425, 429) is tried again, after the time that the server asks for.
 * It follows redirections within the server only.
 *
 * @throws DS_LINEAGE_CONFIG where the address is none; emitting: DS_LINEAGE_UNREACHABLE, DS_LINEAGE_REFUSED (401, 403,
 * 404, another server), DS_LINEAGE_REJECTED (400, 413, 422 …)
 * @see https://openlineage.io/docs/client/python
 * @example httpTransport({ url: 'http://localhost:5000', auth: { type: 'api_key', apiKey } })
 */
export function httpTransport(options: HttpOptions): Transport & Required<Pick<Transport, 'offer'>> {
  const { endpoint = 'api/v1/lineage', name = 'http', timeout = 5, headers: own = {}, retry = {} } = options
  const { base, basic, basicSecrets } = addressOf(options.url)
  const target = new URL(endpoint, base)
  const shown = withoutSecrets(target.href)
  const { total = 5, backoffFactor = 0.3, statuses = STATUSES } = retry
  const proxyOf = (url: URL): URL | undefined => proxyFor(url, options.proxies ?? {})
  const post = postman(() => trustOf(options), proxyOf)
  const bearer = bearerOf(options.auth, post)
  let batchTarget = options.batchEndpoint === undefined ? undefined : new URL(options.batchEndpoint, base)

  const hidden = (text: string): string => {
    const headers = Object.keys(own).filter((key) => SECRET_HEADER.test(key))
    const ofProxy = secretsOfProxy(() => proxyOf(base))
    const secrets = [...bearer.secrets(), ...headers.map((key) => own[key] as string), ...basicSecrets, ...ofProxy]
    return secrets
      .filter((secret) => secret.length > 3)
      .reduce((told, secret) => told.replaceAll(secret, '***'), withoutSecrets(text))
  }
  const fail = (
    code: 'DS_LINEAGE_UNREACHABLE' | 'DS_LINEAGE_UNABLE' | 'DS_LINEAGE_REFUSED' | 'DS_LINEAGE_REJECTED',
    problem: string,
  ): DayshiftError => failure(code, `${shown}: ${hidden(problem)}`, { where: shown })

  /** Sends once, wherever on this server it leads. */
  async function ask(url: URL, body: string | Buffer, signal: AbortSignal | undefined): Promise<Answer> {
    for (let hop = 0, at = url; ; hop++) {
      const proof = (await bearer.header(signal)) ?? basic
      const headers = {
        'Content-Type': 'application/json',
        ...(proof === undefined ? {} : { Authorization: proof }),
        ...own,
        ...(typeof body === 'string' ? {} : { 'Content-Encoding': 'gzip' }),
      }
      const answer = await post.post({ url: at, body, headers, timeout, signal })
      const { location } = answer.headers
      if (answer.status < 300 || answer.status > 399 || location === undefined) return answer
      const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined
      if (next?.origin !== at.origin) {
        const place = next === undefined ? 'nowhere' : `another server, ${next.origin}`
        throw fail('DS_LINEAGE_REFUSED', `it leads to ${place}, which gets neither events nor keys`)
      }
      if (hop >= HOPS) throw fail('DS_LINEAGE_REFUSED', 'it leads on and on')
      at = next
    }
  }

  /** Sends until it is taken, or as often as is allowed. */
  async function send(url: URL, content: unknown, { signal, once = false }: EmitOptions): Promise<Answer> {
    const text = JSON.stringify(content)
    // Levels above 3 take twice as long for little.
    const body = options.compression === 'gzip' ? await promisify(gzip)(text, { level: 3 }) : text
    let isRenewed = false
    for (let turn = 0; ; turn++) {
      let problem: DayshiftError
      let wait: number | undefined
      let isRetried = true
      try {
        const answer = await ask(url, body, signal)
        const verdict = verdictOf(answer.status)
        if (verdict === 'taken') return answer
        if (answer.status === 401 && !isRenewed && bearer.forget()) {
          isRenewed = true
          turn--
          continue
        }
        problem = fail(CODES[verdict], saidBy(answer))
        wait = retryAfterOf(answer)
        isRetried = statuses.includes(answer.status) || (wait !== undefined && [413, 429, 503].includes(answer.status))
      } catch (error) {
        problem = isDayshiftError(error) ? error : fail('DS_LINEAGE_UNREACHABLE', problemOf(error))
        isRetried = problem.code === 'DS_LINEAGE_UNREACHABLE'
      }
      wait ??= backoffFactor * 2 ** turn * (1 - Math.random() / 2)
      if (!isRetried || once || turn >= total || wait > LONGEST_WAIT || signal?.aborted) throw problem
      await sleep(wait * 1000, undefined, { signal }).catch(() => undefined)
    }
  }

  const offerEach = (events: readonly LineageEvent[], emitting: EmitOptions): Promise<Receipt[]> =>
    oneByOne(events, (event) => send(target, event, emitting))

  async function offer(events: readonly LineageEvent[], emitting: EmitOptions = {}): Promise<Receipt[]> {
    if (emitting.signal?.aborted) {
      const error = failure('DS_ABORTED', 'the work was stopped', { cause: emitting.signal.reason })
      return events.map(() => ({ fate: 'down', error }))
    }
    if (batchTarget === undefined || events.length < 2) return offerEach(events, emitting)
    try {
      const failures = failuresOf(await send(batchTarget, events, emitting))
      return events.map((_, at): Receipt => {
        const failed = failures.get(at)
        if (failed === undefined) return { fate: 'taken' }
        return failed.retriable
          ? { fate: 'later', error: fail('DS_LINEAGE_UNABLE', failed.reason) }
          : { fate: 'rejected', error: fail('DS_LINEAGE_REJECTED', failed.reason) }
      })
    } catch (error) {
      const code = isDayshiftError(error) ? error.code : ''
      if (code === 'DS_LINEAGE_UNREACHABLE') return events.map(() => ({ fate: 'down', error }))
      // It has no such endpoint, or finds the batch too large or fails over one in it: one by one it is told which.
      if (code === 'DS_LINEAGE_REFUSED') batchTarget = undefined
      return offerEach(events, emitting)
    }
  }

  return {
    name,
    get together() {
      return batchTarget === undefined ? 1 : TOGETHER
    },
    offer,
    async emit(events, emitting) {
      const receipts = await offer(events, emitting)
      const bad = receipts.find(({ fate }) => fate !== 'taken')
      if (bad) throw bad.error
    },
    close() {
      post.close()
      return Promise.resolve()
    },
  }
}

function secretsOfProxy(find: () => URL | undefined): readonly string[] {
  try {
    const proxy = find()
    return proxy ? proofFor(proxy).secrets : []
  } catch {
    return []
  }
}

function addressOf(text: string): {
  readonly base: URL
  /** The header that user and password make. */
  readonly basic: string | undefined
  readonly basicSecrets: readonly string[]
} {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw failure('DS_LINEAGE_CONFIG', 'url is no address of http or https', { where: 'url' })
  }
  const [user, password] = [decoded(url.username), decoded(url.password)]
  url.username = ''
  url.password = ''
  if (user === '' && password === '') return { base: url, basic: undefined, basicSecrets: [] }
  const proof = Buffer.from(`${user}:${password}`).toString('base64')
  return { base: url, basic: `Basic ${proof}`, basicSecrets: [proof, password] }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

async function trustOf({ verify = true, sslContext = {} }: HttpOptions): Promise<Trust> {
  const { caCertPath, clientCertPath, clientKeyPath = clientCertPath } = sslContext
  const [ca, cert, key] = await Promise.all([caCertPath, clientCertPath, clientKeyPath].map(readPem))
  return { verify, ca, cert, key }
}

async function readPem(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw failure('DS_LINEAGE_CONFIG', `cannot read ${path}: ${messageOf(error)}`, { where: path, cause: error })
  })
}

function saidBy({ status, body }: Answer): string {
  const said = body.replace(/\s+/g, ' ').trim()
  return `it answers ${status}${said === '' ? '' : `, ${said.slice(0, TOLD)}`}`
}

/** What went wrong on the way: of a connection that was tried at several addresses, the code says more than no message. */
function problemOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return messageOf(error) || code || 'no connection'
}
