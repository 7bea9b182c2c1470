import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { isDayshiftError, systemCode } from '@dayshift/core/ground'
import { failure } from './codes.ts'
import { unreadable } from './hash.ts'

/** Sections and their keys, all in lower case: `core` → `no_scm` → `True`. */
export type ConfigSections = ReadonlyMap<string, ReadonlyMap<string, string>>

/** How a file of the workspace stands to its object in the cache. */
export type LinkType = 'reflink' | 'hardlink' | 'symlink' | 'copy'

/** What DVC does where `cache.type` is not set. */
export const DEFAULT_LINKS: readonly LinkType[] = ['reflink', 'copy']

/** The settings of a DVC repository that this package heeds. */
export interface DvcConfig {
  /** The cache's folder, absolute. */
  readonly cacheDir: string
  /** How files come from the cache into the workspace, the one liked best first (`cache.type`). */
  readonly linkTypes: readonly LinkType[]
  /** Whether a group of users shares the cache (`cache.shared`). */
  readonly sharedCache: boolean
  /** Whether DVC works without git here. */
  readonly noScm: boolean
  /** Whether DVC stages what it writes. */
  readonly autostage: boolean
}

/**
 * Reads the text of a DVC config file.
 *
 * @param where the file's name, for errors
 * @throws DS_DVC_CONFIG with the line
 * @example parseConfig('[core]\n    no_scm = True\n', '.dvc/config').get('core')?.get('no_scm') // 'True'
 */
export function parseConfig(text: string, where: string): ConfigSections {
  const sections = new Map<string, Map<string, string>>()
  let section = new Map<string, string>()
  for (const [at, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const header = /^\[\s*(?:'([^']*)'|([^\]]*?))\s*\]/.exec(line)
    const entry = /^("[^"]*"|'[^']*'|[^=]+?)\s*=\s*(.*)$/.exec(line)
    if (header) {
      const name = (header[1] ?? header[2] ?? '').toLowerCase()
      section = sections.get(name) ?? new Map<string, string>()
      sections.set(name, section)
    } else if (entry) {
      section.set(unquote(entry[1] as string).toLowerCase(), unquote(entry[2] as string))
    } else {
      throw failure('DS_DVC_CONFIG', `${where}:${at + 1} is neither a section nor a setting`, {
        where: `${where}:${at + 1}`,
      })
    }
  }
  return sections
}

function unquote(text: string): string {
  const quoted = /^('''|"""|'|")(.*?)\1/.exec(text)
  return quoted ? (quoted[2] as string) : text.replace(/\s*#.*$/, '')
}

/**
 * Reads `.dvc/config` and over it `.dvc/config.local`. The user's and the system's own config are not read.
 *
 * @param dvcDir the `.dvc` folder
 * @throws DS_DVC_CONFIG, DS_DVC_UNREADABLE
 */
export async function readConfig(dvcDir: string): Promise<DvcConfig> {
  const levels: ConfigSections[] = []
  for (const name of ['config.local', 'config']) {
    const path = join(dvcDir, name)
    try {
      levels.push(parseConfig(await readFile(path, 'utf8'), path))
    } catch (error) {
      if (isDayshiftError(error)) throw error
      if (systemCode(error) !== 'ENOENT') throw unreadable(path, error)
    }
  }
  const find = (section: string, key: string): string | undefined =>
    levels.map((level) => level.get(section)?.get(key)).find((value) => value !== undefined)
  const cacheDir = find('cache', 'dir')?.replace(/^~(?=\/|$)/, () => homedir())
  return {
    cacheDir: cacheDir === undefined ? join(dvcDir, 'cache') : resolve(dvcDir, cacheDir),
    linkTypes: linkTypesOf(find('cache', 'type')),
    sharedCache: find('cache', 'shared')?.toLowerCase() === 'group',
    noScm: isTrue(find('core', 'no_scm')),
    autostage: isTrue(find('core', 'autostage')),
  }
}

function linkTypesOf(text: string | undefined): readonly LinkType[] {
  const types = (text ?? '')
    .toLowerCase()
    .split(',')
    .map((type) => type.trim())
  const known = types.filter((type): type is LinkType => ['reflink', 'hardlink', 'symlink', 'copy'].includes(type))
  return known.length > 0 ? known : DEFAULT_LINKS
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['true', 'yes', 'on', '1'].includes(value.toLowerCase())
}
