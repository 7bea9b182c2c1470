import { DATA, makeProject, writeData } from '../project.mjs'

/** A run in the lineage log. */
export const log = {
  name: 'log',
  prepare: makeProject,
  change: (home, number) => writeData(home, number),
  words: () => ['log', DATA, '--origin', 's3://lake/data.csv', '--json'],
}
