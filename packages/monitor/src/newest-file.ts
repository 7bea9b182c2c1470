import { findFiles, type DataFile, type Finding } from '@dayshift/core'
import { absence, type Newest } from './newest.ts'

/**
 * The newest change of content among files, by the file system's clock. Files without a byte count for nothing: they are
 * what a broken write leaves.
 *
 * @param paths absolute: files, folders, globs
 * @throws DS_SOURCE_UNREADABLE where the system does not let one be looked at
 */
export async function newestFile(paths: readonly string[]): Promise<Newest> {
  const missing: Newest[] = []
  const files: DataFile[] = []
  for (const path of paths) {
    const found = await findFiles(path)
    if (found) files.push(...found.files)
    else missing.push({ time: null, absent: 'missing', subject: path, findings: [] })
  }
  const filled = files.filter(({ bytes }) => bytes > 0)
  const newest = filled.reduce<DataFile | undefined>((a, b) => (a && a.mtimeMs >= b.mtimeMs ? a : b), undefined)
  if (missing.length === paths.length) {
    return { time: null, absent: 'missing', subject: paths.join(', '), findings: [] }
  }
  const findings = missing.map(absence)
  if (!newest) {
    const subject = files.length === 0 ? `${paths.join(', ')} holds no files` : `${list(files)} has no bytes`
    return { time: null, absent: 'empty', subject, findings }
  }
  const blank = files.filter(({ bytes }) => bytes === 0)
  if (blank.length > 0) findings.push(blankFiles(blank))
  return { time: Math.floor(newest.mtimeMs), subject: newest.path, findings }
}

function blankFiles(files: readonly DataFile[]): Finding {
  return {
    severity: 'info',
    code: 'freshness.empty_files',
    message: `${files.length} ${files.length === 1 ? 'file' : 'files'} without a byte left out: ${list(files)}`,
  }
}

function list(files: readonly DataFile[]): string {
  const shown = files.slice(0, 3).map(({ path }) => path)
  return shown.join(', ') + (files.length > shown.length ? ` and ${files.length - shown.length} more` : '')
}
