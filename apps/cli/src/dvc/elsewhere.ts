import type { RemoteChoice } from '@dayshift/dvc'
import { failure } from '../codes.ts'
import type { Flags } from '../flags.ts'
import { printable } from '../render/words.ts'

/** Flags that say where another repository's data comes from. */
export const sourceFlags = {
  remote: { type: 'string', value: 'NAME', help: 'the remote of that repository that data comes from' },
  'remote-config': {
    type: 'string',
    multiple: true,
    greedy: true,
    value: 'NAME=VALUE…',
    help: 'settings over those of that remote',
  },
} as const satisfies Flags

interface ChoiceFlags {
  readonly remote?: string | undefined
  readonly 'remote-config'?: readonly string[] | undefined
  /** Here as DVC means it: settings over those of the other repository. */
  readonly config?: string | undefined
}

/**
 * Where another repository's data comes from, by the flags and as DVC records it.
 *
 * @throws DS_USAGE
 */
export function choiceOf({ remote, 'remote-config': pairs, config }: ChoiceFlags): RemoteChoice {
  const settings = pairs && settingsOf('remote-config', pairs)
  if (remote === undefined || settings === undefined) return { remote: remote ?? settings, config }
  if (config !== undefined) throw failure('DS_USAGE', '--config goes with --remote or --remote-config, not with both')
  return { config: { core: { remote }, remote: { [remote]: settings } } }
}

/**
 * Settings that a flag has given as `NAME=VALUE`.
 *
 * @throws DS_USAGE
 */
export function settingsOf(flag: string, pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
      if (name === undefined || value === undefined) {
        throw failure('DS_USAGE', `--${flag} takes NAME=VALUE, not '${pair}'`, { hint: greedHint(flag) })
      }
      return [name, value] as const
    }),
  )
}

function greedHint(flag: string): string {
  return `--${flag} takes all words up to the next flag: put the others before it.`
}

/** Flags that say what an address needs. */
export const urlFlags = {
  'fs-config': {
    type: 'string',
    multiple: true,
    greedy: true,
    value: 'NAME=VALUE…',
    help: 'what the address needs, as settings of a remote',
  },
} as const satisfies Flags

/** As DVC says what is imported: `Importing 'data (https://example.com/airports)' -> 'data'`. */
export function importWords(from: string, to: string): string {
  return `Importing '${printable(from)}' -> '${printable(to)}'`
}

/**
 * Refuses a remote that nothing goes to.
 *
 * @throws DS_USAGE
 */
export function refuseLoneRemote(flags: {
  readonly remote?: string | undefined
  readonly 'to-remote'?: boolean | undefined
}): void {
  if (flags.remote !== undefined && !flags['to-remote']) throw failure('DS_USAGE', '--remote goes with --to-remote')
}

/**
 * An address and where it is to be, as two words.
 *
 * @throws DS_USAGE
 */
export function urlWords(
  words: readonly string[],
  {
    out,
    'fs-config': settings,
  }: { readonly out?: string | undefined; readonly 'fs-config'?: readonly string[] | undefined },
): { readonly url: string; readonly out?: string } {
  const [url, second, third] = words
  if (url === undefined) {
    const hint = settings === undefined ? {} : { hint: greedHint('fs-config') }
    throw failure('DS_USAGE', 'an address or a path is missing', hint)
  }
  const surplus = third ?? (out === undefined ? undefined : second)
  if (surplus !== undefined) throw failure('DS_USAGE', `'${surplus}' is too much: an address and a place are taken`)
  const place = out ?? second
  return { url, ...(place === undefined ? {} : { out: place }) }
}

/**
 * The two words that name something in another repository.
 *
 * @throws DS_USAGE
 */
export function sourceWords(
  words: readonly string[],
  command: string,
): { readonly url: string; readonly path: string } {
  const [url, path, third] = words
  if (url === undefined || path === undefined || third !== undefined) {
    throw failure('DS_USAGE', `${command} takes two words: a repository, and a path in it`, {
      hint: `As in dayshift dvc ${command} https://example.com/airports.git data/images`,
    })
  }
  return { url, path }
}
