import { join } from 'node:path'
import { installPeer } from './peer.ts'
import { PYTHON_PEERS, VERSIONS } from './peers.ts'
import { startServer, type PeerServer } from './server.ts'

/** Moto, an S3 in Python that others test against. */
export const MOTO = VERSIONS.moto

/** A running moto. */
export interface Moto extends PeerServer {
  /** As `endpointurl` takes it. */
  readonly endpoint: string
}

/** Who may ask a server that checks who asks. */
export type Key = Readonly<Record<'access_key_id' | 'secret_access_key', string>>

/** How a moto is started. */
export interface MotoOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Files in PEM: it speaks over TLS then. */
  readonly tls?: { readonly certificate: string; readonly key: string }
}

/** Starts moto's server, with no bucket in it. It answers everybody. */
export async function startMoto({ env = {}, tls }: MotoOptions = {}): Promise<Moto> {
  const bin = await installPeer(PYTHON_PEERS.moto)
  const secure = tls ? ['-c', tls.certificate, '-k', tls.key] : []
  const words = (port: number): string[] => ['-H', '127.0.0.1', '-p', String(port), ...secure]
  const server = await startServer(join(bin, 'moto_server'), words, env)
  return { ...server, endpoint: `${tls ? 'https' : 'http'}://127.0.0.1:${server.port}` }
}

/**
 * Starts a moto that checks the signature of every question, and what its asker may do.
 *
 * @returns besides, the key of somebody who may do everything with S3, and of somebody who may only read it
 */
export async function startStrictMoto(): Promise<Moto & { readonly owner: Key; readonly reader: Key }> {
  const moto = await startMoto({ env: { INITIAL_NO_AUTH_ACTION_COUNT: '6' } })
  const owner = await enroll(moto.endpoint, 'owner', ['s3:*'])
  const reader = await enroll(moto.endpoint, 'reader', ['s3:GetObject', 's3:ListBucket'])
  return { ...moto, owner, reader }
}

async function enroll(endpoint: string, UserName: string, actions: readonly string[]): Promise<Key> {
  const ask = async (parameters: Readonly<Record<string, string>>): Promise<string> => {
    const body = new URLSearchParams({ Version: '2010-05-08', UserName, ...parameters })
    // This is how moto knows which of Amazon's services is meant.
    const authorization =
      'AWS4-HMAC-SHA256 Credential=x/20200101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0'
    const answer = await fetch(endpoint, { method: 'POST', headers: { authorization }, body })
    return answer.text()
  }
  await ask({ Action: 'CreateUser' })
  const key = await ask({ Action: 'CreateAccessKey' })
  const Statement = [{ Effect: 'Allow', Action: actions, Resource: '*' }]
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await ask({ Action: 'PutUserPolicy', PolicyName: 'own', PolicyDocument })
  const text = (name: string): string => new RegExp(`<${name}>(.*?)</${name}>`).exec(key)?.[1] ?? ''
  return { access_key_id: text('AccessKeyId'), secret_access_key: text('SecretAccessKey') }
}
