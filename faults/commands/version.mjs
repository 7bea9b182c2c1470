import { DATA, FOLDER, makeProject, writeData } from '../project.mjs'

/** Versions of a file and of a folder, committed to git half of the time. */
export const version = {
  name: 'version',
  prepare: makeProject,
  change: (home, number) => writeData(home, number),
  words: (random) => ['version', DATA, FOLDER, '--json', ...(random.below(2) === 0 ? ['--no-commit'] : [])],
}
