import type { Command } from '../command.ts'
import { commonFlags, type Flags } from '../flags.ts'
import { RESULT_FORMATS } from '../output-format.ts'

/** A flag as a shell completes it. */
interface CompletableFlag {
  readonly name: string
  readonly short?: string
  readonly help: string
  /** Left out where it takes no value; no choices where the value is free, which a shell takes for a file. */
  readonly choices?: readonly string[]
}

/** A command as a shell completes it. */
export interface Completable {
  /** `validate`, `dvc cache dir`. */
  readonly name: string
  readonly summary: string
  readonly flags: readonly CompletableFlag[]
}

/** First words that are no commands of the table. */
export const OTHERS: readonly string[] = ['completion', 'help']

/** What a shell completes of a command. */
export function completableOf({ name, summary, flags, formats = RESULT_FORMATS }: Command): Completable {
  const all: Flags = { ...flags, ...commonFlags }
  return {
    name,
    summary,
    flags: Object.entries(all)
      .filter(([, { later }]) => later === undefined)
      .map(([flag, { type, short, help, value = '' }]) => ({
        name: flag,
        ...(short === undefined ? {} : { short }),
        help,
        ...(type === 'boolean' ? {} : { choices: flag === 'format' ? formats : choicesOf(value) }),
      })),
  }
}

/** The values that a help lists: `error|warn|never`. */
function choicesOf(value: string): string[] {
  const parts = value.split('|')
  return parts.length > 1 && parts.every((part) => /^[a-z0-9-]+$/.test(part)) ? parts : []
}

/** The words under which commands stand, and what may follow each: '' leads to the first words. */
export function nextWords(commands: readonly Completable[], more: readonly string[] = []): Map<string, string[]> {
  const next = new Map<string, string[]>([['', [...more]]])
  for (const { name } of commands) {
    const words = name.split(' ')
    for (const [at, word] of words.entries()) {
      const before = words.slice(0, at).join(' ')
      const known = next.get(before) ?? []
      if (!known.includes(word)) known.push(word)
      next.set(before, known)
    }
  }
  for (const words of next.values()) words.sort((a, b) => (a < b ? -1 : 1))
  return next
}
