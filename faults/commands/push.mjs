import { DATA, FOLDER, makeProject, writeData } from '../project.mjs'

/** Two versions of a file and a folder are in the cache; one is in the remote. */
export const push = {
  name: 'push',
  prepare: makeProject,
  first: ['version', DATA, FOLDER, '--json', '--push', '--no-commit'],
  change: async (home, number, run) => {
    writeData(home, number)
    return [await run(home, ['version', DATA, FOLDER, '--json', '--no-commit'])]
  },
  words: () => ['dvc', 'push', '--json'],
}
