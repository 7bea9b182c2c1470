import type { Command } from '../command.ts'
import { command as ofDvc } from './dvc/versions.ts'

/** `dvc versions` by a shorter name: it is no command of the original. */
export const command: Command<typeof ofDvc.flags> = {
  ...ofDvc,
  name: 'versions',
  formats: ['text', 'json', 'html'],
  examples: ['dayshift versions data/train.csv', 'dayshift versions data/images --json'],
}
