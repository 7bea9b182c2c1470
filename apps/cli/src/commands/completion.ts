import { failure } from '../codes.ts'
import { defineCommand } from '../command.ts'
import { bashScript } from '../completion/bash.ts'
import { completableOf } from '../completion/completable.ts'
import { fishScript } from '../completion/fish.ts'
import { zshScript } from '../completion/zsh.ts'
import { onlyWord } from '../only-word.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript }

export const command = defineCommand({
  name: 'completion',
  summary: 'complete commands and flags in a shell',
  usage: 'bash|zsh|fish',
  description: [
    'Prints a script that has a shell complete commands, flags, their values, and files. Its first lines say where it goes;',
    'to try it, load it into the shell that runs. It knows the commands of this version: print it again after an update.',
  ],
  flags: {},
  formats: ['text'],
  examples: [
    'source <(dayshift completion bash)',
    'dayshift completion fish > ~/.config/fish/completions/dayshift.fish',
  ],
  run: async ({ positionals }) => {
    const shell = onlyWord(positionals, 'a shell')
    if (!Object.hasOwn(SCRIPTS, shell)) {
      throw failure('DS_USAGE', `there is no completion for ${shell}`, { hint: 'Name bash, zsh or fish.' })
    }
    // The table loads this command too.
    const { allCommandNames, loadCommand } = await import('../commands.ts')
    const commands = await Promise.all(allCommandNames().map(async (name) => completableOf(await loadCommand(name))))
    const script = SCRIPTS[shell as keyof typeof SCRIPTS](commands)
    return { reports: [], text: script.trimEnd().split('\n') }
  },
})
