import { walkProgram } from './walk-program.ts'

/** A number that JavaScript and the program share. */
interface SharedNumber {
  value: number
}

/** What assembly/walk.ts exports. Each has memory of its own. */
export interface WalkModule {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  readonly quote: SharedNumber
  readonly delimiter: SharedNumber
  readonly columns: SharedNumber
  readonly kinds: SharedNumber
  readonly forms: SharedNumber
  readonly empties: SharedNumber
  readonly keyed: SharedNumber
  readonly open: SharedNumber
  readonly runs: SharedNumber
  readonly runsEnd: SharedNumber
  readonly runsFull: SharedNumber
  readonly picking: SharedNumber
  readonly firstKey: SharedNumber
  readonly secondKey: SharedNumber
  readonly highest: SharedNumber
  readonly picks: SharedNumber
  readonly picksEnd: SharedNumber
  readonly picksFull: SharedNumber
  readonly odds: SharedNumber
  readonly oddsEnd: SharedNumber
  readonly oddsFull: SharedNumber
  readonly problem: SharedNumber
  readonly crlf: SharedNumber
  readonly breaks: SharedNumber
  readonly blanks: SharedNumber
  readonly spaced: SharedNumber
  rows(): number
  startRows(before: number): void
  walkRecords(from: number, to: number): number
  walkCells(from: number, to: number): number
}

/** What the types of Node leave out. */
interface WithWebAssembly {
  readonly WebAssembly: {
    readonly Module: new (program: Uint8Array) => object
    readonly Instance: new (module: object, imports: object) => { readonly exports: unknown }
  }
}

const { WebAssembly } = globalThis as unknown as WithWebAssembly
let compiled: object | undefined

/** Called by AssemblyScript where memory ends. */
function abort(): never {
  throw new Error('the walk over a text table failed')
}

/** The program of assembly/walk.ts, ready to run. */
export function newWalkModule(): WalkModule {
  compiled ??= new WebAssembly.Module(Buffer.from(walkProgram, 'base64'))
  return new WebAssembly.Instance(compiled, { env: { abort } }).exports as WalkModule
}
