import type { ReportKind } from '@dayshift/core'
import { STEPS } from '@dayshift/core/ground'
import type { Terminal } from '../terminal.ts'

/** What the terminal itself puts behind a label: ` … 12 s`. */
const BEHIND = 10

/** Shows which steps of which datasets are at work, and how many are done. */
export class RunProgress {
  readonly #terminal: Terminal
  readonly #all: number
  readonly #going = new Map<string, string>()
  #done = 0

  /** @param all how many steps there are */
  constructor(terminal: Terminal, all: number) {
    this.#terminal = terminal
    this.#all = all
  }

  at(dataset: string, step: ReportKind, fraction?: number): void {
    const share = fraction === undefined || fraction <= 0 ? '' : ` ${Math.round(fraction * 100)}%`
    this.#going.set(dataset, `${dataset}: ${STEPS.indexOf(step) + 1} ${step}${share}`)
    const line = `${this.#done} of ${this.#all} steps · ${[...this.#going.values()].join(' · ')}`
    const room = this.#terminal.columns - BEHIND
    this.#terminal.progress(line.length > room ? `${line.slice(0, room - 1)}…` : line)
  }

  /** Steps are over: done, or left out. */
  done(steps = 1): void {
    this.#done += steps
  }

  /** A dataset is over. */
  end(dataset: string): void {
    this.#going.delete(dataset)
  }
}
