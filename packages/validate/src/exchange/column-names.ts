import type { Notes } from './notes.ts'

/**
 * Tells of columns that have the name of another one: a mistake of the file, since only one of them could be looked at.
 *
 * @param place where the columns stand
 */
export function tellTwins(names: readonly string[], place: string, notes: Notes): void {
  const twins = new Set(names.filter((name, at) => names.indexOf(name) < at))
  for (const name of twins) notes.mistake(`${place}.${name}`, 'two columns have this name')
}
