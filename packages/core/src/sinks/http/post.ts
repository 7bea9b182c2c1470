import { setTimeout as sleep } from 'node:timers/promises'
import { failure } from '../../codes.ts'
import { withoutSecrets } from '../../secrets.ts'
import { isDayshiftError, messageOf, systemCode, type DayshiftError } from '../../errors.ts'
import { addressOf } from './address.ts'

/** How a server is posted to. */
export interface PostOptions {
  /** Its address. A user and a password in it are sent as basic authentication. */
  readonly url: string
  /** More headers. Their values are told nowhere. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Seconds until an answer must be there; default 5. */
  readonly timeout?: number | undefined
  /** How often what fails for a passing reason is tried again; default 3. */
  readonly retries?: number | undefined
  /** Seconds before the second time; twice as many before each further; default 0.5. Up to half of it is left to chance. */
  readonly backoff?: number | undefined
  /** Numbers from 0 up to 1, for what is left to chance; default: `Math.random`. */
  readonly random?: (() => number) | undefined
  /** What speaks HTTP; default: Node's own. */
  readonly fetch?: typeof fetch | undefined
  /** Default: now. */
  readonly clock?: (() => Date) | undefined
}

/** A letter, written anew for each try: it may hold the time. */
interface Letter {
  readonly body: string
  readonly headers: () => Readonly<Record<string, string>>
}

/** Sends a letter. Rejects where it is not taken. */
export type Post = (letter: Letter, signal: AbortSignal | undefined) => Promise<void>

/** Statuses that say that the server, or one before it, takes nothing for now. */
const DOWN: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/** Seconds that a server may ask us to wait: where it asks for more, it is for the next run. */
const LONGEST_WAIT = 5

const USUAL = { 'Content-Type': 'application/json', 'User-Agent': 'dayshift' } as const

/** An answer may lead on so often. */
const HOPS = 3

/** Characters of what a server says that are told, and bytes of it that are read. */
const TOLD = 200
const READ = 4096

/**
 * Makes a way to a server. What fails for a passing reason (no connection, no answer, 5xx, 408, 425, 429) is tried again, after
 * the time that the server asks for. It follows redirections within the server only. Of the address only the server is told.
 *
 * @param path is put after the address
 * @throws DS_SINK_CONFIG for an address or a header that is none; posting: DS_SINK_UNREACHABLE, DS_SINK_REFUSED, DS_ABORTED
 */
export function poster(options: PostOptions, path = '', secrets: readonly string[] = []): Post {
  const { headers: own = {}, timeout = 5, retries = 3, backoff = 0.5 } = options
  const { fetch: send = fetch, clock = () => new Date(), random = Math.random } = options
  const { url, shown, authorization, secrets: inAddress } = addressOf(options.url)
  if (path !== '' && !url.pathname.endsWith(path)) url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`
  checkHeaders(own)
  const page = `${url.pathname}${url.search}`
  const hidden = [...inAddress, ...Object.values(own), ...secrets, ...(page.length > 3 ? [page] : [])]
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length)
    .map(wherever)
  const told = (text: string): string =>
    hidden.reduce((shorter, secret) => shorter.replaceAll(secret, '***'), withoutSecrets(text))
  const fail = (code: 'DS_SINK_UNREACHABLE' | 'DS_SINK_REFUSED', problem: string): DayshiftError =>
    failure(code, `${shown}: ${told(problem)}`, { where: shown })

  /** Sends once, wherever on this server it leads. */
  async function ask({ body, headers }: Letter, signal: AbortSignal | undefined): Promise<Response> {
    for (let hop = 0, at = url; ; hop++) {
      const late = AbortSignal.timeout(timeout * 1000)
      const answer = await send(at, {
        method: 'POST',
        body,
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, late]) : late,
        headers: merged([{ ...USUAL, ...(authorization && { Authorization: authorization }) }, own, headers()]),
      })
      const location = answer.headers.get('location')
      if (answer.status < 300 || answer.status > 399 || location === null) return answer
      await answer.body?.cancel()
      const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined
      if (next?.origin !== at.origin) {
        const place = next === undefined ? 'nowhere' : `another server, ${next.origin}`
        throw fail('DS_SINK_REFUSED', `it leads to ${place}, which gets neither alerts nor secrets`)
      }
      if (hop >= HOPS) throw fail('DS_SINK_REFUSED', 'it leads on and on')
      at = next
    }
  }

  /** @returns what is wrong, and after how many seconds to try again, where that may help */
  async function attempt(
    letter: Letter,
    signal: AbortSignal | undefined,
  ): Promise<
    { readonly problem: DayshiftError; readonly wait?: number | undefined; readonly isFinal: boolean } | undefined
  > {
    try {
      const answer = await ask(letter, signal)
      if (answer.ok) {
        await answer.body?.cancel()
        return undefined
      }
      const isDown = DOWN.has(answer.status)
      const problem = fail(isDown ? 'DS_SINK_UNREACHABLE' : 'DS_SINK_REFUSED', await saidBy(answer))
      return { problem, wait: retryAfter(answer.headers.get('retry-after'), clock()), isFinal: !isDown }
    } catch (error) {
      if (isDayshiftError(error)) return { problem: error, isFinal: true }
      const reason = problemOf(error, timeout)
      // A port that Node never speaks to.
      return { problem: fail('DS_SINK_UNREACHABLE', reason), isFinal: reason === 'bad port' }
    }
  }

  return async (letter, signal) => {
    for (let turn = 0; ; turn++) {
      if (signal?.aborted) throw failure('DS_ABORTED', 'the work was stopped', { cause: signal.reason })
      const failed = await attempt(letter, signal)
      if (failed === undefined) return
      const { problem, isFinal, wait: asked } = failed
      if (signal?.aborted) throw failure('DS_ABORTED', 'the work was stopped', { cause: signal.reason })
      if (isFinal || turn >= retries || (asked ?? 0) > LONGEST_WAIT) throw problem
      const wait = asked ?? backoff * 2 ** turn * (1 - random() / 2)
      await sleep(wait * 1000, undefined, signal ? { signal } : {}).catch(() => undefined)
    }
  }
}

/** A secret wherever it stands; a short one only where it stands by itself, for it is a part of many words. */
function wherever(secret: string): RegExp {
  const plain = secret.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
  return secret.length > 3 ? new RegExp(plain, 'gu') : new RegExp(`(?<![\\p{L}\\p{N}])${plain}(?![\\p{L}\\p{N}])`, 'gu')
}

/** Headers of which the later win, however their names are written. */
function merged(all: readonly Readonly<Record<string, string>>[]): Headers {
  const headers = new Headers()
  for (const some of all) for (const [name, value] of Object.entries(some)) headers.set(name, value)
  return headers
}

/** @throws DS_SINK_CONFIG without the value in it */
function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      void new Headers([[name, value]])
    } catch {
      throw failure('DS_SINK_CONFIG', `${JSON.stringify(name)} is no header, or its value is none`, {
        where: 'headers',
      })
    }
  }
}

/** Seconds after which a server wants to be asked again (RFC 9110, 10.2.3): a number, or a date. */
function retryAfter(value: string | null, now: Date): number | undefined {
  const text = value?.trim() ?? ''
  if (text === '') return undefined
  if (/^\d+$/.test(text)) return Number(text)
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now.getTime()) / 1000)
}

async function saidBy(answer: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part)
    bytes += part.length
    if (bytes >= READ) break
  }
  const said = Buffer.concat(parts).subarray(0, READ).toString('utf8').replaceAll(/\s+/g, ' ').trim()
  return `it answers ${answer.status}${said === '' ? '' : `, ${said.slice(0, TOLD)}`}`
}

/** What went wrong on the way: Node says 'fetch failed', and the reason in the cause. */
function problemOf(error: unknown, timeout: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeout} s`
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return messageOf(cause) || systemCode(cause) || 'no connection'
}
