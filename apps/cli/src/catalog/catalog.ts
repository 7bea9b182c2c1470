import type { Io } from '../io.ts'
import { CATALOG_ALIASES, CATALOG_COMMANDS } from './commands.ts'

const USAGE = `what datasets there are, what is in them, who owns them, and how that changed

Usage: dayshift catalog <command> [words] [flags]

${Object.entries(CATALOG_COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

  dayshift catalog <command> --help   its words, flags and examples

New here? dayshift register data.csv --name NAME --description TEXT, then dayshift catalog list
`

/** `dayshift catalog <command>`. */
export async function catalog(words: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const [first, ...rest] = words
  if (first === 'help') return catalog([...rest, '--help'], io, signal)
  if (first === undefined || first === '--help' || first === '-h') {
    io.stdout.write(USAGE)
    return first === undefined ? 2 : 0
  }
  const { runCommand } = await import('../run-command.ts')
  return runCommand(`catalog ${CATALOG_ALIASES[first] ?? first}`, rest, io, signal)
}
