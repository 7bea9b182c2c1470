import { isIPv6 } from 'node:net'

const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/(?:([^/@]*)@)?(\[[^\]/]*\]|[^/:]*)(:\d*)?(\/.*)?$/is

/**
 * An address as RFC 3986 wants it: what may not stand in a URI is percent-encoded.
 *
 * @returns undefined where no URI can be made of it
 * @example uriOf('s3://lake/raw/a b#1.csv') // 's3://lake/raw/a%20b%231.csv'
 */
export function uriOf(address: string): string | undefined {
  const match = ADDRESS.exec(address)
  if (match === null) return undefined
  const [, scheme = '', user, host = '', port = '', path = ''] = match
  const literal = host.startsWith('[')
  if (literal && !isIPv6(host.slice(1, -1))) return undefined
  const authority = `${user === undefined ? '' : `${encoded(user)}@`}${literal ? host : encoded(host)}${port}`
  return `${scheme}://${authority}${path.split('/').map(encoded).join('/')}`
}

function encoded(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@%]/gu, (character) => encodeURIComponent(character))
}
