import type { Command } from './command.ts'
import { commonFlags, type Flags } from './flags.ts'

/** A command's help. */
export function commandHelp(command: Command): string {
  const own = flagLines(command.flags)
  const parts = [
    command.description.join('\n'),
    `Usage: dayshift ${command.name}${command.usage === '' ? '' : ` ${command.usage}`} [flags]`,
    ...(own.length > 0 ? [`Flags:\n${own.join('\n')}`] : []),
    `Common flags:\n${flagLines(commonFlags).join('\n')}`,
    `Examples:\n${command.examples.map((example) => `  ${example}`).join('\n')}`,
  ]
  return `${parts.join('\n\n')}\n`
}

function flagLines(flags: Flags): string[] {
  return Object.entries(flags).map(([name, { short, value, help: text, multiple }]) => {
    const words = `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
    return `  ${words.padEnd(38)} ${text}${multiple ? '; may be repeated' : ''}`
  })
}
