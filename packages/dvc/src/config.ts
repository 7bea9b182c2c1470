import { mkdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { isAddress, isDayshiftError, systemCode, withoutSecrets } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { unreadable } from './cache/hash.ts'
import { readIni, writeIni, type IniSections, type IniValue } from './formats/ini.ts'
import { dotted, listOf, problemsOf, type SettingProblem } from './settings.ts'
import { unwritable, writeAtomically } from './write.ts'

/** Where a setting may stand; a later one wins. */
const LEVELS = ['system', 'global', 'repo', 'local'] as const
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

/** Settings that hold paths. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  cache: ['dir'],
  remote: [
    'url',
    'gdrive_user_credentials_file',
    'gdrive_service_account_json_file_path',
    'credentialpath',
    'configpath',
    'keyfile',
    'cert_path',
    'key_path',
  ],
  machine: ['startup_script', 'setup_script'],
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
  const sections = merged(await readLevels(files))
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

/** How a setting is edited. */
export interface EditOptions {
  /** The folder that a relative path is taken from. */
  readonly cwd: string
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** The file that an edit writes, or would. */
export interface ConfigEdit {
  /** Absolute. */
  readonly file: string
  readonly text: string
}

/**
 * Sets a setting, or takes it out, byte for byte as DVC writes the file then. The settings of all levels together are
 * checked before anything is written, and the file is replaced whole.
 *
 * @param name as `dvc config` takes it: `core.autostage`, `remote.store.url`
 * @param value a relative path is taken from `options.cwd` and written relative to the file; `undefined` takes the setting out
 * @throws DS_DVC_CONFIG_NAME for a setting that DVC does not know or that is not there to be taken out,
 *   DS_DVC_CONFIG_VALUE, DS_DVC_CONFIG, DS_DVC_WRITE
 * @example await editConfig(configFiles('/r/.dvc'), 'repo', 'cache.dir', '../cache', { cwd: '/r/data' }) // dir = ../cache
 */
export async function editConfig(
  files: ConfigFiles,
  level: ConfigLevel,
  name: string,
  value: string | undefined,
  { cwd, dryRun = false }: EditOptions,
): Promise<ConfigEdit> {
  const file = fileOf(files, level)
  const { section, key } = parseName(name)
  const before = new Map((await readFileIfThere(file)) ?? [])
  const keys = new Map(before.get(section))
  if (value === undefined) {
    if (!keys.delete(key)) throw badName(name, `is not set in ${file}`)
  } else if (value === '' && isPath(section, key)) {
    throw failure('DS_DVC_CONFIG_VALUE', `${name} is a path, and the value is empty`, { where: name })
  } else keys.set(key, isPath(section, key) ? pathToWrite(value, dirname(file), cwd) : value)
  const after = new Map(before).set(section, keys)
  for (const [each, said] of after)
    after.set(
      each,
      withPaths(each, said, (path) => tidyPath(path, dirname(file))),
    )

  const levels = await readLevels({ ...files, [level]: undefined })
  levels.push({ level, file, sections: resolved(after, file) })
  const inOrder = levels.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
  refuseProblems(problemsOf(merged(inOrder)), `${dotted(section)}.${key}`)
  const text = writeIni(after)
  if (dryRun) return { file, text }
  await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => Promise.reject(unwritable(file, error)))
  await writeAtomically(file, text)
  return { file, text }
}

function refuseProblems(problems: readonly SettingProblem[], edited: string): void {
  const [problem] = problems
  if (!problem) return
  const message = problems.map(({ name, message: what }) => `${name} ${what}`).join('; ')
  const others = problem.name === edited ? '' : ' (after this change, over all levels)'
  const code = problem.kind === 'key' ? 'DS_DVC_CONFIG_NAME' : 'DS_DVC_CONFIG_VALUE'
  throw failure(code, message + others, { where: problem.name })
}

interface Level {
  readonly level: ConfigLevel
  readonly file: string
  readonly sections: IniSections
}

async function readLevels(files: Partial<Record<ConfigLevel, string | undefined>>): Promise<Level[]> {
  const levels: Level[] = []
  for (const level of LEVELS) {
    const file = files[level]
    const sections = file === undefined ? undefined : await readFileIfThere(file)
    if (file !== undefined && sections) levels.push({ level, file, sections: resolved(sections, file) })
  }
  return levels
}

async function readFileIfThere(file: string): Promise<IniSections | undefined> {
  try {
    return readIni(await readFile(file, 'utf8'), file)
  } catch (error) {
    if (isDayshiftError(error)) throw error
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined
    throw unreadable(file, error)
  }
}

function merged(levels: readonly Level[]): IniSections {
  const all = new Map<string, ReadonlyMap<string, IniValue>>()
  for (const { sections } of levels) {
    for (const [name, keys] of sections) all.set(name, new Map([...(all.get(name) ?? []), ...keys]))
  }
  return all
}

/** Sections with paths as absolute ones. */
function resolved(sections: IniSections, file: string): IniSections {
  const absolute = (path: string): string => (isUrl(path) ? path : resolve(dirname(file), withHome(path)))
  return new Map([...sections].map(([name, keys]) => [name, withPaths(name, keys, absolute)]))
}

function withPaths(
  section: string,
  keys: ReadonlyMap<string, IniValue>,
  change: (path: string) => string,
): ReadonlyMap<string, IniValue> {
  return new Map(
    [...keys].map(([key, value]) => [key, isPath(section, key) && typeof value === 'string' ? change(value) : value]),
  )
}

function isPath(section: string, key: string): boolean {
  const kind = section.replace(/ ".*$/, '')
  return Object.hasOwn(PATHS, kind) && (PATHS[kind]?.includes(key) ?? false)
}

function isUrl(path: string): boolean {
  return /^\w+:\/\//.test(path)
}

function withHome(path: string): string {
  return path.replace(/^~(?=\/|$)/, () => homedir())
}

/** URLs, absolute paths and those of the home folder stay as they are typed; others are written from the file's folder. */
function pathToWrite(path: string, folder: string, cwd: string): string {
  if (isUrl(path) || isAbsolute(path) || withHome(path) !== path) return path
  return relativePath(folder, resolve(cwd, path))
}

function tidyPath(path: string, folder: string): string {
  if (isUrl(path) || isAbsolute(path) || withHome(path) !== path) return path
  return relativePath(folder, resolve(folder, path))
}

function relativePath(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/') || '.'
}

/** DVC lists remotes, machines and databases before the rest. */
function rank(section: string): number {
  const at = ['remote "', 'machine "', 'db "'].findIndex((start) => section.startsWith(start))
  return at < 0 ? 3 : at
}

function parseName(name: string): { readonly section: string; readonly key: string } {
  const [, top, section = '', key = ''] = /^(?:(remote|db)\.)?([^.]*)\.([^.]*)$/.exec(name) ?? []
  if (section === '' || key === '') throw badName(name, 'is no name of a setting: section.key or remote.name.key')
  const own = section.toLowerCase()
  return { section: top === undefined ? own : `${top} "${own}"`, key: key.toLowerCase() }
}

function badName(name: string, problem: string): Error {
  return failure('DS_DVC_CONFIG_NAME', `${name} ${problem}`, { where: name })
}

function fileOf(files: ConfigFiles, level: ConfigLevel): string {
  const file = files[level]
  if (file !== undefined) return file
  throw failure('DS_DVC_REPO_MISSING', `there is no ${level} config outside of a DVC repository`, { where: level })
}
