import { createHmac, timingSafeEqual } from 'node:crypto'

/** The header that proves who sent a body, and when. */
export const SIGNATURE_HEADER = 'Dayshift-Signature'

/**
 * Signs a body: `t=<seconds since 1970>,v1=<HMAC-SHA-256 of "<t>.<body>", in hexadecimal digits>`. The time is signed too, so that
 * what was overheard cannot be sent again later.
 *
 * @example signatureOf('{}', 'secret', new Date(0)) // 't=0,v1=66e1…'
 */
export function signatureOf(body: string, secret: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000)
  return `t=${seconds},v1=${digestOf(body, secret, seconds)}`
}

/**
 * Whether a body was sent by somebody who knows the secret, and just now.
 *
 * @param body as it came, byte for byte
 * @param header the value of `Dayshift-Signature`
 * @param options.tolerance seconds that the time may be off, either way; default 300
 * @example verifySignature(body, request.headers['dayshift-signature'], secret)
 */
export function verifySignature(
  body: string,
  header: string | undefined,
  secret: string,
  { now = new Date(), tolerance = 300 }: { readonly now?: Date; readonly tolerance?: number } = {},
): boolean {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? '')
  if (!match) return false
  const seconds = Number(match[1])
  const isNow = Math.abs(now.getTime() / 1000 - seconds) <= tolerance
  const isRight = timingSafeEqual(
    Buffer.from(digestOf(body, secret, seconds), 'hex'),
    Buffer.from(match[2] as string, 'hex'),
  )
  return isNow && isRight
}

function digestOf(body: string, secret: string, seconds: number): string {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
}
