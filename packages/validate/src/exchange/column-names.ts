import { UNSEEN, UNSEEN_PROBLEM } from '../contract-shape.ts'
import type { Notes } from './notes.ts'

/**
 * Tells of names of columns that cannot be: one that another column has, since only one of them could be looked at, and one
 * that Zod does not look at.
 *
 * @param place where the columns stand
 */
export function tellNames(names: readonly string[], place: string, notes: Notes): void {
  const twins = new Set(names.filter((name, at) => names.indexOf(name) < at))
  for (const name of twins) notes.mistake(`${place}.${name}`, 'two columns have this name')
  if (names.includes(UNSEEN)) notes.mistake(`${place}.${UNSEEN}`, UNSEEN_PROBLEM)
}
