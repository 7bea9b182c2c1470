import type * as S3 from '@aws-sdk/client-s3'
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
