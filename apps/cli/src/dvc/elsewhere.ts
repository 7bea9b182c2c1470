import { withoutSecrets } from '@dayshift/core/ground'
import type { RemoteChoice, YamlMapping } from '@dayshift/dvc'
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
  const settings = pairs && settingsOf(pairs)
  if (remote === undefined || settings === undefined) return { remote: remote ?? settings, config }
  if (config !== undefined) throw failure('DS_USAGE', '--config goes with --remote or --remote-config, not with both')
  return { config: { core: { remote }, remote: { [remote]: settings } } }
}

function settingsOf(pairs: readonly string[]): YamlMapping {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
      if (name === undefined || value === undefined) {
        throw failure('DS_USAGE', `--remote-config takes NAME=VALUE, not '${pair}'`)
      }
      return [name, value] as const
    }),
  )
}

/** As DVC says what is imported: `Importing 'data (https://example.com/airports)' -> 'data'`. */
export function importWords(path: string, url: string, to: string): string {
  return `Importing '${printable(path)} (${printable(withoutSecrets(url))})' -> '${printable(to)}'`
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
