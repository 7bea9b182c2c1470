import { messageOf } from '@dayshift/core'
import type { Notes } from './notes.ts'

/** Thrown for what is wrong in a contract file itself. */
export class Mistake extends Error {}

/** Tells of what went wrong: a mistake of the file, or what it says and cannot be carried over. */
export function tellFailure(error: unknown, place: string, notes: Notes): void {
  if (error instanceof Mistake) notes.mistake(place, error.message)
  else notes.add(place, messageOf(error))
}
