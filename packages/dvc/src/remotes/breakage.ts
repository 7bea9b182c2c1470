import { isDayshiftError, messageOf, systemCode, throwIfAborted, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { Interruption } from './remote.ts'

/** Statuses of HTTP after which the same question may well be answered. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])

/** Whether a status of HTTP tells of something that may pass: all of the server's own failures but "not implemented". */
export function isPassing(status: number): boolean {
  return PASSING.has(status) || (status > 505 && status < 600)
}

/**
 * The milliseconds that a Retry-After header asks for.
 *
 * @param header seconds or a date, by RFC 9110, 10.2.3
 * @example retryAfter('120') // 120000
 */
export function retryAfter(header: string | undefined, now = Date.now()): number | undefined {
  if (header === undefined || header.trim() === '') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/**
 * What is thrown for a connection that broke: {@link Interruption} unless it is certain to break again.
 *
 * @param where the remote's address, without secrets
 * @throws DS_ABORTED where the work was called off: that is why it broke
 */
export function breakage(error: unknown, where: string, signal: AbortSignal | undefined): unknown {
  throwIfAborted(signal)
  if (isDayshiftError(error) || error instanceof Interruption) return error
  const message = `${where}: ${withoutSecrets(toldBy(error))}`
  if (/CERT|TLS|SSL|SIGNATURE/.test(systemCode(error) ?? '')) {
    return failure('DS_REMOTE_FAILED', message, {
      where,
      hint: 'Name the file of its certificate authority with the setting ssl_verify, or give false to trust it blindly.',
      cause: error,
    })
  }
  return new Interruption(message, { cause: error })
}

/** Where several addresses of a host were tried, the error of all has no text of its own. */
function toldBy(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined
  return messageOf(error) || messageOf(first ?? systemCode(error) ?? 'the connection broke')
}
