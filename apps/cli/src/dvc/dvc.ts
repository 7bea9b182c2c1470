import { DVC_ALIASES, DVC_COMMANDS, DVC_LATER } from './commands.ts'
import type { Io } from '../io.ts'
import { ownVersion } from '../own-version.ts'

const USAGE = `DVC’s commands, without Python: the same files, flags and meaning

Usage: dayshift dvc <command> [words] [flags]

${Object.entries(DVC_COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`)
  .join('\n')}

Not there yet, so use DVC’s own in the same repository:
${filled(
  [...DVC_LATER.keys()].toSorted().map((name, at, all) => (at < all.length - 1 ? `${name},` : name)),
  78,
)}

  dayshift dvc <command> --help   its words, flags and examples

New here? dayshift dvc init && dayshift dvc add data.csv
`

/** Words in lines of so many characters, set in. */
function filled(words: readonly string[], to: number): string {
  const lines = ['']
  for (const word of words) {
    const next = `${lines.at(-1)} ${word}`
    if (next.length < to) lines[lines.length - 1] = next
    else lines.push(` ${word}`)
  }
  return lines.map((line) => ` ${line}`).join('\n')
}

/** `dayshift dvc <command>`: finds the command that one or two words name, and runs it. */
export async function dvc(words: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  const [global, rest] = globalFlags(words)
  const [first, second] = rest
  if (first === 'help') return dvc([...rest.slice(1), '--help'], io, signal)
  if (first === undefined) {
    if (global.some((flag) => flag === '--version' || flag === '-V')) {
      io.stdout.write(`${ownVersion()}\n`)
      return 0
    }
    io.stdout.write(USAGE)
    return global.some((flag) => flag === '--help' || flag === '-h') ? 0 : 2
  }
  const isTwo = second !== undefined && isKnown(`${first} ${second}`)
  const name = isTwo ? `${first} ${second}` : (DVC_ALIASES[first] ?? first)
  const { runCommand } = await import('../run-command.ts')
  return runCommand(`dvc ${name}`, [...global, ...rest.slice(isTwo ? 2 : 1)], io, signal)
}

function isKnown(name: string): boolean {
  return Object.hasOwn(DVC_COMMANDS, name) || DVC_LATER.has(name)
}

/** Flags that DVC takes before the command. `--cd` is our `--cwd`. */
function globalFlags(words: readonly string[]): [flags: string[], rest: readonly string[]] {
  const flags: string[] = []
  let at = 0
  for (; at < words.length && words[at]?.startsWith('-'); at++) {
    const [name, value] = (words[at] as string).split(/=(.*)/s)
    if (name === '--cd' || name === '--cwd') flags.push(`--cwd=${value ?? words[++at] ?? ''}`)
    else flags.push(words[at] as string)
  }
  return [flags, words.slice(at)]
}
