import { nearest } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { Command } from './command.ts'

/** Commands that stand under one word: `dayshift catalog list`. */
export interface Group {
  readonly name: string
  /** What they are for. */
  readonly summary: string
  /** Each command's file is loaded when it is asked for. */
  readonly commands: Readonly<
    Record<string, { readonly summary: string; readonly load: () => Promise<{ readonly command: unknown }> }>
  >
  /** Other names of commands. */
  readonly aliases: Readonly<Record<string, string>>
  /** The command that is meant where none is named. */
  readonly usual?: string
  /** What to try first. */
  readonly first: string
}

/**
 * Loads one of a group's commands.
 *
 * @param name `catalog list`
 * @throws DS_USAGE where there is none of that name
 */
export async function loadGroupCommand(group: Group, name: string): Promise<Command> {
  const own = name.slice(group.name.length + 1)
  const entry = Object.hasOwn(group.commands, own) ? group.commands[own] : undefined
  if (entry) return (await entry.load()).command as Command
  const near = nearest(own, Object.keys(group.commands))
  throw failure('DS_USAGE', `'${name}' is not a command`, {
    hint: near === undefined ? `Run dayshift ${group.name} --help.` : `Did you mean '${group.name} ${near}'?`,
  })
}
