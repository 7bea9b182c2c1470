import { loadS3 } from './s3-package.ts'

/** What asks a store. A client of `@aws-sdk/client-s3` is one; it is not named by its type, so that those who have none need not its types. */
export interface ObjectClient {
  /** Sends a command of that package. */
  send(command: never, options?: never): Promise<unknown>
}

/** The region that is asked first where none is named: it says where a bucket is. */
const ANY_REGION = 'us-east-1'

/**
 * A client of S3 by variables: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_DEFAULT_REGION`, `AWS_PROFILE`.
 * The SDK's own chain of credentials reads the process's environment besides.
 *
 * @throws DS_FRESHNESS_PACKAGE where `@aws-sdk/client-s3` is not installed
 * @example objectBasis('s3://lake/orders/', await openS3(process.env))
 */
export async function openS3(env: Readonly<Record<string, string | undefined>>): Promise<ObjectClient> {
  const sdk = await loadS3()
  const endpoint = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL']
  const profile = env['AWS_PROFILE']
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || (profile ? undefined : ANY_REGION)
  return new sdk.S3Client({
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(region === undefined ? {} : { region }),
    ...(profile ? { profile } : {}),
    followRegionRedirects: true,
  })
}
