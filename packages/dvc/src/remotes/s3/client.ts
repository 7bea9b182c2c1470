import { readFile } from 'node:fs/promises'
import type * as S3 from '@aws-sdk/client-s3'
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { systemCode } from '@dayshift/core/ground'
import { failure } from '../../codes.ts'
import type { RemoteSettings } from '../../config.ts'
import { trustOf } from '../trust.ts'

type Sdk = typeof S3
type Environment = Readonly<Record<string, string | undefined>>

/** Where no region is named, S3 says itself which it is. */
const ANY_REGION = 'us-east-1'

/** Connections at a time: what is sent in parts takes several. */
const SOCKETS = 64

/** Seconds, as DVC waits. */
const PATIENCE = 60

/** The SDK tells of itself on the console where nobody takes it. */
const silence = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/**
 * Loads the package that speaks S3.
 *
 * @throws DS_REMOTE_PACKAGE
 */
export async function loadSdk(): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-s3')
  } catch (error) {
    if (systemCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error
    throw failure('DS_REMOTE_PACKAGE', 'S3 needs the package @aws-sdk/client-s3, which is not installed', {
      hint: 'Install it: npm install @aws-sdk/client-s3',
      cause: error,
    })
  }
}

/**
 * The client for a remote's settings, by DVC's names.
 *
 * @throws DS_DVC_CONFIG
 */
export async function openClient(sdk: Sdk, settings: RemoteSettings, env: Environment): Promise<S3Client> {
  const config = await configOf(settings, env)
  const region = settings['region'] || env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || (await writtenRegion(config))
  if (region !== undefined) return insecure(sdk, settings, { ...config, region })
  const client = new sdk.S3Client(config)
  const found = await client.config.region().catch(() => ANY_REGION)
  client.destroy()
  return insecure(sdk, settings, { ...config, region: found })
}

/** What the SDK's chain of credentials heeds, though the type of its settings does not say so. */
interface SharedFiles {
  readonly filepath?: string
  readonly configFilepath?: string
}

type Config = S3ClientConfig & SharedFiles

async function configOf(settings: RemoteSettings, env: Environment): Promise<Config> {
  const trust = await trustOf(settings['ssl_verify'])
  const agent = { keepAlive: true, maxSockets: SOCKETS }
  const endpoint = settings['endpointurl'] || env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL']
  const profile = settings['profile'] || env['AWS_PROFILE']
  // As in botocore, the environment's own files come before those of the settings.
  const filepath = env['AWS_SHARED_CREDENTIALS_FILE'] || settings['credentialpath']
  const configFilepath = env['AWS_CONFIG_FILE'] || settings['configpath']
  return {
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(profile ? { profile } : {}),
    ...(filepath ? { filepath } : {}),
    ...(configFilepath ? { configFilepath } : {}),
    ...credentialsOf(settings, env),
    followRegionRedirects: true,
    // Whoever asks decides how often, and other servers than Amazon's do not know the newer checksums.
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    logger: silence,
    requestHandler: {
      connectionTimeout: 1000 * (Number(settings['connect_timeout']) || PATIENCE),
      socketTimeout: 1000 * (Number(settings['read_timeout']) || PATIENCE),
      httpAgent: agent,
      httpsAgent: { ...agent, ...trust },
    },
  }
}

/** Keys from the settings, else from the environment unless a profile is named; nothing where the SDK shall look itself. */
function credentialsOf(settings: RemoteSettings, env: Environment): Pick<Config, 'credentials' | 'signer'> {
  if (isTrue(settings['allow_anonymous_login'])) {
    return {
      credentials: { accessKeyId: 'anonymous', secretAccessKey: 'anonymous' },
      signer: { sign: (request) => Promise.resolve(request) },
    }
  }
  const own = [settings['access_key_id'], settings['secret_access_key'], settings['session_token']] as const
  const around = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN']] as const
  const [accessKeyId, secretAccessKey, sessionToken] = own[0] && own[1] ? own : settings['profile'] ? [] : around
  if (!accessKeyId || !secretAccessKey) return {}
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
}

/** The SDK reads keys from a config file of another place, but not the region. */
async function writtenRegion({ configFilepath, profile = 'default' }: Config): Promise<string | undefined> {
  if (configFilepath === undefined || typeof profile !== 'string') return undefined
  const text = await readFile(configFilepath, 'utf8').catch(() => '')
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[\s*(?:profile\s+)?(.*?)\s*\]/.exec(line)?.[1] ?? section
    const region = /^region\s*=\s*(\S+)/.exec(line)?.[1]
    if (section === profile && region !== undefined) return region
  }
  return undefined
}

function insecure(sdk: Sdk, settings: RemoteSettings, config: Config): S3Client {
  const isPlain = settings['use_ssl']?.toLowerCase() === 'false' && config.endpoint === undefined
  const endpoint = isPlain ? { endpoint: `http://s3.${String(config.region)}.amazonaws.com` } : {}
  return new sdk.S3Client({ ...config, ...endpoint })
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}
