import { readFile, writeFile } from 'node:fs/promises'
import { open, systemCode, writeAtomically, type Engine, type Row } from '@dayshift/core'
import { failure } from '../codes.ts'
import { fromDocument, toDocument } from './profile-document.ts'
import { fromRows, ROW_TYPES, toRows } from './profile-rows.ts'
import type { ReferenceProfile } from './reference-profile.ts'

/** How a file of a profile is read or written. */
export interface ProfileFileOptions {
  readonly signal?: AbortSignal | undefined
  /** What reads and writes Parquet. Default: one of its own. */
  readonly engine?: Engine | undefined
}

/** Whether a file's name says that it is a reference profile: `.profile.json`, `.profile.parquet`. */
export function isProfileName(path: string): boolean {
  return /\.profile\.(json|parquet)$/i.test(path)
}

/**
 * Writes a reference profile, whole or not at all: Parquet where the name ends with `.parquet`, JSON otherwise.
 *
 * @throws DS_WRITE where the file cannot be written
 * @example await writeReferenceProfile('2026.profile.json', profile)
 */
export async function writeReferenceProfile(
  path: string,
  profile: ReferenceProfile,
  options: ProfileFileOptions = {},
): Promise<void> {
  const document = toDocument(profile)
  if (!isParquet(path)) {
    const text = `${JSON.stringify(document)}\n`
    return writeAtomically(path, (temporary) => writeFile(temporary, text))
  }
  const frame = await open(toRows(document), { types: ROW_TYPES, ...options })
  return frame.write(path, { signal: options.signal })
}

/**
 * Reads a reference profile, and checks that it agrees with itself.
 *
 * @throws DS_SOURCE_NOT_FOUND, DS_SOURCE_UNREADABLE where there is no such file, or it may not be read
 * @throws DS_REFERENCE_PROFILE where it is something else, is cut off, or was changed by hand so that its counts do not agree
 */
export async function readReferenceProfile(path: string, options: ProfileFileOptions = {}): Promise<ReferenceProfile> {
  if (isParquet(path)) return fromDocument(fromRows(await rowsOf(path, options), path), path)
  const text = await readFile(path, { encoding: 'utf8', signal: options.signal }).catch((error: unknown) => {
    const code = systemCode(error)
    if (code === 'ENOENT') throw failure('DS_SOURCE_NOT_FOUND', `there is no file ${path}`, { where: path })
    throw failure('DS_SOURCE_UNREADABLE', `cannot read ${path}: ${(error as Error).message}`, {
      where: path,
      cause: error,
    })
  })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const problem = (error as Error).message
    throw failure('DS_REFERENCE_PROFILE', `${path} is no reference profile: it is no JSON (${problem})`, {
      where: path,
      cause: error,
    })
  }
  return fromDocument(value, path)
}

async function rowsOf(path: string, options: ProfileFileOptions): Promise<Row[]> {
  const frame = await open(path, { format: 'parquet', ...options })
  const lacking = Object.keys(ROW_TYPES).filter((name) => !frame.columns.includes(name))
  if (lacking.length > 0) {
    throw failure('DS_REFERENCE_PROFILE', `${path} is no reference profile: it has no column ${lacking.join(', ')}`, {
      where: path,
    })
  }
  return frame.toArray({ signal: options.signal })
}

function isParquet(path: string): boolean {
  return path.toLowerCase().endsWith('.parquet')
}
