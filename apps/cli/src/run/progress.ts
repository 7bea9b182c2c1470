import type { AnyReport, ReportKind, Status, StepSkip } from '@dayshift/core'
import { STEPS } from '@dayshift/core/ground'
import { summaryOf } from '../render/summary.ts'
import { printable } from '../render/words.ts'
import type { Terminal } from '../terminal.ts'

/** What the terminal itself puts behind a label: ` … 12 s`. */
const BEHIND = 10

/** How long a step takes before it is told that it began, where a line cannot be replaced, in milliseconds. */
const LONG = 1000

const SIGNS: Readonly<Record<Status, string>> = { pass: '✔', warn: '!', fail: '✖' }

/**
 * Shows which steps of which datasets are at work, and how many are done: on a terminal in one line, that is replaced; elsewhere, as in
 * CI, by a line for each step when it is over, and one before it where it takes long.
 */
export class RunProgress {
  readonly #terminal: Terminal
  readonly #all: number
  readonly #going = new Map<string, string>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  #done = 0

  /** @param all how many steps there are */
  constructor(terminal: Terminal, all: number) {
    this.#terminal = terminal
    this.#all = all
  }

  /** A step is at work. */
  begin(dataset: string, step: ReportKind): void {
    this.at(dataset, step)
    if (this.#terminal.isLive) return
    const timer = setTimeout(() => this.#tell(dataset, step, '…'), LONG)
    this.#timers.set(dataset, timer.unref())
  }

  /** A step is over. */
  over(dataset: string, step: ReportKind, result: AnyReport | StepSkip): void {
    this.done()
    if ('skip' in result) this.#end(dataset, step, `– skipped, ${result.skip.reason}`)
    else this.#end(dataset, step, `${SIGNS[result.status]} ${summaryOf(result)}, ${result.durationMs} ms`)
  }

  /** A step was broken off, by an error or by a signal. */
  broke(dataset: string, step: ReportKind, isStopped: boolean): void {
    this.#end(dataset, step, isStopped ? '– interrupted' : '✖ could not be carried out')
  }

  #end(dataset: string, step: ReportKind, words: string): void {
    clearTimeout(this.#timers.get(dataset))
    this.#timers.delete(dataset)
    if (!this.#terminal.isLive) this.#tell(dataset, step, words)
  }

  #tell(dataset: string, step: ReportKind, words: string): void {
    this.#terminal.note(printable(`${dataset}: ${STEPS.indexOf(step) + 1} ${step} ${words}`))
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
