import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { checkFolder, checkTexts } from './call.ts'
import { failure } from './codes.ts'
import { LEVELS, fileOf, merged, parseName, readConfigFile, type ConfigFiles, type ConfigLevel } from './config.ts'
import { isPath, pathToWrite, tidied } from './config-paths.ts'
import { writeIni, type IniSections, type IniValue } from './formats/ini.ts'
import { refuseSecret } from './remotes/secrets.ts'
import { dotted, problemsOf, type SettingProblem } from './settings.ts'
import { unwritable, writeAtomically } from './write.ts'

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
 *   DS_DVC_CONFIG_VALUE, DS_DVC_SECRET, DS_DVC_CONFIG, DS_DVC_WRITE
 * @example await editConfig(configFiles('/r/.dvc'), 'repo', 'cache.dir', '../cache', { cwd: '/r/data' }) // dir = ../cache
 */
export async function editConfig(
  files: ConfigFiles,
  level: ConfigLevel,
  name: string,
  value: string | undefined,
  options: EditOptions,
): Promise<ConfigEdit> {
  checkTexts({ level, name, ...(value === undefined ? {} : { value }) })
  checkFolder(options?.cwd)
  const { cwd, dryRun = false } = options
  const file = fileOf(files, level)
  const { section, key } = parseName(name)
  const remote = /^remote "(.*)"$/.exec(section)?.[1]
  if (remote !== undefined && value !== undefined) {
    refuseSecret(level, remote, key, value, `Keep it out of git: dayshift dvc config --local ${name} VALUE`)
  }
  const before = await readSettings(files)
  const keys = new Map(before.get(level)?.get(section))
  if (value !== undefined) keys.set(key, valueToWrite(section, key, value, file, cwd))
  else if (!keys.delete(key)) {
    throw failure('DS_DVC_CONFIG_NAME', `${name} is not set in ${file}`, { where: name })
  }
  const sections = new Map(before.get(level)).set(section, keys)
  const edited = `${dotted(section)}.${key}`
  await writeSettings(files, before, [{ level, sections }], { dryRun, edited })
  return { file, text: writeIni(sections) }
}

/** The settings of each level that counts, paths as its file has them; none where there is no file yet. */
export type Settings = ReadonlyMap<ConfigLevel, IniSections>

/** Reads the settings of every level for an edit. */
export async function readSettings(files: ConfigFiles): Promise<Settings> {
  const settings = new Map<ConfigLevel, IniSections>()
  for (const level of LEVELS) {
    const file = files[level]
    if (file !== undefined) settings.set(level, tidied((await readConfigFile(file)) ?? new Map(), file))
  }
  return settings
}

/**
 * What a file gets for a value: a relative path is taken from `cwd`, and written relative to the file.
 *
 * @throws DS_DVC_CONFIG_VALUE where a path is empty
 */
export function valueToWrite(section: string, key: string, value: string, file: string, cwd: string): string {
  if (!isPath(section, key)) return value
  if (value !== '') return pathToWrite(value, dirname(file), cwd)
  const name = `${dotted(section)}.${key}`
  throw failure('DS_DVC_CONFIG_VALUE', `${name} is a path, and the value is empty`, { where: name })
}

/** All sections of a level, as its file gets them. */
export interface LevelEdit {
  readonly level: ConfigLevel
  readonly sections: IniSections
}

/**
 * Writes the files of levels, one after the other; a level may come twice. What all of them come to is checked first, as
 * DVC checks it: over all levels, and over each edited one and those before it, which is what others have. Each file is
 * replaced whole. Where one cannot be written, those before it get back what they held.
 *
 * @param before what {@link readSettings} gave
 * @param options `edited` names the setting that messages need not name again
 * @throws DS_DVC_CONFIG_NAME, DS_DVC_CONFIG_VALUE, DS_DVC_WRITE
 */
export async function writeSettings(
  files: ConfigFiles,
  before: Settings,
  edits: readonly LevelEdit[],
  { dryRun, edited }: { readonly dryRun: boolean; readonly edited: string },
): Promise<void> {
  refuseProblems(new Map([...before, ...edits.map(({ level, sections }) => [level, sections] as const)]), edits, edited)
  const writes = edits.map(({ level, sections }) => ({ file: fileOf(files, level), text: writeIni(sections) }))
  if (dryRun) return
  const held: [file: string, bytes: Uint8Array | undefined][] = []
  try {
    for (const { file, text } of writes) {
      const bytes = await readFile(file).catch(() => undefined)
      await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => Promise.reject(unwritable(file, error)))
      await writeAtomically(file, text)
      held.push([file, bytes])
    }
  } catch (error) {
    for (const [file, bytes] of held.toReversed()) await putBack(file, bytes)
    throw error
  }
}

/** As far as it can be done: the error that is on its way says what failed first. */
async function putBack(file: string, bytes: Uint8Array | undefined): Promise<void> {
  await (bytes ? writeAtomically(file, bytes) : rm(file, { force: true })).catch(() => undefined)
}

function refuseProblems(after: Settings, edits: readonly LevelEdit[], edited: string): void {
  const upTo = (last: ConfigLevel): SettingProblem[] =>
    problemsOf(
      merged(LEVELS.slice(0, LEVELS.indexOf(last) + 1).map((level) => after.get(level) ?? new Map<string, never>())),
    )
  refuse(upTo('local'), edited, ' (after this change, over all levels)')
  for (const { level } of edits) {
    const others = level === 'repo' ? 'config.local says' : 'the repository’s own config says'
    refuse(upTo(level), edited, ` (after this change, without what ${others})`)
  }
}

function refuse(problems: readonly SettingProblem[], edited: string, where: string): void {
  const [problem] = problems
  if (!problem) return
  const message = problems.map(({ name, message: what }) => `${name} ${what}`).join('; ')
  const code = problem.kind === 'key' ? 'DS_DVC_CONFIG_NAME' : 'DS_DVC_CONFIG_VALUE'
  throw failure(code, message + (problem.name === edited ? '' : where), { where: problem.name })
}

/** A setting that an edit sets, or takes out. */
export interface SettingChange {
  readonly level: ConfigLevel
  readonly file: string
  /** As `dvc config` takes it. */
  readonly name: string
  /** As the file has it; absent where the setting goes. */
  readonly value?: IniValue
}

/** What edits come to, level by level. */
export function changesBetween(files: ConfigFiles, before: Settings, edits: readonly LevelEdit[]): SettingChange[] {
  const after = new Map(edits.map(({ level, sections }) => [level, sections]))
  return LEVELS.flatMap((level) => {
    const sections = after.get(level)
    if (!sections) return []
    const [old, now] = [flat(before.get(level) ?? new Map()), flat(sections)]
    const at = { level, file: fileOf(files, level) }
    return [
      ...[...old.keys()].filter((name) => !now.has(name)).map((name) => ({ ...at, name })),
      ...[...now]
        .filter(([name, value]) => String(old.get(name)) !== String(value) || !old.has(name))
        .map(([name, value]) => ({ ...at, name, value })),
    ]
  })
}

function flat(sections: IniSections): Map<string, IniValue> {
  return new Map(
    [...sections].flatMap(([name, keys]) => [...keys].map(([key, value]) => [`${dotted(name)}.${key}`, value])),
  )
}
