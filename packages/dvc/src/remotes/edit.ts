import { withoutSecrets, type Finding } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { fileOf, LEVELS, type ConfigFiles, type ConfigLevel } from '../config.ts'
import {
  changesBetween,
  readSettings,
  valueToWrite,
  writeSettings,
  type LevelEdit,
  type SettingChange,
  type Settings,
} from '../config-edit.ts'
import { refuseSecret, urlHint, veiled } from './secrets.ts'
import { levelFlag, sectionOf, unknownRemote } from './unknown.ts'
import { baseOf, checkUrl } from './url.ts'

/** How the settings of remotes are edited. */
export interface RemoteEditOptions {
  /** Whose file is edited; `repo` by default, which is `.dvc/config`. */
  readonly level?: ConfigLevel | undefined
  /** Whether nothing is written; false by default. */
  readonly dryRun?: boolean | undefined
}

/** What an edit of remotes came to, or would. */
export interface RemoteEdit {
  /** The remote, as the config names it: in lower case. */
  readonly name: string
  /** By level and file, secrets as `***`; none where all was so already. */
  readonly changes: readonly SettingChange[]
  /** What a person should know: `remote.unspoken`, `remote.shadowed`, `remote.unset`, `remote.left`,
   * `remote.dangling`. */
  readonly findings: readonly Finding[]
}

/** How a remote is added. */
export interface AddRemoteOptions extends RemoteEditOptions {
  /** The folder that a relative path is taken from. */
  readonly cwd: string
  /** Whether a remote of that name at that level gives way, with all of its settings; false by default. */
  readonly force?: boolean | undefined
  /** Whether it becomes the default; false by default. */
  readonly isDefault?: boolean | undefined
}

/** How a setting of a remote is set. */
export interface ModifyRemoteOptions extends RemoteEditOptions {
  /** The folder that a relative path is taken from. */
  readonly cwd: string
}

/**
 * Adds a remote, byte for byte as `dvc remote add` does. All levels are checked together before anything is written.
 *
 * @param url a folder, or an address; a relative path is taken from `options.cwd` and written relative to the file
 * @throws DS_DVC_EXISTS where that level has it already, DS_DVC_SECRET where a password in the url would come into git,
 *   DS_DVC_CONFIG_NAME, DS_DVC_CONFIG_VALUE, DS_DVC_CONFIG, DS_DVC_WRITE
 * @example await addRemote(configFiles('/r/.dvc'), 'store', '/mnt/store', { cwd: '/r', isDefault: true })
 */
export async function addRemote(
  files: ConfigFiles,
  name: string,
  url: string,
  { cwd, level = 'repo', force = false, isDefault = false, dryRun = false }: AddRemoteOptions,
): Promise<RemoteEdit> {
  const own = remoteName(name)
  const section = sectionOf(own)
  const file = fileOf(files, level)
  const findings = checkUrl(own, url)
  refuseSecret(level, own, 'url', url, urlHint(own, url))
  const before = await readSettings(files)
  const there = before.get(level)?.get(section)
  if (there && !force) {
    throw failure('DS_DVC_EXISTS', `remote '${own}' already exists. Use \`-f|--force\` to overwrite it.`, {
      where: file,
      hint: `It is at ${withoutSecrets(String(there.get('url') ?? 'no url'))}; its url alone is changed by dayshift dvc remote modify ${own} url URL.`,
    })
  }
  const sections = new Map(before.get(level)).set(
    section,
    new Map([['url', valueToWrite(section, 'url', url, file, cwd)]]),
  )
  if (isDefault) sections.set('core', new Map(sections.get('core')).set('remote', own))
  findings.push(...shadowed(files, before, own, level, 'url'), ...baseless(before, own, url))
  return write(files, before, own, [{ level, sections }], findings, { dryRun, edited: `remote.${own}.url` })
}

/**
 * Sets a setting of a remote, or takes it out, byte for byte as `dvc remote modify` does.
 *
 * @param key by DVC's name: `jobs`, `region`, `url`
 * @param value `undefined` takes the setting out; one that is not there is no error, and a finding says so
 * @throws DS_REMOTE_UNKNOWN where neither that level nor one before it has the remote, DS_DVC_SECRET where a secret would
 *   come into git, DS_DVC_CONFIG_NAME, DS_DVC_CONFIG_VALUE, DS_DVC_CONFIG, DS_DVC_WRITE
 * @example await modifyRemote(files, 'store', 'password', 'secret', { cwd: '/r', level: 'local' })
 */
export async function modifyRemote(
  files: ConfigFiles,
  name: string,
  key: string,
  value: string | undefined,
  { cwd, level = 'repo', dryRun = false }: ModifyRemoteOptions,
): Promise<RemoteEdit> {
  const [own, setting] = [remoteName(name), key.toLowerCase()]
  const section = sectionOf(own)
  const file = fileOf(files, level)
  const before = await readSettings(files)
  if (!upTo(level).some((each) => before.get(each)?.has(section))) throw unknownRemote(files, before, own, level)
  const keys = new Map(before.get(level)?.get(section))
  const findings: Finding[] = []
  if (value === undefined) {
    if (!keys.delete(setting)) return { name: own, changes: [], findings: [notSet(files, before, own, setting, level)] }
  } else {
    if (setting === 'url') findings.push(...checkUrl(own, value), ...baseless(before, own, value))
    const hint = `Keep it out of git: dayshift dvc remote modify --local ${own} ${setting} VALUE`
    refuseSecret(level, own, setting, value, setting === 'url' ? urlHint(own, value) : hint)
    keys.set(setting, valueToWrite(section, setting, value, file, cwd))
    findings.push(...shadowed(files, before, own, level, setting))
  }
  const sections = new Map(before.get(level)).set(section, keys)
  return write(files, before, own, [{ level, sections }], findings, { dryRun, edited: `remote.${own}.${setting}` })
}

/**
 * Says which remote is the default, byte for byte as `dvc remote default` does. Where no level is named, `.dvc/config` may
 * name a remote of `config.local` too; a finding says what that means.
 *
 * @param name `undefined` leaves that level without one
 * @throws DS_REMOTE_UNKNOWN where there is no such remote, or neither the level named nor one before it has it;
 *   DS_DVC_CONFIG, DS_DVC_WRITE
 * @example await setDefaultRemote(files, 'store')
 */
export async function setDefaultRemote(
  files: ConfigFiles,
  name: string | undefined,
  { level, dryRun = false }: RemoteEditOptions = {},
): Promise<RemoteEdit> {
  const target = level ?? 'repo'
  const file = fileOf(files, target)
  const before = await readSettings(files)
  const keys = new Map(before.get(target)?.get('core'))
  const own = name === undefined ? String(keys.get('remote') ?? '') : remoteName(name)
  const findings: Finding[] = []
  if (name === undefined) {
    if (!keys.delete('remote')) {
      const message = `there is no default remote in ${file}: nothing was changed`
      return { name: own, changes: [], findings: [{ severity: 'warn', code: 'remote.unset', message }] }
    }
  } else {
    const holders = LEVELS.filter((each) => before.get(each)?.has(sectionOf(own)))
    const isKnown = holders.some((each) => upTo(target).includes(each))
    if (!isKnown && (level !== undefined || holders.length === 0)) throw unknownRemote(files, before, own, target)
    if (!isKnown) findings.push(ownDefault(own, file))
    keys.set('remote', own)
  }
  const sections = new Map(before.get(target)).set('core', keys)
  return write(files, before, own, [{ level: target, sections }], findings, { dryRun, edited: 'core.remote' })
}

/** Tells of a default that others do not have. */
function ownDefault(name: string, file: string): Finding {
  return {
    severity: 'warn',
    code: 'remote.left',
    message: `${file} has '${name}' as the default now, and others have no such remote: it stands in config.local alone`,
    hint: `For you alone: dayshift dvc remote default --unset, and dayshift dvc remote default --local ${name}`,
  }
}

/**
 * Writes edits of remotes, and says what they come to.
 *
 * @param edits in the order in which they are written
 */
export async function write(
  files: ConfigFiles,
  before: Settings,
  name: string,
  edits: readonly LevelEdit[],
  findings: readonly Finding[],
  how: { readonly dryRun: boolean; readonly edited: string },
): Promise<RemoteEdit> {
  await writeSettings(files, before, edits, how)
  const changes = changesBetween(files, before, edits).map((change) =>
    change.value === undefined
      ? change
      : { ...change, value: veiled(change.name.slice(change.name.lastIndexOf('.') + 1), change.value) },
  )
  return { name, changes, findings }
}

/**
 * The name of a remote as DVC keeps it.
 *
 * @throws DS_DVC_CONFIG_NAME where it is empty
 */
export function remoteName(name: string): string {
  if (name !== '') return name.toLowerCase()
  throw failure('DS_DVC_CONFIG_NAME', 'a remote needs a name', { where: 'remote' })
}

/** A level and those that it wins over. */
function upTo(level: ConfigLevel): readonly ConfigLevel[] {
  return LEVELS.slice(0, LEVELS.indexOf(level) + 1)
}

/** Tells of a level that wins over the one that is set. */
function shadowed(files: ConfigFiles, settings: Settings, name: string, level: ConfigLevel, key: string): Finding[] {
  const winner = LEVELS.slice(LEVELS.indexOf(level) + 1).findLast((each) =>
    settings.get(each)?.get(sectionOf(name))?.has(key),
  )
  if (winner === undefined) return []
  return [
    {
      severity: 'warn',
      code: 'remote.shadowed',
      message: `${files[winner]} has another ${key} for the remote '${name}', and that one counts here`,
      hint: `Take it out: dayshift dvc remote modify ${levelFlag(winner)} ${name} --unset ${key}`,
    },
  ]
}

/** Tells of a url that stands on a remote which is not there. */
function baseless(settings: Settings, name: string, url: string): Finding[] {
  const base = baseOf(url)
  if (base === undefined || (base !== name && LEVELS.some((each) => settings.get(each)?.has(sectionOf(base)))))
    return []
  const problem = base === name ? 'itself' : `'${base}', which is not there yet`
  const message = `the remote '${name}' stands on ${problem}`
  return [
    { severity: 'warn', code: 'remote.dangling', message, hint: 'remote://NAME/folder is a folder of another remote.' },
  ]
}

function notSet(files: ConfigFiles, settings: Settings, name: string, key: string, level: ConfigLevel): Finding {
  const other = LEVELS.find((each) => settings.get(each)?.get(sectionOf(name))?.has(key))
  return {
    severity: 'warn',
    code: 'remote.unset',
    message: `${key} of the remote '${name}' is not set in ${files[level]}: nothing was changed`,
    ...(other === undefined ? {} : { hint: `It is set in ${files[other]}: say ${levelFlag(other)}.` }),
  }
}
