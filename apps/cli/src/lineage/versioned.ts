import type { DatasetRef } from '@dayshift/core'
import { recordedVersion } from '@dayshift/dvc'

/** A dataset with the version that its `.dvc` file records, where it is a local file that has one. */
export async function versioned(dataset: DatasetRef, cwd: string): Promise<DatasetRef> {
  if (dataset.namespace !== 'file' || dataset.version !== undefined) return dataset
  // Data that lies in no repository has none.
  const recorded = await recordedVersion(dataset.name, { cwd }).catch(() => undefined)
  return recorded === undefined ? dataset : { ...dataset, version: recorded.hash }
}
