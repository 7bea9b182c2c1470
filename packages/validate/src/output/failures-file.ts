import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  formatOf,
  isDayshiftError,
  messageOf,
  writeAtomically,
  type FactValue,
  type Frame,
  type QueryOptions,
  type TypedName,
} from '@dayshift/core'
import { failure } from '../codes.ts'
import type { Failure } from '../failure.ts'

/** What a table of failures has. A value is written as text, since those of several columns stand together. */
function columnsOf(files: number): TypedName[] {
  return [
    { name: 'row', nativeType: 'BIGINT' },
    ...(files > 1 ? [textColumn('file')] : []),
    { name: 'line', nativeType: 'BIGINT' },
    ...['column', 'check', 'value', 'message'].map(textColumn),
  ]
}

function textColumn(name: string): TypedName {
  return { name, nativeType: 'VARCHAR' }
}

/** A run that hands over every failure, in full, and gives the number of rows. */
type Run = (write: (failure: Failure) => Promise<void>) => Promise<number>

/**
 * Has a run write all its failures to a file, without keeping them: as JSON Lines at once (a pipe or a device too, whose
 * name tells nothing), as a table from JSON Lines that are there meanwhile.
 *
 * @returns what the run gives
 * @throws DS_WRITE where the file cannot be written; nothing is left of it then
 */
export async function writeFailures(path: string, frame: Frame, run: Run, query: QueryOptions): Promise<number> {
  const files = frame.files.length
  if (/\.jsonl$/i.test(path) || formatOf(path) === undefined) {
    let rows = 0
    await writeAtomically(path, async (temporary) => {
      rows = (await writeLines(temporary, run, files, (value) => value)).rows
    })
    return rows
  }
  // In the engine's own folder, where there is one: of a killed process the next one removes it.
  const home = (await frame.engine.scratch?.()) ?? tmpdir()
  const folder = await mkdtemp(join(home, 'dayshift-failures-'))
  try {
    const lines = join(folder, 'failures.jsonl')
    const { rows, longest } = await writeLines(lines, run, files, textOf)
    const columns = columnsOf(files)
    const names = columns.map(({ name }) => name)
    const from = frame.engine.dialect.scanJson([lines], true, columns, [], longest)
    await frame.with({ from, names, needs: [] }).write(path, query)
    return rows
  } catch (error) {
    if (isDayshiftError(error)) throw error
    throw failure('DS_WRITE', `cannot write ${path}: ${messageOf(error)}`, { where: path, cause: error })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Characters that are written at once. */
const CHUNK = 1 << 16

/** Bytes of a line that the engine takes without being told. */
const USUAL_LINE = 1 << 24

/** Lines that were written. */
interface Lines {
  readonly rows: number
  /** Bytes of the longest. */
  readonly longest: number
}

async function writeLines(
  path: string,
  run: Run,
  files: number,
  shown: (value: FactValue) => FactValue,
): Promise<Lines> {
  const file = await open(path, 'w')
  let text = ''
  let longest = USUAL_LINE
  try {
    const rows = await run(async ({ row, file: source, line, column, check, value, message }) => {
      const place = files > 1 ? { row, file: source ?? null, line: line ?? null } : { row, line: line ?? null }
      const failing = { ...place, column: column ?? null, check, value: shown(value), message }
      const written = `${JSON.stringify(failing)}\n`
      // A character has three bytes at most.
      if (written.length * 3 > longest) longest = Math.max(longest, Buffer.byteLength(written))
      text += written
      if (text.length < CHUNK) return
      await file.writeFile(text)
      text = ''
    })
    await file.writeFile(text)
    return { rows, longest }
  } finally {
    await file.close()
  }
}

function textOf(value: FactValue): FactValue {
  return value === null ? null : String(value)
}
