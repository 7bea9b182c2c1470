import { join } from 'node:path'
import { isAddress, isDayshiftError, readTextFile, systemCode, withoutSecrets } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { unreadable } from './cache/hash.ts'
import { resolved } from './config-paths.ts'
import { readIni, type IniSections, type IniValue } from './formats/ini.ts'
import { dotted, listOf, problemsOf } from './settings.ts'

/** Where a setting may stand; a later one wins. */
export const LEVELS = ['system', 'global', 'repo', 'local'] as const
export type ConfigLevel = (typeof LEVELS)[number]

/** The config file of each level that counts. */
export type ConfigFiles = Readonly<Partial<Record<ConfigLevel, string>>>

/** The settings of a DVC repository that this package heeds. */
export interface DvcConfig {
  /** The cache's folder, absolute. */
  readonly cacheDir: string
  /** How data gets from the cache into the workspace, in the order in which it is tried; DVC's own order by default. */
  readonly cacheTypes?: readonly string[]
  /** Whether all of the user's group may write to the cache. */
  readonly cacheShared?: boolean
  /** Whether DVC works without git here. */
  readonly noScm: boolean
  /** Whether DVC stages what it writes. */
  readonly autostage: boolean
  /** Whether DVC's lock is a hard link instead of flock(2). */
  readonly hardlinkLock?: boolean
  /** The default remote. */
  readonly remote?: string
  /** All remotes by name. */
  readonly remotes?: Readonly<Record<string, RemoteSettings>>
}

/** What the config says of a remote: its `url`, and settings by DVC's names, as text. Paths are absolute. */
export type RemoteSettings = Readonly<Partial<Record<string, string>>>

/** A setting where it stands. */
export interface ConfigEntry {
  /** As `dvc config` takes it: `cache.dir`, `remote.store.url`. */
  readonly name: string
  /** Paths are absolute, whatever the file has. */
  readonly value: IniValue
  readonly level: ConfigLevel
  readonly file: string
}

/**
 * The config files of a repository.
 *
 * @param dvcDir the `.dvc` folder
 * @param user the user's and the system's own files: {@link userConfigFiles}
 */
export function configFiles(dvcDir: string, user: Pick<ConfigFiles, 'system' | 'global'> = {}): ConfigFiles {
  return { ...user, repo: join(dvcDir, 'config'), local: join(dvcDir, 'config.local') }
}

/**
 * Where DVC looks for the user's and the system's own settings.
 *
 * @param env the variables to go by: `DVC_GLOBAL_CONFIG_DIR`, `XDG_CONFIG_HOME` and their like
 * @param platform as `process.platform`
 * @param home the user's folder
 * @example userConfigFiles({}, 'linux', '/home/ada').global // '/home/ada/.config/dvc/config'
 */
export function userConfigFiles(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
  home: string,
): Required<Pick<ConfigFiles, 'system' | 'global'>> {
  const folders = {
    darwin: [join(home, 'Library/Application Support/dvc'), '/Library/Application Support/dvc'],
    win32: [
      join(env['LOCALAPPDATA'] || join(home, 'AppData/Local'), 'iterative/dvc'),
      join(env['PROGRAMDATA'] || 'C:/ProgramData', 'iterative/dvc'),
    ],
  }[platform] ?? [
    join(env['XDG_CONFIG_HOME']?.trim() || join(home, '.config'), 'dvc'),
    join(env['XDG_CONFIG_DIRS']?.split(':')[0]?.trim() || '/etc/xdg', 'dvc'),
  ]
  const [global = '', system = ''] = folders
  return {
    global: join(env['DVC_GLOBAL_CONFIG_DIR'] || global, 'config'),
    system: join(env['DVC_SYSTEM_CONFIG_DIR'] || system, 'config'),
  }
}

/**
 * Reads the settings of a repository. Keys that DVC does not know are passed over here, so that a newer DVC's do no harm.
 *
 * @param dvcDir the `.dvc` folder
 * @param files `.dvc/config` and `.dvc/config.local` by default; the user's and the system's own only where they are given
 * @throws DS_DVC_CONFIG, DS_DVC_UNREADABLE
 */
export async function readConfig(dvcDir: string, files = configFiles(dvcDir)): Promise<DvcConfig> {
  const sections = merged((await readLevels(files)).map((level) => level.sections))
  const problem = problemsOf(sections).find(({ kind }) => kind === 'value')
  if (problem) throw failure('DS_DVC_CONFIG', `${problem.name} ${problem.message}`, { where: problem.name })
  const text = (section: string, key: string): string | undefined => {
    const value = sections.get(section)?.get(key)
    return typeof value === 'string' ? value : undefined
  }
  const isTrue = (section: string, key: string): boolean => text(section, key)?.toLowerCase() === 'true'
  const remote = text('core', 'remote')
  const types = sections.get('cache')?.get('type')
  const cacheDir = text('cache', 'dir')
  if (cacheDir !== undefined && isAddress(cacheDir)) {
    throw failure('DS_DVC_CONFIG', `cache.dir is ${withoutSecrets(cacheDir)}: a cache is a folder, not an address`, {
      where: 'cache.dir',
      hint: 'Name a folder: dayshift dvc cache dir FOLDER; data elsewhere is a remote.',
    })
  }
  return {
    cacheDir: cacheDir ?? join(dvcDir, 'cache'),
    noScm: isTrue('core', 'no_scm'),
    autostage: isTrue('core', 'autostage'),
    ...(types === undefined ? {} : { cacheTypes: listOf(types) }),
    ...(text('cache', 'shared') === undefined ? {} : { cacheShared: true }),
    ...(isTrue('core', 'hardlink_lock') ? { hardlinkLock: true } : {}),
    ...(remote === undefined ? {} : { remote: remote.toLowerCase() }),
    ...remotesOf(sections),
  }
}

function remotesOf(sections: IniSections): Pick<DvcConfig, 'remotes'> {
  const found: [string, RemoteSettings][] = []
  for (const [section, keys] of sections) {
    const [, name] = /^remote "(.*)"$/.exec(section) ?? []
    if (name === undefined) continue
    const texts = [...keys].map(([key, value]) => [key, typeof value === 'string' ? value : value.join(',')])
    found.push([name, Object.fromEntries(texts) as RemoteSettings])
  }
  // Without a prototype, so that a remote may have any name.
  const remotes = Object.create(null) as Record<string, RemoteSettings>
  for (const [name, settings] of found) remotes[name] = settings
  return found.length === 0 ? {} : { remotes }
}

/**
 * All settings, from the system's to the local ones: what `dvc config --list --show-origin` tells.
 *
 * @param level that level alone; all of them by default
 * @throws DS_DVC_CONFIG, DS_DVC_UNREADABLE
 * @example (await listConfig(files))[0] // { name: 'core.autostage', value: 'true', level: 'repo', file: '/r/.dvc/config' }
 */
export async function listConfig(files: ConfigFiles, level?: ConfigLevel): Promise<ConfigEntry[]> {
  const levels = await readLevels(level === undefined ? files : { [level]: fileOf(files, level) })
  return levels.flatMap(({ level: of, file, sections }) =>
    [...sections]
      .toSorted(([a], [b]) => rank(a) - rank(b))
      .flatMap(([section, keys]) =>
        [...keys].map(([key, value]) => ({ name: `${dotted(section)}.${key}`, value, level: of, file })),
      ),
  )
}

/**
 * A setting, from the level that wins.
 *
 * @param name as `dvc config` takes it
 * @returns `undefined` where no level has it
 * @throws DS_DVC_CONFIG_NAME, DS_DVC_CONFIG, DS_DVC_UNREADABLE
 * @example (await findConfig(files, 'cache.dir'))?.value // '/r/.dvc/cache'
 */
export async function findConfig(
  files: ConfigFiles,
  name: string,
  level?: ConfigLevel,
): Promise<ConfigEntry | undefined> {
  const { section, key } = parseName(name)
  const wanted = `${dotted(section)}.${key}`
  return (await listConfig(files, level)).findLast((entry) => entry.name === wanted)
}

/** What a level's file says. */
export interface Level {
  readonly level: ConfigLevel
  readonly file: string
  readonly sections: IniSections
}

/** Reads the files of all levels that have one, in the order in which they count; paths are absolute. */
export async function readLevels(files: Partial<Record<ConfigLevel, string | undefined>>): Promise<Level[]> {
  const levels: Level[] = []
  for (const level of LEVELS) {
    const file = files[level]
    const sections = file === undefined ? undefined : await readConfigFile(file)
    if (file !== undefined && sections) levels.push({ level, file, sections: resolved(sections, file) })
  }
  return levels
}

/**
 * Reads a config file.
 *
 * @returns `undefined` where there is none
 * @throws DS_DVC_CONFIG, DS_DVC_UNREADABLE
 */
export async function readConfigFile(file: string): Promise<IniSections | undefined> {
  try {
    return readIni(await readTextFile(file), file)
  } catch (error) {
    if (isDayshiftError(error)) throw error
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined
    throw unreadable(file, error)
  }
}

/** The sections of several levels as one, each winning over those before it. */
export function merged(levels: readonly IniSections[]): IniSections {
  const all = new Map<string, ReadonlyMap<string, IniValue>>()
  for (const sections of levels) {
    for (const [name, keys] of sections) all.set(name, new Map([...(all.get(name) ?? []), ...keys]))
  }
  return all
}

/** DVC lists remotes, machines and databases before the rest. */
function rank(section: string): number {
  const at = ['remote "', 'machine "', 'db "'].findIndex((start) => section.startsWith(start))
  return at < 0 ? 3 : at
}

/**
 * Takes the name of a setting apart, as `dvc config` does.
 *
 * @throws DS_DVC_CONFIG_NAME
 * @example parseName('remote.Store.URL') // { section: 'remote "store"', key: 'url' }
 */
export function parseName(name: string): { readonly section: string; readonly key: string } {
  const [, top, section = '', key = ''] = /^(?:(remote|db)\.)?([^.]*)\.([^.]*)$/.exec(name) ?? []
  if (section === '' || key === '') {
    throw failure('DS_DVC_CONFIG_NAME', `${name} is no name of a setting: section.key or remote.name.key`, {
      where: name,
    })
  }
  const own = section.toLowerCase()
  return { section: top === undefined ? own : `${top} "${own}"`, key: key.toLowerCase() }
}

/**
 * The config file of a level.
 *
 * @throws DS_DVC_REPO_MISSING for a level of the repository where there is none
 */
export function fileOf(files: ConfigFiles, level: ConfigLevel): string {
  const file = files[level]
  if (file !== undefined) return file
  throw failure('DS_DVC_REPO_MISSING', `there is no ${level} config outside of a DVC repository`, { where: level })
}
