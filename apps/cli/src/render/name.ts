import { sep } from 'node:path'
import type { AnyReport } from '@dayshift/core'

/** Paths that a title names. */
const NAMED = 3

/** What a report is about: its dataset's name; those of all paths, where it is about several. */
export function subjectOf(report: AnyReport, cwd: string): string {
  const files = report.kind === 'version' ? report.facts.files : []
  if (files.length < 2) return nameOf(report, cwd)
  const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : ''
  return `${files
    .slice(0, NAMED)
    .map(({ path }) => path)
    .join(', ')}${more}`
}

/** A dataset's name as a person says it: the path without the working directory's part. */
export function nameOf({ dataset }: AnyReport, cwd: string): string {
  if (dataset.uri === 'memory:stream') return 'standard input'
  if (dataset.namespace !== 'file') return dataset.uri
  const here = cwd.endsWith(sep) ? cwd : cwd + sep
  return dataset.name.startsWith(here) ? dataset.name.slice(here.length) : dataset.name
}
