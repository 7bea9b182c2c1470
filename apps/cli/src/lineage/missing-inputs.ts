import { existsSync } from 'node:fs'
import type { DatasetRef, Finding } from '@dayshift/core'
import { glob, isGlob } from '@dayshift/core/ground'

/**
 * Inputs that are said to have been read, and are not there: a name that was misspelt makes a dataset that nobody has. One whose
 * version is recorded may have been removed since.
 */
export async function missingInputs(inputs: readonly DatasetRef[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { namespace, name, version } of inputs) {
    if (namespace !== 'file' || version !== undefined || existsSync(name)) continue
    if (isGlob(name) && (await glob(name)).length > 0) continue
    findings.push({
      severity: 'warn',
      code: 'log.input_missing',
      message: `--inputs names ${name}, which is not there; it is logged as read all the same`,
      hint: 'Check the path. An address of data elsewhere begins with its scheme, as s3://bucket/key.',
    })
  }
  return findings
}
