import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatOf, isDayshiftError, messageOf, systemCode, type FileFormat } from '@dayshift/core'
import { damageIn, END, START } from './damage.ts'
import { lookAtFiles } from './data-files.ts'
import type { Look } from './evidence.ts'
import { hasRows, rowsByFooter, type HasRows } from './has-rows.ts'
import { readObject, type NoBytes, type ObjectBytes, type ObjectPlace } from './object-bytes.ts'

/** Bytes of an object that is taken whole; of one that is compressed, whose end only its start leads to. */
const WHOLE = 1 << 20
const WHOLE_ZIPPED = 16_000_000

/** What is in an object: whether it has rows, what is wrong with it, or why that is not known. */
export type ObjectLook = HasRows | NoBytes

/**
 * Looks into an object as into a file: a small one is taken whole, and of a large one the first and the last bytes. Of an object whose name
 * does not tell how it is written, nothing is asked.
 *
 * @param bytes that it has, as it was listed
 * @throws DS_FRESHNESS_STORE, DS_ABORTED
 */
export async function lookIntoObject(place: ObjectPlace, bytes: number, look: Look): Promise<ObjectLook> {
  const format = look.format ?? formatOf(place.key)
  if (format === undefined) return 'unknown'
  const limit = isZipped(place.key) ? WHOLE_ZIPPED : WHOLE
  if (bytes <= limit) {
    const all = await readObject(place, { most: limit }, look.signal)
    if (isNone(all)) return all
    // It may have grown since it was listed.
    if (all.isToEnd) return all.bytes.length === 0 ? 'no' : lookIntoCopy(place, all, look)
  }
  return lookAtEdges(place, bytes, format, look)
}

function isNone(answer: ObjectBytes | NoBytes): answer is NoBytes {
  return answer === 'gone' || 'closed' in answer
}

function isZipped(name: string): boolean {
  return /\.(gz|zst)$/i.test(name)
}

/** The ending of a name, by which files are read: that of the object, and what it is compressed with besides. */
function endingOf(key: string, encoding: string): string | undefined {
  const [ending = ''] = /(\.[a-z0-9]{1,8})?(\.gz|\.zst)?$/i.exec(key) ?? []
  if (encoding === '' || isZipped(key)) return ending
  return encoding === 'gzip' ? `${ending}.gz` : encoding === 'zstd' ? `${ending}.zst` : undefined
}

/** Looks into a copy of an object, in a folder that is there as long as that lasts. Messages name the object. */
async function lookIntoCopy(place: ObjectPlace, { bytes, encoding }: ObjectBytes, look: Look): Promise<ObjectLook> {
  const ending = endingOf(place.key, encoding)
  if (ending === undefined) return { closed: `it is written with the encoding ${encoding}` }
  let folder: string | undefined
  try {
    folder = await mkdtemp(join(tmpdir(), 'dayshift-object-'))
    const path = join(folder, `object${ending}`)
    await writeFile(path, bytes, { mode: 0o600 })
    const said = (text: string): string => text.replaceAll(path, place.address)
    const { none, files } = await lookAtFiles([path], look)
    if (none) return { broken: said(none.subject) }
    const [file] = files
    const rows = file ? await hasRows(file, look) : 'no'
    return typeof rows === 'object' ? { broken: said(rows.broken) } : rows
  } catch (error) {
    if (isDayshiftError(error) || systemCode(error) === undefined) throw error
    return { closed: `no copy of it could be made: ${messageOf(error)}` }
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  }
}

/** Looks at the first and the last bytes of an object: a large one has rows, but for a Parquet file that is all footer. */
async function lookAtEdges(place: ObjectPlace, listed: number, format: FileFormat, look: Look): Promise<ObjectLook> {
  const head = await readObject(place, { range: `bytes=0-${START - 1}`, most: START }, look.signal)
  if (isNone(head)) return head
  // What was listed as large may be small by now.
  if (head.total === undefined && head.isToEnd) return lookIntoCopy(place, head, look)
  const tail = await readObject(place, { range: `bytes=-${END}`, most: END, etag: head.etag }, look.signal)
  if (isNone(tail)) return tail
  const bytes = tail.total ?? listed
  // A store that knows no ranges sends all from the start on.
  const end = tail.total !== undefined && tail.isToEnd ? tail.bytes : undefined
  const ending = endingOf(place.key, head.encoding)
  if (ending === undefined) return { closed: `it is written with the encoding ${head.encoding}` }
  const path = isZipped(ending) ? `object${ending}` : place.address
  const broken = damageIn({ start: head.bytes, end }, { path, bytes }, format)
  if (broken !== undefined) return { broken: broken.replace(path, place.address) }
  return format === 'parquet' ? ((end && rowsByFooter(end, bytes)) ?? 'unknown') : 'yes'
}
