import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { writeAtomically } from '../atomic.ts'
import { originalOf } from './copies.ts'
import type { CsvLayout } from '../dialect.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { isDayshiftError, type DayshiftError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { refuseOverwrite } from '../overwrite.ts'
import { withoutBadRecords, type BadRecord } from './bad-lines.ts'
import type { FoundLayout } from './layout.ts'
import { fileBytes, isOpaque } from './file-bytes.ts'
import { withoutMixedEnds } from './readable.ts'
import { checkQuotes } from './open-quotes.ts'
import { readTextFile } from '../text-file.ts'
import { scratchCopy } from './scratch-copy.ts'

/** A text table that the engine reads without complaint. */
export interface MendedTable {
  readonly files: readonly string[]
  readonly layout: CsvLayout
  readonly notes: readonly Finding[]
}

/** How often the engine may refuse a record that looks right. */
const MOST_REFUSALS = 20

/** Bad records that a note shows. */
const SHOWN = 3

/**
 * Leaves out what the engine refuses of text tables. Files that it reads as they are stay as they are.
 *
 * @param quarantine where the records left out are kept; where there are none, one of an earlier run is emptied
 */
export async function mend(
  engine: Engine,
  files: readonly string[],
  { layout, cells }: FoundLayout,
  quarantine: string | undefined,
  query: QueryOptions,
): Promise<MendedTable> {
  const notes: Finding[] = []
  const read: string[] = []
  const refused = new Set<string>()
  for (const file of files) {
    let next = file
    if (await refusal(engine, file, layout, cells, query)) {
      const even = await withoutMixedEnds(engine, file, layout, query)
      if (even) notes.push(even.note)
      next = even?.file ?? file
      if (!isOpaque(next) && (!even || (await refusal(engine, next, layout, cells, query)))) refused.add(next)
    }
    read.push(next)
  }
  if (refused.size === 0) {
    if (quarantine !== undefined) await emptied(resolve(quarantine))
    return { files: read, layout, notes }
  }
  const filler = cells === 1 ? await unusedMark(layout, read, query) : undefined
  const mended = filler === undefined ? layout : { ...layout, comment: filler }
  const found = new BadRecords()
  const work = async (fd: number | undefined): Promise<string[]> => {
    const copies: string[] = []
    for (const file of read) {
      const rules = { layout: mended, cells, filler: filler ?? '' }
      copies.push(refused.has(file) ? await mendFile(engine, file, rules, found, fd, query) : file)
    }
    return copies
  }
  const copies = quarantine === undefined ? await work(undefined) : await keeping(resolve(quarantine), files, work)
  return { files: copies, layout: mended, notes: [...notes, found.note(quarantine)] }
}

/** Runs some work with a file in which it can keep what it leaves out. */
async function keeping(
  path: string,
  sources: readonly string[],
  work: (fd: number) => Promise<string[]>,
): Promise<string[]> {
  refuseOverwrite(path, sources.map(originalOf))
  let made: string[] = []
  await writeAtomically(path, async (temporary) => {
    const fd = openSync(temporary, 'r+')
    try {
      made = await work(fd)
    } finally {
      closeSync(fd)
    }
  })
  return made
}

/** Empties a quarantine of an earlier run, so that it does not speak for this one. A file that is none stays as it is. */
async function emptied(path: string): Promise<void> {
  const before = await readTextFile(path).catch(() => '')
  if (before.startsWith('{"file":')) await writeAtomically(path, () => Promise.resolve())
}

/** The records that were left out: their number, and the first of them. */
class BadRecords {
  readonly #first: string[] = []
  #bad = 0
  #kept = 0

  add(file: string, bad: readonly Pick<BadRecord, 'line' | 'reason'>[], count: number, kept: number): void {
    this.#first.push(...bad.map(({ line, reason }) => `${file}:${line} (${reason})`))
    this.#bad += count
    this.#kept += kept
  }

  note(quarantine: string | undefined): Finding {
    const total = this.#bad + this.#kept
    const more = this.#bad > SHOWN ? ', …' : ''
    const shown = this.#first.slice(0, SHOWN).join(', ')
    return {
      severity: 'warn',
      code: 'source.bad_lines',
      message: `${this.#bad} of ${total} records ${this.#bad === 1 ? 'was' : 'were'} left out: ${shown}${more}`,
      hint:
        quarantine === undefined
          ? 'Mend these lines, or keep what is left out in a file: badLines: { quarantine: path }.'
          : `What was left out stands in ${quarantine}.`,
    }
  }
}

async function mendFile(
  engine: Engine,
  file: string,
  rules: { readonly layout: CsvLayout; readonly cells: number; readonly filler: string },
  found: BadRecords,
  fd: number | undefined,
  query: QueryOptions,
): Promise<string> {
  const original = originalOf(file)
  const refused = new Map<number, string>()
  const from = fd === undefined ? 0 : fstatSync(fd).size
  for (;;) {
    const first: BadRecord[] = []
    let count = 0
    let at = from
    if (fd !== undefined) ftruncateSync(fd, from)
    const bad = (record: BadRecord): void => {
      if (++count <= SHOWN) first.push(record)
      if (fd !== undefined) at += writeSync(fd, `${JSON.stringify({ file: original, ...record })}\n`, at)
    }
    const copy = await scratchCopy(engine, file, withoutBadRecords(file, { ...rules, refused }, bad, query), query)
    const { kept, error } = await countRows(engine, copy, rules.layout, rules.cells, query)
    if (!error) {
      found.add(original, first, count, kept)
      return copy
    }
    // The engine has the last word on what it can read.
    const line = Number(/:(\d+)$/.exec(error.where ?? '')?.[1])
    if (!(line > 0) || refused.has(line) || refused.size === MOST_REFUSALS) throw error
    refused.set(line, error.message.replace(`${error.where}: `, ''))
  }
}

async function refusal(
  engine: Engine,
  file: string,
  layout: CsvLayout,
  cells: number,
  query: QueryOptions,
): Promise<DayshiftError | undefined> {
  return (await countRows(engine, file, layout, cells, query)).error
}

/** The number of rows, or why the engine refuses the file. */
async function countRows(
  engine: Engine,
  file: string,
  layout: CsvLayout,
  cells: number,
  query: QueryOptions,
): Promise<{ kept: number; error?: DayshiftError }> {
  const columns = Array.from({ length: cells }, (_, at) => ({ name: `c${at}`, nativeType: 'VARCHAR' }))
  const counts = columns.map(({ name }) => `count(${name})`).join(', ')
  try {
    await checkQuotes(file, layout, query)
    const scan = engine.dialect.scanCsv([file], layout, columns).text
    const [row] = await engine.query(`SELECT count(*) AS kept, ${counts} FROM ${scan}`, query)
    return { kept: Number(row?.['kept']) }
  } catch (error) {
    if (isDayshiftError(error) && error.code === 'DS_SOURCE_MALFORMED') return { kept: 0, error }
    throw error
  }
}

/**
 * What to put in lines of bad records where an empty line would be a row: a comment, after a character that no file has.
 */
async function unusedMark(
  layout: CsvLayout,
  files: readonly string[],
  query: QueryOptions,
): Promise<string | undefined> {
  if (layout.comment !== undefined && layout.comment !== '') return layout.comment
  let marks = ['\u{1}', '\u{2}', '\u{3}', '\u{4}', '\u{5}', '\u{6}']
  for (const file of files) {
    if (isOpaque(file)) continue
    for await (const chunk of fileBytes(file, query)) marks = marks.filter((mark) => !chunk.includes(mark))
  }
  return marks[0]
}
