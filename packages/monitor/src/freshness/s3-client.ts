import type * as S3 from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { systemCode } from '@dayshift/core/ground'
import { failure } from '../codes.ts'

/**
 * Loads the package that speaks S3.
 *
 * @throws DS_FRESHNESS_PACKAGE where it is not installed
 */
export async function loadS3(): Promise<typeof S3> {
  try {
    return await import('@aws-sdk/client-s3')
  } catch (error) {
    if (systemCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error
    throw failure('DS_FRESHNESS_PACKAGE', 'S3 needs the package @aws-sdk/client-s3, which is not installed', {
      cause: error,
    })
  }
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
export async function openS3(env: Readonly<Record<string, string | undefined>>): Promise<S3Client> {
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
