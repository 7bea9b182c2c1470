import { createHash } from 'node:crypto'
import { isAscii } from 'node:buffer'
import { appendFile, constants, mkdir, open, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { writeAtomically } from '../atomic.ts'
import { NEWLINE, type JournalDamage } from './journal.ts'

/** What a journal came to, up to a byte. It is only ever a shortcut: where it is gone or broken, the journal is read. */
export interface Snapshot<State> {
  /** Name of the fold. */
  readonly fold: string
  /** Inode, size and times of the file it was made of; empty where it was not made of all of it. */
  readonly times: string
  /** Bytes from the file's start that it is made of, and their CRC-32. */
  readonly bytes: number
  readonly checksum: number
  /** Which segments had more than the journal had taken in. */
  readonly late: string
  readonly damage: readonly JournalDamage[]
  readonly state: State
}

/** How a state is kept as lines of text; default: its JSON, in one. */
interface Freezer<State> {
  readonly name: string
  freeze?(state: State): Iterable<string>
  thaw?(lines: readonly string[]): State
}

const FORM = 3

/** Snapshots are read as one text, which cannot be longer than half a gibibyte. */
const LONGEST = 400 << 20

/** @returns undefined where there is none that can be read */
export async function readSnapshot<State>(
  folder: string,
  journal: string,
  freezer: Freezer<State>,
): Promise<Snapshot<State> | undefined> {
  try {
    const bytes = await readAtOnce(fileOf(folder, journal, freezer.name))
    const body = bytes.subarray(bytes.indexOf(NEWLINE) + 1)
    if (bytes.toString('latin1', 0, bytes.length - body.length) !== sealOf(body)) return undefined
    const [head = '', ...lines] = textOf(body).split('\n')
    const found = JSON.parse(head) as Omit<Snapshot<State>, 'state'> & { readonly form: number; readonly lines: number }
    if (found.form !== FORM || found.fold !== freezer.name || found.lines !== lines.length) return undefined
    return { ...found, state: freezer.thaw ? freezer.thaw(lines) : (JSON.parse(lines.join('')) as State) }
  } catch {
    return undefined
  }
}

/** Keeps a snapshot. Where that cannot be done (a folder that may not be written, a full disk), there is none. */
export async function writeSnapshot<State>(
  folder: string,
  journal: string,
  { state, ...head }: Snapshot<State>,
  freezer: Freezer<State>,
): Promise<void> {
  try {
    const lines = freezer.freeze ? [...freezer.freeze(state)] : [JSON.stringify(state)]
    if (lines.reduce((sum, line) => sum + line.length, 0) > LONGEST) return
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined)
    const body = Buffer.from([JSON.stringify({ form: FORM, ...head, lines: lines.length }), ...lines].join('\n'))
    const write = async (temporary: string): Promise<void> => {
      await writeFile(temporary, sealOf(body))
      await appendFile(temporary, body)
    }
    await writeAtomically(fileOf(folder, journal, freezer.name), write, { refusesPipes: true })
  } catch {
    // The next reader reads the journal itself.
  }
}

/** Reads a file by one call: a promised `readFile` takes it in pieces of half a mebibyte, which costs as much again. */
async function readAtOnce(path: string): Promise<Buffer> {
  // A pipe would be waited for.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new Error('it is no file')
    const { size } = found
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(size), 0, size, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** The text of bytes in UTF-8. ASCII, which most is, is read five times as fast as what it is a part of. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')
}

/** The first line: what follows is as it was written, to the last byte. */
function sealOf(body: Buffer): string {
  return `crc32 ${crc32(body)}\n`
}

function fileOf(folder: string, journal: string, fold: string): string {
  const place = createHash('sha256').update(resolve(journal)).digest('hex').slice(0, 8)
  return join(folder, `${basename(journal)}.${fold}.${place}.json`)
}
