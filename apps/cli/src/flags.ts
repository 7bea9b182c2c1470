import { parseArgs } from 'node:util'
import { nearest } from '@dayshift/core/ground'
import { failure } from './codes.ts'

/** One flag of a command. */
interface Flag {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** May be given several times. */
  readonly multiple?: boolean
  /** The value that it has where none is given after `=`. */
  readonly bare?: string
  /** Whether it takes all words up to the next flag. */
  readonly greedy?: boolean
  /** What stands for the value in the help: `FILE`, `24h`. */
  readonly value?: string
  readonly help: string
  /** What it comes with, where it is not there yet: the flag is known, and refused. */
  readonly later?: string
}

/** The flags of a command by name. */
export type Flags = Readonly<Record<string, Flag>>

/** What a flag's values are in code. */
export type FlagValues<Definition extends Flags> = {
  readonly [Name in keyof Definition]?: Definition[Name]['type'] extends 'boolean'
    ? boolean
    : Definition[Name]['multiple'] extends true
      ? readonly string[]
      : string
}

/** Flags that every command takes. */
export const commonFlags = {
  json: { type: 'boolean', help: 'print one JSON document to stdout' },
  format: { type: 'string', value: 'FORMAT', help: 'text, json, jsonl, markdown, junit, github, html (default: text)' },
  output: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'also write results to FILE; .json, .jsonl, .txt, .md, .html or .xml',
  },
  quiet: { type: 'boolean', short: 'q', help: 'print results only, no progress' },
  verbose: { type: 'boolean', short: 'v', help: 'print more about each result' },
  debug: { type: 'boolean', help: 'print stack traces of errors' },
  'no-color': { type: 'boolean', help: 'print without colours (also NO_COLOR)' },
  cwd: { type: 'string', value: 'DIR', help: 'work as if started in DIR' },
  config: { type: 'string', value: 'FILE', help: 'the project file (default: dayshift.config.* here or above)' },
  env: {
    type: 'string',
    value: 'NAME',
    help: 'the environment of the project file (default: DAYSHIFT_ENV, else none)',
  },
  'fail-on': {
    type: 'string',
    value: 'error|warn|never',
    help: 'from which status on to exit with 1 (default: error)',
  },
  help: { type: 'boolean', short: 'h', help: 'print this help' },
} as const satisfies Flags

/**
 * Reads a command's words.
 *
 * @returns the flags, all other words, and those of them that stand behind `--`
 * @throws DS_USAGE for a flag that is unknown, lacks its value, or is given twice
 */
export function parseFlags<Definition extends Flags>(
  words: readonly string[],
  flags: Definition,
): { values: FlagValues<Definition>; positionals: string[]; behind: string[] } {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }), ...(multiple ? { multiple } : {}) },
    ]),
  )
  try {
    const { values, positionals, tokens } = parseArgs({
      args: spelledOut(words, flags).map((word) => (UNWANTED.test(word) ? `${NO_FLAG}${word}` : word)),
      options,
      allowPositionals: true,
      tokens: true,
    })
    const seen = new Set<string>()
    for (const token of tokens) {
      if (token.kind !== 'option' || flags[token.name]?.multiple) continue
      if (seen.has(token.name)) throw failure('DS_USAGE', `--${token.name} is given twice`)
      seen.add(token.name)
    }
    const given = Object.entries(values).map(([name, value]) => [name, asGiven(value)])
    const end = tokens.find(({ kind }) => kind === 'option-terminator')
    const behind = end ? tokens.filter(({ kind, index }) => kind === 'positional' && index > end.index).length : 0
    return {
      values: Object.fromEntries(given) as FlagValues<Definition>,
      positionals: positionals.map(asGiven),
      behind: positionals.slice(positionals.length - behind).map(asGiven),
    }
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      const name = /'(-[^']*)'/.exec((error as Error).message)?.[1] ?? 'a flag'
      const near = nearest(name.replace(/^-+/, ''), Object.keys(flags))
      const hint = near === undefined ? 'Run it with --help for all.' : `Did you mean --${near}? --help tells all.`
      throw failure('DS_USAGE', `${name} is not a flag of this command`, { cause: error, hint })
    }
    if (code?.startsWith('ERR_PARSE_ARGS')) {
      const [told = ''] = (error as Error).message.split(/\. |\n/)
      const ambiguous = /^Option '(?:-\w, )?(--[\w-]+)[^']*' argument is ambiguous/.exec(told)?.[1]
      const first = ambiguous === undefined ? told : `${ambiguous} has no value before the next flag`
      throw failure('DS_USAGE', first, { cause: error, hint: 'Values that begin with a dash are written --flag=-1.' })
    }
    throw error
  }
}

/** A filter of a search for what is not wanted: `-status:deprecated`. No flag is written so. */
const UNWANTED = /^-[A-Za-z]{2,}:/

/** Stands before a word that is no flag: nothing that a shell gives has it. */
const NO_FLAG = '\0'

function asGiven<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(asGiven) as Value
  return typeof value === 'string' ? (value.replace(NO_FLAG, '') as Value) : value
}

/** Flags with one value each, written with `=`, where they may have none or several. */
function spelledOut(words: readonly string[], flags: Flags): string[] {
  const spelled: string[] = []
  let taker: string | undefined
  for (const [at, word] of words.entries()) {
    // What follows is another program's.
    if (word === '--') return [...spelled, ...words.slice(at)]
    const name = Object.keys(flags).find((one) => word === `--${one}` || word === `-${flags[one]?.short}`)
    const flag = name === undefined ? undefined : flags[name]
    if (taker !== undefined && !word.startsWith('-')) spelled.push(`--${taker}=${word}`)
    else if (flag?.bare !== undefined) spelled.push(`--${name}=${flag.bare}`)
    else if (isChoice(words[at - 1], word, flags)) spelled[spelled.length - 1] = `${words[at - 1]}=${word}`
    else if (!flag?.greedy) spelled.push(word)
    if (word.startsWith('-')) taker = flag?.greedy ? name : undefined
  }
  return spelled
}

/** Whether a word is the value of the flag before it, which may do without one. */
function isChoice(before: string | undefined, word: string, flags: Flags): boolean {
  const flag = before?.startsWith('--') ? flags[before.slice(2)] : undefined
  return flag?.bare !== undefined && (flag.value ?? '').split('|').includes(word)
}

/**
 * Refuses flags that are not there yet.
 *
 * @throws DS_USAGE naming what the flag comes with
 */
export function refuseLater(values: Readonly<Record<string, unknown>>, flags: Flags): void {
  for (const [name, { later }] of Object.entries(flags)) {
    if (later === undefined || values[name] === undefined) continue
    throw failure('DS_USAGE', `--${name} is not there yet: it comes with ${later}`, {
      hint: 'DVC’s own command has it: both work in the same repository.',
    })
  }
}

/** A flag's value that must be one of a few. */
export function oneOf<Choice extends string>(
  flag: string,
  value: string | undefined,
  choices: readonly Choice[],
  usual: Choice,
): Choice {
  if (value === undefined) return usual
  const choice = choices.find((known) => known === value)
  if (choice === undefined) throw failure('DS_USAGE', `--${flag} is ${choices.join(', ')}; not '${value}'`)
  return choice
}

/** A flag's value that must be a number. */
export function numberFlag(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const number = Number(value)
  if (value.trim() === '' || Number.isNaN(number)) throw failure('DS_USAGE', `--${flag} takes a number, not '${value}'`)
  return number
}

/** Values parted by commas, and flags given several times, as one list. */
export function listFlag(values: string | readonly string[] | undefined): string[] | undefined {
  if (values === undefined) return undefined
  const list = (typeof values === 'string' ? [values] : values)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '')
  if (list.length === 0)
    throw failure('DS_USAGE', 'a list of names is empty', { hint: 'Name at least one, or leave the flag out.' })
  return list
}
