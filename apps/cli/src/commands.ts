import { nearest } from '@dayshift/core'
import { failure } from './codes.ts'
import type { Command } from './command.ts'

/** The command table: each command's file is loaded when it is asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<{ command: unknown }>>> = {
  init: () => import('./commands/init.ts'),
  run: () => import('./commands/run.ts'),
  prototype: () => import('./commands/prototype.ts'),
  validate: () => import('./commands/validate.ts'),
  infer: () => import('./commands/infer.ts'),
  compare: () => import('./commands/compare.ts'),
  convert: () => import('./commands/convert.ts'),
  version: () => import('./commands/version.ts'),
  register: () => import('./commands/register.ts'),
  log: () => import('./commands/log.ts'),
  freshness: () => import('./commands/freshness.ts'),
  drift: () => import('./commands/drift.ts'),
}

const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS)

/**
 * Loads a command.
 *
 * @throws DS_USAGE where there is none of that name
 */
export async function loadCommand(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load) return (await load()).command as Command
  const near = nearest(name, COMMAND_NAMES)
  throw failure('DS_USAGE', `'${name}' is not a command`, {
    hint: near === undefined ? 'Run dayshift help.' : `Did you mean '${near}'? Run dayshift help for all.`,
  })
}
