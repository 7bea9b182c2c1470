import type { Group } from './group.ts'
import type { Io } from './io.ts'

/** Runs one of a group's commands, or tells which there are. */
export async function runGroup(group: Group, words: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const [word, ...rest] = words
  if (word === 'help') return runGroup(group, [...rest, '--help'], io, signal)
  const isNamed = word !== undefined && !word.startsWith('-')
  if (group.usual !== undefined && !isNamed && word !== '--help' && word !== '-h') {
    const { runCommand } = await import('./run-command.ts')
    return runCommand(`${group.name} ${group.usual}`, words, io, signal)
  }
  if (word === undefined || word === '--help' || word === '-h') {
    io.stdout.write(usageOf(group))
    return word === undefined ? 2 : 0
  }
  const { runCommand } = await import('./run-command.ts')
  return runCommand(`${group.name} ${group.aliases[word] ?? word}`, rest, io, signal)
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
