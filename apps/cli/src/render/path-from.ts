import { printable } from './words.ts'

/** A path as it is told: from a folder, where it lies within. */
export function pathFrom(folder: string, path: string): string {
  return printable(path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path)
}
