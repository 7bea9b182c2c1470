import { allCommandNames, loadCommand } from '../commands.ts'
import type { Io } from '../io.ts'
import { printable } from '../render/words.ts'
import { bashScript } from './bash.ts'
import { completableOf } from './completable.ts'
import { fishScript } from './fish.ts'
import { zshScript } from './zsh.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript }

const USAGE = `Prints a script that has a shell complete commands, flags, their values, and files. Its first lines say where it goes; to try
it, load it into the shell that runs. It knows the commands of this version: print it again after an update.

Usage: dayshift completion bash|zsh|fish

Examples:
  source <(dayshift completion bash)
  dayshift completion zsh > ~/.zfunc/_dayshift
  dayshift completion fish > ~/.config/fish/completions/dayshift.fish
`

/** `dayshift completion SHELL`: beside the table of commands, since it tells of all of them. */
export async function completion([shell, ...more]: readonly string[], io: Io): Promise<number> {
  if (shell === '--help' || shell === '-h') {
    io.stdout.write(USAGE)
    return 0
  }
  if (shell === undefined || more.length > 0 || !Object.hasOwn(SCRIPTS, shell)) {
    const told =
      shell === undefined ? 'a shell is missing' : `there is no completion for '${[shell, ...more].join(' ')}'`
    io.stderr.write(`error DS_USAGE: ${printable(told)}\n  Name bash, zsh or fish.\n`)
    return 2
  }
  const commands = await Promise.all(allCommandNames().map(async (name) => completableOf(await loadCommand(name))))
  io.stdout.write(SCRIPTS[shell as keyof typeof SCRIPTS](commands))
  return 0
}
