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

/** The most entries of an automaton. */
export const LARGEST_AUTOMATON = 1 << 15

/** Bytes of a form in the table, and where its parts are: as in assembly/walk.ts. */
const FORM = 64
const TYPES = { anything: 0, automaton: 1, number: 2, kind: 3, unseen: 4 } as const
const EMPTY = 20
const LEAST = 40
const UNORDERED = 4

/** The forms of a table's columns in the memory of the walk's program. */
export class FormTable {
  readonly #forms: readonly CellForm[]
  readonly #at: number
  /** All of it, before anything was found. */
  readonly bytes: Buffer

  /** @param at where it will stand */
  constructor(forms: readonly CellForm[], at: number) {
    this.#forms = forms
    this.#at = at
    const parts: Buffer[] = [Buffer.alloc(forms.length * FORM)]
    let size = forms.length * FORM
    const add = (part: Uint8Array): number => {
      const place = at + size
      parts.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength))
      size += part.byteLength
      return place
    }
    forms.forEach((form, column) => writeForm(parts[0] as Buffer, column * FORM, form, add))
    this.bytes = Buffer.concat(parts)
  }

  /** Empty cells of each column. */
  empties(memory: Buffer): number[] {
    return this.#forms.map((_, column) => memory.readUInt32LE(this.#at + column * FORM + EMPTY))
  }

  /** The whole numbers that had the form; nothing for other columns, or where there was none. */
  spans(memory: Buffer): (Span | undefined)[] {
    return this.#forms.map((form, column) => {
      if (form.type !== 'number' || !form.integer) return undefined
      const at = this.#at + column * FORM + LEAST
      const [least, most] = [memory.readBigInt64LE(at), memory.readBigInt64LE(at + 8)]
      return least <= most ? { least, most, ascending: memory.readUInt8(at - LEAST + UNORDERED) === 0 } : undefined
    })
  }
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
