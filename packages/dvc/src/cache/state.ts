import {
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  fstatSync,
  fsyncSync,
  writevSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import type { HashAlgorithm } from './hash.ts'
import { changedAt, TICK, tickOf, type Stamp } from './stamp.ts'
import { temporaryName } from '../write.ts'

/**
 * What is known of files without reading them: the md5 that a file had when it was read last, believed only while the
 * system tells the very same of it. It lies in `.dvc/tmp`, which git ignores and DVC never reads; without it, or with a
 * torn one, everything is read once more.
 */
export interface State {
  /**
   * The md5 of a file's content.
   *
   * @param key the file's path relative to the repository's root; `/md5/` and its digits for an object of the cache
   * @returns `undefined` where the file is not known, or not the same any more
   */
  find(key: string, stamp: Stamp): string | undefined
  /**
   * Remembers what was read.
   *
   * @param since milliseconds at which the reading began; `undefined` for a file that this process has just made
   */
  put(key: string, stamp: Stamp, md5: string, since?: number): void
  /** Forgets the files beneath a folder that were neither found nor put since the state was opened. */
  cover(folder: string): void
  /** The outputs that a checkout put into the workspace, with their hashes. */
  readonly placed: Map<string, string>
  /** Manifests whose objects were all there, each with the mark of the cache at that time. */
  readonly whole: Map<string, string>
  /** Writes what was learnt. It is a help and no more: where it cannot be written, nothing is said. */
  save(): Promise<void>
}

interface Entry extends Stamp {
  readonly md5: string
}

/** What was learnt since the state was opened. */
interface Fresh extends Entry {
  readonly since: number | undefined
}

/** Eight bytes that a state of this form and byte order begins with. */
const MAGIC = 0x3165_7461_7473_5344n // "DSstate1"
const HEADER = 32
const MD5 = 16

/** An entry's numbers: mtime, ctime, inode, size. */
const NUMBERS = 4

/**
 * Opens the state of a repository.
 *
 * @param tmpDir the repository's `.dvc/tmp`
 * @example openState('/r/.dvc/tmp').find('data/weather.csv', stampOf(lstatSync(path, { bigint: true })))
 */
export function openState(tmpDir: string): State {
  const path = join(tmpDir, 'dayshift', 'state')
  const loaded = load(path)
  const used = new Uint8Array(loaded.keys.size)
  const fresh = new Map<string, Fresh>()
  const covered: string[] = []
  const before = JSON.stringify(loaded.extra)
  const placed = new Map(loaded.extra.placed)
  const whole = new Map(loaded.extra.whole)

  return {
    find(key, stamp) {
      const entry = fresh.get(key)
      if (entry) return sameStamp(entry, stamp) && !mayHaveChanged(entry) ? entry.md5 : undefined
      const at = loaded.keys.get(key)
      if (at === undefined) return undefined
      used[at] = 1
      const first = at * NUMBERS
      const { numbers } = loaded
      const same =
        numbers[first] === stamp.mtimeNs &&
        numbers[first + 1] === stamp.ctimeNs &&
        numbers[first + 2] === stamp.ino &&
        numbers[first + 3] === stamp.size
      return same ? loaded.md5s.toString('hex', at * MD5, at * MD5 + MD5) : undefined
    },
    put(key, { mtimeNs, ctimeNs, ino, size }, md5, since) {
      fresh.set(key, { mtimeNs, ctimeNs, ino, size, md5, since })
    },
    cover(folder) {
      covered.push(`${folder}/`)
    },
    placed,
    whole,
    async save() {
      const extra: Extra = { placed: [...placed], whole: [...whole] }
      if (fresh.size === 0 && JSON.stringify(extra) === before) return
      try {
        await settle(fresh)
        write(path, entriesOf(loaded, used, fresh, covered), extra)
      } catch {
        // The next run reads the files again.
      }
    },
  }
}

/** The key by which a state knows a file of the workspace; the hashes of DVC 2 are others. */
export function stateKey(path: string, algorithm: HashAlgorithm = 'md5'): string {
  return algorithm === 'md5' ? path : `/${algorithm}/${path}`
}

function sameStamp(a: Stamp, b: Stamp): boolean {
  return a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino && a.size === b.size
}

/** A file that was written to within the tick in which its reading began may have the same times before and after. */
function mayHaveChanged(entry: Fresh): boolean {
  return entry.since !== undefined && changedAt(entry) + tickOf(entry) > entry.since
}

/** Drops what cannot be believed. For what this process wrote itself, the tick is waited for. */
async function settle(fresh: Map<string, Fresh>): Promise<void> {
  const now = Date.now()
  let newest = 0
  for (const [key, entry] of fresh) {
    const changed = changedAt(entry)
    const tick = tickOf(entry)
    if (entry.since === undefined && tick === TICK) newest = Math.max(newest, Math.min(changed, now))
    else if (mayHaveChanged({ ...entry, since: entry.since ?? now })) fresh.delete(key)
  }
  const left = newest + TICK - now
  if (left > 0) await sleep(left)
}

interface Extra {
  readonly placed: readonly [string, string][]
  readonly whole: readonly [string, string][]
}

interface Loaded {
  readonly keys: ReadonlyMap<string, number>
  readonly numbers: BigInt64Array
  readonly md5s: Buffer
  readonly extra: Extra
}

const NOTHING: Loaded = {
  keys: new Map(),
  numbers: new BigInt64Array(),
  md5s: Buffer.alloc(0),
  extra: { placed: [], whole: [] },
}

/**
 * Header: magic, number of entries, bytes of keys, bytes of the rest, crc32 of all that follows. Then the numbers of all
 * entries, their md5s, where each key ends, the keys, and the rest as JSON.
 */
function load(path: string): Loaded {
  try {
    const file = readFileSync(path)
    const bytes = file.byteOffset % 8 === 0 ? file : Buffer.from(Uint8Array.from(file).buffer)
    const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER)
    const [count, keyBytes, restBytes, sum] = [8, 12, 16, 20].map((at) => header.getUint32(at, true)) as [
      number,
      number,
      number,
      number,
    ]
    const md5sAt = HEADER + count * NUMBERS * 8
    const endsAt = md5sAt + count * MD5
    const keysAt = endsAt + count * 4
    const restAt = keysAt + keyBytes
    if (new BigInt64Array(bytes.buffer, bytes.byteOffset, 1)[0] !== MAGIC || bytes.length !== restAt + restBytes) {
      return NOTHING
    }
    if (crc32(bytes.subarray(HEADER)) !== sum) return NOTHING
    const ends = new Uint32Array(bytes.buffer, bytes.byteOffset + endsAt, count)
    return {
      keys: keysOf(bytes.subarray(keysAt, restAt), ends),
      numbers: new BigInt64Array(bytes.buffer, bytes.byteOffset + HEADER, count * NUMBERS),
      md5s: bytes.subarray(md5sAt, endsAt),
      extra: JSON.parse(bytes.toString('utf8', restAt)) as Extra,
    }
  } catch {
    return NOTHING
  }
}

function keysOf(bytes: Buffer, ends: Uint32Array): Map<string, number> {
  const keys = new Map<string, number>()
  const text = bytes.toString('latin1')
  let start = 0
  for (const [at, end] of ends.entries()) {
    const key = text.slice(start, end)
    keys.set(/[\u0080-\u00FF]/.test(key) ? bytes.toString('utf8', start, end) : key, at)
    start = end
  }
  return keys
}

function entriesOf(
  { keys, numbers, md5s }: Loaded,
  used: Uint8Array,
  fresh: ReadonlyMap<string, Entry>,
  covered: readonly string[],
): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  for (const [key, at] of keys) {
    if (fresh.has(key)) continue
    if (used[at] === 0 && covered.some((folder) => key.startsWith(folder))) continue
    const [mtimeNs = 0n, ctimeNs = 0n, ino = 0n, size = 0n] = numbers.subarray(at * NUMBERS, (at + 1) * NUMBERS)
    entries.set(key, { mtimeNs, ctimeNs, ino, size, md5: md5s.toString('hex', at * MD5, at * MD5 + MD5) })
  }
  for (const [key, entry] of fresh) entries.set(key, entry)
  return entries
}

function write(path: string, entries: ReadonlyMap<string, Entry>, extra: Extra): void {
  const count = entries.size
  const numbers = new BigInt64Array(count * NUMBERS)
  const md5s = Buffer.alloc(count * MD5)
  const ends = new Uint32Array(count)
  const names: string[] = []
  let at = 0
  let end = 0
  for (const [key, { mtimeNs, ctimeNs, ino, size, md5 }] of entries) {
    numbers.set([mtimeNs, ctimeNs, ino, size], at * NUMBERS)
    md5s.write(md5, at * MD5, 'hex')
    end += Buffer.byteLength(key)
    ends[at++] = end
    names.push(key)
  }
  const keys = Buffer.from(names.join(''))
  const rest = Buffer.from(JSON.stringify(extra))
  const body = [Buffer.from(numbers.buffer), md5s, Buffer.from(ends.buffer), keys, rest]
  const header = Buffer.alloc(HEADER)
  new BigInt64Array(header.buffer, header.byteOffset, 1)[0] = MAGIC
  const sum = body.reduce((before, piece) => crc32(piece, before), 0)
  for (const [index, number] of [count, keys.length, rest.length, sum].entries()) {
    header.writeUInt32LE(number, 8 + index * 4)
  }
  replace(path, [header, ...body])
}

function replace(path: string, pieces: readonly Buffer[]): void {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = join(dirname(path), temporaryName())
  try {
    const file = openSync(temporary, 'wx')
    try {
      writevSync(file, pieces)
      if (fstatSync(file).size !== pieces.reduce((sum, { length }) => sum + length, 0)) throw new Error('torn')
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
