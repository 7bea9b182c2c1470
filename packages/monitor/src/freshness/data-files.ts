import { accessSync, constants } from 'node:fs'
import { basename } from 'node:path'
import { checkWhole, findFiles, isDayshiftError, type DataFile, type FileFormat, type Finding } from '@dayshift/core'
import { isGlob } from '@dayshift/core/ground'
import { absence } from './absence.ts'
import { damageOf } from './damage.ts'
import type { Absent, Look } from './evidence.ts'
import { raggedAmong } from './ragged.ts'

/** What is written beside data, and what is not finished yet or put aside. All of it may be newer than the data. */
const MARKER =
  /^_?(SUCCESS|FAILURE|STARTED)$|^_(metadata|common_metadata|temporary|committed_.*|started_.*)$|^Thumbs\.db$|^(README|LICENSE|NOTICE|CHANGELOG)(\..*)?$|\.(crc|md5|sha1|sha256|sha512|sig|asc|dvc|lock|md)$/i
const UNFINISHED =
  /\.(tmp|temp|part|partial|crdownload|swp|inprogress|filepart|download|aria2|bak|orig|old)(\.\d+)?$|~$|^~\$|^#.*#$/i

/** Where Spark and Hadoop write before they are done. */
const UNFINISHED_FOLDER = /[\\/]_temporary[\\/]/

/** Of many files so many of the newest are looked into. */
const LOOKED_INTO = 256

/** Bytes of compressed files that are decompressed to their end, the newest first. */
const DECOMPRESSED = 16_000_000

/** How the files of some data are looked at. */
export interface LookOptions {
  /** How they are written. Default: what their names tell. */
  readonly format?: FileFormat | undefined
  /** Whether each of them counts, and not only the newest: then all are looked into. Default: false. */
  readonly isEach?: boolean
  /** Opens the rows at a path: text tables that look as if their rows had too many cells, or too few, are read. Default: none is. */
  readonly open?: Look['open'] | undefined
  readonly signal?: AbortSignal | undefined
}

/** The files of some data, or why there are none. */
export interface LookedAt {
  /** With a byte in them, that may be read; neither markers nor unfinished. */
  readonly files: readonly DataFile[]
  /** Why there are none. */
  readonly none?: { readonly absent: Absent; readonly subject: string }
  /** Files without a byte. */
  readonly blank: readonly DataFile[]
  readonly findings: readonly Finding[]
}

/**
 * Looks at the files of some data. Files without a byte count for nothing: they are what a broken write leaves. Of folders
 * and globs, what stands beside data (`_SUCCESS`, `README.md`, `a.csv.md5`) and what is unfinished or put aside (`x.csv.tmp`, `a.csv.bak`)
 * does not count either.
 *
 * The newest files are looked into ({@link damageOf}): what nobody can read has no age, however new it is. Who cannot read a part
 * cannot use the data, so that one broken file makes all of it unreadable.
 *
 * @param paths absolute: files, folders, globs
 */
export async function lookAtFiles(paths: readonly string[], options: LookOptions = {}): Promise<LookedAt> {
  const absent: { readonly absent: Absent; readonly subject: string }[] = []
  const files: DataFile[] = []
  const aside: DataFile[] = []
  const blank: DataFile[] = []
  for (const path of paths) {
    const found = await foundAt(path)
    if (found.absent !== undefined) {
      absent.push({ absent: found.absent, subject: found.subject })
      continue
    }
    const filled: DataFile[] = []
    for (const file of found.files) {
      if (file.bytes === 0) blank.push(file)
      else if (found.kind !== 'file' && isAside(file.path)) aside.push(file)
      else filled.push(file)
    }
    files.push(...filled)
    if (filled.length > 0) continue
    absent.push(
      found.files.length === 0
        ? { absent: 'empty_folder', subject: `${path} holds no files` }
        : found.files.some(({ bytes }) => bytes === 0)
          ? { absent: 'empty', subject: `${listed(found.files)} has no bytes` }
          : {
              absent: 'empty_folder',
              subject: `${path} holds only markers and unfinished files: ${listed(found.files)}`,
            },
    )
  }
  const readable: DataFile[] = []
  const closed: DataFile[] = []
  for (const file of files) (mayRead(file.path) ? readable : closed).push(file)
  const broken = closed.length > 0 ? `${listed(closed)} may not be read` : await brokenOf(readable, options)
  if (broken !== undefined) return { files: [], none: { absent: 'unreadable', subject: broken }, blank, findings: [] }
  if (readable.length === 0) return { files: [], none: noneOf(absent, paths), blank, findings: [] }
  return {
    files: readable,
    blank,
    findings: [
      ...absent
        .filter(({ absent: why }) => why === 'missing' || why === 'no_match' || why === 'unreadable')
        .map(absence),
      ...(blank.length > 0 ? [leftOut('freshness.empty_files', 'without a byte', blank)] : []),
      ...(aside.length > 0 ? [leftOut('freshness.unfinished_files', '(markers, unfinished)', aside)] : []),
    ],
  }
}

type Found =
  | { readonly absent: Absent; readonly subject: string }
  | { readonly absent?: undefined; readonly kind: 'file' | 'folder' | 'glob'; readonly files: readonly DataFile[] }

/** What the system does not let be read; what is a pipe or a device, of which nobody knows how old it is. */
const NO_FILE: ReadonlySet<string> = new Set(['DS_SOURCE_UNREADABLE', 'DS_SOURCE_UNSUPPORTED'])

async function foundAt(path: string): Promise<Found> {
  try {
    const found = await findFiles(path)
    if (found) return found
    return { absent: isGlob(path) ? 'no_match' : 'missing', subject: path }
  } catch (error) {
    if (!isDayshiftError(error) || !NO_FILE.has(error.code)) throw error
    return { absent: 'unreadable', subject: error.message }
  }
}

/** Of several places without data the worst: what is not there comes before what is empty. */
function noneOf(
  absent: readonly { readonly absent: Absent; readonly subject: string }[],
  paths: readonly string[],
): NonNullable<LookedAt['none']> {
  const of = (...why: Absent[]): NonNullable<LookedAt['none']>[] => absent.filter((one) => why.includes(one.absent))
  const gone = of('missing', 'no_match')
  if (gone.length === paths.length && gone[0]) return { absent: gone[0].absent, subject: paths.join(', ') }
  const [worst] = [...of('unreadable'), ...of('empty'), ...of('empty_folder'), ...gone]
  return worst ?? { absent: 'missing', subject: paths.join(', ') }
}

/** Whether something stands beside data, or is not finished: a marker, a checksum, a copy. */
export function isAside(path: string): boolean {
  const name = basename(path)
  return MARKER.test(name) || UNFINISHED.test(name) || UNFINISHED_FOLDER.test(path)
}

function mayRead(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** What is wrong with the first broken one among the newest files, and how many others are. */
async function brokenOf(
  files: readonly DataFile[],
  { format, isEach = false, open, signal }: LookOptions,
): Promise<string | undefined> {
  const newest = [...files].sort((a, b) => b.mtimeMs - a.mtimeMs).slice(0, isEach ? Infinity : LOOKED_INTO)
  const damages = newest.flatMap((file) => damageOf(file, format) ?? [])
  const [first] = damages
  if (first === undefined)
    return (await tornAmong(newest, signal)) ?? (await raggedAmong(newest, { format, open, signal }))
  return damages.length === 1 ? first : `${first}; and ${damages.length - 1} more are broken`
}

/** What is wrong with the first compressed file that has no end. */
async function tornAmong(files: readonly DataFile[], signal: AbortSignal | undefined): Promise<string | undefined> {
  let left = DECOMPRESSED
  for (const { path, bytes } of files) {
    if (!/\.(gz|zst)$/i.test(path)) continue
    left -= bytes
    if (left < 0) return undefined
    try {
      await checkWhole(path, { signal })
    } catch (error) {
      if (!isDayshiftError(error) || error.code === 'DS_ABORTED') throw error
      return error.message
    }
  }
  return undefined
}

function leftOut(code: string, what: string, files: readonly DataFile[]): Finding {
  return {
    severity: 'info',
    code,
    message: `${files.length} ${files.length === 1 ? 'file' : 'files'} ${what} left out: ${listed(files)}`,
  }
}

/** Some of them by name, and how many there are. */
export function listed(files: readonly { readonly path: string }[]): string {
  const shown = files.slice(0, 3).map(({ path }) => path)
  return shown.join(', ') + (files.length > shown.length ? ` and ${files.length - shown.length} more` : '')
}
