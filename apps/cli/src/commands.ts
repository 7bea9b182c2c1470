import { nearest } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { Command } from './command.ts'
import { DVC_COMMANDS, DVC_LATER } from './dvc/commands.ts'
import { loadGroupCommand } from './group.ts'
import { GROUPS } from './groups.ts'

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
  diff: () => import('./commands/diff.ts'),
  report: () => import('./commands/report.ts'),
  versions: () => import('./commands/versions.ts'),
  profile: () => import('./commands/profile.ts'),
  history: () => import('./commands/history.ts'),
  schema: () => import('./commands/schema.ts'),
  doctor: () => import('./commands/doctor.ts'),
}

const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS)

/** The names of all commands, those that stand under a word with it: `validate`, `dvc add`, `catalog list`. */
export function allCommandNames(): string[] {
  const beneath = GROUPS.flatMap(({ name, commands }) => Object.keys(commands).map((own) => `${name} ${own}`))
  return [...COMMAND_NAMES, ...Object.keys(DVC_COMMANDS).map((own) => `dvc ${own}`), ...beneath]
}

/**
 * Loads a command.
 *
 * @throws DS_USAGE where there is none of that name
 */
export async function loadCommand(name: string): Promise<Command> {
  if (name.startsWith('dvc ')) return loadDvcCommand(name)
  const group = GROUPS.find((one) => name.startsWith(`${one.name} `))
  if (group) return loadGroupCommand(group, name)
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load) return (await load()).command as Command
  const near = nearest(name, COMMAND_NAMES)
  throw failure('DS_USAGE', `'${name}' is not a command`, {
    hint: near === undefined ? 'Run dayshift help.' : `Did you mean '${near}'? Run dayshift help for all.`,
  })
}

/**
 * Loads one of DVC's commands.
 *
 * @param name `dvc add`, `dvc cache dir`
 * @throws DS_USAGE where there is none of that name
 */
async function loadDvcCommand(name: string): Promise<Command> {
  const own = name.slice('dvc '.length)
  const entry = Object.hasOwn(DVC_COMMANDS, own) ? DVC_COMMANDS[own] : undefined
  if (entry) return (await entry.load()).command as Command
  const later = DVC_LATER.get(own)
  if (later !== undefined) {
    throw failure('DS_USAGE', `dayshift dvc ${own} is not there yet: ${later}`, {
      hint: `Use DVC’s own, dvc ${own}: both work in the same repository.`,
    })
  }
  const beneath = Object.keys(DVC_COMMANDS).filter((known) => known.startsWith(`${own} `))
  if (beneath.length > 0) {
    const names = beneath.map((known) => `dayshift dvc ${known}`).join(', ')
    throw failure('DS_USAGE', `'${name}' is not a command by itself`, { hint: `There is ${names}.` })
  }
  const near = nearest(own, [...Object.keys(DVC_COMMANDS), ...DVC_LATER.keys()])
  throw failure('DS_USAGE', `'${name}' is not a command`, {
    hint:
      near === undefined ? 'Run dayshift dvc --help.' : `Did you mean 'dvc ${near}'? dayshift dvc --help tells all.`,
  })
}
