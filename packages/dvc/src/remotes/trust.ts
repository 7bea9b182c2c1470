import { readFile } from 'node:fs/promises'
import { messageOf } from '@dayshift/core/ground'
import { failure } from '../codes.ts'

/** Which certificates are believed, as Node's TLS takes it. */
export interface Trust {
  readonly rejectUnauthorized?: boolean
  readonly ca?: string
}

/**
 * Which certificates a remote's servers may show.
 *
 * @param verify the setting `ssl_verify`: `false`, `true`, or the path of a file of certificates in PEM, which stand in for
 *   those of the system
 * @throws DS_DVC_CONFIG where the file cannot be read
 * @example await trustOf('/etc/ssl/own-ca.pem')
 */
export async function trustOf(verify: string | undefined): Promise<Trust> {
  const word = verify?.toLowerCase() ?? ''
  if (['', 'true'].includes(word)) return {}
  if (word === 'false') return { rejectUnauthorized: false }
  try {
    return { ca: await readFile(verify as string, 'utf8') }
  } catch (error) {
    throw failure('DS_DVC_CONFIG', `the certificates of ssl_verify cannot be read: ${messageOf(error)}`, {
      where: verify as string,
      hint: 'Give the path of a PEM file, or false to trust any certificate.',
      cause: error,
    })
  }
}
