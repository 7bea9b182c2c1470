import { KINDS } from './walk-kinds.ts'

/** What the text of a cell must be, quotes around it taken off, so that bytes tell that it is right. */
export type CellForm = FormOfText & {
  /** Whether empty cells are told as those that lack the form are, rather than counted. Default: false. */
  readonly tellsEmpty?: boolean
  /** The most bytes. Default: any number. */
  readonly longest?: number | undefined
}

type FormOfText =
  /** Cells that nobody looks at. */
  | { readonly type: 'unseen' }
  | { readonly type: 'anything' }
  | { readonly type: 'automaton'; readonly automaton: ByteAutomaton }
  | {
      /** Numbers in decimal digits, whose value a double holds as nearly as it can. */
      readonly type: 'number'
      readonly integer: boolean
      /** At least so much, and at most: numbers, or infinite. */
      readonly min: number
      readonly max: number
    }
  | { readonly type: 'kind'; readonly kind: keyof typeof KINDS }

/** A deterministic automaton over bytes. State 0 is the one that nothing leads out of. */
export interface ByteAutomaton {
  /** The class of each of the 256 bytes. */
  readonly classes: Uint8Array
  /** For each state and class the next state. */
  readonly next: Uint16Array
  /** Classes, and so entries of a state. */
  readonly width: number
  readonly start: number
  /** The first state that accepts: all from here on do. */
  readonly accepting: number
}

/** Whole numbers of a column. */
export interface Span {
  readonly least: bigint
  readonly most: bigint
  /** Whether each is larger than the one before it, so that no two are the same. */
  readonly ascending: boolean
}

/** Whole numbers of a column that ascend from row to row by the same number. */
export interface AscendingRun {
  readonly first: number
  readonly last: number
  /** The row of the first, from 1. */
  readonly row: number
  readonly rows: number
}

/** The most entries of an automaton. */
export const LARGEST_AUTOMATON = 1 << 15

/** Bytes of a form in the table, and where its parts are: as in assembly/walk.ts. */
const FORM = 64
const TYPES = { anything: 0, automaton: 1, number: 2, kind: 3, unseen: 4 } as const
const EMPTY = 20
const LEAST = 40
const UNORDERED = 4
const OPEN = 8
/** Bytes of a run that is open, and of one that is told. */
const OPEN_RUN = 56
const RUN = 40

/** The forms of a table's columns in the memory of the walk's program. */
export class FormTable {
  readonly #forms: readonly CellForm[]
  readonly #at: number
  /** All of it, before anything was found. */
  readonly bytes: Buffer
  /** Where the runs stand that are open, and how many there are: one for each column of which runs are told. */
  readonly open: number
  readonly keyed: number

  /**
   * @param at where it will stand
   * @param keyed the columns of which runs are told: of those whose form is whole numbers
   */
  constructor(forms: readonly CellForm[], at: number, keyed: readonly number[] = []) {
    this.#forms = forms
    this.#at = at
    const told = keyed.filter((column) => isWhole(forms[column]))
    const parts: Buffer[] = [Buffer.alloc(forms.length * FORM)]
    let size = forms.length * FORM
    const add = (part: Uint8Array): number => {
      const place = at + size
      parts.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength))
      size += part.byteLength
      return place
    }
    forms.forEach((form, column) => writeForm(parts[0] as Buffer, column * FORM, form, add))
    add(Buffer.alloc((8 - (size % 8)) % 8))
    const runs = Buffer.alloc(told.length * OPEN_RUN)
    this.keyed = told.length
    this.open = add(runs)
    for (const [place, column] of told.entries()) {
      parts[0]?.writeUInt32LE(this.open + place * OPEN_RUN, column * FORM + OPEN)
      runs.writeDoubleLE(column, place * OPEN_RUN)
    }
    parts[parts.length - 1] = runs
    this.bytes = Buffer.concat(parts)
  }

  /** Empty cells of each column. */
  empties(memory: Buffer): number[] {
    return this.#forms.map((_, column) => memory.readUInt32LE(this.#at + column * FORM + EMPTY))
  }

  /** The whole numbers that had the form; nothing for other columns, or where there was none. */
  spans(memory: Buffer): (Span | undefined)[] {
    return this.#forms.map((form, column) => {
      if (!isWhole(form)) return undefined
      const at = this.#at + column * FORM + LEAST
      const [least, most] = [memory.readBigInt64LE(at), memory.readBigInt64LE(at + 8)]
      const ascending = memory.readUInt8(at - LEAST + UNORDERED) === 0
      return least <= most ? { least, most, ascending } : undefined
    })
  }

  /** The runs that are open, by column. */
  openRuns(memory: Buffer): [column: number, run: AscendingRun][] {
    const all = Array.from({ length: this.keyed }, (_, at) => runAt(memory, this.open + at * OPEN_RUN))
    return all.filter(([, { rows }]) => rows > 0)
  }
}

function isWhole(form: CellForm | undefined): boolean {
  return form?.type === 'number' && form.integer
}

/** The runs that the program has put between two places. */
export function* runsBetween(memory: Buffer, from: number, to: number): Generator<[column: number, run: AscendingRun]> {
  for (let at = from; at < to; at += RUN) yield runAt(memory, at)
}

function runAt(memory: Buffer, at: number): [column: number, run: AscendingRun] {
  const [column = 0, first = 0, last = 0, row = 0, rows = 0] = Array.from({ length: 5 }, (_, place) =>
    memory.readDoubleLE(at + place * 8),
  )
  return [column, { first, last, row, rows }]
}

function writeForm(bytes: Buffer, at: number, form: CellForm, add: (part: Uint8Array) => number): void {
  bytes.writeUInt8(TYPES[form.type], at)
  bytes.writeUInt8(form.tellsEmpty ? 1 : 0, at + 3)
  bytes.writeUInt32LE(
    Math.min(0xff_ff_ff_ff, Math.max(0, Math.floor(form.longest ?? Number.POSITIVE_INFINITY))),
    at + 56,
  )
  switch (form.type) {
    case 'kind':
      bytes.writeUInt8(KINDS[form.kind], at + 1)
      break
    case 'number':
      bytes.writeUInt8(form.integer ? 1 : 0, at + 2)
      bytes.writeDoubleLE(form.min, at + 24)
      bytes.writeDoubleLE(form.max, at + 32)
      bytes.writeBigInt64LE((1n << 63n) - 1n, at + LEAST)
      bytes.writeBigInt64LE(-(1n << 63n), at + LEAST + 8)
      break
    case 'automaton':
      writeAutomaton(bytes, at, form.automaton, add)
      break
    default:
  }
}

function writeAutomaton(bytes: Buffer, at: number, automaton: ByteAutomaton, add: (part: Uint8Array) => number): void {
  // A state is where its row begins, in bytes.
  const row = automaton.width * 2
  bytes.writeUInt32LE(add(automaton.classes), at + 4)
  bytes.writeUInt32LE(add(new Uint8Array(automaton.next.map((state) => state * row).buffer)), at + 8)
  bytes.writeUInt32LE(automaton.start * row, at + 12)
  bytes.writeUInt32LE(automaton.accepting * row, at + 16)
}
