import { DATA, makeProject, writeData } from '../project.mjs'

/** The entry of a file in the catalog: a revision more. */
export const register = {
  name: 'register',
  prepare: makeProject,
  change: (home, number) => writeData(home, number),
  words: (random) => ['register', DATA, '--name', 'a', '--description', `words ${random.below(1e9)}`, '--json'],
}
