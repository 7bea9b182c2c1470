import { failure } from '../../codes.ts'

/** Where something is posted to, apart from what is secret of it. */
export interface Address {
  /** Without user and password. */
  readonly url: URL
  /** The server alone: the path of a webhook's address is often its secret. */
  readonly shown: string
  /** The header that user and password make. */
  readonly authorization: string | undefined
  /** Texts that must not be told. */
  readonly secrets: readonly string[]
}

/**
 * Reads an address of http or https.
 *
 * @throws DS_SINK_CONFIG, without the address in it
 */
export function addressOf(text: string): Address {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw failure('DS_SINK_CONFIG', 'url is no address of http or https', { where: 'url' })
  }
  const [user, password] = [decoded(url.username), decoded(url.password)]
  url.username = ''
  url.password = ''
  url.hash = ''
  const proof = Buffer.from(`${user}:${password}`).toString('base64')
  const path = url.pathname.length > 1 ? [`${url.pathname}${url.search}`, url.pathname] : []
  const values = [...url.searchParams.values()]
  const isKnown = user !== '' || password !== ''
  return {
    url,
    shown: url.origin,
    authorization: isKnown ? `Basic ${proof}` : undefined,
    secrets: [...path, url.search, ...values, ...(isKnown ? [proof, password, encodeURIComponent(password)] : [])],
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
