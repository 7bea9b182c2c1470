import { sep } from 'node:path'
import type { AnyReport } from '@dayshift/core'

/** A dataset's name as a person says it: the path without the working directory's part. */
export function nameOf({ dataset }: AnyReport, cwd: string): string {
  if (dataset.uri === 'memory:stream') return 'standard input'
  if (dataset.namespace !== 'file') return dataset.uri
  const here = cwd.endsWith(sep) ? cwd : cwd + sep
  return dataset.name.startsWith(here) ? dataset.name.slice(here.length) : dataset.name
}
