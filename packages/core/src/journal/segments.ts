import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { failure } from '../codes.ts'
import { messageOf, systemCode } from '../errors.ts'
import { checksumOf } from './checksum.ts'
import { realPath } from './real-path.ts'

/**
 * What a compaction put aside: the journal's file as it was, under a name that says how many of its bytes the journal has
 * taken in. A writer that had opened the file before may append to it after; so the bytes behind those are still part of
 * the journal, whoever is killed when.
 */
export interface Segment {
  readonly path: string
  /** 1 is the first. */
  readonly number: number
  /** Bytes from its start that were taken in. */
  readonly bytes: number
  /** CRC-32 of these bytes. */
  readonly checksum: number
}

/**
 * The path of a segment.
 *
 * @example segmentPath('log.jsonl', { number: 1, bytes: 48213, checksum: 0x1a2b3c4d }) // 'log.00001-48213-1a2b3c4d.jsonl'
 */
export function segmentPath(journal: string, { number, bytes, checksum }: Omit<Segment, 'path'>): string {
  const [stem, suffix] = partsOf(journal)
  const name = `${stem}.${String(number).padStart(5, '0')}-${bytes}-${checksum.toString(16).padStart(8, '0')}${suffix}`
  return join(dirname(journal), name)
}

/**
 * The segments of a journal, oldest first.
 *
 * @throws DS_SOURCE_UNREADABLE where the folder exists but cannot be read
 */
export async function segmentsOf(journal: string): Promise<Segment[]> {
  const real = realPath(journal)
  const folder = dirname(real)
  const [stem, suffix] = partsOf(real)
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw failure('DS_SOURCE_UNREADABLE', `cannot read ${folder}: ${messageOf(error)}`, { where: folder, cause: error })
  })
  return names
    .flatMap((name): Segment[] => {
      if (!name.startsWith(`${stem}.`) || !name.endsWith(suffix)) return []
      const middle = name.slice(stem.length + 1, name.length - suffix.length)
      const match = /^(\d{5,9})-(\d{1,15})-([0-9a-f]{8})$/.exec(middle)
      if (!match) return []
      const [, number, bytes, checksum] = match
      return [
        {
          path: join(folder, name),
          number: Number(number),
          bytes: Number(bytes),
          checksum: Number.parseInt(checksum as string, 16),
        },
      ]
    })
    .sort((a, b) => a.number - b.number || (a.path < b.path ? -1 : 1))
}

/**
 * Where in a segment begins what the journal has not taken in; `undefined` where it has taken in all. A segment whose
 * bytes are not those that its name tells (git changed its line ends, say) is read from its start: records twice do no harm.
 *
 * @param current inode of the journal's file: a compaction that was cut off leaves a segment that is the same file
 */
export async function lateStart({ path, bytes, checksum }: Segment, current: number): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile() || found.ino === current || found.size === bytes) return undefined
  return found.size > bytes && (await checksumOf(path, bytes)) === checksum ? bytes : 0
}

/** Where a segment's history begins; `undefined` where it is the journal's file itself, by another name. */
export async function wholeStart({ path }: Segment, current: number): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() && found.ino !== current ? 0 : undefined
}

function partsOf(journal: string): [stem: string, suffix: string] {
  const suffix = extname(journal)
  return [basename(journal, suffix), suffix]
}
