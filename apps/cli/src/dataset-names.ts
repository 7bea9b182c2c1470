import { resolve } from 'node:path'
import { datasetOf } from '@dayshift/core/ground'
import type { Context } from './command.ts'

/** The names in the history of the datasets that the words name: of the project, or paths. */
export async function datasetNames({
  positionals,
  cwd,
  project,
}: Pick<Context, 'positionals' | 'cwd' | 'project'>): Promise<Set<string>> {
  if (positionals.length === 0) return new Set()
  const { root = cwd, datasets = {} } = (await project()) ?? {}
  return new Set(
    positionals.map((word) => {
      const source = Object.hasOwn(datasets, word) ? datasets[word]?.source : undefined
      return datasetOf(source === undefined ? word : resolve(root, source), cwd).name
    }),
  )
}
