import type { Finding } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { fileOf, LEVELS, type ConfigFiles, type ConfigLevel } from '../config.ts'
import { readSettings, type LevelEdit, type Settings } from '../config-edit.ts'
import type { IniSections, IniValue } from '../formats/ini.ts'
import { remoteName, write, type RemoteEdit, type RemoteEditOptions } from './edit.ts'
import { levelFlag, sectionOf, unknownRemote } from './unknown.ts'
import { baseOf } from './url.ts'

/**
 * Removes a remote from a level, and the default where it was this remote. What nearer levels say of it goes too, unless they
 * have a url of their own: without one no command of DVC would run any more, and a password would count for another remote of
 * that name, which the user's own config may have.
 *
 * Nearer levels are written first: whatever a crash leaves is a config that works.
 *
 * @throws DS_REMOTE_UNKNOWN where that level has no such remote, DS_DVC_CONFIG_NAME, DS_DVC_CONFIG, DS_DVC_WRITE
 * @example await removeRemote(configFiles('/r/.dvc'), 'store')
 */
export async function removeRemote(
  files: ConfigFiles,
  name: string,
  { level = 'repo', dryRun = false }: RemoteEditOptions = {},
): Promise<RemoteEdit> {
  const own = remoteName(name)
  const before = await readSettings(files)
  const followers = followersOf(files, before, own, level)
  const edits = [level, ...nearer(level)].toReversed().flatMap((each) => {
    const sections = new Map(before.get(each))
    if (each === level || followers.includes(each)) sections.delete(sectionOf(own))
    return edited(before, each, withDefault(sections, own, undefined))
  })
  const findings = [...left(files, before, edits, own, level), ...dangling(files, before, edits, own)]
  return write(files, before, own, edits, findings, { dryRun, edited: `remote.${own}` })
}

/**
 * Gives a remote of a level another name. What nearer levels say of it follows, unless they have a url of their own; so do the
 * default, and remotes whose url begins with `remote://NAME`.
 *
 * Where several files change, the remote first gets its new name beside the old one, then the nearer levels follow, and the old
 * one goes last: whatever a crash leaves is a config that works.
 *
 * @throws DS_REMOTE_UNKNOWN where that level has no such remote, DS_DVC_EXISTS where some level has one of the new name,
 *   DS_DVC_CONFIG_NAME, DS_DVC_CONFIG, DS_DVC_WRITE
 * @example await renameRemote(configFiles('/r/.dvc'), 'store', 'archive')
 */
export async function renameRemote(
  files: ConfigFiles,
  name: string,
  to: string,
  { level = 'repo', dryRun = false }: RemoteEditOptions = {},
): Promise<RemoteEdit> {
  const [own, next] = [remoteName(name), remoteName(to)]
  const before = await readSettings(files)
  const followers = followersOf(files, before, own, level)
  const holder = LEVELS.find((each) => before.get(each)?.has(sectionOf(next)))
  if (holder !== undefined) {
    throw failure('DS_DVC_EXISTS', `Rename failed. Remote name '${next}' already exists.`, {
      where: next,
      hint: `It stands in ${files[holder]}. Choose another name.`,
    })
  }
  const keys = before.get(level)?.get(sectionOf(own)) ?? new Map<string, IniValue>()
  if (!keys.has('url')) {
    const source = LEVELS.find((each) => before.get(each)?.get(sectionOf(own))?.has('url')) ?? level
    throw failure('DS_DVC_CONFIG_NAME', `the remote '${own}' has its url in ${files[source]}`, {
      where: own,
      hint: `Rename it there: dayshift dvc remote rename ${levelFlag(source)} ${own} ${next}`,
    })
  }
  const renamed = (each: ConfigLevel): readonly LevelEdit[] => {
    const sections = new Map(before.get(each))
    const held = sections.get(sectionOf(own))
    if (held && (each === level || followers.includes(each))) {
      sections.delete(sectionOf(own))
      sections.set(sectionOf(next), held)
    }
    return edited(before, each, withBase(withDefault(sections, own, next), own, next))
  }
  const others = nearer(level).flatMap(renamed)
  const both = { level, sections: new Map(before.get(level)).set(sectionOf(next), keys) }
  const edits = [...(others.length > 0 ? [both] : []), ...others, ...renamed(level)]
  return write(files, before, next, edits, left(files, before, edits, own, level), { dryRun, edited: `remote.${next}` })
}

/** Levels that win over one. */
function nearer(level: ConfigLevel): readonly ConfigLevel[] {
  return LEVELS.slice(LEVELS.indexOf(level) + 1)
}

/**
 * The nearer levels whose settings of a remote belong to the url that a level has.
 *
 * @throws DS_REMOTE_UNKNOWN where the level has no such remote
 */
function followersOf(files: ConfigFiles, settings: Settings, name: string, level: ConfigLevel): ConfigLevel[] {
  fileOf(files, level)
  const has = (each: ConfigLevel, key: string): boolean => settings.get(each)?.get(sectionOf(name))?.has(key) ?? false
  if (!settings.get(level)?.has(sectionOf(name))) throw unknownRemote(files, settings, name, level)
  if (!has(level, 'url')) return []
  const levels = nearer(level)
  const end = levels.findIndex((each) => has(each, 'url'))
  return levels.slice(0, end < 0 ? levels.length : end).filter((each) => settings.get(each)?.has(sectionOf(name)))
}

/** No edit where nothing changed. */
function edited(before: Settings, level: ConfigLevel, sections: IniSections): readonly LevelEdit[] {
  const old = before.get(level) ?? new Map<string, never>()
  const isSame = old.size === sections.size && [...sections].every(([name, keys]) => old.get(name) === keys)
  return isSame ? [] : [{ level, sections }]
}

/** Sections whose default, where it was one remote, is another or none. */
function withDefault(sections: IniSections, from: string, to: string | undefined): IniSections {
  const core = sections.get('core')
  const remote = core?.get('remote')
  if (typeof remote !== 'string' || remote.toLowerCase() !== from) return sections
  const keys = new Map(core)
  if (to === undefined) keys.delete('remote')
  else keys.set('remote', to)
  return new Map(sections).set('core', keys)
}

/** Sections whose remotes stand on another one: `remote://NAME/folder`. */
function withBase(sections: IniSections, from: string, to: string): IniSections {
  const all = new Map(sections)
  for (const [section, keys] of sections) {
    const held = String(keys.get('url') ?? '')
    if (baseOf(held) !== from) continue
    const url = held.replace(/^remote:\/\/[^/]+/i, () => `remote://${to}`)
    all.set(section, new Map(keys).set('url', url))
  }
  return all
}

/** The settings as edits leave them. */
function afterwards(before: Settings, edits: readonly LevelEdit[]): Settings {
  return new Map([...before, ...edits.map(({ level, sections }) => [level, sections] as const)])
}

/** Tells of what goes by the old name still: a remote of another level, or a default. */
function left(
  files: ConfigFiles,
  before: Settings,
  edits: readonly LevelEdit[],
  name: string,
  level: ConfigLevel,
): Finding[] {
  const after = [...afterwards(before, edits)]
  const holders = after.filter(([, sections]) => sections.has(sectionOf(name)))
  const tell = (each: ConfigLevel, what: string, command: string): Finding => ({
    severity: 'warn',
    code: 'remote.left',
    message: `${files[each]} ${what}`,
    hint: `dayshift dvc remote ${command} takes it out.`,
  })
  if (holders.length > 0) {
    // What config.local said of a remote that others have as well was asked for alone.
    if (level === 'local') return []
    return holders.map(([each]) =>
      tell(each, `has a remote '${name}' too: it stays`, `remove ${levelFlag(each)} ${name}`),
    )
  }
  return after
    .filter(([, sections]) => withDefault(sections, name, undefined) !== sections)
    .map(([each]) => tell(each, `still has '${name}' as the default`, `default --unset ${levelFlag(each)}`))
}

/** Tells of remotes that stood on one that is gone. */
function dangling(files: ConfigFiles, before: Settings, edits: readonly LevelEdit[], name: string): Finding[] {
  const after = afterwards(before, edits)
  if ([...after.values()].some((sections) => sections.has(sectionOf(name)))) return []
  return [...after].flatMap(([level, sections]) =>
    [...sections]
      .filter(([, keys]) => baseOf(String(keys.get('url') ?? '')) === name)
      .map(([section]) => ({
        severity: 'warn' as const,
        code: 'remote.dangling',
        message: `the remote '${section.slice('remote "'.length, -1)}' in ${files[level]} stands on '${name}', which is gone`,
        hint: 'Remove it too, or give it another url.',
      })),
  )
}
