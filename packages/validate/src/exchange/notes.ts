import type { Note } from '../note.ts'

/** Gathers what cannot be carried over, and what is wrong in the file itself, with its place. */
export class Notes {
  readonly all: Note[] = []
  /** What no contract can be made of: a pattern that is none, a bound that is no number. */
  readonly mistakes: Note[] = []

  add(place: string, message: string): void {
    this.all.push({ place, message })
  }

  /** Tells a mistake, once: what is read in two ways is wrong in both. */
  mistake(place: string, message: string): void {
    if (this.mistakes.some((one) => one.place === place && one.message === message)) return
    this.mistakes.push({ place, message })
  }
}
