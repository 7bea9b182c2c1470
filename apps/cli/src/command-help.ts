import type { Command } from './command.ts'
import { engineFlags } from './engine-flags.ts'
import { commonFlags, type Flags } from './flags.ts'
import { suffixesOf } from './output-format.ts'
import { sampleFlags } from './sample-flags.ts'
import { wrap } from './render/table.ts'
import { sinkFlags } from './sinks/sink-flags.ts'
import { sourceFlags } from './source-flags.ts'

/** Lines of descriptions are no longer. */
const WIDE = 122

/** Flags that several commands take. */
const GROUPS: readonly [string, Flags][] = [
  ['The sample', sampleFlags],
  ['How the source is written', sourceFlags],
  ['The engine', engineFlags],
  ['Alerts', sinkFlags],
]
const GROUPED = new Set(GROUPS.flatMap(([, group]) => Object.values(group)))

/**
 * A command's help.
 *
 * @param columns that a line has, of a terminal
 */
export function commandHelp(command: Command, columns = Infinity): string {
  const own = Object.fromEntries(Object.entries(command.flags).filter(([, flag]) => !GROUPED.has(flag)))
  const groups: [string, Flags][] = [['Flags', own], ...GROUPS]
  const parts = [
    columns < WIDE ? wrap(command.description.join(' '), columns).join('\n') : command.description.join('\n'),
    `Usage: dayshift ${command.name}${command.usage === '' ? '' : ` ${command.usage}`} [flags]`,
    ...groups.flatMap(([title, group]) => {
      const lines = flagLines(group, columns, ([name, flag]) => command.flags[name] === flag)
      return lines.length > 0 ? [`${title}:\n${lines.join('\n')}`] : []
    }),
    `Common flags:\n${flagLines(commonFlagsOf(command), columns).join('\n')}`,
    ...laterOf(command),
    `Examples:\n${command.examples.map((example) => `  ${example}`).join('\n')}`,
  ]
  return `${parts.join('\n\n')}\n`
}

function laterOf({ flags }: Command): string[] {
  const names = Object.keys(flags).filter((name) => flags[name]?.later !== undefined)
  return names.length > 0
    ? [`Flags of DVC’s that are not there yet:\n  ${names.map((name) => `--${name}`).join(' ')}`]
    : []
}

/** The common flags, with the formats that the command's results have. */
function commonFlagsOf({ formats, silent }: Command): Flags {
  if (!formats) return commonFlags
  const { format, output, json: _, ...others } = commonFlags
  // What gives text alone, as the output of another program, has no results to be written in a form.
  if (formats.every((one) => one === 'text')) return others
  return {
    ...commonFlags,
    ...(silent ? { quiet: { ...others.quiet, help: 'print errors only' } } : {}),
    format: { ...format, help: `${formats.join(', ')} (default: text)` },
    output: { ...output, help: `also write results to FILE; ${suffixesOf(formats).join(', ')}` },
  }
}

function flagLines(
  flags: Flags,
  columns: number,
  has: (flag: [string, Flags[string]]) => boolean = () => true,
): string[] {
  return Object.entries(flags)
    .filter(([name, flag]) => flag.later === undefined && has([name, flag]))
    .flatMap(([name, { short, value, help: text, multiple }]) => {
      const words = `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
      return wrap(`${text}${multiple ? '; may be repeated' : ''}`, columns, `  ${words.padEnd(38)} `)
    })
}
