import type { Note } from '../note.ts'

/** A contract in the form of another tool, before it becomes text. */
export interface Written {
  readonly document: object
  /** What that form has no word for. */
  readonly notes: readonly Note[]
}
