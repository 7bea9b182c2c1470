import { relative, sep } from 'node:path'
import type { Context } from '../command.ts'
import type { Project } from '../project.ts'
import { placeOf } from '../sources.ts'

/**
 * The dataset of a project that lies at a place; of several, the one that was asked for by name.
 *
 * @param path absolute
 * @returns what it is called
 */
export function datasetAsked(
  path: string,
  project: Project,
  { positionals }: Pick<Context, 'positionals'>,
): string | undefined {
  const there = Object.entries(project.datasets).filter(([, one]) => placeOf(one, project.root) === path)
  const names = there.map(([name]) => name)
  return names.find((name) => positionals.includes(name)) ?? names[0]
}

/** A path from a folder, with `/`; as it is where it lies elsewhere. */
export function pathFrom(root: string, path: string): string {
  const from = relative(root, path)
  return from === '' || from.startsWith('..') || from === path ? path : from.split(sep).join('/')
}
