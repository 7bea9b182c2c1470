import type { Note } from '../note.ts'

/** Gathers what cannot be carried over, with its place. */
export class Notes {
  readonly all: Note[] = []

  add(place: string, message: string): void {
    this.all.push({ place, message })
  }
}
