import { command as ofDvc } from './dvc/versions.ts'

/** `dvc versions` by a shorter name: it is no command of the original. */
export const command = {
  ...ofDvc,
  name: 'versions',
  examples: ['dayshift versions data/train.csv', 'dayshift versions data/images --json'],
}
