import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { writeAtomically } from '../atomic.ts'
import type { JournalDamage } from './journal.ts'

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

const FORM = 1

/** @returns undefined where there is none that can be read */
export async function readSnapshot<State>(
  folder: string,
  journal: string,
  fold: string,
): Promise<Snapshot<State> | undefined> {
  try {
    const found = JSON.parse(await readFile(fileOf(folder, journal, fold), 'utf8')) as Snapshot<State> & {
      readonly form: number
    }
    return found.form === FORM && found.fold === fold ? found : undefined
  } catch {
    return undefined
  }
}

/** Keeps a snapshot. Where that cannot be done (a folder that may not be written, a full disk), there is none. */
export async function writeSnapshot(folder: string, journal: string, snapshot: Snapshot<unknown>): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined)
    const text = JSON.stringify({ form: FORM, ...snapshot })
    await writeAtomically(fileOf(folder, journal, snapshot.fold), (temporary) => writeFile(temporary, text))
  } catch {
    // The next reader reads the journal itself.
  }
}

function fileOf(folder: string, journal: string, fold: string): string {
  const place = createHash('sha256').update(resolve(journal)).digest('hex').slice(0, 8)
  return join(folder, `${basename(journal)}.${fold}.${place}.json`)
}
