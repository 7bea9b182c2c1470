import { isUtf8 } from 'node:buffer'
import { throwIfAborted } from '../abort.ts'
import type { QueryOptions } from '../engine.ts'
import { FormTable, runsBetween, type AscendingRun, type CellForm, type Span } from './cell-form.ts'
import { ToldCells } from './told-cells.ts'
import { walkInput } from './walk-input.ts'
import { newWalkModule, type WalkModule } from './walk-module.ts'

/** How the records of a text table are parted. */
export interface ByteLayout {
  /** One byte. */
  readonly delimiter: string
  /** One byte. A quote within quotes is doubled. */
  readonly quote: string
  readonly header: boolean
}

/** What is done on a walk, beside counting records. */
export interface WalkTasks {
  /** Tells some of the data records, in their order. */
  readonly records?: RecordTask | undefined
  /** Looks at the cells of data records. */
  readonly cells?: CellTask | undefined
  readonly forms?: FormTask | undefined
  /** Ends the walk where a record has a line end in quotes. */
  readonly untilBreak?: true
}

/** Records are told whose rank, a number of 32 bits that hangs on their number, is not above a limit. */
export interface RecordTask {
  /** Keys of the rank: see `Ranking`. */
  readonly first: number
  readonly second: number
  /** Data records that other files had before. */
  readonly before: number
  /** The limit, once it is known how long the first records are on average, in bytes. */
  readonly highest: (averageLength: number) => number
  /**
   * Gets a record with its line end: the bytes from `from` up to `to`, which are gone with the next one; and the lower 32
   * bits of its number, from 1.
   */
  readonly visit: (rank: number, bytes: Buffer, from: number, to: number, row: number) => void
}

/** Cells are told that do not surely have the kind of their column. Empty ones never are. */
export interface CellTask {
  /** For each column one of `KINDS`. */
  readonly kinds: Uint8Array
  /** Gets a cell with its quotes. */
  readonly visit: (column: number, bytes: Buffer, from: number, to: number) => void
}

/** Cells are told that do not surely have the form of their column. Empty ones never are. */
interface FormTask {
  /** The form of each column. */
  readonly forms: readonly CellForm[]
  /** Data records that other files had before. */
  readonly before: number
  /** Gets such cells, whose bytes are gone with the next ones, after the records that are told. */
  readonly visit: (cells: ToldCells) => Promise<void> | undefined
  /** Columns of whole numbers of which runs are told that ascend. */
  readonly keyed?: readonly number[] | undefined
  /** Gets a run of those of them that have the form, once it has ended, and gives whether more of the column are wanted. */
  readonly visitRun?: ((column: number, run: AscendingRun) => boolean) | undefined
}

/** What was seen on a walk. */
export interface Walked {
  /** Data records of this file. */
  readonly records: number
  /** The first record, with its line end, where it is a header. */
  readonly header: Buffer | undefined
  /** The line end of every record: LF or CRLF. */
  readonly lineEnd: string
  /** Whether a record has a line end in quotes. */
  readonly breaks: boolean
  /** Whether there are empty lines. */
  readonly blanks: boolean
  /** Whether spaces stand before a quote that opens: what that means, only a parser knows. */
  readonly spaced: boolean
  /** Empty cells of each column, where forms were looked for. */
  readonly empties: readonly number[]
  /** The whole numbers of each column whose form is one, among those that had it. */
  readonly spans: readonly (Span | undefined)[]
}

/** Bytes alone do not tell the records: what only a parser knows how to read. */
export class IrregularText extends Error {}

/** A quote stays open up to the end of the file. */
export class OpenQuote extends IrregularText {
  /** Where its record begins. */
  readonly offset: number

  constructor(offset: number) {
    super('a quote stays open')
    this.offset = offset
  }
}

const LF = 0x0a
const CR = 0x0d
const CHUNK = 1 << 21
const LARGEST = 1 << 28

/**
 * Walks the records of a text table in UTF-8 by their bytes, 64 at a time. A line end within quotes belongs to its record.
 * Quotes count where a cell begins with one, and empty lines are no records. Reads `.gz` too.
 *
 * @throws OpenQuote where a quote stays open
 * @throws IrregularText where line ends are of several kinds, or a record is longer than 256 MB; where cells are looked at,
 *   also where a record has other than so many cells, or bytes are no UTF-8
 * @throws DS_SOURCE_MALFORMED where a compressed file is cut off
 */
export async function walkText(
  path: string,
  layout: ByteLayout,
  tasks: WalkTasks,
  { signal }: QueryOptions = {},
  onProgress: (bytes: number, records: number) => void = () => undefined,
): Promise<Walked> {
  const input = await walkInput(path)
  let reading: Promise<unknown> = Promise.resolve()
  let position = 0
  try {
    const walk = new Walk(layout, tasks)
    const read = (turn: number, from: number): Promise<number> => {
      const next = input.read(walk.input(turn), from)
      reading = next
      return next
    }
    let next = read(0, 0)
    // While one half is walked, the other is filled.
    for (let turn = 0; ; turn = 1 - turn) {
      const count = await next
      throwIfAborted(signal)
      walk.join(turn, count)
      position += count
      if (count > 0) next = read(1 - turn, position)
      await walk.go(count === 0)
      onProgress(count, walk.records)
      if (count === 0 || (tasks.untilBreak && walk.breaks)) return walk.seen()
    }
  } catch (error) {
    throw error instanceof OpenQuote ? new OpenQuote(position - error.offset) : error
  } finally {
    await reading.catch(() => 0)
    await input.close()
  }
}

/** As in assembly/walk.ts. */
const PROBLEMS: Record<number, string> = {
  1: 'line ends are of several kinds',
  2: 'a record has another number of cells',
  3: 'a quote or a carriage return stands where none is expected',
}

/** What is found is four numbers of 32 bits; a run is five doubles. */
const FOUND = 16
const RUN = 40
const NOT_THE_KIND = 1 << 30
const NOT_THE_FORM = 1 << 31
const COLUMN = 0xffffff
const MOST_FOUND = 1 << 16
/** Bytes that the program may read behind those it walks. */
const BEHIND = 64
/** The program's own. */
const OWN = 1 << 16
const PAGE = 1 << 16

/** A walk through one file, with the memory of its program: what is found, then both halves of the input. */
class Walk {
  readonly #program: WalkModule
  readonly #layout: ByteLayout
  readonly #tasks: WalkTasks
  readonly #inputs: number
  readonly #forms: FormTable | undefined
  /** Room before each half, for a record that the half before it began. */
  #room = 1 << 20
  #bytes: Buffer = Buffer.alloc(0)
  #from = 0
  #to = 0
  /** Bytes of the line end that the last record lacks. */
  #added = 0
  #header: Buffer | undefined
  #begun = false

  constructor(layout: ByteLayout, tasks: WalkTasks) {
    const program = newWalkModule()
    const columns = tasks.cells?.kinds.length ?? tasks.forms?.forms.length ?? 0
    program.quote.value = layout.quote.charCodeAt(0)
    program.delimiter.value = layout.delimiter.charCodeAt(0)
    program.columns.value = columns
    program.kinds.value = OWN
    const aligned = OWN + Math.ceil(columns / 8) * 8
    this.#forms = tasks.forms && new FormTable(tasks.forms.forms, aligned, tasks.forms.keyed)
    if (this.#forms) program.forms.value = aligned
    program.keyed.value = this.#forms?.keyed ?? 0
    program.open.value = this.#forms?.open ?? 0
    program.empties.value = aligned + Math.ceil((this.#forms?.bytes.length ?? 0) / 8) * 8
    program.picks.value = program.empties.value + columns * 8
    program.picksFull.value = program.picks.value + MOST_FOUND * FOUND
    // One record may have as many odd cells as there are columns.
    program.odds.value = program.picksFull.value + FOUND
    program.oddsFull.value = program.odds.value + MOST_FOUND * FOUND
    program.runs.value = program.oddsFull.value + columns * FOUND
    program.runsFull.value = program.runs.value + (program.keyed.value > 0 ? MOST_FOUND * RUN : RUN)
    this.#inputs = program.runsFull.value + program.keyed.value * RUN
    this.#program = program
    this.#layout = layout
    this.#tasks = tasks
    this.#grow()
    this.#bytes.set(tasks.cells?.kinds ?? [], OWN)
    this.#forms?.bytes.copy(this.#bytes, program.forms.value)
  }

  /** Data records so far. */
  get records(): number {
    return this.#begun ? this.#program.rows() - this.#before : 0
  }

  get #before(): number {
    return this.#tasks.records?.before ?? this.#tasks.forms?.before ?? 0
  }

  get breaks(): boolean {
    return this.#program.breaks.value !== 0
  }

  /** Where a half is read into. */
  input(turn: number): Uint8Array {
    return this.#bytes.subarray(this.#half(turn), this.#half(turn) + CHUNK)
  }

  /** Puts what is left of the last record before a half that has been read. */
  join(turn: number, count: number): void {
    const left = this.#to - this.#from
    if (left > LARGEST) throw new IrregularText('a record is too long')
    if (left > this.#room) this.#enlarge(turn, count, left)
    const half = this.#half(turn)
    this.#bytes.copyWithin(half - left, this.#from, this.#to)
    this.#from = half - left
    this.#to = half + count
  }

  /** Walks the records that are complete. */
  async go(ended: boolean): Promise<void> {
    const last = ended && this.#to > this.#from ? Buffer.from(this.#bytes.subarray(this.#from, this.#to)) : undefined
    if (last) this.#endLast()
    this.#bytes.fill(0, this.#to, this.#to + BEHIND)
    if (this.#begun || this.#begin()) await this.#walk()
    if (ended && this.#from < this.#to) throw new OpenQuote(this.#to - this.#from - this.#added)
    if (last?.includes(CR)) throw new IrregularText('a carriage return stands within a record')
  }

  async #walk(): Promise<void> {
    const looks = this.#program.columns.value > 0
    for (let full = true; full;) {
      const from = this.#from
      const before = this.#program.rows()
      this.#from = looks ? this.#program.walkCells(from, this.#to) : this.#program.walkRecords(from, this.#to)
      this.#complain()
      if (looks && !isUtf8(this.#bytes.subarray(from, this.#from))) throw new IrregularText('bytes are no UTF-8')
      full = this.#tell()
      await this.#tellForms(before)
    }
  }

  seen(): Walked {
    for (const [column, run] of this.#forms?.openRuns(this.#bytes) ?? []) this.#tasks.forms?.visitRun?.(column, run)
    return {
      records: this.records,
      header: this.#header,
      lineEnd: this.#program.crlf.value === 1 ? '\r\n' : '\n',
      breaks: this.breaks,
      blanks: this.#program.blanks.value !== 0,
      spaced: this.#program.spaced.value !== 0,
      empties: this.#forms?.empties(this.#bytes) ?? [],
      spans: this.#forms?.spans(this.#bytes) ?? [],
    }
  }

  #half(turn: number): number {
    return this.#inputs + this.#room + turn * (CHUNK + BEHIND + this.#room)
  }

  #grow(): void {
    const { memory } = this.#program
    const pages = Math.ceil((this.#half(2) - memory.buffer.byteLength) / PAGE)
    if (pages > 0) memory.grow(pages)
    this.#bytes = Buffer.from(memory.buffer)
  }

  /** Makes room for a long record. Nothing is being read. */
  #enlarge(turn: number, count: number, left: number): void {
    const record = Buffer.from(this.#bytes.subarray(this.#from, this.#to))
    const read = Buffer.from(this.#bytes.subarray(this.#half(turn), this.#half(turn) + count))
    this.#room = left * 2
    this.#grow()
    const half = this.#half(turn)
    this.#bytes.set(read, half)
    this.#bytes.set(record, half - left)
    this.#from = half - left
    this.#to = half
  }

  /** The first record: it tells the line ends, is the header where there is one, and how long records are. */
  #begin(): boolean {
    const mark = this.#bytes.subarray(this.#from, this.#from + 3)
    if (mark.equals(BYTE_ORDER_MARK)) this.#from += 3
    const program = this.#program
    const record = this.#firstRecord()
    if (!record) return false
    const [start, end] = record
    const lone = this.#bytes.subarray(start, end).indexOf(CR)
    if (lone >= 0 && lone < end - start - 2) throw new IrregularText('a carriage return stands within a record')
    this.#from = start
    if (this.#layout.header) {
      this.#header = Buffer.from(this.#bytes.subarray(start, end))
      this.#from = end
    }
    const { records } = this.#tasks
    program.startRows(this.#before)
    program.picking.value = records ? 1 : 0
    if (records) {
      program.firstKey.value = records.first
      program.secondKey.value = records.second
      program.highest.value = records.highest(averageLength(this.#bytes.subarray(this.#from, this.#to)))
    }
    this.#begun = true
    return true
  }

  /** Where the first record stands, if it is complete. */
  #firstRecord(): readonly [number, number] | undefined {
    const program = this.#program
    const full = program.picksFull.value
    program.picking.value = 1
    program.highest.value = 0xffffffff
    program.picksFull.value = program.picks.value + FOUND
    const next = program.walkRecords(this.#from, this.#to)
    program.picksFull.value = full
    this.#complain()
    const [record] = this.#found(program.picks.value, program.picksEnd.value)
    // Empty lines before it are done with.
    if (!record) this.#from = next
    return record && [record[0], record[1]]
  }

  /** @returns whether there was no room for all that is to be told */
  #tell(): boolean {
    const { picks, picksEnd, picksFull, odds, oddsEnd, oddsFull, runs, runsEnd, runsFull } = this.#program
    const { records, cells } = this.#tasks
    for (const [start, end, rank, row] of this.#found(picks.value, picksEnd.value)) {
      records?.visit(rank, this.#bytes, start, end, row)
    }
    if (cells) {
      for (const [column, start, end] of this.#found(odds.value, oddsEnd.value)) {
        if ((column & NOT_THE_KIND) !== 0) cells.visit(column & COLUMN, this.#bytes, start, end)
      }
    }
    let isWanted = runsEnd.value === runs.value
    for (const [column, run] of runsBetween(this.#bytes, runs.value, runsEnd.value)) {
      if (this.#tasks.forms?.visitRun?.(column, run)) isWanted = true
    }
    if (!isWanted) this.#program.keyed.value = 0
    return picksEnd.value >= picksFull.value || oddsEnd.value >= oddsFull.value || runsEnd.value >= runsFull.value
  }

  /** @param before data records before those that were walked */
  #tellForms(before: number): Promise<void> | undefined {
    const { forms, cells } = this.#tasks
    const { odds, oddsEnd, breaks, blanks } = this.#program
    if (!forms) return undefined
    const all = new Uint32Array(this.#program.memory.buffer, odds.value, (oddsEnd.value - odds.value) / 4)
    const found = cells ? withFormOnly(all) : all
    const plain = breaks.value === 0 && blanks.value === 0
    return forms.visit(new ToldCells(found, this.#bytes, before, plain, this.#layout.quote))
  }

  *#found(begin: number, end: number): Generator<readonly [number, number, number, number]> {
    const bytes = this.#bytes
    for (let at = begin; at < end; at += FOUND) {
      yield [
        bytes.readUInt32LE(at),
        bytes.readUInt32LE(at + 4),
        bytes.readUInt32LE(at + 8),
        bytes.readUInt32LE(at + 12),
      ]
    }
  }

  #complain(): void {
    const problem = PROBLEMS[this.#program.problem.value]
    if (problem !== undefined) throw new IrregularText(problem)
  }

  /** The last record may lack its line end. */
  #endLast(): void {
    const before = this.#to
    if (this.#program.crlf.value === 1) this.#bytes[this.#to++] = CR
    this.#bytes[this.#to++] = LF
    this.#added = this.#to - before
  }
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Mean length of the first records in some bytes. */
function averageLength(bytes: Buffer): number {
  const part = bytes.subarray(0, 1 << 16)
  let lines = 0
  for (let at = part.indexOf(LF); at >= 0; at = part.indexOf(LF, at + 1)) lines++
  return Math.max(1, part.length / Math.max(1, lines))
}

/** Cells that lack their form, among those that lack it or their kind. */
function withFormOnly(found: Uint32Array): Uint32Array {
  const some: number[] = []
  for (let at = 0; at < found.length; at += 4) {
    if (((found[at] as number) & NOT_THE_FORM) !== 0) some.push(...found.subarray(at, at + 4))
  }
  return Uint32Array.from(some)
}
