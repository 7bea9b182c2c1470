import { messageOf, throwIfAborted, withoutSecrets } from '@dayshift/core/ground'
import { failure } from '../../codes.ts'
import { breakage, isPassing, retryAfter } from '../breakage.ts'
import { Interruption } from '../remote.ts'

/** Errors by which S3 says that it knows the asker not, or not any more. They come with status 400 or 403. */
const DENIED =
  /^(?:AccessDenied|AllAccessDisabled|ExpiredToken|ExpiredTokenException|InvalidAccessKeyId|InvalidToken|RequestTimeTooSkewed|SignatureDoesNotMatch|TokenRefreshRequired|UnauthorizedAccess)$/

/** Errors of the SDK where it found no credentials, or could not get them. */
const NO_CREDENTIALS = /^(?:CredentialsProviderError|TokenProviderError|ProviderError)$/

/** Errors that may pass, whatever their status: what came over the line broken is told by the digest. */
const PASSING =
  /^(?:BadDigest|ClockSkew|IncompleteBody|InternalError|OperationAborted|RequestTimeout|ServiceUnavailable|SlowDown|Throttling.*|TimeoutError|TooManyRequests.*)$/

// An answer to HEAD does not say that a token has expired: it is a bare 400.
const HINT = 'Check the remote’s region and endpointurl, and that its keys or session token have not expired.'

interface Answer {
  readonly name?: string
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

/** Whether S3 says that there is no such object. */
export function isMissing(error: unknown): boolean {
  const { name } = error as Answer
  return statusOf(error) === 404 && name !== 'NoSuchBucket' && name !== 'NoSuchUpload'
}

/** Whether the first byte asked for lies behind the last. */
export function isBeyond(error: unknown): boolean {
  return statusOf(error) === 416
}

/**
 * What is thrown where S3, or the way to it, refuses.
 *
 * @param where the object's address
 * @throws DS_ABORTED where the work was called off
 */
export function refusal(error: unknown, where: string, signal: AbortSignal | undefined): unknown {
  throwIfAborted(signal)
  const { name = '', $response } = error as Answer
  const status = statusOf(error)
  const told = withoutSecrets(messageOf(error))
  // An answer to HEAD has no text.
  const isNameless = name.startsWith('Unknown') || /^\d*$/.test(name) || name === told
  const message = `${where}: ${isNameless ? `was answered with status ${status}` : `${name}: ${told}`}`
  // The SDK's own error is no cause to pass on: it holds the request, with signatures, tokens and keys of encryption.
  const details = { where }
  if (NO_CREDENTIALS.test(name)) {
    return failure('DS_REMOTE_DENIED', `${where}: no credentials were found: ${told}`, {
      ...details,
      hint: 'Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the remote’s `profile`.',
    })
  }
  if (status === undefined) return breakage(error, where, signal)
  if (isPassing(status) || PASSING.test(name)) {
    return new Interruption(message, { after: retryAfter($response?.headers?.['retry-after']) })
  }
  if (name === 'NoSuchBucket') {
    return failure('DS_REMOTE_FAILED', `${where}: there is no such bucket`, {
      ...details,
      hint: 'Check the bucket’s name in the remote’s url, and its endpointurl.',
    })
  }
  if (status === 401 || status === 403 || DENIED.test(name)) {
    return failure('DS_REMOTE_DENIED', message, {
      ...details,
      hint: 'Check the profile or keys, and that they may list, read and write here (s3:ListBucket, GetObject, PutObject).',
    })
  }
  return failure('DS_REMOTE_FAILED', isNameless ? message : `${message} (status ${status})`, {
    ...details,
    ...([301, 307, 400].includes(status) ? { hint: HINT } : {}),
  })
}

function statusOf(error: unknown): number | undefined {
  return (error as Answer).$metadata?.httpStatusCode
}
