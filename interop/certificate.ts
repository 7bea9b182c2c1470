import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Makes a certificate for this machine, signed by itself, in PEM.
 *
 * @returns `false` where there is nothing to make it with
 */
export async function certify(certificate: string, key: string): Promise<boolean> {
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1']
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate]
  return run('openssl', [...words, ...names]).then(
    () => true,
    () => false,
  )
}
