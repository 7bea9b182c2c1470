import { nearest } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import type { Command } from './command.ts'
import type { Io } from './io.ts'

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
  /** What to try first. */
  readonly first: string
}

/** Runs one of a group's commands, or tells which there are. */
export async function runGroup(group: Group, words: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const [word, ...rest] = words
  if (word === 'help') return runGroup(group, [...rest, '--help'], io, signal)
  if (word === undefined || word === '--help' || word === '-h') {
    io.stdout.write(usageOf(group))
    return word === undefined ? 2 : 0
  }
  const { runCommand } = await import('./run-command.ts')
  return runCommand(`${group.name} ${group.aliases[word] ?? word}`, rest, io, signal)
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

function usageOf({ name, summary, commands, first }: Group): string {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length)) + 1
  return `${summary}

Usage: dayshift ${name} <command> [words] [flags]

${Object.entries(commands)
  .map(([own, entry]) => `  ${own.padEnd(width)} ${entry.summary}`)
  .join('\n')}

  dayshift ${name} <command> --help   its words, flags and examples

New here? ${first}
`
}
