import { homedir } from 'node:os'
import { userConfigFiles, type UserConfig } from '@dayshift/dvc'
import type { Io } from '../io.ts'

/** The user's and the system's own DVC settings, where this machine has them. */
export function userConfigOf(env: Io['env']): UserConfig {
  return userConfigFiles(env, process.platform, homedir())
}
