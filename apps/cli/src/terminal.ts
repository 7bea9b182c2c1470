import { stripVTControlCharacters, styleText } from 'node:util'

/** Colours and marks that text is given. */
type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Columns that text keeps to where there is no terminal that has some. */
const WIDTH = 100

/** Fewer than these nobody can read. */
const NARROWEST = 40

/** Where the command line writes for people. */
export interface Terminal {
  /** Columns that text keeps to. */
  readonly columns: number
  /** Whether a person looks on: stderr is a terminal, and nothing says that a machine runs it. */
  readonly isLive: boolean
  /** Gives text a style, where stdout shows colours. */
  paint(style: Style, text: string): string
  /** Writes a line to stderr, unless quiet. */
  note(line: string): void
  /** Writes a line to stderr always: something went wrong. */
  alert(line: string): void
  /**
   * Shows work going on, on stderr; replaced by the next one, wiped by `idle`.
   *
   * @param detail what changes from one to the next, as the rate
   */
  progress(label: string, fraction?: number, detail?: string): void
  /** Wipes the progress shown. */
  idle(): void
}

/** How the terminal behaves. */
export interface TerminalOptions {
  readonly color: boolean
  readonly quiet: boolean
  /** Whether stderr is a terminal, so that a line may be rewritten. */
  readonly live: boolean
  /** Columns of the terminal that results go to. Default: 100. */
  readonly columns?: (() => number | undefined) | undefined
  readonly write: (text: string) => void
}

/** How often progress is drawn on a terminal, and told elsewhere, in milliseconds. Quick work shows none. */
const DRAW_EVERY = 100
const TELL_EVERY = 10_000
const QUICK = 400

/** Before that, the time left is anyone's guess, in milliseconds. */
const SURE = 1000

/** Makes the terminal of a run. */
export function createTerminal({ color, quiet, live, columns, write }: TerminalOptions): Terminal {
  let begun = 0
  // Work has several parts, each of which goes from nothing to all.
  let part = { label: '', begun: 0, fraction: 0 }
  let drawn = 0
  let told = 0
  let shown = false
  const idle = (): void => {
    if (shown) write('\r\u001B[2K')
    shown = false
    begun = 0
  }
  const tell = (line: string): void => {
    idle()
    write(`${color ? line : stripVTControlCharacters(line)}\n`)
  }
  return {
    get columns() {
      // A terminal that does not know tells 0.
      return Math.max(NARROWEST, columns?.() || WIDTH)
    },
    isLive: live,
    paint: (style, text) => (color ? styleText(style, text) : text),
    note: (line) => {
      if (!quiet) tell(line)
    },
    alert: tell,
    progress: (label, fraction, detail = '') => {
      if (quiet) return
      const now = Date.now()
      if (begun === 0) {
        begun = now
        told = now
      }
      const anew = begun === now || part.label !== label || (fraction ?? 0) < part.fraction
      part = { label, begun: anew ? now : part.begun, fraction: fraction ?? 0 }
      if (now - begun < QUICK) return
      const text = `${label}${progressOf(fraction, now - part.begun, now - begun)}${detail}`
      if (live && now - drawn >= DRAW_EVERY) {
        drawn = now
        shown = true
        write(`\r\u001B[2K${text}`)
      } else if (!live && now - told >= TELL_EVERY) {
        told = now
        write(`${text}\n`)
      }
    },
    idle,
  }
}

/** Where no person looks on: files, comments. */
export const PLAIN: Terminal = createTerminal({ color: false, quiet: true, live: false, write: () => undefined })

function progressOf(fraction: number | undefined, elapsed: number, inAll: number): string {
  if (fraction === undefined || fraction <= 0) return ` … ${Math.round(inAll / 1000)} s`
  const left = (elapsed / fraction - elapsed) / 1000
  const sure = elapsed >= SURE && fraction > 0.02 && fraction < 1
  return ` ${Math.round(fraction * 100)}%${sure ? `, ${Math.max(1, Math.round(left))} s left` : ''}`
}
