import { resolve } from 'node:path'
import { readConfig, type DvcConfig, type RemoteSettings } from '../config.ts'
import type { YamlMapping, YamlValue } from '../formats/yaml.ts'

/** Which remote of another repository its data comes from, as a `.dvc` file says it. */
export interface RemoteChoice {
  /** The name of one of its remotes, or settings for its default one. */
  readonly remote?: string | YamlMapping | undefined
  /** Settings over its own: the path of a config file, or settings by sections. */
  readonly config?: string | YamlMapping | undefined
}

/** What a remote is called whose settings a `.dvc` file has, where the repository has no default one. */
const UNNAMED = 'elsewhere'

/**
 * The settings of another repository with those over them that somebody here has chosen.
 *
 * @param folder what the path of a config file is taken from
 * @throws DS_DVC_CONFIG, DS_DVC_UNREADABLE
 */
export async function overlaid(own: DvcConfig, { remote, config }: RemoteChoice, folder: string): Promise<DvcConfig> {
  const over = typeof config === 'string' ? await readConfig('', { repo: resolve(folder, config) }) : ofSections(config)
  const before = withRemotes(own, over.remotes ?? {}, over.remote)
  if (typeof remote === 'string') return { ...before, remote: remote.toLowerCase() }
  if (remote === undefined) return before
  const name = before.remote ?? UNNAMED
  return withRemotes(before, { [name]: settingsOf(remote) }, name)
}

function withRemotes(
  config: DvcConfig,
  over: Readonly<Record<string, RemoteSettings>>,
  name: string | undefined,
): DvcConfig {
  const remotes = Object.assign(Object.create(null), config.remotes) as Record<string, RemoteSettings>
  for (const [key, settings] of Object.entries(over)) remotes[key] = { ...remotes[key], ...settings }
  return { ...config, remotes, ...(name === undefined ? {} : { remote: name.toLowerCase() }) }
}

function ofSections(sections: YamlMapping = {}): Pick<DvcConfig, 'remote' | 'remotes'> {
  const { remote } = mappingOf(sections['core'])
  const remotes = Object.entries(mappingOf(sections['remote'])).map(
    ([name, settings]) => [name.toLowerCase(), settingsOf(mappingOf(settings))] as const,
  )
  return { remotes: Object.fromEntries(remotes), ...(typeof remote === 'string' ? { remote } : {}) }
}

/** Settings of a remote as a `.dvc` file has them. */
export function settingsOf(settings: YamlMapping): RemoteSettings {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key.toLowerCase(), textOf(value)]))
}

function textOf(value: YamlValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A value as a mapping; an empty one where it is none. */
export function mappingOf(value: YamlValue | undefined): YamlMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as YamlMapping) : {}
}
