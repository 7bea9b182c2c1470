import type { Command } from './command.ts'
import { engineFlags } from './engine-flags.ts'
import { commonFlags, type Flags } from './flags.ts'
import { suffixesOf } from './output-format.ts'
import { sampleFlags } from './sample-flags.ts'
import { sourceFlags } from './source-flags.ts'

/** Flags that several commands take. */
const GROUPS: readonly [string, Flags][] = [
  ['The sample', sampleFlags],
  ['How the source is written', sourceFlags],
  ['The engine', engineFlags],
]
const GROUPED = new Set(GROUPS.flatMap(([, group]) => Object.values(group)))

/** A command's help. */
export function commandHelp(command: Command): string {
  const own = Object.fromEntries(Object.entries(command.flags).filter(([, flag]) => !GROUPED.has(flag)))
  const groups: [string, Flags][] = [['Flags', own], ...GROUPS]
  const parts = [
    command.description.join('\n'),
    `Usage: dayshift ${command.name}${command.usage === '' ? '' : ` ${command.usage}`} [flags]`,
    ...groups.flatMap(([title, group]) => {
      const lines = flagLines(group, ([name, flag]) => command.flags[name] === flag)
      return lines.length > 0 ? [`${title}:\n${lines.join('\n')}`] : []
    }),
    `Common flags:\n${flagLines(commonFlagsOf(command)).join('\n')}`,
    `Examples:\n${command.examples.map((example) => `  ${example}`).join('\n')}`,
  ]
  return `${parts.join('\n\n')}\n`
}

/** The common flags, with the formats that the command's results have. */
function commonFlagsOf({ formats }: Command): Flags {
  if (!formats) return commonFlags
  const { format, output } = commonFlags
  return {
    ...commonFlags,
    format: { ...format, help: `${formats.join(', ')} (default: text)` },
    output: { ...output, help: `also write results to FILE; ${suffixesOf(formats).join(', ')}` },
  }
}

function flagLines(flags: Flags, has: (flag: [string, Flags[string]]) => boolean = () => true): string[] {
  return Object.entries(flags)
    .filter(has)
    .map(([name, { short, value, help: text, multiple }]) => {
      const words = `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
      return `  ${words.padEnd(38)} ${text}${multiple ? '; may be repeated' : ''}`
    })
}
